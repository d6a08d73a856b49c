//! What mathematicians call a convolution: the same sum with the filter turned by half a
//! turn.
//!
//!     (x * f)[i,j] = sum over k,l of x[i + FH-1-k, j + FW-1-l] f[k,l]
//!
//! Page: docs/en/04-cnn-naive.md, exercise 2

use ndarray::prelude::*;

/// The lesson's sum, for `x (H, W)` and `f (FH, FW)`: given.
fn correlate(x: &Array2<f64>, f: &Array2<f64>) -> Array2<f64> {
    let (oh, ow) = (x.nrows() - f.nrows() + 1, x.ncols() - f.ncols() + 1);
    Array2::from_shape_fn((oh, ow), |(i, j)| {
        f.indexed_iter().map(|((k, l), &f)| x[[i + k, j + l]] * f).sum()
    })
}

/// The true convolution of `x (H, W)` and `f (FH, FW)`, where the filter fits: `(OH, OW)`.
fn convolve(x: &Array2<f64>, f: &Array2<f64>) -> Array2<f64> {
    // TODO: turn the filter.
    correlate(x, f)
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;
    use judge::{assert_close, numbers};

    #[test]
    fn as_numpy_has_it() {
        // NumPy: [[(x[i:i+2, j:j+2] * f[::-1, ::-1]).sum() for j in range(4)] for i in range(3)]
        let x = array![
            [1.0, 2.0, 5.0, 8.0, 11.0],
            [14.0, 18.0, 22.0, 27.0, 31.0],
            [36.0, 41.0, 46.0, 52.0, 58.0],
            [64.0, 70.0, 76.0, 82.0, 89.0]
        ];
        let expected =
            array![[-7.0, -8.0, -2.0, 1.0], [11.0, 18.0, 26.0, 35.0], [50.0, 59.0, 68.0, 81.0]];
        assert_eq!(convolve(&x, &array![[1.0, -2.0], [0.0, 3.0]]), expected);
    }

    /// That is what the turn is good for: `(x * f) * g = (x * g) * f`.
    #[test]
    fn the_order_of_two_filters_does_not_matter() {
        let (x, f, g) = (numbers((7, 8), 1), numbers((2, 3), 2), numbers((3, 2), 3));
        assert_close(&convolve(&convolve(&x, &f), &g), &convolve(&convolve(&x, &g), &f), 1e-12);
        // A pixel alone makes a copy of the filter, not its mirror image.
        let mut pixel = Array2::zeros((3, 5));
        pixel[[1, 2]] = 1.0;
        assert_close(&convolve(&pixel, &f), &f, 1e-12);
    }
}
