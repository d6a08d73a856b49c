//! The loss straight from the logits: exact even where a probability rounds to 0.
//!
//!     loss = (1 / N) sum over n of (ln sum over k of exp(z[n,k]) - z[n, labels[n]])
//!
//! With the largest logit m of the row: ln sum exp(z) = m + ln sum exp(z - m).
//!
//! Page: docs/en/09-dropout-adam.md

use ndarray::prelude::*;

/// The mean cross-entropy of the logits `z (N, M)` with the right classes `labels (N,)`.
fn loss_from_logits(z: &Array2<f64>, labels: &[usize]) -> f64 {
    let mut sum = 0.0;
    for (z, &label) in z.rows().into_iter().zip(labels) {
        let largest = z.fold(f64::NEG_INFINITY, |m, &z| m.max(z));
        let total = z.fold(0.0, |sum, &z| sum + (z - largest).exp()); // from 1 to M
        sum += (largest - z[label]) + total.ln(); // two numbers of the same size first
    }
    sum / labels.len() as f64
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;
    use judge::{assert_close, numbers, numerical_gradient};

    fn close(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-12 * b.abs().max(1.0)
    }

    #[test]
    fn as_numpy_has_it() {
        // NumPy: np.log(np.exp(z).sum()) - z[0, 2]
        let loss = loss_from_logits(&array![[0.5, -1.2, 3.0, 0.1]], &[2]);
        assert!(close(loss, 0.141589658476012), "{loss}");
    }

    #[test]
    fn an_answer_that_is_wrong_and_sure_costs_as_much_as_it_is_sure() {
        let z = array![[1000.0, 0.0], [-2000.0, 1000.0]];
        assert!(close(loss_from_logits(&z, &[1, 0]), 2000.0));
        assert_eq!(loss_from_logits(&z, &[0, 1]), 0.0);
        assert!(close(loss_from_logits(&array![[-5000.0, -5000.0]], &[0]), 2.0f64.ln()));
    }

    #[test]
    fn a_shift_changes_nothing() {
        let z = numbers((4, 5), 1);
        let (loss, shifted) = (loss_from_logits(&z, &[0, 1, 2, 3]), &z + 700.0);
        assert!((loss_from_logits(&shifted, &[0, 1, 2, 3]) - loss).abs() < 1e-9);
        let slope = numerical_gradient(&z, |z| loss_from_logits(z, &[0, 1, 2, 3]));
        assert_close(&slope.sum_axis(Axis(1)), &Array1::zeros(4), 1e-8);
    }
}
