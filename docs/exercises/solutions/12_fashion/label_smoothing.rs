//! Leave some doubt: label smoothing.
//!
//!     t' (N, M) = (1 - e) t + e / M           t one-hot, e = 0.1
//!     loss      = -(1 / N) sum of t' ln softmax(z)
//!     dz (N, M) = (softmax(z) - t') / N
//!
//! Page: docs/en/12-fashion.md, exercise 6

use ndarray::prelude::*;

/// Softmax of each row: given.
fn softmax(z: &Array2<f64>) -> Array2<f64> {
    let largest = z.fold_axis(Axis(1), f64::NEG_INFINITY, |&m, &z| m.max(z));
    let e = (z - &largest.insert_axis(Axis(1))).mapv(f64::exp);
    let sum = e.sum_axis(Axis(1)).insert_axis(Axis(1));
    e / &sum
}

/// The targets with doubt, `(N, M)`, from one-hot `t (N, M)`.
fn smooth(t: &Array2<f64>, e: f64) -> Array2<f64> {
    t * (1.0 - e) + e / t.ncols() as f64 // rows still sum to 1
}

/// The loss, and its gradient `dz (N, M)`, of the logits `z (N, M)` with one-hot `t (N, M)`.
fn loss_and_gradient(z: &Array2<f64>, t: &Array2<f64>, e: f64) -> (f64, Array2<f64>) {
    let (n, t, y) = (z.nrows() as f64, smooth(t, e), softmax(z));
    let loss = -(&t * &y.mapv(f64::ln)).sum() / n;
    // Nothing in the derivation of y - t needs one-hot targets, only rows that sum to 1
    (loss, (y - &t) / n)
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;
    use judge::{assert_close, numbers, numerical_gradient};

    #[test]
    fn nine_tenths_and_a_share_of_the_last() {
        let t = smooth(&array![[0.0, 1.0, 0.0, 0.0]], 0.1);
        assert_close(&t, &array![[0.025, 0.925, 0.025, 0.025]], 1e-12);
    }

    #[test]
    fn as_numpy_has_it() {
        // NumPy: -(t * np.log(y)).sum() with t = 0.9 * np.eye(4)[[2]] + 0.1 / 4
        let (z, t) = (array![[0.5, -1.2, 3.0, 0.1]], array![[0.0, 0.0, 1.0, 0.0]]);
        let (loss, _) = loss_and_gradient(&z, &t, 0.1);
        assert!((loss - 0.381589658476012).abs() < 1e-12, "{loss}");
    }

    #[test]
    fn the_gradient_agrees_with_differences() {
        let z = numbers((4, 6), 1) * 3.0;
        let t = Array2::from_shape_fn((4, 6), |(n, k)| f64::from(n + 1 == k));
        let (_, dz) = loss_and_gradient(&z, &t, 0.1);
        assert_close(&dz, &numerical_gradient(&z, |z| loss_and_gradient(z, &t, 0.1).0), 1e-8);
    }

    /// With e = 0.1 and ten classes: 0.91 and 0.01, so ln 91 ahead and no further.
    #[test]
    fn certainty_has_an_end() {
        let t = Array2::from_shape_fn((1, 10), |(_, k)| f64::from(k == 3));
        let (_, dz) = loss_and_gradient(&(&t * 91.0f64.ln()), &t, 0.1);
        assert_close(&dz, &Array2::zeros((1, 10)), 1e-12);
    }
}
