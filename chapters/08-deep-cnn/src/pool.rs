//! Max and average pooling in plain loops: one value for every window.
//!
//! With a window of `k` x `k` and stride `s`, for every image and channel:
//!
//! ```text
//! max:      out[i,j] = the largest of x[si+a,sj+b] over a,b < k
//! average:  out[i,j] = (1 / k^2) sum over a,b < k of x[si+a,sj+b]
//! ```

use cnn_naive::conv::Shape;
use cnn_naive::window::divisors;
use common::{Error, Real, Result};
use ndarray::{Array4, ArrayRef4};

/// Which value stands for a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pooling {
    /// The largest.
    Max,
    /// The mean.
    Average,
}

/// The number of windows of `size`, `stride` apart, along an axis of `pixels`:
/// `(pixels - size) / stride + 1`. An error that says what would fit if one of the three
/// is zero, if the window is larger than the axis, or if the stride does not divide the
/// span from the first window to the last, so that the last pixels would be ignored.
pub fn places(pixels: usize, size: usize, stride: usize) -> Result<usize> {
    Err(Error::new(match pixels.checked_sub(size) {
        _ if pixels == 0 || size == 0 || stride == 0 => format!(
            "a pool of {size} with a stride of {stride} on {pixels} pixels is nothing; use 1 or \
             more of each"
        ),
        None => format!(
            "a pool of {size} is larger than the {pixels} pixels that are left; use a pool of at \
             most {pixels}"
        ),
        Some(span) if span.is_multiple_of(stride) => return Ok(span / stride + 1),
        Some(span) => {
            let (more, less) = (span % stride, stride - span % stride);
            let near = if less < more && less < size { size - less } else { size + more };
            format!(
                "a stride of {stride} does not divide the span of {span} pixels over which a \
                 pool of {size} moves on {pixels}; use a stride of {}, or windows of {near} \
                 with that stride",
                divisors(span)
            )
        }
    }))
}

/// `x (N, C, H, W)` to `out (N, C, OH, OW)`, one value for each window; the maximum of a
/// window with a NaN is NaN. Panics with the sentence of [`places`] if they do not fit.
pub fn forward<F: Real>(kind: Pooling, x: &ArrayRef4<F>, size: usize, stride: usize) -> Array4<F> {
    Array4::from_shape_fn(output_shape(x.dim(), size, stride), |(n, c, i, j)| match kind {
        Pooling::Max => x[peak(x, (n, c, i, j), size, stride)],
        Pooling::Average => {
            let mut sum = F::zero();
            for a in 0..size {
                for b in 0..size {
                    sum += x[[n, c, stride * i + a, stride * j + b]];
                }
            }
            sum / F::of((size * size) as f64)
        }
    })
}

/// The gradient `dx (N, C, H, W)` from `dout (N, C, OH, OW)` and the input `x` of
/// [`forward`]; a pixel in several windows gets the sum of their gradients. Panics if
/// `dout` does not have the output's shape.
pub fn backward<F: Real>(
    kind: Pooling,
    dout: &ArrayRef4<F>,
    x: &ArrayRef4<F>,
    size: usize,
    stride: usize,
) -> Array4<F> {
    let (ours, out) = (dout.dim(), output_shape(x.dim(), size, stride));
    assert!(ours == out, "pool: dout {ours:?} must have the output's shape {out:?}");
    let mut dx = Array4::zeros(x.raw_dim()); // (N, C, H, W)
    for ((n, c, i, j), &d) in dout.indexed_iter() {
        match kind {
            // dx = dout at the peak; no other pixel changes the output
            Pooling::Max => dx[peak(x, (n, c, i, j), size, stride)] += d,
            // dx = dout / k^2 everywhere in the window
            Pooling::Average => {
                let share = d / F::of((size * size) as f64);
                for a in 0..size {
                    for b in 0..size {
                        dx[[n, c, stride * i + a, stride * j + b]] += share;
                    }
                }
            }
        }
    }
    dx
}

/// Where the largest value in the window of output `(n, c, i, j)` is: of equal
/// ones the first, row by row; the first NaN, if there is one.
fn peak<F: Real>(x: &ArrayRef4<F>, (n, c, i, j): Shape, size: usize, stride: usize) -> Shape {
    let mut peak = (n, c, stride * i, stride * j);
    for a in 0..size {
        for b in 0..size {
            let at = (n, c, stride * i + a, stride * j + b);
            if x[at] > x[peak] || (x[at].is_nan() && !x[peak].is_nan()) {
                peak = at;
            }
        }
    }
    peak
}

/// `(N, C, OH, OW)`
fn output_shape((n, c, h, w): Shape, size: usize, stride: usize) -> Shape {
    let places = |pixels| places(pixels, size, stride).unwrap_or_else(|error| panic!("{error}"));
    (n, c, places(h), places(w))
}
