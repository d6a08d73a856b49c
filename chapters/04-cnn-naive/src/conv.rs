//! Convolution in plain loops, every index as in the equations.
//!
//! With stride `s` and padding `p`, and zeros outside the image:
//!
//! ```text
//! out[n,g,i,j]  = sum over c,k,l of      x[n,c,si+k-p,sj+l-p]  w[g,c,k,l]
//! dw[g,c,k,l]   = sum over n,i,j of      x[n,c,si+k-p,sj+l-p]  dout[n,g,i,j]
//! dx[n,c,si+k-p,sj+l-p]       +=         w[g,c,k,l]            dout[n,g,i,j]
//! ```
//!
//! Slow; every faster convolution of the course is tested against it.

use common::{Error, Real, Result};
use ndarray::{Array4, ArrayRef4, s};

use crate::window::Window;

/// The shape of an array of images or filters.
pub type Shape = (usize, usize, usize, usize);

/// The shape `(N, FN, OH, OW)` of the output for images `x (N, C, H, W)` and
/// filters `w (FN, C, FH, FW)`.
/// Fails if a size is zero, if images and filters have different numbers of channels,
/// if [`Window::outputs`] fails for an axis, or if the output would be too large.
/// The sentence names the shapes.
pub fn output_shape(x: Shape, w: Shape, window: Window) -> Result<Shape> {
    let fault = |what: &dyn std::fmt::Display| {
        Err(Error::new(format!("convolution of images {x:?} by filters {w:?}: {what}")))
    };
    let ((n, c, height, width), (filters, channels, fh, fw)) = (x, w);
    if [n, c, height, width].contains(&0) || [filters, channels, fh, fw].contains(&0) {
        return fault(&"no size may be 0; (N, C, H, W) and (FN, C, FH, FW) start at 1");
    }
    if c != channels {
        return fault(&format!(
            "the images have {c} channels and the filters {channels}; give both the same"
        ));
    }
    let (oh, ow) = match (window.outputs(height, fh), window.outputs(width, fw)) {
        (Ok(oh), Ok(ow)) => (oh, ow),
        (Err(error), _) => return fault(&format!("down the image, {error}")),
        (_, Err(error)) => return fault(&format!("across the image, {error}")),
    };
    let count = [filters, oh, ow].into_iter().try_fold(n, usize::checked_mul);
    if count.is_none_or(|count| count > isize::MAX as usize / size_of::<f64>()) {
        return fault(&format!(
            "an output of ({n}, {filters}, {oh}, {ow}) is more than memory can hold; \
             use fewer images, fewer filters or less padding"
        ));
    }
    Ok((n, filters, oh, ow))
}

/// [`output_shape`], for shapes that a programmer has chosen: panics with its sentence.
pub fn checked_shape(x: Shape, w: Shape, window: Window) -> Shape {
    output_shape(x, w, window).unwrap_or_else(|error| panic!("{error}"))
}

/// Panics if the gradient `dout` does not have the shape of the output, `out`.
pub fn check_dout(dout: Shape, out: Shape) {
    assert!(dout == out, "convolution: dout {dout:?} must have the output's shape {out:?}");
}

/// `x (N, C, H, W)` with zeros around: `(N, C, H + 2 padding, W + 2 padding)`.
pub fn padded<F: Real>(x: &ArrayRef4<F>, padding: usize) -> Array4<F> {
    let ((n, c, height, width), p) = (x.dim(), padding);
    let mut padded = Array4::zeros((n, c, height + 2 * p, width + 2 * p));
    padded.slice_mut(s![.., .., p..p + height, p..p + width]).assign(x);
    padded
}

/// Convolves `x (N, C, H, W)` with the filters `w (FN, C, FH, FW)`, without a
/// bias: `out (N, FN, OH, OW)`.
/// Panics if the shapes do not fit, with the sentence of [`output_shape`].
pub fn forward<F: Real>(x: &ArrayRef4<F>, w: &ArrayRef4<F>, window: Window) -> Array4<F> {
    let (n, filters, oh, ow) = checked_shape(x.dim(), w.dim(), window);
    let (_, c, height, width) = x.dim();
    let (_, _, fh, fw) = w.dim();
    let Window { stride, padding } = window;
    let mut out = Array4::zeros((n, filters, oh, ow));
    for n in 0..n {
        for g in 0..filters {
            for i in 0..oh {
                for j in 0..ow {
                    let mut sum = F::zero();
                    for c in 0..c {
                        for k in 0..fh {
                            let Some(row) = without_padding(stride * i + k, padding, height) else {
                                continue; // a row of padding
                            };
                            for l in 0..fw {
                                let column = without_padding(stride * j + l, padding, width);
                                let Some(column) = column else { continue };
                                sum += x[[n, c, row, column]] * w[[g, c, k, l]];
                            }
                        }
                    }
                    out[[n, g, i, j]] = sum;
                }
            }
        }
    }
    out
}

/// The gradients `dx (N, C, H, W)` and `dw (FN, C, FH, FW)` from
/// `dout (N, FN, OH, OW)` and the inputs of [`forward`]; `dw` is **summed** over
/// the batch.
/// Panics if the shapes do not fit, with the message of [`output_shape`].
pub fn backward<F: Real>(
    dout: &ArrayRef4<F>,
    x: &ArrayRef4<F>,
    w: &ArrayRef4<F>,
    window: Window,
) -> (Array4<F>, Array4<F>) {
    let (n, filters, oh, ow) = checked_shape(x.dim(), w.dim(), window);
    check_dout(dout.dim(), (n, filters, oh, ow));
    let (_, c, height, width) = x.dim();
    let (_, _, fh, fw) = w.dim();
    let Window { stride, padding } = window;
    let mut dx = Array4::zeros(x.raw_dim()); // (N, C, H, W)
    let mut dw = Array4::zeros(w.raw_dim()); // (FN, C, FH, FW)
    for n in 0..n {
        for g in 0..filters {
            for i in 0..oh {
                for j in 0..ow {
                    let d = dout[[n, g, i, j]];
                    for c in 0..c {
                        for k in 0..fh {
                            let Some(row) = without_padding(stride * i + k, padding, height) else {
                                continue; // a row of padding
                            };
                            for l in 0..fw {
                                let column = without_padding(stride * j + l, padding, width);
                                let Some(column) = column else { continue };
                                // dw += x dout, for every product with w in `forward`
                                dw[[g, c, k, l]] += x[[n, c, row, column]] * d;
                                // dx += w dout, for every product with x in `forward`
                                dx[[n, c, row, column]] += w[[g, c, k, l]] * d;
                            }
                        }
                    }
                }
            }
        }
    }
    (dx, dw)
}

/// Index `at` of a padded axis as an index of the image of `size` pixels; `None`
/// in the padding.
fn without_padding(at: usize, padding: usize, size: usize) -> Option<usize> {
    at.checked_sub(padding).filter(|&at| at < size)
}
