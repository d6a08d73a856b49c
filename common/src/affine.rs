//! The affine layer.

use ndarray::{Array2, ArrayRef2};

use crate::{Real, dot};

/// `z = x w + b`: `(N, D)(D, M) + (1, M) -> (N, M)`; every row gets the same `b`.
///
/// # Panics
/// If the shapes do not fit; the message names all three.
pub fn affine<F: Real>(x: &ArrayRef2<F>, w: &ArrayRef2<F>, b: &ArrayRef2<F>) -> Array2<F> {
    assert!(
        x.ncols() == w.nrows() && b.dim() == (1, w.ncols()),
        "affine: x {:?}, w {:?} and b {:?} do not fit: they must be (N, D), (D, M) and (1, M)",
        x.dim(),
        w.dim(),
        b.dim()
    );
    let mut z = dot(x, w); // (N, M)
    z += &b.row(0);
    z
}
