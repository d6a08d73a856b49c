//! Where a filter may stand on an image.

use common::{Error, Result};

/// How a filter moves over an image, the same along both axes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Pixels from one position to the next, at least 1.
    pub stride: usize,
    /// Zeros added to each side of the image.
    pub padding: usize,
}

impl Default for Window {
    /// Every position, no padding: the article's.
    fn default() -> Window {
        Window { stride: 1, padding: 0 }
    }
}

impl Window {
    /// How many positions a filter of `filter` pixels has along an axis of
    /// `size` pixels: `(size + 2 padding - filter) / stride + 1`.
    ///
    /// # Errors
    /// If the stride, the filter or the axis is zero, if the filter is larger
    /// than the padded axis, or if the stride does not divide the span from
    /// the first position to the last, so that pixels at the end would never
    /// be looked at. The sentence says which numbers would do.
    pub fn outputs(self, size: usize, filter: usize) -> Result<usize> {
        let Window { stride, padding } = self;
        let fault = |sentence: String| Err(Error::new(sentence));
        if stride == 0 {
            return fault("a stride of 0 never leaves its first position; use at least 1".into());
        }
        if size == 0 {
            return fault("an image of 0 pixels has nothing to look at; use at least 1".into());
        }
        if filter == 0 {
            return fault("a filter of 0 pixels sees nothing; use at least 1".into());
        }
        let Some(padded) = padding.checked_mul(2).and_then(|both| both.checked_add(size)) else {
            return fault(format!(
                "a padding of {padding} is beyond what can be counted; use less"
            ));
        };
        if filter > padded {
            return fault(format!(
                "a filter of {filter} is larger than {}; use a filter of at most {padded} \
                 or a padding of at least {}",
                described(size, padding),
                (filter - size).div_ceil(2)
            ));
        }
        let span = padded - filter; // from the first position to the last
        if !span.is_multiple_of(stride) {
            return fault(format!(
                "a stride of {stride} does not divide the span of {span} pixels over which a \
                 filter of {filter} moves on {}; use {}",
                described(size, padding),
                self.cure(size, filter, span)
            ));
        }
        Ok(span / stride + 1)
    }

    /// Strides that divide `span`, and the padding nearest to ours for which
    /// our stride divides it.
    fn cure(self, size: usize, filter: usize, span: usize) -> String {
        const MOST: usize = 1_000; // nobody wants to hear of larger strides
        let strides: Vec<usize> =
            (1..=span.min(MOST)).filter(|s| span.is_multiple_of(*s)).collect();
        let strides = match strides.as_slice() {
            [only] => format!("a stride of {only}"),
            [all @ .., last] => {
                let all: Vec<String> = all.iter().map(usize::to_string).collect();
                format!("a stride of {} or {last}", all.join(", "))
            }
            [] => unreachable!("1 divides every span"),
        };
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

fn described(size: usize, padding: usize) -> String {
    match padding {
        0 => format!("an image of {size} without padding"),
        _ => format!("an image of {size} padded by {padding} on each side"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sentence(stride: usize, padding: usize, size: usize, filter: usize) -> String {
        Window { stride, padding }.outputs(size, filter).unwrap_err().to_string()
    }

    #[test]
    fn positions_are_those_that_can_be_counted() {
        for stride in 1..5 {
            for padding in 0..4 {
                for size in 1..9 {
                    for filter in 1..9 {
                        let padded = size + 2 * padding;
                        let counted =
                            (0..padded).step_by(stride).filter(|at| at + filter <= padded);
                        let reached = counted.clone().next_back().map(|at| at + filter);
                        let outputs = Window { stride, padding }.outputs(size, filter);
                        match outputs {
                            Ok(outputs) => {
                                assert_eq!(outputs, counted.count());
                                assert_eq!(reached, Some(padded), "a pixel was left out");
                            }
                            Err(_) => assert_ne!(reached, Some(padded)),
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn the_sentences_name_the_numbers_and_the_cure() {
        assert_eq!(Window::default().outputs(28, 5).unwrap(), 24);
        assert!(sentence(0, 0, 28, 5).contains("stride of 0"));
        assert!(sentence(1, 0, 0, 5).contains("image of 0"));
        assert!(sentence(1, 0, 28, 0).contains("filter of 0"));
        assert!(sentence(1, usize::MAX, 28, 5).contains("padding"));
        assert_eq!(
            sentence(1, 1, 3, 7),
            "a filter of 7 is larger than an image of 3 padded by 1 on each side; \
             use a filter of at most 5 or a padding of at least 2"
        );
        assert_eq!(
            sentence(3, 0, 28, 5),
            "a stride of 3 does not divide the span of 23 pixels over which a filter of 5 moves \
             on an image of 28 without padding; use a stride of 1 or 23, or a padding of 2"
        );
        // No padding makes an odd span even.
        assert!(sentence(2, 0, 28, 5).ends_with("use a stride of 1 or 23"));
    }

    #[test]
    fn a_cure_cures() {
        for (stride, padding, size, filter) in [(3, 0, 28, 5), (3, 3, 11, 4), (5, 2, 10, 3)] {
            let sentence = sentence(stride, padding, size, filter);
            let better = sentence.rsplit(' ').next().unwrap().parse().unwrap();
            assert!(Window { stride, padding: better }.outputs(size, filter).is_ok(), "{sentence}");
        }
    }
}
