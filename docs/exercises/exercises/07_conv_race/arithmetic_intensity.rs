//! How many operations are there for each number that comes from memory or goes there?
//!
//!     operations = 2 N FN OH OW C FH FW          a product and an addition each
//!     numbers    = N C H W  +  FN C FH FW  +  N FN OH OW        each moved once
//!
//! Page: docs/en/07-conv-race.md, exercise 2

/// Operations for each number moved, of `filters` of `size` by `size`, stride 1, no padding,
/// on images `(n, c, h, w)`.
fn intensity((n, c, h, w): (usize, usize, usize, usize), filters: usize, size: usize) -> f64 {
    // TODO
    todo!()
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_hand() {
        // 4 outputs of 4 products: 32 operations. 9 pixels, 4 weights, 4 outputs.
        assert_eq!(intensity((1, 1, 3, 3), 1, 2), 32.0 / 17.0);
    }

    #[test]
    fn one_filter_has_little_to_do_for_each_number_and_a_second_layer_much() {
        let one = intensity((100, 1, 28, 28), 1, 5);
        let thirty = intensity((100, 1, 28, 28), 30, 5);
        let second = intensity((100, 30, 12, 12), 30, 5);
        assert!((20.0..22.0).contains(&one), "{one}");
        assert!((47.0..48.0).contains(&thirty), "{thirty}");
        assert!((440.0..450.0).contains(&second), "{second}");
    }

    #[test]
    fn weights_are_fetched_once_for_the_whole_batch() {
        assert!(intensity((100, 30, 12, 12), 30, 5) > 2.0 * intensity((1, 30, 12, 12), 30, 5));
    }
}
