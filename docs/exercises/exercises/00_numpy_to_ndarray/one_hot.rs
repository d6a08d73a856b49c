//! One-hot targets from labels: NumPy's `np.eye(classes)[labels]`.
//!
//!     t (N, M),  t[n, k] = 1 if labels[n] = k, else 0
//!
//! Page: docs/en/00-numpy-to-ndarray.md, exercise 2

use ndarray::prelude::*;

/// One-hot rows of `classes` columns from `labels (N,)`: `(N, classes)`.
fn one_hot(labels: &[usize], classes: usize) -> Array2<f64> {
    // TODO: a row for each label, with a single 1.
    todo!()
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_row_has_its_one_at_the_label() {
        let expected = array![[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, 1.0, 0.0]];
        assert_eq!(one_hot(&[2, 0, 2, 1], 3), expected);
    }

    #[test]
    fn a_class_that_no_label_names_has_a_column_too() {
        assert_eq!(one_hot(&[1], 10).dim(), (1, 10));
        assert_eq!(one_hot(&[], 10).dim(), (0, 10));
    }
}
