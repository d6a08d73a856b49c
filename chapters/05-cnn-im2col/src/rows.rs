//! Convolution in loops again, with the innermost one along a row of outputs.
//!
//! The plain loops take one output after the other, and the innermost one runs
//! over five taps: too short for anything. Here one tap is taken for all outputs
//! of a row. They are neighbours in memory, and so are the pixels they see:
//!
//! ```text
//! out[n,f,i,:]   +=  w[f,c,k,l]  x[n,c,i+k,l:l+OW]
//! dx[n,c,i+k,l:l+OW]  +=  w[f,c,k,l]  dout[n,f,i,:]
//! dw[f,c,k,l]    +=  sum of      x[n,c,i+k,l:l+OW]  dout[n,f,i,:]
//! ```
//!
//! The compiler turns such a loop into vector instructions. Nothing else has
//! changed: no patches, no tiles, one thread.

use cnn_naive::Window;
use common::Real;
use multiversion::multiversion;
use ndarray::{Array4, ArrayRef4, s};

use crate::conv::check_dout;
use crate::im2col::{cropped, fitting, padded};

/// Sums that a row is added to, one after the other: eight additions at a time
/// do not have to wait for each other.
const LANES: usize = 8;

/// `x (N, C, H, W)` seen through the filters `w (FN, C, FH, FW)`:
/// `out (N, FN, OH, OW)`.
///
/// # Panics
/// If the shapes do not fit, with the sentence of
/// [`output_shape`](cnn_naive::conv::output_shape).
pub fn forward<F: Real>(x: &ArrayRef4<F>, w: &ArrayRef4<F>, window: Window) -> Array4<F> {
    let mut out = Array4::zeros(fitting(x.dim(), w.dim(), window)); // (N, FN, OH, OW)
    let (x, w) = (padded(x, window.padding), w.as_standard_layout());
    forward_rows(&x, &w, window.stride, &mut out);
    out
}

/// Compiled twice: with vectors of eight `f32` where the processor has them, and
/// without. So are the two below.
#[multiversion(targets("x86_64+avx2"))]
fn forward_rows<F: Real>(
    x: &ArrayRef4<F>,
    w: &ArrayRef4<F>,
    stride: usize,
    out: &mut ArrayRef4<F>,
) {
    let ((n, filters, oh, ow), (_, c, fh, fw)) = (out.dim(), w.dim());
    for n in 0..n {
        for f in 0..filters {
            for i in 0..oh {
                let mut out = out.slice_mut(s![n, f, i, ..]);
                let out = out.as_slice_mut().expect("rows lie in one piece"); // (OW,)
                for c in 0..c {
                    for k in 0..fh {
                        let x = x.slice(s![n, c, stride * i + k, ..]);
                        let x = x.to_slice().expect("rows lie in one piece"); // (W + 2 padding,)
                        for l in 0..fw {
                            let w = w[[f, c, k, l]];
                            if stride == 1 {
                                // Lengths known beforehand: no checks, vectors.
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
    let (dout, w) = (dout.as_standard_layout(), w.as_standard_layout());
    let x = padded(x, window.padding);
    let mut dx = Array4::zeros(x.dim());
    let mut dw = Array4::zeros(w.dim());
    dx_rows(&dout, &w, window.stride, &mut dx);
    dw_rows(&dout, &x, window.stride, &mut dw);
    (cropped(dx, window.padding), dw)
}

#[multiversion(targets("x86_64+avx2"))]
fn dx_rows<F: Real>(dout: &ArrayRef4<F>, w: &ArrayRef4<F>, stride: usize, dx: &mut ArrayRef4<F>) {
    let ((n, filters, oh, ow), (_, c, fh, fw)) = (dout.dim(), w.dim());
    for n in 0..n {
        for f in 0..filters {
            for i in 0..oh {
                let dout = dout.slice(s![n, f, i, ..]);
                let dout = dout.to_slice().expect("rows lie in one piece"); // (OW,)
                for c in 0..c {
                    for k in 0..fh {
                        let mut dx = dx.slice_mut(s![n, c, stride * i + k, ..]);
                        let dx = dx.as_slice_mut().expect("rows lie in one piece");
                        for l in 0..fw {
                            let w = w[[f, c, k, l]];
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

#[multiversion(targets("x86_64+avx2"))]
fn dw_rows<F: Real>(dout: &ArrayRef4<F>, x: &ArrayRef4<F>, stride: usize, dw: &mut ArrayRef4<F>) {
    let ((n, filters, oh, ow), (_, c, fh, fw)) = (dout.dim(), dw.dim());
    for n in 0..n {
        for f in 0..filters {
            for c in 0..c {
                for k in 0..fh {
                    for l in 0..fw {
                        let mut sums = [F::zero(); LANES];
                        for i in 0..oh {
                            let dout = dout.slice(s![n, f, i, ..]);
                            let dout = dout.to_slice().expect("rows lie in one piece"); // (OW,)
                            let x = x.slice(s![n, c, stride * i + k, l..]);
                            let x = x.to_slice().expect("rows lie in one piece");
                            if stride == 1 {
                                add_products(&x[..ow], dout, &mut sums);
                            } else {
                                let x = x.iter().step_by(stride);
                                x.zip(dout).for_each(|(&x, &d)| sums[0] += x * d);
                            }
                        }
                        dw[[f, c, k, l]] += sums.iter().fold(F::zero(), |sum, &v| sum + v);
                    }
                }
            }
        }
    }
}

/// `sum of x d` for two rows of the same length, in eight sums: the compiler may
/// not change the order of additions, since their rounding would change, so a
/// single sum would never become a vector.
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
