//! The matrix product, where the time of every affine layer goes.

use ndarray::{Array2, ArrayRef2, ArrayView2, ArrayViewMut2, Axis, s};
use rayon::prelude::*;

use super::{Element, sparse, ten_columns};

/// Multiplications that are worth handing to another thread.
const WORTH_A_THREAD: usize = 1 << 22;

/// `a b`: `(N, D)(D, M) -> (N, M)`, NumPy's `dot` for matrices.
///
/// A transposed view costs no copy: `dot(&x.t(), &dz)`. Zeros of `a` may be
/// passed over, so that infinity or NaN in `b` need not show beside them; what is
/// infinite or NaN in `a` always comes through. The rows of the result
/// are cut into pieces that depend on the shapes alone and are shared among
/// rayon's threads, so the bits do not depend on how many there are.
///
/// # Panics
/// If the columns of `a` are not the rows of `b`.
pub fn dot<F: Element>(a: &ArrayRef2<F>, b: &ArrayRef2<F>) -> Array2<F> {
    let ((n, d), (rows, m)) = (a.dim(), b.dim());
    assert!(
        d == rows,
        "dot: ({n}, {d}) and ({rows}, {m}) do not fit: the columns of the first must be the rows of the second"
    );
    if let Some(out) = ten_columns::dot(a, b).or_else(|| sparse::dot(a, b)) {
        return out;
    }
    let mut out = Array2::zeros((n, m)); // (N, M)
    if n * d * m < WORTH_A_THREAD {
        product(a.view(), b.view(), out.view_mut());
        return out;
    }
    let piece = rows_a_piece(n);
    let rows = out.as_slice_mut().expect("a new array is in one piece").par_chunks_mut(piece * m);
    rows.enumerate().for_each(|(i, rows)| {
        let a = a.slice(s![i * piece..(n.min((i + 1) * piece)), ..]);
        let out = ArrayViewMut2::from_shape((a.nrows(), m), rows).expect("whole rows");
        product(a, b.view(), out);
    });
    out
}

/// Few pieces, for each looks at all of `b`; more when there is work for many.
fn rows_a_piece(rows: usize) -> usize {
    rows.div_ceil(4).min(256)
}

/// `out = a b` on the calling thread. The caller has checked the shapes.
fn product<F: Element>(a: ArrayView2<F>, b: ArrayView2<F>, out: ArrayViewMut2<F>) {
    // The kernels are written for columns: out.T = b.T a.T where `out` lies row by row.
    let (mut a, mut b, mut out) = if out.strides()[1].abs() < out.strides()[0].abs() {
        (b.reversed_axes(), a.reversed_axes(), out.reversed_axes())
    } else {
        (a, b, out)
    };
    if a.strides()[1] < 0 {
        a.invert_axis(Axis(1));
        b.invert_axis(Axis(0));
    }
    // SAFETY: shapes, pointers and strides are those of three live arrays, and
    // `out` is borrowed mutably, so it overlaps neither of the others.
    unsafe {
        F::gemm_kernel()(
            out.nrows(),
            out.ncols(),
            a.ncols(),
            out.as_mut_ptr(),
            out.strides()[1],
            out.strides()[0],
            false, // overwrite what `out` holds
            a.as_ptr(),
            a.strides()[1],
            a.strides()[0],
            b.as_ptr(),
            b.strides()[1],
            b.strides()[0],
            F::zero(), // times what `out` holds
            F::one(),  // times a b
            false,
            false,
            false,
            gemm_common::Parallelism::None,
        );
    }
}
