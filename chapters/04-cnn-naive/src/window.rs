//! The positions of a filter on an image: stride and padding.

use common::{Error, Result};

/// Stride and padding of a convolution, the same along both axes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Pixels from one position to the next, at least 1.
    pub stride: usize,
    /// Zeros added to each side of the image.
    pub padding: usize,
}

impl Default for Window {
    /// The article's: every position, no padding.
    fn default() -> Window {
        Window { stride: 1, padding: 0 }
    }
}

impl Window {
    /// The number of positions of a filter of `filter` pixels along an axis of
    /// `size` pixels: `(size + 2 padding - filter) / stride + 1`.
    /// Fails if the stride, the filter or the axis is zero, if the filter is larger than
    /// the padded axis, or if the stride does not divide the distance from the
    /// first position to the last, so that the last pixels would never be used.
    /// The sentence says which numbers fit.
    pub fn outputs(self, size: usize, filter: usize) -> Result<usize> {
        let Window { stride, padding } = self;
        let fault = |sentence: String| Err(Error::new(sentence));
        if stride == 0 {
            return fault("a stride of 0 does not move; use at least 1".into());
        }
        if size == 0 {
            return fault("an image of 0 pixels is empty; use at least 1".into());
        }
        if filter == 0 {
            return fault("a filter of 0 pixels is empty; use at least 1".into());
        }
        let Some(padded) = padding.checked_mul(2).and_then(|both| both.checked_add(size)) else {
            return fault(format!("a padding of {padding} is too large to compute with; use less"));
        };
        if filter > padded {
            return fault(format!(
                "a filter of {filter} is larger than {}; use a filter of at most {padded} \
                 or a padding of at least {}",
                describe(size, padding),
                (filter - size).div_ceil(2)
            ));
        }
        let span = padded - filter; // from the first position to the last
        if !span.is_multiple_of(stride) {
            return fault(format!(
                "a stride of {stride} does not divide the span of {span} pixels over which a \
                 filter of {filter} moves on {}; use {}",
                describe(size, padding),
                self.cure(size, filter, span)
            ));
        }
        Ok(span / stride + 1)
    }

    /// The strides that divide `span`, and the nearest padding for which this
    /// stride divides it.
    fn cure(self, size: usize, filter: usize, span: usize) -> String {
        let strides = format!("a stride of {}", divisors(span));
        let fits = |padding: &usize| {
            let padded = padding.checked_mul(2).and_then(|both| both.checked_add(size));
            padded
                .and_then(|padded| padded.checked_sub(filter))
                .is_some_and(|span| span.is_multiple_of(self.stride))
        };
        let near = (1..=self.stride).flat_map(|d| {
            [self.padding.checked_add(d), self.padding.checked_sub(d)].into_iter().flatten()
        });
        match near.into_iter().find(fits) {
            Some(padding) => format!("{strides}, or a padding of {padding}"),
            None => strides, // an even stride and an odd span: no padding helps
        }
    }
}

/// The numbers up to 1,000 that divide `span`, as a list: `1, 2 or 4`.
pub fn divisors(span: usize) -> String {
    let divisors = (1..=span.min(1_000)).filter(|d| span.is_multiple_of(*d));
    let list = divisors.map(|d| d.to_string()).collect::<Vec<_>>().join(", ");
    match list.rsplit_once(", ") {
        Some((others, last)) => format!("{others} or {last}"),
        None => list,
    }
}

fn describe(size: usize, padding: usize) -> String {
    match padding {
        0 => format!("an image of {size} without padding"),
        _ => format!("an image of {size} padded by {padding} on each side"),
    }
}
