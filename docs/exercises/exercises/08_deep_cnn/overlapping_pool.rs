//! Pooling windows that overlap: a pixel may be the peak of several.
//!
//!     out[n,c,i,j] = the largest of x[n, c, S i + a, S j + b],   a, b < K
//!     dx[peak of (n,c,i,j)] += dout[n,c,i,j]
//!
//! Page: docs/en/08-deep-cnn.md

use ndarray::prelude::*;

/// The place of the largest pixel, the first of equals, in the window of output
/// `(n, c, i, j)`: given.
fn peak(
    x: &Array4<f64>,
    (n, c, i, j): (usize, usize, usize, usize),
    size: usize,
    stride: usize,
) -> [usize; 4] {
    let mut peak = [n, c, stride * i, stride * j];
    for a in 0..size {
        for b in 0..size {
            let at = [n, c, stride * i + a, stride * j + b];
            if x[at] > x[peak] {
                peak = at;
            }
        }
    }
    peak
}

/// Windows of `size`, `stride` apart: `x (N, C, H, W)` to `out (N, C, OH, OW)`.
fn max_pool(x: &Array4<f64>, size: usize, stride: usize) -> Array4<f64> {
    // TODO: OH = (H - size) / stride + 1
    todo!()
}

/// `dx (N, C, H, W)` from `dout (N, C, OH, OW)` and the input `x`.
fn max_pool_backward(
    dout: &Array4<f64>,
    x: &Array4<f64>,
    size: usize,
    stride: usize,
) -> Array4<f64> {
    // TODO
    todo!()
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;
    use judge::{assert_close, inner, numbers, numerical_gradient};

    #[test]
    fn one_pixel_is_the_peak_of_all_windows() {
        let x = array![[[[1.0, 2.0, 3.0], [4.0, 9.0, 5.0], [6.0, 7.0, 8.0]]]];
        assert_eq!(max_pool(&x, 2, 1), Array4::from_elem((1, 1, 2, 2), 9.0));
        let dx = max_pool_backward(&array![[[[1.0, 20.0], [300.0, 4000.0]]]], &x, 2, 1);
        let mut expected = Array4::zeros((1, 1, 3, 3));
        expected[[0, 0, 1, 1]] = 4321.0;
        assert_eq!(dx, expected);
    }

    #[test]
    fn the_gradient_agrees_with_differences() {
        for (size, stride, h, w) in [(3, 2, 7, 9), (2, 1, 4, 5), (2, 2, 6, 4), (2, 3, 5, 8)] {
            let x = numbers((2, 2, h, w), 1);
            let out = max_pool(&x, size, stride);
            assert_eq!(out.dim(), (2, 2, (h - size) / stride + 1, (w - size) / stride + 1));
            let dout = numbers(out.dim(), 2);
            let slope = numerical_gradient(&x, |x| inner(&max_pool(x, size, stride), &dout));
            assert_close(&max_pool_backward(&dout, &x, size, stride), &slope, 1e-8);
        }
    }
}
