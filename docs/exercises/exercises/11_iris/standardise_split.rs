//! Standardise without peeking: mean and deviation are the training set's, for both sets.
//!
//!     mean, sd (D,) of the training features
//!     out = (x - mean) / sd               training and test alike
//!
//! Page: docs/en/11-iris.md, exercise 3

use ndarray::prelude::*;

/// `train (N, D)` and `test (M, D)`, both standardised by mean and deviation of `train`.
fn standardise(train: &Array2<f64>, test: &Array2<f64>) -> (Array2<f64>, Array2<f64>) {
    // TODO: a deviation of 0, of a feature that never changes in `train`, counts as 1.
    todo!()
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;
    use judge::{assert_close, numbers};

    #[test]
    fn by_hand() {
        let train = array![[1.0, 10.0], [3.0, 30.0]]; // means 2 and 20, deviations 1 and 10
        let (train, test) = standardise(&train, &array![[4.0, 50.0]]);
        assert_close(&train, &array![[-1.0, -1.0], [1.0, 1.0]], 1e-12);
        assert_close(&test, &array![[2.0, 3.0]], 1e-12);
    }

    #[test]
    fn the_test_set_changes_nothing_in_training() {
        let (train, test) = (numbers((6, 3), 1), numbers((4, 3), 2));
        let (with_one, _) = standardise(&train, &test);
        let (with_another, scaled) = standardise(&train, &(test + 100.0));
        assert_eq!(with_one, with_another);
        assert!(scaled.iter().all(|v| *v > 10.0), "the test set has been given a mean of its own");
    }

    #[test]
    fn a_feature_that_never_changes_becomes_0() {
        let (train, test) = standardise(&array![[5.0], [5.0]], &array![[5.0], [6.0]]);
        assert_eq!(train, array![[0.0], [0.0]]);
        assert_eq!(test, array![[0.0], [1.0]]);
    }
}
