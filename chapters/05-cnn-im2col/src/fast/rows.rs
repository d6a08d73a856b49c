//! Convolution in loops again, with the innermost one along a row of outputs.
//!
//! The plain loops take one output after the other, and their innermost one
//! runs over five taps: too short for anything. Here one tap is taken for all
//! outputs of a row. They are neighbours in memory, and so are the pixels that
//! they see (with a stride of 1):
//!
//! ```text
//! out[n,f,i,:]        +=  w[f,c,k,l]  x[n,c,i+k,l:l+OW]
//! dx[n,c,i+k,l:l+OW]  +=  w[f,c,k,l]  dout[n,f,i,:]
//! dw[f,c,k,l]         +=  sum of      x[n,c,i+k,l:l+OW]  dout[n,f,i,:]
//! ```
//!
//! The compiler turns such a loop into vector instructions. Nothing else has
//! changed: no patches, no tiles, one thread.

use cnn_naive::Window;
use common::Real;
use multiversion::multiversion;
use ndarray::{Array4, ArrayRef4};

use crate::conv::check_dout;
use crate::im2col::{cropped, fitting, padded, row};

type Shape = (usize, usize, usize, usize);

/// Inner products go into so many sums in turn, which do not wait for each
/// other.
const LANES: usize = 8;

/// `x (N, C, H, W)` seen through the filters `w (FN, C, FH, FW)`:
/// `out (N, FN, OH, OW)`.
///
/// # Panics
/// If the shapes do not fit, with the sentence of
/// `cnn_naive::conv::output_shape`.
pub fn forward<F: Real>(x: &ArrayRef4<F>, w: &ArrayRef4<F>, window: Window) -> Array4<F> {
    let mut out = Array4::zeros(fitting(x.dim(), w.dim(), window)); // (N, FN, OH, OW)
    let x = padded(x, window.padding);
    let shapes = (x.dim(), w.dim(), out.dim());
    let w = w.as_standard_layout();
    out_rows(shapes, window.stride, whole(&x), whole(&w), whole_mut(&mut out));
    out
}

/// The gradients `dx (N, C, H, W)` and `dw (FN, C, FH, FW)` from
/// `dout (N, FN, OH, OW)` and what [`forward`] saw; `dw` is **summed** over the
/// batch.
///
/// # Panics
/// If the shapes do not fit.
pub fn backward<F: Real>(
    dout: &ArrayRef4<F>,
    x: &ArrayRef4<F>,
    w: &ArrayRef4<F>,
    window: Window,
) -> (Array4<F>, Array4<F>) {
    check_dout(dout.dim(), fitting(x.dim(), w.dim(), window));
    let x = padded(x, window.padding);
    let shapes = (x.dim(), w.dim(), dout.dim());
    let (dout, w) = (dout.as_standard_layout(), w.as_standard_layout());
    let (mut dx, mut dw) = (Array4::zeros(x.dim()), Array4::zeros(w.dim()));
    dx_rows(shapes, window.stride, whole(&dout), whole(&w), whole_mut(&mut dx));
    dw_rows(shapes, window.stride, whole(&dout), whole(&x), whole_mut(&mut dw));
    (cropped(dx, window.padding), dw)
}

/// `dw (FN, C, FH, FW)` of [`backward`] alone, where nobody needs the gradient of
/// the images: a first layer. `w` is the shape of the filters.
///
/// # Panics
/// If the shapes do not fit.
pub fn filter_gradient<F: Real>(
    dout: &ArrayRef4<F>,
    x: &ArrayRef4<F>,
    w: (usize, usize, usize, usize),
    window: Window,
) -> Array4<F> {
    check_dout(dout.dim(), fitting(x.dim(), w, window));
    let x = padded(x, window.padding);
    let (dout, mut dw) = (dout.as_standard_layout(), Array4::zeros(w));
    let shapes = (x.dim(), w, dout.dim());
    dw_rows(shapes, window.stride, whole(&dout), whole(&x), whole_mut(&mut dw));
    dw
}

/// `out[n,f,i,:] += w[f,c,k,l] x[n,c,si+k,l::s]`. Compiled twice: with vectors
/// of eight `f32` where the processor has them, and without. So are the two
/// below.
#[multiversion(targets("x86_64+avx2"))]
fn out_rows<F: Real>(
    (x_shape, w_shape, out_shape): (Shape, Shape, Shape),
    stride: usize,
    x: &[F],
    w: &[F],
    out: &mut [F],
) {
    let ((n, filters, oh, ow), (_, c, fh, fw)) = (out_shape, w_shape);
    for n in 0..n {
        for f in 0..filters {
            for i in 0..oh {
                let out = &mut out[row(out_shape, n, f, i)..][..ow];
                for c in 0..c {
                    for k in 0..fh {
                        let x = &x[row(x_shape, n, c, stride * i + k)..][..x_shape.3];
                        let w = &w[row(w_shape, f, c, k)..][..fw];
                        for (l, &w) in w.iter().enumerate() {
                            if stride == 1 {
                                // Both of one length: no checks inside, vectors.
                                let x = &x[l..][..ow];
                                out.iter_mut().zip(x).for_each(|(out, &x)| *out += w * x);
                            } else {
                                let x = x[l..].iter().step_by(stride);
                                out.iter_mut().zip(x).for_each(|(out, &x)| *out += w * x);
                            }
                        }
                    }
                }
            }
        }
    }
}

/// `dx[n,c,si+k,l::s] += w[f,c,k,l] dout[n,f,i,:]`.
#[multiversion(targets("x86_64+avx2"))]
fn dx_rows<F: Real>(
    (x_shape, w_shape, out_shape): (Shape, Shape, Shape),
    stride: usize,
    dout: &[F],
    w: &[F],
    dx: &mut [F],
) {
    let ((n, filters, oh, ow), (_, c, fh, fw)) = (out_shape, w_shape);
    for n in 0..n {
        for f in 0..filters {
            for i in 0..oh {
                let dout = &dout[row(out_shape, n, f, i)..][..ow];
                for c in 0..c {
                    for k in 0..fh {
                        let dx = &mut dx[row(x_shape, n, c, stride * i + k)..][..x_shape.3];
                        let w = &w[row(w_shape, f, c, k)..][..fw];
                        for (l, &w) in w.iter().enumerate() {
                            if stride == 1 {
                                let dx = &mut dx[l..][..ow];
                                dx.iter_mut().zip(dout).for_each(|(dx, &d)| *dx += w * d);
                            } else {
                                let dx = dx[l..].iter_mut().step_by(stride);
                                dx.zip(dout).for_each(|(dx, &d)| *dx += w * d);
                            }
                        }
                    }
                }
            }
        }
    }
}

/// `dw[f,c,k,l] += sum over i of x[n,c,si+k,l::s] dout[n,f,i,:]`.
#[multiversion(targets("x86_64+avx2"))]
fn dw_rows<F: Real>(
    (x_shape, w_shape, out_shape): (Shape, Shape, Shape),
    stride: usize,
    dout: &[F],
    x: &[F],
    dw: &mut [F],
) {
    let ((n, filters, oh, ow), (_, c, fh, fw)) = (out_shape, w_shape);
    for n in 0..n {
        for f in 0..filters {
            for c in 0..c {
                for k in 0..fh {
                    let dw = &mut dw[row(w_shape, f, c, k)..][..fw];
                    for (l, dw) in dw.iter_mut().enumerate() {
                        let mut sums = [F::zero(); LANES];
                        for i in 0..oh {
                            let dout = &dout[row(out_shape, n, f, i)..][..ow];
                            let x = &x[row(x_shape, n, c, stride * i + k)..][..x_shape.3];
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

/// The products of two rows of one length, added to eight sums in turn. With a
/// single sum each addition would wait for the last, and the compiler may not
/// part them: another order rounds differently.
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

fn whole<F>(a: &ArrayRef4<F>) -> &[F] {
    a.as_slice().expect("the layout is standard")
}

fn whole_mut<F>(a: &mut ArrayRef4<F>) -> &mut [F] {
    a.as_slice_mut().expect("the layout is standard")
}
