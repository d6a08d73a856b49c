//! The gradient of one filter.
//!
//!     c[n,i,j] = sum over k,l of x[n, i+k, j+l] f[k,l]
//!     df[k,l]  = sum over n,i,j of dc[n,i,j] x[n, i+k, j+l]
//!
//! Page: docs/en/04-cnn-naive.md, exercise 1

use ndarray::prelude::*;

/// `df (FH, FW)` from `dc (N, OH, OW)` and the images `x (N, H, W)`.
fn filter_gradient(dc: &Array3<f64>, x: &Array3<f64>) -> Array2<f64> {
    let ((n, oh, ow), (_, h, w)) = (dc.dim(), x.dim());
    let mut df = Array2::zeros((h - oh + 1, w - ow + 1));
    for n in 0..n {
        for i in 0..oh {
            for j in 0..ow {
                for ((k, l), df) in df.indexed_iter_mut() {
                    *df += dc[[n, i, j]] * x[[n, i + k, j + l]];
                }
            }
        }
    }
    df
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
        let x = array![[[1.0, 2.0, 0.0], [0.0, 1.0, 3.0], [2.0, 0.0, 1.0]]];
        let dc = array![[[1.0, 0.0], [2.0, -1.0]]];
        assert_eq!(filter_gradient(&dc, &x), array![[0.0, 1.0], [4.0, 0.0]]);
    }

    #[test]
    fn the_gradient_agrees_with_differences() {
        let (x, f) = (numbers((3, 6, 5), 1), numbers((2, 3), 2));
        let dc = numbers((3, 5, 3), 3);
        let slope = numerical_gradient(&f, |f| inner(&convolution(&x, f), &dc));
        assert_close(&filter_gradient(&dc, &x), &slope, 1e-8);
    }

    /// For fixed images the map is linear in the filter: `<A f, dc> = <f, A' dc>`.
    #[test]
    fn it_is_the_adjoint() {
        let (x, f) = (numbers((2, 7, 7), 4), numbers((4, 3), 5));
        let dc = numbers((2, 4, 5), 6);
        let (left, right) =
            (inner(&convolution(&x, &f), &dc), inner(&f, &filter_gradient(&dc, &x)));
        assert!((left - right).abs() < 1e-12, "{left} {right}");
    }
}
