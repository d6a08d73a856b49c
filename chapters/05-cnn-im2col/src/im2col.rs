//! Patches to rows, and back.
//!
//! At each of its `OH OW` positions a filter is multiplied with a patch of
//! `C FH FW` numbers. [`im2col`] copies every patch into a row, so that
//! convolution becomes a matrix product. K. Chellapilla, S. Puri, P. Simard, "High
//! performance convolutional neural networks for document processing", IWFHR 2006.
//!
//! ```text
//! cols[(n,i,j), (c,k,l)]  =  x[n, c, si+k-p, sj+l-p]     stride s, padding p
//! ```

use cnn_naive::Window;
use cnn_naive::conv::{Shape, checked_shape, padded};
use common::Real;
use ndarray::{Array2, Array4, ArrayRef2, ArrayRef4, s};

/// The patches of images `x (N, C, H, W)` for filters of `filter` = `(FH, FW)`:
/// `cols (N OH OW, C FH FW)`, a row for each position and a column for each tap.
/// Panics if the shapes do not fit.
pub fn im2col<F: Real>(x: &ArrayRef4<F>, filter: (usize, usize), window: Window) -> Array2<F> {
    let ((n, c, _, _), (fh, fw)) = (x.dim(), filter);
    let (_, _, oh, ow) = checked_shape(x.dim(), (1, c, fh, fw), window);
    let x = padded(x, window.padding); // zeros around every image
    let pixels = x.as_slice().expect("a new array is contiguous");
    let mut cols = Vec::with_capacity(n * oh * ow * c * fh * fw);
    each_patch_row(x.dim(), filter, window.stride, |at| {
        cols.extend_from_slice(&pixels[at..at + fw]);
    });
    Array2::from_shape_vec((n * oh * ow, c * fh * fw), cols).expect("a row for each position")
}

/// Calls `visit` for every row of every patch, in the order of `cols`, with the index of
/// its first pixel in the padded images `x (N, C, H, W)`. A row of the filter is
/// multiplied with `FW` neighbouring pixels.
fn each_patch_row(x: Shape, (fh, fw): (usize, usize), stride: usize, mut visit: impl FnMut(usize)) {
    let (n, c, height, width) = x;
    for n in 0..n {
        for i in (0..=height - fh).step_by(stride) {
            for j in (0..=width - fw).step_by(stride) {
                for c in 0..c {
                    for k in 0..fh {
                        visit(row_start(x, n, c, i + k) + j);
                    }
                }
            }
        }
    }
}

/// Patches back to images of shape `x` = `(N, C, H, W)`: every number of
/// `cols (N OH OW, C FH FW)` is **added** where [`im2col`] would have read it.
///
/// This is not the inverse of [`im2col`]: a pixel that is in four patches comes back
/// four times. It is the adjoint, `sum of cols im2col(x) = sum of col2im(cols) x`
/// for all `x` and `cols`, which is what a gradient needs. Panics if the shapes do
/// not fit.
pub fn col2im<F: Real>(
    cols: &ArrayRef2<F>,
    x: Shape,
    filter: (usize, usize),
    window: Window,
) -> Array4<F> {
    let ((n, c, height, width), (fh, fw)) = (x, filter);
    let (_, _, oh, ow) = checked_shape(x, (1, c, fh, fw), window);
    assert!(
        cols.dim() == (n * oh * ow, c * fh * fw),
        "col2im: cols {:?} must be {:?} for images {x:?} and filters of {filter:?}",
        cols.dim(),
        (n * oh * ow, c * fh * fw)
    );
    let padding = window.padding;
    let mut dx = Array4::zeros((n, c, height + 2 * padding, width + 2 * padding));
    let (padded, pixels) = (dx.dim(), dx.as_slice_mut().expect("a new array is contiguous"));
    let cols = cols.as_standard_layout();
    let mut rows = cols.as_slice().expect("the layout is standard").chunks_exact(fw);
    each_patch_row(padded, filter, window.stride, |at| {
        // Where im2col copied FW numbers, FW numbers are added.
        let row = rows.next().expect("the shape was compared");
        pixels[at..at + fw].iter_mut().zip(row).for_each(|(dx, &d)| *dx += d);
    });
    cropped(dx, padding) // without the gradients of the padding
}

/// Images without their padding: `(N, C, H, W)`.
pub(crate) fn cropped<F: Real>(padded: Array4<F>, padding: usize) -> Array4<F> {
    let ((_, _, height, width), p) = (padded.dim(), padding);
    padded.slice(s![.., .., p..height - p, p..width - p]).to_owned()
}

/// The index of the first number of row `i` of channel `c` of image `n` in a
/// contiguous array `(N, C, H, W)`. Indexing with ndarray would take longer than
/// copying five numbers.
#[inline(always)]
pub(crate) fn row_start(shape: Shape, n: usize, c: usize, i: usize) -> usize {
    ((n * shape.1 + c) * shape.2 + i) * shape.3
}
