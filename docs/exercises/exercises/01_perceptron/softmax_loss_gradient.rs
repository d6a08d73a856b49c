//! The gradient of softmax and cross-entropy together, with respect to the logits.
//!
//!     y    (N, M) = softmax(z)
//!     loss        = -(1 / N) sum of t ln y
//!     dz   (N, M) = (y - t) / N
//!
//! Page: docs/en/01-perceptron.md

use ndarray::prelude::*;

/// Softmax of each row: given.
fn softmax(z: &Array2<f64>) -> Array2<f64> {
    let largest = z.fold_axis(Axis(1), f64::NEG_INFINITY, |&m, &z| m.max(z)); // (N,)
    let e = (z - &largest.insert_axis(Axis(1))).mapv(f64::exp); // (N, M)
    let sum = e.sum_axis(Axis(1)).insert_axis(Axis(1)); // (N, 1)
    e / &sum
}

/// The mean cross-entropy of the logits `z (N, M)` with labels `(N,)`, and its gradient
/// `dz (N, M)`.
fn loss_and_gradient(z: &Array2<f64>, labels: &[usize]) -> (f64, Array2<f64>) {
    let y = softmax(z); // (N, M)
    // TODO: the loss, and dz = (y - t) / N. Is there a need for t?
    (0.0, y)
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;
    use judge::{assert_close, numbers, numerical_gradient};

    #[test]
    fn as_numpy_has_it() {
        // NumPy: -np.log(y[[0, 1], [2, 0]]).mean() and (y - np.eye(3)[[2, 0]]) / 2
        let (loss, dz) = loss_and_gradient(&array![[1.0, 2.0, 3.0], [-1.0, 0.0, 4.0]], &[2, 0]);
        assert!((loss - 2.716175427291601).abs() < 1e-12, "{loss}");
        let expected = array![
            [0.045015286585190, 0.122364235527399, -0.167379522112589],
            [-0.496713368407346, 0.008933990935152, 0.487779377472193]
        ];
        assert_close(&dz, &expected, 1e-12);
    }

    #[test]
    fn the_gradient_agrees_with_differences() {
        let (z, labels) = (numbers((4, 6), 1) * 3.0, [5, 0, 2, 2]);
        let (_, dz) = loss_and_gradient(&z, &labels);
        let slope = numerical_gradient(&z, |z| loss_and_gradient(z, &labels).0);
        assert_close(&dz, &slope, 1e-8);
    }

    #[test]
    fn each_row_of_the_gradient_sums_to_zero() {
        let (_, dz) = loss_and_gradient(&numbers((4, 6), 2), &[1, 3, 0, 5]);
        assert_close(&dz.sum_axis(Axis(1)), &Array1::zeros(4), 1e-12);
    }
}
