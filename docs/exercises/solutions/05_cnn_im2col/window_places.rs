//! In how many places does a filter stand, and how much memory do its patches take?
//!
//!     places   = (pixels + 2 padding - size) / stride + 1
//!     patches (N OH OW, C FH FW), 4 bytes for each number in f32
//!
//! Page: docs/en/05-cnn-im2col.md, exercise 2

/// The number of places of a filter of `size` along an axis of `pixels`; `None` if it is
/// larger than the padded axis, or if the stride does not divide the span, so that the last
/// pixels would be ignored.
fn places(pixels: usize, size: usize, stride: usize, padding: usize) -> Option<usize> {
    let span = (pixels + 2 * padding).checked_sub(size)?;
    (span % stride == 0).then_some(span / stride + 1)
}

/// Megabytes of the patches in `f32` of images `(n, c, h, w)` for filters of `size` by
/// `size`; `None` as above.
fn megabytes(
    (n, c, h, w): (usize, usize, usize, usize),
    size: usize,
    stride: usize,
    padding: usize,
) -> Option<f64> {
    let (oh, ow) = (places(h, size, stride, padding)?, places(w, size, stride, padding)?);
    Some((n * oh * ow * c * size * size * size_of::<f32>()) as f64 / 1e6)
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_of_five_on_28_pixels() {
        assert_eq!(places(28, 5, 1, 0), Some(24));
        assert_eq!(places(28, 5, 1, 2), Some(28));
        assert_eq!(places(28, 4, 2, 1), Some(14));
        assert_eq!(places(5, 5, 3, 0), Some(1));
    }

    #[test]
    fn a_stride_that_does_not_fit_is_refused() {
        assert_eq!(places(28, 5, 2, 0), None);
        assert_eq!(places(28, 5, 3, 0), None); // 23 pixels: 7 steps of 3 and 2 left over
        assert_eq!(places(4, 5, 1, 0), None);
        assert_eq!(places(4, 6, 1, 1), Some(1));
    }

    #[test]
    fn patches_outgrow_any_memory() {
        let this_lesson = megabytes((100, 1, 28, 28), 5, 1, 0).unwrap();
        assert!((this_lesson - 5.76).abs() < 1e-9, "{this_lesson}");
        let second_layer = megabytes((100, 20, 12, 12), 5, 1, 0).unwrap();
        assert!((second_layer - 12.8).abs() < 1e-9, "{second_layer}");
        let photographs = megabytes((32, 64, 224, 224), 3, 1, 1).unwrap();
        assert!((3_690.0..3_700.0).contains(&photographs), "{photographs}");
        assert_eq!(megabytes((1, 1, 28, 29), 4, 2, 0), None);
    }
}
