//! The mean squared error, and its gradient.

use common::Real;
use ndarray::Array2;

/// `sum((y - t)^2) / N` of `y (N, 1)` and `t (N, 1)`, added up in `f64`.
///
/// # Panics
/// If the shapes differ. This is the line that [`crate::broadcast`] does without.
pub fn mse<F: Real>(y: &Array2<F>, t: &Array2<F>) -> f64 {
    same_shape(y, t);
    let squares = y.iter().zip(t).map(|(&y, &t)| (y.into() - t.into()).powi(2));
    squares.sum::<f64>() / y.len() as f64
}

/// The gradient of [`mse`]: `dy = 2 (y - t) / N`, `(N, 1)`.
///
/// # Panics
/// If the shapes differ.
pub fn mse_grad<F: Real>(y: &Array2<F>, t: &Array2<F>) -> Array2<F> {
    same_shape(y, t);
    (y - t) * F::of(2.0 / y.len() as f64)
}

fn same_shape<F>(y: &Array2<F>, t: &Array2<F>) {
    assert!(
        y.dim() == t.dim(),
        "mean squared error: y {:?} and t {:?} must be the same shape",
        y.dim(),
        t.dim()
    );
}
