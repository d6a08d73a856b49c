//! A convolution without an index of a pixel: a sum of shifted images, one for each weight.
//!
//!     out (N, OH, OW) = sum over k,l of f[k,l] x[:, k..k+OH, l..l+OW]
//!
//! Page: docs/en/05-cnn-im2col.md, exercise 5

use ndarray::prelude::*;

/// `x (N, H, W)` and `f (FH, FW)` to `out (N, OH, OW)`, with loops over the filter only.
fn shifted_images(x: &Array3<f64>, f: &Array2<f64>) -> Array3<f64> {
    let ((n, h, w), (fh, fw)) = (x.dim(), f.dim());
    let (oh, ow) = (h - fh + 1, w - fw + 1);
    let mut out = Array3::zeros((n, oh, ow));
    for ((k, l), &weight) in f.indexed_iter() {
        out.scaled_add(weight, &x.slice(s![.., k..k + oh, l..l + ow]));
    }
    out
}

/// `dx (N, H, W)` from `dout (N, OH, OW)`, in the same way.
fn shifted_images_backward(dout: &Array3<f64>, f: &Array2<f64>) -> Array3<f64> {
    let ((n, oh, ow), (fh, fw)) = (dout.dim(), f.dim());
    let mut dx = Array3::zeros((n, oh + fh - 1, ow + fw - 1));
    for ((k, l), &weight) in f.indexed_iter() {
        dx.slice_mut(s![.., k..k + oh, l..l + ow]).scaled_add(weight, dout);
    }
    dx
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;
    use judge::{assert_close, inner, numbers, numerical_gradient};

    #[test]
    fn by_hand() {
        let x = array![[[1.0, 2.0, 0.0], [0.0, 1.0, 3.0], [2.0, 0.0, 1.0]]];
        let f = array![[1.0, -1.0], [0.0, 2.0]];
        assert_eq!(shifted_images(&x, &f), array![[[1.0, 8.0], [-1.0, 0.0]]]);
        let dx = shifted_images_backward(&array![[[1.0, 0.0], [2.0, -1.0]]], &f);
        assert_eq!(dx, array![[[1.0, -1.0, 0.0], [2.0, -1.0, 1.0], [0.0, 4.0, -2.0]]]);
    }

    #[test]
    fn the_gradient_agrees_with_differences() {
        let (x, f, dout) = (numbers((2, 6, 5), 1), numbers((3, 2), 2), numbers((2, 4, 4), 3));
        let slope = numerical_gradient(&x, |x| inner(&shifted_images(x, &f), &dout));
        assert_close(&shifted_images_backward(&dout, &f), &slope, 1e-8);
    }
}
