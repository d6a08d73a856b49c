//! Cross-entropy from probabilities and labels, without one-hot targets.
//!
//!     loss = -(1 / N) sum over n of ln y[n, labels[n]]
//!
//! Page: docs/en/01-perceptron.md

use ndarray::prelude::*;

/// The mean cross-entropy of probabilities `y (N, M)`, given the right classes `labels (N,)`.
fn cross_entropy(y: &Array2<f64>, labels: &[usize]) -> f64 {
    let mut sum = 0.0;
    for (n, &label) in labels.iter().enumerate() {
        sum -= y[[n, label]].ln();
    }
    sum / labels.len() as f64
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_probabilities_cost_the_logarithm_of_the_number_of_classes() {
        let y = Array2::from_elem((5, 10), 0.1);
        assert!((cross_entropy(&y, &[0, 3, 3, 9, 1]) - 10.0f64.ln()).abs() < 1e-12);
    }

    #[test]
    fn certainty_in_the_right_class_costs_nothing() {
        let y = array![[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]];
        assert_eq!(cross_entropy(&y, &[1, 0]), 0.0);
    }

    #[test]
    fn it_is_a_mean_so_the_batch_size_does_not_matter() {
        // Right classes with a probability of 1/2 and 1/8: ln 2 (1 + 3) / 2
        let y = array![[0.5, 0.25, 0.25], [0.5, 0.375, 0.125]];
        let once = cross_entropy(&y, &[0, 2]);
        assert!((once - 2.0 * 2.0f64.ln()).abs() < 1e-12, "{once}");
        let twice = ndarray::concatenate![Axis(0), y, y];
        assert!((cross_entropy(&twice, &[0, 2, 0, 2]) - once).abs() < 1e-12);
    }
}
