//! The mean squared error, its gradient, and what broadcasting makes of it.

use common::Real;
use ndarray::{Array1, Array2};

/// `sum((y - t)^2) / N` of `y (N, 1)` and `t (N, 1)`, added up in `f64`.
/// Panics if the shapes differ: [`broadcast_mse`] shows what happens without this check.
pub fn mse<F: Real>(y: &Array2<F>, t: &Array2<F>) -> f64 {
    assert_eq!(y.dim(), t.dim(), "mean squared error: shapes of y and t");
    let squares = y.iter().zip(t).map(|(&y, &t)| (y.into() - t.into()).powi(2));
    squares.sum::<f64>() / y.len() as f64
}

/// The gradient of [`mse`]: `dy = 2 (y - t) / N`, `(N, 1)`.
/// Panics if the shapes differ.
pub fn mse_grad<F: Real>(y: &Array2<F>, t: &Array2<F>) -> Array2<F> {
    assert_eq!(y.dim(), t.dim(), "mean squared error: shapes of y and t");
    (y - t) * F::of(2.0 / y.len() as f64)
}

/// The article's mistake: a column minus a vector, which is broadcast as a row, gives all
/// pairwise differences, `(N, 1) - (N,) -> (N, N)`. NumPy, Julia and ndarray all allow it.
pub fn pairwise_differences<F: Real>(y: &Array2<F>, t: &Array1<F>) -> Array2<F> {
    y - t // (N, N), not (N, 1)
}

/// The mean of the squares of all [`pairwise_differences`], and its gradient `dy (N, 1)`.
///
/// ```text
/// sum over i, j of (y_i - t_j)^2 / N^2 = var(y) + var(t) + (mean(y) - mean(t))^2
/// dy_i = sum over j of 2 (y_i - t_j) / N^2 = 2 (y_i - mean(t)) / N
/// ```
///
/// Which target belongs to which output makes no difference.
pub fn broadcast_mse<F: Real>(y: &Array2<F>, t: &Array2<F>) -> (f64, Array2<F>) {
    let t: Array1<F> = t.column(0).to_owned(); // (N,), as a loader might return it
    let d = pairwise_differences(y, &t); // (N, N)
    let (mut sum, mut dy) = (0.0, Array2::zeros(y.dim()));
    for (row, dy) in d.rows().into_iter().zip(&mut dy) {
        sum += row.iter().map(|&v| v.into() * v.into()).sum::<f64>();
        let row_sum: f64 = row.iter().map(|&v| v.into()).sum();
        *dy = F::of(2.0 * row_sum / d.len() as f64);
    }
    (sum / d.len() as f64, dy)
}
