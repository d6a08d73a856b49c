//! Accuracy, which is 0 for a network that has diverged to NaN.
//!
//!     predicted[n] = the column of the largest y[n, k], of equal ones the first
//!     accuracy     = 100 (rows with predicted = label) / N     in percent
//!
//! A NaN is neither larger nor smaller than anything, so a search with `>` passes over
//! it without a word. A row with a NaN predicts nothing.
//!
//! Page: docs/en/01-perceptron.md

use ndarray::prelude::*;

/// The percentage of the rows of `y (N, M)` whose largest value stands at the label. A row
/// with a NaN counts as wrong.
fn accuracy(y: &Array2<f64>, labels: &[usize]) -> f64 {
    // TODO
    todo!()
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_of_four() {
        let y = array![[0.1, 0.9], [0.6, 0.4], [-2.0, -1.0], [3.0, 5.0]];
        assert_eq!(accuracy(&y, &[1, 0, 1, 0]), 75.0);
    }

    #[test]
    fn of_equal_values_the_first_counts() {
        assert_eq!(accuracy(&array![[0.0, 0.0], [0.0, 0.0]], &[0, 1]), 50.0);
    }

    #[test]
    fn all_nan_is_not_a_prediction_of_class_0() {
        let y = Array2::from_elem((3, 10), f64::NAN);
        assert_eq!(accuracy(&y, &[0, 0, 0]), 0.0);
    }

    #[test]
    fn one_nan_spoils_its_row_wherever_it_stands() {
        let y = array![[f64::NAN, 1.0, 0.0], [0.0, 1.0, f64::NAN], [0.0, 1.0, 0.5]];
        let of_three = accuracy(&y, &[1, 1, 1]);
        assert!((of_three - 100.0 / 3.0).abs() < 1e-12, "{of_three}");
    }
}
