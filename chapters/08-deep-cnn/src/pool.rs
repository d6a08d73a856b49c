//! Pooling in plain loops: one value for every window.
//!
//! With a window of `k` x `k` and stride `s`, for every image and channel:
//!
//! ```text
//! max:      out[i,j] = the largest of x[si+a,sj+b] over a,b < k
//! average:  out[i,j] = (1 / k^2) sum over a,b < k of x[si+a,sj+b]
//! ```

use common::{Error, Result};

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
            .flat_map(|d| [size.checked_sub(d), size.checked_add(d)])
            .flatten()
            .find(|&size| (1..=pixels).contains(&size) && (pixels - size).is_multiple_of(stride));
        let cure = match near {
            Some(size) => format!(", or windows of {size} with that stride"),
            None => String::new(),
        };
        let strides: Vec<String> =
            (1..=span).filter(|s| span.is_multiple_of(*s)).map(|s| s.to_string()).collect();
        return fault(format!(
            "a stride of {stride} does not divide the span of {span} pixels over which a pool \
             of {size} moves on {pixels}; use a stride of {}{cure}",
            strides.join(" or ")
        ));
    }
    Ok(span / stride + 1)
}
