//! The gradient of the loss that the article prints, through softmax.
//!
//!     loss = -sum of (t ln(y + d) + (1 - t) ln(1 - y + d)),   d = 1e-7
//!     g    = dloss/dy = -t / (y + d) + (1 - t) / (1 - y + d)
//!     dz_j = sum over k of g_k dy_k/dz_j,   dy_k/dz_j = y_k ([k = j] - y_j)
//!
//! This time nothing cancels.
//!
//! Page: docs/en/01-perceptron.md, exercise 6

use ndarray::prelude::*;

const DELTA: f64 = 1e-7;

/// The gradient of the printed loss, summed over the batch, with respect to the logits:
/// `dz (N, M)` from the probabilities `y` and the one-hot targets `t`, both `(N, M)`.
fn printed_loss_gradient(y: &Array2<f64>, t: &Array2<f64>) -> Array2<f64> {
    // g = dloss/dy, one element at a time
    let g = -t / (y + DELTA) + (1.0 - t) / (1.0 - y + DELTA); // (N, M)
    // dz_j = y_j (g_j - sum over k of g_k y_k)
    let mean = (&g * y).sum_axis(Axis(1)).insert_axis(Axis(1)); // (N, 1)
    y * &(g - mean) // (N, M)
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;
    use judge::{assert_close, numbers, numerical_gradient};

    fn softmax(z: &Array2<f64>) -> Array2<f64> {
        let e = z.mapv(f64::exp);
        &e / &e.sum_axis(Axis(1)).insert_axis(Axis(1))
    }

    fn printed_loss(y: &Array2<f64>, t: &Array2<f64>) -> f64 {
        let terms = t * &(y + DELTA).mapv(f64::ln) + (1.0 - t) * (1.0 - y + DELTA).mapv(f64::ln);
        -terms.sum()
    }

    #[test]
    fn the_gradient_agrees_with_differences() {
        let z = numbers((3, 5), 1) * 2.0;
        let t = Array2::from_shape_fn((3, 5), |(n, k)| f64::from((2 * n) % 5 == k));
        let slope = numerical_gradient(&z, |z| printed_loss(&softmax(z), &t));
        assert_close(&printed_loss_gradient(&softmax(&z), &t), &slope, 1e-8);
    }

    #[test]
    fn a_shift_of_the_logits_changes_no_loss_so_each_row_sums_to_zero() {
        let t = Array2::from_shape_fn((3, 5), |(n, k)| f64::from(n == k));
        let dz = printed_loss_gradient(&softmax(&numbers((3, 5), 2)), &t);
        assert!(dz.iter().any(|d| d.abs() > 0.01), "not all zeros");
        assert!(dz.sum_axis(Axis(1)).iter().all(|sum| sum.abs() < 1e-12));
    }
}
