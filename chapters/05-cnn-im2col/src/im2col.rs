//! Patches to rows, and back.
//!
//! A filter stands at `OH OW` places of an image and sees a patch of `C FH FW`
//! numbers at each. [`im2col`] writes every patch as a row, and convolution
//! becomes a matrix product. K. Chellapilla, S. Puri, P. Simard, "High
//! performance convolutional neural networks for document processing", IWFHR
//! 2006.
//!
//! ```text
//! cols[(n,i,j), (c,k,l)]  =  x[n, c, si+k-p, sj+l-p]     stride s, padding p
//! ```

use cnn_naive::Window;
use cnn_naive::conv::output_shape;
use common::Real;
use ndarray::{Array2, Array4, ArrayRef2, ArrayRef4, s};

/// Images `x (N, C, H, W)` to the patches that filters of `filter` = `(FH, FW)`
/// see: `cols (N OH OW, C FH FW)`, a row for each place and a column for each
/// tap.
///
/// # Panics
/// If the shapes do not fit, with the sentence of
/// [`output_shape`](cnn_naive::conv::output_shape).
pub fn im2col<F: Real>(x: &ArrayRef4<F>, filter: (usize, usize), window: Window) -> Array2<F> {
    let ((n, c, _, _), (fh, fw)) = (x.dim(), filter);
    let (_, _, oh, ow) = fitting(x.dim(), (1, c, fh, fw), window);
    let stride = window.stride;
    let padded = padded(x, window.padding); // zeros around every image
    let mut cols = Array2::zeros((n * oh * ow, c * fh * fw));
    for n in 0..n {
        for i in 0..oh {
            for j in 0..ow {
                let mut row = cols.row_mut((n * oh + i) * ow + j); // (C FH FW,)
                let patch = row.as_slice_mut().expect("a new matrix lies row by row");
                for c in 0..c {
                    for k in 0..fh {
                        // A row of the filter is a row of the image, FW long.
                        let from = s![n, c, stride * i + k, stride * j..stride * j + fw];
                        let seen = padded.slice(from);
                        let to = &mut patch[(c * fh + k) * fw..][..fw];
                        to.copy_from_slice(seen.as_slice().expect("a row lies in one piece"));
                    }
                }
            }
        }
    }
    cols
}

/// Patches back to images of shape `x` = `(N, C, H, W)`: every number of `cols
/// (N OH OW, C FH FW)` is **added** where [`im2col`] would have read it.
///
/// It does not undo [`im2col`], and should not: a pixel that four patches saw
/// comes back four times. It is its adjoint: `sum of cols im2col(x) = sum of
/// col2im(cols) x` for all `x` and `cols`, and that is what a gradient needs.
///
/// # Panics
/// If the shapes do not fit.
pub fn col2im<F: Real>(
    cols: &ArrayRef2<F>,
    x: (usize, usize, usize, usize),
    filter: (usize, usize),
    window: Window,
) -> Array4<F> {
    let ((n, c, height, width), (fh, fw)) = (x, filter);
    let (_, _, oh, ow) = fitting(x, (1, c, fh, fw), window);
    assert!(
        cols.dim() == (n * oh * ow, c * fh * fw),
        "col2im: cols {:?} must be {:?} for images {x:?} and filters of {filter:?}",
        cols.dim(),
        (n * oh * ow, c * fh * fw)
    );
    let cols = cols.as_standard_layout();
    let Window { stride, padding } = window;
    let mut padded = Array4::zeros((n, c, height + 2 * padding, width + 2 * padding));
    for n in 0..n {
        for i in 0..oh {
            for j in 0..ow {
                let row = cols.row((n * oh + i) * ow + j); // (C FH FW,)
                let patch = row.to_slice().expect("the layout is standard");
                for c in 0..c {
                    for k in 0..fh {
                        let to = s![n, c, stride * i + k, stride * j..stride * j + fw];
                        let mut to = padded.slice_mut(to);
                        let to = to.as_slice_mut().expect("a row lies in one piece");
                        let from = &patch[(c * fh + k) * fw..][..fw];
                        to.iter_mut().zip(from).for_each(|(to, &v)| *to += v);
                    }
                }
            }
        }
    }
    cropped(padded, padding) // what fell on padding is nobody's
}

/// Images with zeros around them: `(N, C, H + 2 padding, W + 2 padding)`.
pub(crate) fn padded<F: Real>(x: &ArrayRef4<F>, padding: usize) -> Array4<F> {
    let ((n, c, height, width), p) = (x.dim(), padding);
    let mut padded = Array4::zeros((n, c, height + 2 * p, width + 2 * p));
    padded.slice_mut(s![.., .., p..p + height, p..p + width]).assign(x);
    padded
}

/// The same images without their padding: `(N, C, H, W)`.
pub(crate) fn cropped<F: Real>(padded: Array4<F>, padding: usize) -> Array4<F> {
    if padding == 0 {
        return padded;
    }
    let ((_, _, height, width), p) = (padded.dim(), padding);
    padded.slice(s![.., .., p..height - p, p..width - p]).to_owned()
}

/// [`output_shape`], for shapes that a programmer has chosen.
pub(crate) fn fitting(
    x: (usize, usize, usize, usize),
    w: (usize, usize, usize, usize),
    window: Window,
) -> (usize, usize, usize, usize) {
    output_shape(x, w, window).unwrap_or_else(|error| panic!("{error}"))
}
