//! How many hidden units hardly learn? Where the sigmoid is flat, the gradient stops.
//!
//!     slope = h (1 - h), at most 1/4;  flat: slope < 0.01
//!
//! Page: docs/en/02-hidden-layer.md, exercise 4

use ndarray::prelude::*;

/// The share of the hidden values `h (N, H)`, in percent, whose slope is below 0.01.
fn flat(h: &Array2<f64>) -> f64 {
    let count = h.iter().filter(|&&h| h * (1.0 - h) < 0.01).count();
    100.0 * count as f64 / h.len() as f64
}

/// Weights `(D, H)` scaled as Xavier's start does, from standard normal numbers of that
/// shape: such that a sum over `D` inputs of size 1 again has size 1.
fn xavier(normal: &Array2<f64>) -> Array2<f64> {
    // The variances of D independent terms add up to D.
    normal / (normal.nrows() as f64).sqrt()
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;
    use judge::numbers;

    /// Sums of twelve even numbers are very nearly normal, with a variance of 12 / 3 = 4.
    fn normal(shape: (usize, usize), salt: u64) -> Array2<f64> {
        (0..12).fold(Array2::zeros(shape), |sum, k| sum + numbers(shape, 100 * salt + k)) / 2.0
    }

    fn hidden(w: &Array2<f64>) -> Array2<f64> {
        normal((50, w.nrows()), 1).dot(w).mapv(|z| 1.0 / (1.0 + (-z).exp()))
    }

    #[test]
    fn a_count_by_hand() {
        assert_eq!(flat(&array![[0.5, 0.999], [0.001, 0.02]]), 50.0); // 0.02 has 0.0196
    }

    #[test]
    fn weights_without_a_scale_leave_most_units_flat_and_xavier_none() {
        let w = normal((400, 20), 2);
        let (before, after) = (flat(&hidden(&w)), flat(&hidden(&xavier(&w))));
        assert!(before > 75.0 && after < 1.0, "{before} {after}");
    }

    #[test]
    fn a_sum_over_scaled_weights_has_the_size_of_its_inputs() {
        for inputs in [25, 900] {
            let z = normal((200, inputs), 3).dot(&xavier(&normal((inputs, 20), 4)));
            let variance = z.iter().map(|z| z * z).sum::<f64>() / z.len() as f64;
            assert!((variance - 1.0).abs() < 0.2, "{inputs} inputs: {variance}");
        }
    }
}
