//! Dropout, inverted: the mask of the training, and none in the test.
//!
//!     m (N, H) = 0 with a chance of `rate`, else 1 / (1 - rate)
//!     training:  out = h m,   dh = dout m
//!     test:      out = h
//!
//! `rate` is the share that is dropped. Some libraries ask for the share that is kept.
//!
//! Page: docs/en/09-dropout-adam.md, exercise 1

use ndarray::prelude::*;

/// The mask `(N, H)` from numbers `u (N, H)`, drawn evenly from 0 to 1.
fn mask(u: &Array2<f64>, rate: f64) -> Array2<f64> {
    u.mapv(|u| if u < rate { 0.0 } else { 1.0 / (1.0 - rate) })
}

/// `h (N, H)` after dropout; without a mask, as in the test.
fn dropout(h: &Array2<f64>, mask: Option<&Array2<f64>>) -> Array2<f64> {
    match mask {
        Some(mask) => h * mask,
        None => h.clone(), // the mean of the mask is 1: nothing to make up for
    }
}

/// `dh (N, H)` from `dout (N, H)`, with the mask of the forward pass.
fn dropout_backward(dout: &Array2<f64>, mask: &Array2<f64>) -> Array2<f64> {
    dout * mask
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;
    use judge::{assert_close, inner, numbers, numerical_gradient};

    /// Numbers from 0 to 1.
    fn even(shape: (usize, usize), salt: u64) -> Array2<f64> {
        numbers(shape, salt) / 2.0 + 0.5
    }

    #[test]
    fn two_tenths_are_dropped_not_kept() {
        let m = mask(&even((100, 100), 1), 0.2);
        let dropped = m.iter().filter(|&&m| m == 0.0).count();
        assert!((1_800..2_200).contains(&dropped), "{dropped} of 10000"); // 5 standard deviations
        assert!(m.iter().all(|&m| m == 0.0 || (m - 1.25).abs() < 1e-12));
    }

    #[test]
    fn on_average_training_and_test_are_the_same() {
        let h = Array2::from_elem((100, 100), 3.0);
        let mean = dropout(&h, Some(&mask(&even((100, 100), 2), 0.5))).mean().unwrap();
        assert!((mean - 3.0).abs() < 0.15, "{mean}"); // 5 standard deviations
        assert_eq!(dropout(&h, None), h);
    }

    #[test]
    fn a_rate_of_0_drops_nothing() {
        let u = array![[0.0, 0.5, 0.999]];
        assert_eq!(mask(&u, 0.0), array![[1.0, 1.0, 1.0]]);
    }

    #[test]
    fn the_gradient_agrees_with_differences() {
        let (h, dout, m) = (numbers((4, 5), 3), numbers((4, 5), 4), mask(&even((4, 5), 5), 0.4));
        let slope = numerical_gradient(&h, |h| inner(&dropout(h, Some(&m)), &dout));
        assert_close(&dropout_backward(&dout, &m), &slope, 1e-8);
    }
}
