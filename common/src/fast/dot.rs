//! The matrix product of every affine layer. Library code is fast on large dense
//! matrices; ten columns, and matrices full of zeros as MNIST's pixels are, have code of
//! their own.

use ndarray::{Array2, ArrayRef2, ArrayView2, ArrayViewMut2, Axis, s};
use rayon::prelude::*;

use crate::fast::element::Element;
use crate::fast::{sparse, ten_columns};

/// Products with fewer multiplications run on the calling thread.
const PARALLEL_FROM: usize = 1 << 22;

/// `a b`: `(N, D)(D, M) -> (N, M)`, NumPy's `dot` for matrices.
///
/// A transposed view costs no copy: `dot(&x.t(), &dz)`. Zeros of `a` may be
/// skipped, so infinity or NaN in `b` may be lost where `a` is 0; infinity and
/// NaN in `a` always reach the result. Large products are shared among rayon's
/// threads in blocks of rows that depend on the shapes alone, so the bits do not
/// depend on the number of threads.
/// Panics if the columns of `a` are not the rows of `b`.
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
    if n * d * m < PARALLEL_FROM {
        product(a.view(), b.view(), out.view_mut());
        return out;
    }
    let block = n.div_ceil(4).min(256); // few blocks, since each reads all of b
    let blocks = out.as_slice_mut().expect("a new array is contiguous").par_chunks_mut(block * m);
    blocks.enumerate().for_each(|(i, out)| {
        let a = a.slice(s![i * block..(n.min((i + 1) * block)), ..]);
        let out = ArrayViewMut2::from_shape((a.nrows(), m), out).expect("whole rows");
        product(a, b.view(), out);
    });
    out
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
