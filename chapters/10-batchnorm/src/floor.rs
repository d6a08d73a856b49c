//! How close a polynomial can come at all: least squares, without any learning.
//!
//! The columns of `x (N, 6)` span all polynomials of degree five. Made orthogonal,
//! one after the other, each takes its own part out of `t`; what is left is what
//! no such polynomial can explain.

use common::Real;
use ndarray::{Array1, Array2};

/// The best polynomial at the points, `N` numbers, and its mean squared error.
///
/// Gram-Schmidt, modified: each column loses its part along the finished ones one
/// at a time, which rounds better than the equations `xT x a = xT t`.
///
/// # Panics
/// If the columns of `x` depend on each other, or the shapes do not fit.
pub fn least_squares<F: Real>(x: &Array2<F>, t: &Array2<F>) -> (Array1<f64>, f64) {
    assert!(t.dim() == (x.nrows(), 1), "least squares: x {:?} and t {:?}", x.dim(), t.dim());
    let mut left = t.column(0).mapv(|v| v.into()); // (N,), what is not explained yet
    let target = left.clone();
    let mut directions: Vec<Array1<f64>> = Vec::new(); // orthogonal, each of length 1
    for column in x.columns() {
        let mut q = column.mapv(|v| v.into()); // (N,)
        let before = q.dot(&q).sqrt();
        for done in &directions {
            let part = q.dot(done);
            q.scaled_add(-part, done);
        }
        let length = q.dot(&q).sqrt();
        assert!(length > 1e-9 * before, "least squares: a column is a mixture of the others");
        q /= length;
        let part = left.dot(&q);
        left.scaled_add(-part, &q);
        directions.push(q);
    }
    let error = left.dot(&left) / left.len() as f64;
    (target - left, error)
}
