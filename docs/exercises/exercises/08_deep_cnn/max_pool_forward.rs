//! Max pooling: of each window the largest.
//!
//!     x (N, C, H, W)  ->  out (N, C, H/2, W/2)
//!     out[n,c,i,j] = the largest of x[n, c, 2i + a, 2j + b],   a, b = 0, 1
//!
//! A NaN in the window must not vanish: it is the only sign that something is wrong.
//!
//! Page: docs/en/08-deep-cnn.md

use ndarray::prelude::*;

/// `x (N, C, H, W)`, with even `H` and `W`, to `out (N, C, H/2, W/2)`. The maximum of a window
/// with a NaN is NaN.
fn max_pool(x: &Array4<f64>) -> Array4<f64> {
    // TODO: f64::max does not do it, and nor does a fold that starts at 0.
    todo!()
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;
    use judge::{assert_close, numbers};

    #[test]
    fn by_hand() {
        let x = array![[[[1.0, 2.0, 5.0, 0.0], [4.0, 3.0, -1.0, 5.0]]]];
        assert_eq!(max_pool(&x), array![[[[4.0, 5.0]]]]);
    }

    #[test]
    fn of_negative_numbers_the_largest_is_negative() {
        let x = Array4::from_elem((1, 1, 2, 2), -3.0);
        assert_eq!(max_pool(&x), array![[[[-3.0]]]]);
    }

    #[test]
    fn a_nan_comes_through_wherever_it_stands() {
        for at in 0..4 {
            let mut x = array![[[[1.0, 2.0, 1.0, 1.0], [3.0, 4.0, 1.0, 1.0]]]];
            x[[0, 0, at / 2, at % 2]] = f64::NAN;
            let out = max_pool(&x);
            assert!(out[[0, 0, 0, 0]].is_nan(), "a NaN at {at} vanishes");
            assert_eq!(out[[0, 0, 0, 1]], 1.0);
        }
    }

    #[test]
    fn images_and_channels_are_kept_apart() {
        let x = numbers((3, 2, 4, 6), 1);
        let alone = max_pool(&x.slice(s![1..2, 1..2, .., ..]).to_owned());
        assert_close(&max_pool(&x).slice(s![1..2, 1..2, .., ..]), &alone, 0.0);
    }
}
