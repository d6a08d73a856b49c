//! How far a filter sees: rows of the image that one output depends on.
//!
//!     layers (size, stride), the first one first
//!     seen = 1 + sum over layers of (size - 1) times the strides of the layers before
//!
//! Page: docs/en/08-deep-cnn.md, exercise 2

/// Rows of the image that one output of the last of `layers (size, stride)` sees.
fn receptive_field(layers: &[(usize, usize)]) -> usize {
    let (mut seen, mut apart) = (1, 1);
    for &(size, stride) in layers {
        seen += (size - 1) * apart; // its inputs are `apart` pixels apart
        apart *= stride;
    }
    seen
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_without_strides() {
        assert_eq!(receptive_field(&[]), 1);
        assert_eq!(receptive_field(&[(5, 1)]), 5);
        assert_eq!(receptive_field(&[(5, 1), (5, 1)]), 9);
        assert_eq!(receptive_field(&[(3, 1), (3, 1), (3, 1)]), 7);
    }

    #[test]
    fn a_pool_makes_the_next_filter_see_twice_as_far() {
        assert_eq!(receptive_field(&[(5, 1), (2, 2)]), 6);
        assert_eq!(receptive_field(&[(5, 1), (2, 2), (5, 1)]), 14);
        assert_eq!(receptive_field(&[(5, 1), (2, 2), (5, 1), (2, 2)]), 16);
    }

    #[test]
    fn a_stride_larger_than_the_filter_leaves_gaps_that_count() {
        assert_eq!(receptive_field(&[(1, 3), (2, 1)]), 4);
    }
}
