//! Find the bug: the filter of this network learns, but hardly better with a batch of 100
//! than with a single image. A gradient check with a batch of one finds nothing.
//!
//!     df[k,l] = sum over n,i,j of dc[n,i,j] x[n, i+k, j+l]
//!
//! Page: docs/en/04-cnn-naive.md

use ndarray::prelude::*;

/// `df (FH, FW)` from `dc (N, OH, OW)` and the images `x (N, H, W)`.
fn filter_gradient(dc: &Array3<f64>, x: &Array3<f64>) -> Array2<f64> {
    let ((n, oh, ow), (_, h, w)) = (dc.dim(), x.dim());
    let mut df = Array2::zeros((h - oh + 1, w - ow + 1));
    // TODO
    for n in 0..n {
        for ((k, l), df) in df.indexed_iter_mut() {
            let mut sum = 0.0;
            for i in 0..oh {
                for j in 0..ow {
                    sum += dc[[n, i, j]] * x[[n, i + k, j + l]];
                }
            }
            *df = sum;
        }
    }
    df
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;
    use judge::{assert_close, numbers};

    #[test]
    fn two_images_together_are_the_sum_of_both_alone() {
        let (x, dc) = (numbers((2, 5, 5), 1), numbers((2, 4, 3), 2));
        let alone = |n: usize| {
            let image = s![n..n + 1, .., ..];
            filter_gradient(&dc.slice(image).to_owned(), &x.slice(image).to_owned())
        };
        assert_close(&filter_gradient(&dc, &x), &(alone(0) + alone(1)), 1e-12);
    }

    #[test]
    fn by_hand() {
        let x = array![[[1.0, 2.0], [3.0, 4.0]], [[10.0, 20.0], [30.0, 40.0]]];
        let dc = array![[[1.0]], [[2.0]]];
        assert_eq!(filter_gradient(&dc, &x), array![[21.0, 42.0], [63.0, 84.0]]);
    }
}
