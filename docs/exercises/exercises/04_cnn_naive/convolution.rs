//! A convolution: one filter, laid on each place of each image.
//!
//!     x (N, H, W), f (FH, FW)  ->  c (N, OH, OW),  OH = H - FH + 1, OW = W - FW + 1
//!     c[n,i,j] = sum over k,l of x[n, i+k, j+l] f[k,l]
//!
//! Page: docs/en/04-cnn-naive.md, exercise 1

use ndarray::prelude::*;

/// `x (N, H, W)` and `f (FH, FW)` to `c (N, OH, OW)`.
fn convolution(x: &Array3<f64>, f: &Array2<f64>) -> Array3<f64> {
    // TODO: the shape of c first, then five loops.
    todo!()
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;
    use judge::{assert_close, numbers};

    #[test]
    fn by_hand() {
        let x = array![[[1.0, 2.0, 0.0], [0.0, 1.0, 3.0], [2.0, 0.0, 1.0]]];
        let f = array![[1.0, -1.0], [0.0, 2.0]];
        assert_eq!(convolution(&x, &f), array![[[1.0, 8.0], [-1.0, 0.0]]]);
    }

    #[test]
    fn as_numpy_has_it_with_height_and_width_apart() {
        // NumPy: [[(x[i:i+2, j:j+2] * f).sum() for j in range(4)] for i in range(3)]
        let x = array![[
            [1.0, 2.0, 5.0, 8.0, 11.0],
            [14.0, 18.0, 22.0, 27.0, 31.0],
            [36.0, 41.0, 46.0, 52.0, 58.0],
            [64.0, 70.0, 76.0, 82.0, 89.0]
        ]];
        let expected = array![[
            [51.0, 58.0, 70.0, 79.0],
            [101.0, 112.0, 124.0, 139.0],
            [164.0, 177.0, 188.0, 203.0]
        ]];
        assert_eq!(convolution(&x, &array![[1.0, -2.0], [0.0, 3.0]]), expected);
    }

    #[test]
    fn each_image_of_a_batch_is_convolved_alone() {
        let (x, f) = (numbers((3, 5, 6), 1), numbers((2, 4), 2));
        let together = convolution(&x, &f);
        assert_eq!(together.dim(), (3, 4, 3));
        let alone = convolution(&x.slice(s![2..3, .., ..]).to_owned(), &f);
        assert_close(&together.slice(s![2..3, .., ..]), &alone, 1e-12);
    }
}
