//! The gradient of the image: what a layer hands back to the layer before it.
//!
//!     c[n,i,j] = sum over k,l of x[n, i+k, j+l] f[k,l]
//!     dx[n,a,b] = sum over k,l of dc[n, a-k, b-l] f[k,l],   where 0 <= a-k < OH, 0 <= b-l < OW
//!
//! Page: docs/en/04-cnn-naive.md, exercise 4

use ndarray::prelude::*;

/// `dx (N, H, W)` from `dc (N, OH, OW)` and the filter `f (FH, FW)`.
fn image_gradient(dc: &Array3<f64>, f: &Array2<f64>) -> Array3<f64> {
    // TODO: a pixel may have been seen from several places.
    todo!()
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;
    use judge::{assert_close, inner, numbers, numerical_gradient};

    fn convolution(x: &Array3<f64>, f: &Array2<f64>) -> Array3<f64> {
        let ((n, h, w), (fh, fw)) = (x.dim(), f.dim());
        Array3::from_shape_fn((n, h - fh + 1, w - fw + 1), |(n, i, j)| {
            f.indexed_iter().map(|((k, l), &f)| x[[n, i + k, j + l]] * f).sum()
        })
    }

    #[test]
    fn by_hand() {
        let (dc, f) = (array![[[1.0, 0.0], [2.0, -1.0]]], array![[1.0, -1.0], [0.0, 2.0]]);
        let expected = array![[[1.0, -1.0, 0.0], [2.0, -1.0, 1.0], [0.0, 4.0, -2.0]]];
        assert_eq!(image_gradient(&dc, &f), expected);
    }

    #[test]
    fn the_gradient_agrees_with_differences() {
        let (x, f) = (numbers((2, 5, 6), 1), numbers((3, 2), 2));
        let dc = numbers((2, 3, 5), 3);
        let slope = numerical_gradient(&x, |x| inner(&convolution(x, &f), &dc));
        assert_close(&image_gradient(&dc, &f), &slope, 1e-8);
    }

    #[test]
    fn it_is_the_adjoint() {
        let (x, f, dc) = (numbers((2, 7, 6), 4), numbers((2, 4), 5), numbers((2, 6, 3), 6));
        let (left, right) = (inner(&convolution(&x, &f), &dc), inner(&x, &image_gradient(&dc, &f)));
        assert!((left - right).abs() < 1e-12, "{left} {right}");
    }
}
