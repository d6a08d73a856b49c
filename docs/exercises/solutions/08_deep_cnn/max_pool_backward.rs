//! Max pooling backward: the gradient goes to the pixel that was the largest.
//!
//!     dx[n,c,y,x] = dout[n,c,i,j] where (y, x) is the peak of window (i, j), else 0
//!
//! Of equal pixels the first one, row by row, takes all of it. Given to all of them, the
//! gradient would be larger than the one that arrived.
//!
//! Page: docs/en/08-deep-cnn.md

use ndarray::prelude::*;

/// `dx (N, C, H, W)` from `dout (N, C, H/2, W/2)` and the input `x (N, C, H, W)`.
fn max_pool_backward(dout: &Array4<f64>, x: &Array4<f64>) -> Array4<f64> {
    let mut dx = Array4::zeros(x.dim());
    for ((n, c, i, j), &d) in dout.indexed_iter() {
        let mut peak = [n, c, 2 * i, 2 * j];
        for (a, b) in [(0, 1), (1, 0), (1, 1)] {
            let at = [n, c, 2 * i + a, 2 * j + b];
            if x[at] > x[peak] {
                peak = at; // larger, not as large: the first of equals stays
            }
        }
        dx[peak] = d; // windows do not overlap: each pixel is written at most once
    }
    dx
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;
    use judge::{assert_close, inner, numbers, numerical_gradient};

    fn max_pool(x: &Array4<f64>) -> Array4<f64> {
        let (n, c, h, w) = x.dim();
        Array4::from_shape_fn((n, c, h / 2, w / 2), |(n, c, i, j)| {
            let window = x.slice(s![n, c, 2 * i..2 * i + 2, 2 * j..2 * j + 2]);
            window.fold(f64::NEG_INFINITY, |m, &v| m.max(v))
        })
    }

    #[test]
    fn by_hand() {
        let x = array![[[[1.0, 2.0, 5.0, 0.0], [4.0, 3.0, -1.0, 4.0]]]];
        let dx = max_pool_backward(&array![[[[10.0, -20.0]]]], &x);
        assert_eq!(dx, array![[[[0.0, 0.0, -20.0, 0.0], [10.0, 0.0, 0.0, 0.0]]]]);
    }

    #[test]
    fn of_equal_pixels_the_first_takes_all() {
        let dx = max_pool_backward(&array![[[[8.0]]]], &Array4::zeros((1, 1, 2, 2)));
        assert_eq!(dx, array![[[[8.0, 0.0], [0.0, 0.0]]]]);
        let dx = max_pool_backward(&array![[[[8.0]]]], &array![[[[0.0, 1.0], [1.0, 1.0]]]]);
        assert_eq!(dx, array![[[[0.0, 8.0], [0.0, 0.0]]]]);
    }

    #[test]
    fn the_gradient_agrees_with_differences() {
        let (x, dout) = (numbers((2, 3, 4, 6), 1), numbers((2, 3, 2, 3), 2));
        let slope = numerical_gradient(&x, |x| inner(&max_pool(x), &dout));
        assert_close(&max_pool_backward(&dout, &x), &slope, 1e-8);
    }
}
