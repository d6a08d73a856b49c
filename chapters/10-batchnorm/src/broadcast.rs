//! The article's silent mistake: a column minus a row is a square.
//!
//! NumPy, Julia and ndarray stretch whatever has a length of 1. With the estimates
//! as `(N, 1)` and the targets as `(N,)`, there is no place where the two are not
//! of the same shape and none where anybody complains.

use common::Real;
use ndarray::{Array1, Array2};

/// All differences of all estimates with all targets, by a single minus sign:
/// `(N, 1) - (N,) -> (N, N)`.
pub fn differences<F: Real>(y: &Array2<F>, t: &Array1<F>) -> Array2<F> {
    y - t // (N, N), and not (N, 1)
}

/// What is taken for the mean squared error: the mean of the squares of all
/// [`differences`], with a gradient `dy (N, 1)` that belongs to it.
///
/// ```text
/// sum over i, j of (y_i - t_j)^2 / N^2 = var(y) + var(t) + (mean(y) - mean(t))^2
/// dy_i = sum over j of 2 (y_i - t_j) / N^2 = 2 (y_i - mean(t)) / N
/// ```
///
/// The pairs are gone: which target belongs to which estimate makes no difference.
pub fn wrong_mse<F: Real>(y: &Array2<F>, t: &Array2<F>) -> (f64, Array2<F>) {
    let t: Array1<F> = t.column(0).to_owned(); // (N,), as a loader might hand it out
    let d = differences(y, &t); // (N, N)
    let (mut sum, mut dy) = (0.0, Array2::zeros(y.dim()));
    for (row, dy) in d.rows().into_iter().zip(&mut dy) {
        sum += row.iter().map(|&v| v.into() * v.into()).sum::<f64>();
        let along: f64 = row.iter().map(|&v| v.into()).sum();
        *dy = F::of(2.0 * along / d.len() as f64);
    }
    (sum / d.len() as f64, dy)
}
