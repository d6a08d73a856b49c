//! The confusion matrix, and what can be read off it.
//!
//!     counts[t, p] (M, M) = how often class t (row) was read as class p (column)
//!     recall[t]    = counts[t, t] / sum of row t           of those that are t, found
//!     precision[p] = counts[p, p] / sum of column p        of those read as p, right
//!
//! Page: docs/en/12-fashion.md

use ndarray::prelude::*;

/// The confusion matrix `(classes, classes)`.
fn confusion(labels: &[usize], predictions: &[usize], classes: usize) -> Array2<usize> {
    // TODO
    todo!()
}

/// Recall and precision of each class, NaN where there is nothing to divide by.
fn recall_and_precision(counts: &Array2<usize>) -> (Vec<f64>, Vec<f64>) {
    // TODO
    todo!()
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn truth_in_rows_guesses_in_columns() {
        let counts = confusion(&[0, 0, 0, 1, 1, 2], &[0, 1, 1, 1, 0, 2], 3);
        assert_eq!(counts, array![[1, 2, 0], [1, 1, 0], [0, 0, 1]]);
    }

    #[test]
    fn recall_looks_along_rows_and_precision_along_columns() {
        let (recall, precision) = recall_and_precision(&array![[8, 2, 0], [0, 5, 0], [2, 1, 7]]);
        assert_eq!(recall, [0.8, 1.0, 0.7]);
        assert_eq!(precision, [0.8, 0.625, 1.0]);
    }

    #[test]
    fn a_class_that_is_never_guessed_has_no_precision() {
        let (recall, precision) = recall_and_precision(&confusion(&[0, 1], &[0, 0], 3));
        assert_eq!((recall[1], precision[0]), (0.0, 0.5));
        assert!(precision[1].is_nan() && recall[2].is_nan());
    }
}
