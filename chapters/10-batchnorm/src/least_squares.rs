//! The best polynomial, by least squares: the lowest error that a polynomial can reach.

use common::Real;
use ndarray::{Array1, Array2};

/// The linear combination of the columns of `x (N, D)` that is closest to `t (N, 1)`: its
/// `N` values and its mean squared error. With the powers of [`crate::dataset`] it is the
/// best polynomial of degree 5.
///
/// Modified Gram-Schmidt: the columns are made orthogonal one after the other, and each
/// removes its component from `t`. It rounds less than the equations `xT x a = xT t`.
/// Panics if the columns of `x` are linearly dependent, or the shapes do not fit.
pub fn least_squares<F: Real>(x: &Array2<F>, t: &Array2<F>) -> (Array1<f64>, f64) {
    assert!(t.dim() == (x.nrows(), 1), "least squares: x {:?} and t {:?}", x.dim(), t.dim());
    let target = t.column(0).mapv(|v| v.into()); // (N,)
    let mut residual = target.clone(); // (N,)
    let mut basis: Vec<Array1<f64>> = Vec::new(); // orthonormal, (N,) each
    for column in x.columns() {
        let mut q = column.mapv(|v| v.into()); // (N,)
        let before = q.dot(&q).sqrt();
        for other in &basis {
            let component = q.dot(other);
            q.scaled_add(-component, other);
        }
        let length = q.dot(&q).sqrt();
        assert!(length > 1e-9 * before, "least squares: a column is a mixture of the others");
        q /= length;
        let component = residual.dot(&q);
        residual.scaled_add(-component, &q);
        basis.push(q);
    }
    let error = residual.dot(&residual) / residual.len() as f64;
    (target - residual, error)
}
