//! Is a network as sure as it is right? Of the guesses with a certainty around 95 %, 95 in a
//! hundred should be right.
//!
//!     certainty[n] = the largest of y[n, :];  tenth = the whole part of 10 certainty, at most 9
//!
//! Page: docs/en/12-fashion.md, exercise 5

use ndarray::prelude::*;

/// Of the guesses in each tenth of certainty: how many, how sure in percent on average, and
/// how many percent of them right; NaN where there are none. `y (N, M)` are probabilities.
fn calibration(y: &Array2<f64>, labels: &[usize]) -> Vec<(usize, f64, f64)> {
    // TODO: ten entries.
    todo!()
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_that_is_surer_than_it_is_right() {
        // Four guesses at 95 %, of which one is wrong, and one at 55 %.
        let y = array![[0.95, 0.05], [0.95, 0.05], [0.05, 0.95], [0.95, 0.05], [0.45, 0.55]];
        let tenths = calibration(&y, &[0, 0, 1, 1, 1]);
        assert_eq!(tenths.len(), 10);
        let (count, sure, right) = tenths[9];
        assert!(count == 4 && (sure - 95.0).abs() < 1e-9 && (right - 75.0).abs() < 1e-9);
        let (count, sure, right) = tenths[5];
        assert!(count == 1 && (sure - 55.0).abs() < 1e-9 && right == 100.0);
        assert!(tenths[0].0 == 0 && tenths[0].1.is_nan() && tenths[0].2.is_nan());
    }

    #[test]
    fn a_certainty_of_1_belongs_to_the_last_tenth() {
        assert_eq!(calibration(&array![[0.0, 1.0]], &[0])[9], (1, 100.0, 0.0));
    }
}
