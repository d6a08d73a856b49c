//! Pooling in plain loops: one value for every window.
//!
//! With a window of `k` x `k` and stride `s`, for every image and channel:
//!
//! ```text
//! max:      out[i,j] = the largest of x[si+a,sj+b] over a,b < k
//! average:  out[i,j] = (1 / k^2) sum over a,b < k of x[si+a,sj+b]
//! ```

use common::{Error, Real, Result};
use ndarray::{Array4, ArrayRef4};

/// What becomes of the values in a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pooling {
    /// The largest stays.
    Max,
    /// Their mean.
    Average,
}

/// How many windows of `size` fit along an axis of `pixels`, `stride` apart:
/// `(pixels - size) / stride + 1`.
///
/// # Errors
/// If one of them is zero, if the window is larger than the axis, or if the
/// stride does not divide the span from the first window to the last, so that
/// pixels at the end would never be looked at. The sentence says what would do.
pub fn places(pixels: usize, size: usize, stride: usize) -> Result<usize> {
    let fault = |sentence: String| Err(Error::new(sentence));
    if pixels == 0 || size == 0 || stride == 0 {
        return fault(format!(
            "a pool of {size} with a stride of {stride} on {pixels} pixels is nothing; \
             use 1 or more of each"
        ));
    }
    let Some(span) = pixels.checked_sub(size) else {
        return fault(format!(
            "a pool of {size} is larger than the {pixels} pixels that are left; \
             use a pool of at most {pixels}"
        ));
    };
    if !span.is_multiple_of(stride) {
        let near = (1..pixels)
            .flat_map(|d| [size.checked_add(d), size.checked_sub(d)])
            .flatten()
            .find(|&size| (1..=pixels).contains(&size) && (pixels - size).is_multiple_of(stride));
        let cure = match near {
            Some(size) => format!(", or windows of {size} with that stride"),
            None => String::new(),
        };
        let strides: Vec<String> =
            (1..=span).filter(|s| span.is_multiple_of(*s)).map(|s| s.to_string()).collect();
        let strides = match &strides[..] {
            [all @ .., last] if !all.is_empty() => format!("{} or {last}", all.join(", ")),
            _ => strides.concat(),
        };
        return fault(format!(
            "a stride of {stride} does not divide the span of {span} pixels over which a pool \
             of {size} moves on {pixels}; use a stride of {strides}{cure}"
        ));
    }
    Ok(span / stride + 1)
}

/// `x (N, C, H, W)` to `out (N, C, OH, OW)`, one value for each window.
///
/// A NaN in a window is what a maximum gives, so that it is seen and does not
/// vanish.
///
/// # Panics
/// If the windows do not fit, with the sentence of [`places`].
pub fn forward<F: Real>(kind: Pooling, x: &ArrayRef4<F>, size: usize, stride: usize) -> Array4<F> {
    let (n, c, oh, ow) = output_shape(x.dim(), size, stride);
    let mut out = Array4::zeros((n, c, oh, ow));
    for n in 0..n {
        for c in 0..c {
            for i in 0..oh {
                for j in 0..ow {
                    out[[n, c, i, j]] = match kind {
                        Pooling::Max => {
                            let (row, column) = peak(x, (n, c, i, j), size, stride);
                            x[[n, c, row, column]]
                        }
                        Pooling::Average => {
                            let mut sum = F::zero();
                            for a in 0..size {
                                for b in 0..size {
                                    sum += x[[n, c, stride * i + a, stride * j + b]];
                                }
                            }
                            sum / F::of((size * size) as f64)
                        }
                    };
                }
            }
        }
    }
    out
}

/// The gradient `dx (N, C, H, W)` from `dout (N, C, OH, OW)` and what
/// [`forward`] saw. A pixel that several windows look at collects from all of
/// them.
///
/// # Panics
/// If the windows do not fit, or if `dout` does not have the output's shape.
pub fn backward<F: Real>(
    kind: Pooling,
    dout: &ArrayRef4<F>,
    x: &ArrayRef4<F>,
    size: usize,
    stride: usize,
) -> Array4<F> {
    let (n, c, oh, ow) = output_shape(x.dim(), size, stride);
    assert!(
        dout.dim() == (n, c, oh, ow),
        "pool: dout {:?} must have the output's shape {:?}",
        dout.dim(),
        (n, c, oh, ow)
    );
    let mut dx = Array4::zeros(x.raw_dim()); // (N, C, H, W)
    for n in 0..n {
        for c in 0..c {
            for i in 0..oh {
                for j in 0..ow {
                    let d = dout[[n, c, i, j]];
                    match kind {
                        Pooling::Max => {
                            // dx = dout at the peak: nothing else in the window
                            // would have changed the output
                            let (row, column) = peak(x, (n, c, i, j), size, stride);
                            dx[[n, c, row, column]] += d;
                        }
                        Pooling::Average => {
                            // dx = dout / k^2 everywhere in the window
                            let share = d / F::of((size * size) as f64);
                            for a in 0..size {
                                for b in 0..size {
                                    dx[[n, c, stride * i + a, stride * j + b]] += share;
                                }
                            }
                        }
                    }
                }
            }
        }
    }
    dx
}

/// Row and column of the largest value in the window of output `(n, c, i, j)`:
/// of equal ones the first, row by row; the first NaN, if there is one.
fn peak<F: Real>(
    x: &ArrayRef4<F>,
    (n, c, i, j): (usize, usize, usize, usize),
    size: usize,
    stride: usize,
) -> (usize, usize) {
    let mut peak = (stride * i, stride * j);
    for a in 0..size {
        for b in 0..size {
            let at = (stride * i + a, stride * j + b);
            let (v, highest) = (x[[n, c, at.0, at.1]], x[[n, c, peak.0, peak.1]]);
            if v > highest || (v.is_nan() && !highest.is_nan()) {
                peak = at;
            }
        }
    }
    peak
}

/// The shape `(N, C, OH, OW)` of what comes out, for sizes that a programmer
/// has chosen.
fn output_shape(
    (n, c, h, w): (usize, usize, usize, usize),
    size: usize,
    stride: usize,
) -> (usize, usize, usize, usize) {
    let places = |pixels| places(pixels, size, stride).unwrap_or_else(|error| panic!("{error}"));
    (n, c, places(h), places(w))
}
