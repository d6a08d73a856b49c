//! Find the bug: the report names the class that is read worst. In a test set with rare
//! classes it names a common one, which is read well.
//!
//!     worst = the class with the smallest share of its examples read rightly
//!
//! Page: docs/en/12-fashion.md

use ndarray::prelude::*;

/// The class that is read worst, from the confusion matrix `counts (M, M)`, the truth in
/// rows. Classes without examples do not count; `None` if there are no others.
fn worst(counts: &Array2<usize>) -> Option<usize> {
    // TODO
    let mistakes = |k: usize| counts.row(k).sum() - counts[[k, k]];
    (0..counts.nrows()).filter(|&k| counts.row(k).sum() > 0).max_by_key(|&k| mistakes(k))
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rare_class_that_is_never_read_is_the_worst() {
        // 950 of 1000, 0 of 5, 90 of 100
        assert_eq!(worst(&array![[950, 0, 50], [5, 0, 0], [5, 5, 90]]), Some(1));
    }

    #[test]
    fn a_class_that_is_always_read_is_not_the_worst() {
        assert_eq!(worst(&array![[5, 5], [0, 4]]), Some(0));
    }

    #[test]
    fn a_class_without_examples_does_not_count() {
        assert_eq!(worst(&array![[9, 1, 0], [0, 0, 0], [4, 0, 6]]), Some(2));
        assert_eq!(worst(&Array2::zeros((3, 3))), None);
    }
}
