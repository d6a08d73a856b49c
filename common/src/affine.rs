//! The affine layer, and the sum over a batch that its bias needs.

use ndarray::{Array2, ArrayRef2, Axis};

use crate::{Real, dot};

/// `z = x w + b`: `(N, D)(D, M) + (1, M) -> (N, M)`; `b` is added to every row.
/// Panics if the shapes do not fit; the message names all three.
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

/// The sum over the rows, kept as a row: `(N, M) -> (1, M)`. The gradient of a
/// bias is such a sum, since the bias is added to every example of the batch.
pub fn sum_rows<F: Real>(a: &ArrayRef2<F>) -> Array2<F> {
    a.sum_axis(Axis(0)).insert_axis(Axis(0))
}
