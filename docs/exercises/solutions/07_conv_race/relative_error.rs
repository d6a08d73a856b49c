//! Equal first, then timed: when are two arrays the same, but for rounding?
//!
//!     scale = the largest size of an element of either
//!     error = the largest |a - b| / scale;  0 for two arrays of zeros
//!
//! One NaN, and the answer must be infinite: `max` of a NaN and a number is the number, so
//! it would vanish.
//!
//! Page: docs/en/07-conv-race.md

use ndarray::prelude::*;

/// The largest difference of `a` and `b (N, M)`, relative to the largest element of either;
/// infinite if any element is not a number.
fn relative_error(a: &Array2<f64>, b: &Array2<f64>) -> f64 {
    let (mut scale, mut difference) = (0.0f64, 0.0f64);
    for (&a, &b) in a.iter().zip(b) {
        if a.is_nan() || b.is_nan() {
            return f64::INFINITY;
        }
        scale = scale.max(a.abs()).max(b.abs());
        difference = difference.max((a - b).abs());
    }
    if difference == 0.0 { 0.0 } else { difference / scale }
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_relative_to_the_largest_element() {
        let (a, b) = (array![[100.0, 1.0]], array![[100.0, 2.0]]);
        assert!((relative_error(&a, &b) - 0.01).abs() < 1e-15);
        assert!((relative_error(&(&a * 1e9), &(&b * 1e9)) - 0.01).abs() < 1e-15);
    }

    #[test]
    fn it_does_not_matter_which_of_the_two_is_the_judge() {
        let (a, b) = (array![[0.0, -1.0]], array![[4.0, 1.0]]);
        assert_eq!(relative_error(&a, &b), 1.0);
        assert_eq!(relative_error(&b, &a), 1.0);
    }

    #[test]
    fn zeros_are_equal_and_nan_is_equal_to_nothing() {
        let zeros = Array2::zeros((2, 3));
        assert_eq!(relative_error(&zeros, &zeros), 0.0);
        for (a, b) in [(f64::NAN, 1.0), (1.0, f64::NAN), (f64::NAN, f64::NAN)] {
            let error = relative_error(&array![[5.0, a, 5.0]], &array![[5.0, b, 5.0]]);
            assert_eq!(error, f64::INFINITY, "{a} {b}");
        }
    }
}
