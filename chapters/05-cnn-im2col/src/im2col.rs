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
/// `cnn_naive::conv::output_shape`.
pub fn im2col<F: Real>(x: &ArrayRef4<F>, filter: (usize, usize), window: Window) -> Array2<F> {
    let ((n, c, _, _), (fh, fw)) = (x.dim(), filter);
    let (_, _, oh, ow) = fitting(x.dim(), (1, c, fh, fw), window);
    let stride = window.stride;
    let x = padded(x, window.padding); // zeros around every image
    let (shape, x) = (x.dim(), x.as_slice().expect("a new array lies row by row"));
    let mut cols = Vec::with_capacity(n * oh * ow * c * fh * fw);
    for n in 0..n {
        for i in 0..oh {
            for j in 0..ow {
                for c in 0..c {
                    for k in 0..fh {
                        // A row of the filter sees FW pixels that are neighbours.
                        let from = row(shape, n, c, stride * i + k) + stride * j;
                        cols.extend_from_slice(&x[from..from + fw]);
                    }
                }
            }
        }
    }
    Array2::from_shape_vec((n * oh * ow, c * fh * fw), cols).expect("a row for each place")
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
    let Window { stride, padding } = window;
    let mut x = Array4::zeros((n, c, height + 2 * padding, width + 2 * padding));
    let (shape, to) = (x.dim(), x.as_slice_mut().expect("a new array lies row by row"));
    let cols = cols.as_standard_layout();
    let mut pieces = cols.as_slice().expect("the layout is standard").chunks_exact(fw);
    for n in 0..n {
        for i in 0..oh {
            for j in 0..ow {
                for c in 0..c {
                    for k in 0..fh {
                        // Where im2col took FW numbers, FW numbers are added.
                        let at = row(shape, n, c, stride * i + k) + stride * j;
                        let piece = pieces.next().expect("the shape was compared");
                        to[at..at + fw].iter_mut().zip(piece).for_each(|(to, &v)| *to += v);
                    }
                }
            }
        }
    }
    cropped(x, padding) // what fell on padding is nobody's
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

/// Where row `i` of channel `c` of image `n` begins, in an array of the shape
/// `(N, C, H, W)` that lies row by row: ndarray would find it as well, but takes
/// longer than it takes to copy five numbers.
#[inline(always)]
pub(crate) fn row(
    (_, channels, height, width): (usize, usize, usize, usize),
    n: usize,
    c: usize,
    i: usize,
) -> usize {
    ((n * channels + c) * height + i) * width
}

/// [`output_shape`], for shapes that a programmer has chosen.
pub(crate) fn fitting(
    x: (usize, usize, usize, usize),
    w: (usize, usize, usize, usize),
    window: Window,
) -> (usize, usize, usize, usize) {
    output_shape(x, w, window).unwrap_or_else(|error| panic!("{error}"))
}
