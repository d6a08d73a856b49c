//! Convolution as a matrix product: im2col, multiply, col2im.
//!
//! ```text
//! out   = cols wT         (N OH OW, FN)      = (N OH OW, C FH FW)(C FH FW, FN)
//! dw    = doutT cols      (FN, C FH FW)      = (FN, N OH OW)(N OH OW, C FH FW)
//! dcols = dout w          (N OH OW, C FH FW) = (N OH OW, FN)(FN, C FH FW)
//! dx    = col2im(dcols)   (N, C, H, W)
//! ```
//!
//! This is an affine layer whose examples are patches and whose outputs are
//! filters. Every call allocates its arrays.

use cnn_naive::Window;
use cnn_naive::conv::{check_dout, checked_shape};
use common::{Real, dot};
use ndarray::{Array4, ArrayRef4};

use crate::im2col::{col2im, im2col};

/// Convolves `x (N, C, H, W)` with the filters `w (FN, C, FH, FW)`:
/// `out (N, FN, OH, OW)`. Panics if the shapes do not fit.
pub fn forward<F: Real>(x: &ArrayRef4<F>, w: &ArrayRef4<F>, window: Window) -> Array4<F> {
    let (n, filters, oh, ow) = checked_shape(x.dim(), w.dim(), window);
    let (_, c, fh, fw) = w.dim();
    let cols = im2col(x, (fh, fw), window); // (N OH OW, C FH FW)
    let w = w.to_shape((filters, c * fh * fw)).expect("as many numbers"); // (FN, C FH FW)
    // out = cols wT
    let out = dot(&cols, &w.t()); // (N OH OW, FN)
    let out = out.into_shape_with_order((n, oh, ow, filters)).expect("as many numbers");
    out.permuted_axes([0, 3, 1, 2]).as_standard_layout().into_owned() // (N, FN, OH, OW)
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
    let (n, filters, oh, ow) = checked_shape(x.dim(), w.dim(), window);
    check_dout(dout.dim(), (n, filters, oh, ow));
    let (_, c, fh, fw) = w.dim();
    let dout = dout.view().permuted_axes([0, 2, 3, 1]); // (N, OH, OW, FN)
    let dout = dout.to_shape((n * oh * ow, filters)).expect("as many numbers"); // (N OH OW, FN)
    let cols = im2col(x, (fh, fw), window); // (N OH OW, C FH FW)
    // dw = doutT cols
    let dw = dot(&dout.t(), &cols); // (FN, C FH FW)
    // dcols = dout w
    let rows = w.to_shape((filters, c * fh * fw)).expect("as many numbers"); // (FN, C FH FW)
    let dcols = dot(&dout, &rows); // (N OH OW, C FH FW)
    // dx = col2im(dcols)
    let dx = col2im(&dcols, x.dim(), (fh, fw), window); // (N, C, H, W)
    (dx, dw.into_shape_with_order(w.dim()).expect("as many numbers"))
}
