//! Convolution in loops again, with the innermost one along a row of outputs.
//!
//! The innermost loop of the plain convolution runs over five taps and adds to a
//! single number, which cannot be vectorised. Here one tap is taken for all outputs of
//! a row. They are neighbours in memory, and so are the pixels (with a stride of 1):
//!
//! ```text
//! out[n,f,i,:]        +=  w[f,c,k,l]  x[n,c,i+k,l:l+OW]
//! dx[n,c,i+k,l:l+OW]  +=  w[f,c,k,l]  dout[n,f,i,:]
//! dw[f,c,k,l]         +=  sum of      x[n,c,i+k,l:l+OW]  dout[n,f,i,:]
//! ```
//!
//! The compiler vectorises these loops: a twentieth of the time of the plain ones.

use cnn_naive::Window;
use cnn_naive::conv::{Shape, check_dout, checked_shape, padded};
use common::Real;
use common::fast::vector::LANES;
use multiversion::multiversion;
use ndarray::{Array4, ArrayRef, ArrayRef4, Dimension};

use crate::im2col::{cropped, row_start};

/// The shapes of padded images, filters and outputs, and the stride.
type Sizes = (Shape, Shape, Shape, usize);

/// Convolves `x (N, C, H, W)` with the filters `w (FN, C, FH, FW)`:
/// `out (N, FN, OH, OW)`. Panics if the shapes do not fit.
pub fn forward<F: Real>(x: &ArrayRef4<F>, w: &ArrayRef4<F>, window: Window) -> Array4<F> {
    let mut out = Array4::zeros(checked_shape(x.dim(), w.dim(), window)); // (N, FN, OH, OW)
    let x = padded(x, window.padding);
    let sizes = (x.dim(), w.dim(), out.dim(), window.stride);
    add_rows(sizes, false, slice(&x), slice(&w.as_standard_layout()), slice_mut(&mut out));
    out
}

/// The gradients `dx (N, C, H, W)` and `dw (FN, C, FH, FW)` from
/// `dout (N, FN, OH, OW)` and the inputs of [`forward`]; `dw` is **summed** over the
/// batch. Panics if the shapes do not fit.
pub fn backward<F: Real>(
    dout: &ArrayRef4<F>,
    x: &ArrayRef4<F>,
    w: &ArrayRef4<F>,
    window: Window,
) -> (Array4<F>, Array4<F>) {
    let dw = filter_gradient(dout, x, w.dim(), window);
    let ((n, c, height, width), p) = (x.dim(), window.padding);
    let mut dx = Array4::zeros((n, c, height + 2 * p, width + 2 * p));
    let sizes = (dx.dim(), w.dim(), dout.dim(), window.stride);
    let (dout, w) = (dout.as_standard_layout(), w.as_standard_layout());
    add_rows(sizes, true, slice(&dout), slice(&w), slice_mut(&mut dx));
    (cropped(dx, p), dw)
}

/// Only `dw (FN, C, FH, FW)` of [`backward`]: for a first layer, where the gradient
/// of the images is not needed. `w` is the shape of the filters. Panics if the
/// shapes do not fit.
pub fn filter_gradient<F: Real>(
    dout: &ArrayRef4<F>,
    x: &ArrayRef4<F>,
    w: Shape,
    window: Window,
) -> Array4<F> {
    check_dout(dout.dim(), checked_shape(x.dim(), w, window));
    let x = padded(x, window.padding);
    let (dout, mut dw) = (dout.as_standard_layout(), Array4::zeros(w));
    let sizes = (x.dim(), w, dout.dim(), window.stride);
    dw_rows(sizes, slice(&dout), slice(&x), slice_mut(&mut dw));
    dw
}

/// Rows of `out` from rows of `x`, or, to go `back`, rows of `dx` from rows of `dout`.
/// Compiled twice, like [`dw_rows`]: with vectors of eight `f32`, and without.
#[multiversion(targets("x86_64+avx2"))]
fn add_rows<F: Real>(sizes: Sizes, back: bool, from: &[F], w: &[F], to: &mut [F]) {
    let (_, _, (_, _, _, ow), stride) = sizes;
    each_row_and_tap(sizes, |out_row, x_row, tap| {
        let (from_row, to_row) = if back { (out_row, x_row) } else { (x_row, out_row) };
        let (from, to, w) = (&from[from_row..], &mut to[to_row..], w[tap]);
        if stride == 1 {
            // Slices of the same length: no checks in the loop, which is vectorised.
            to[..ow].iter_mut().zip(&from[..ow]).for_each(|(to, &v)| *to += w * v);
        } else {
            let (from_step, to_step) = if back { (1, stride) } else { (stride, 1) };
            let from = from.iter().step_by(from_step);
            let row = to.iter_mut().step_by(to_step).zip(from).take(ow);
            row.for_each(|(to, &v)| *to += w * v);
        }
    });
}

/// Calls `f` for every row of outputs and every tap, with the indices of the first
/// output of the row, of the pixel that the tap is multiplied with there, and of the
/// weight.
#[inline(always)]
fn each_row_and_tap((x, w, out, stride): Sizes, mut f: impl FnMut(usize, usize, usize)) {
    let ((n, filters, oh, _), (_, c, fh, fw)) = (out, w);
    for n in 0..n {
        for filter in 0..filters {
            for i in 0..oh {
                for c in 0..c {
                    for k in 0..fh {
                        let x_row = row_start(x, n, c, stride * i + k);
                        for l in 0..fw {
                            let tap = row_start(w, filter, c, k) + l;
                            f(row_start(out, n, filter, i), x_row + l, tap);
                        }
                    }
                }
            }
        }
    }
}

/// `dw[f,c,k,l] += sum over i of x[n,c,si+k,l::s] dout[n,f,i,:]`.
#[multiversion(targets("x86_64+avx2"))]
fn dw_rows<F: Real>(sizes: Sizes, dout: &[F], x: &[F], dw: &mut [F]) {
    let (x_shape, w_shape, out_shape, stride) = sizes;
    let ((n, filters, oh, ow), (_, c, fh, fw)) = (out_shape, w_shape);
    for n in 0..n {
        for f in 0..filters {
            for c in 0..c {
                for k in 0..fh {
                    let dw = &mut dw[row_start(w_shape, f, c, k)..][..fw];
                    for (l, dw) in dw.iter_mut().enumerate() {
                        let mut sums = [F::zero(); LANES];
                        for i in 0..oh {
                            let dout = &dout[row_start(out_shape, n, f, i)..][..ow];
                            let x = &x[row_start(x_shape, n, c, stride * i + k)..][..x_shape.3];
                            if stride == 1 {
                                add_products(&x[l..][..ow], dout, &mut sums);
                            } else {
                                let x = x[l..].iter().step_by(stride);
                                x.zip(dout).for_each(|(&x, &d)| sums[0] += x * d);
                            }
                        }
                        *dw += sums.iter().fold(F::zero(), |sum, &v| sum + v);
                    }
                }
            }
        }
    }
}

/// Adds the products of two rows of the same length to eight sums in turn. With a
/// single sum each addition would wait for the last, and the compiler must not change
/// the order of additions.
#[inline(always)]
fn add_products<F: Real>(x: &[F], d: &[F], sums: &mut [F; LANES]) {
    let (xs, x) = x.as_chunks::<LANES>();
    let (ds, d) = d.as_chunks::<LANES>();
    for (x, d) in xs.iter().zip(ds) {
        for lane in 0..LANES {
            sums[lane] += x[lane] * d[lane];
        }
    }
    for (lane, (&x, &d)) in x.iter().zip(d).enumerate() {
        sums[lane] += x * d;
    }
}

/// The numbers of an array, row by row. Panics if it is not in standard layout.
pub fn slice<F, D: Dimension>(a: &ArrayRef<F, D>) -> &[F] {
    a.as_slice().expect("the layout is standard")
}

/// The same, to be written.
pub fn slice_mut<F, D: Dimension>(a: &mut ArrayRef<F, D>) -> &mut [F] {
    a.as_slice_mut().expect("the layout is standard")
}
