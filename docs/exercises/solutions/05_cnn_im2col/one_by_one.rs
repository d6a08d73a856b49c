//! A filter of one pixel: an affine layer over the channels, for each pixel.
//!
//!     out[n,f,i,j] = sum over c of x[n,c,i,j] w[f,c]       x (N, C, H, W), w (FN, C)
//!
//! As a matrix product: (N H W, FN) = (N H W, C)(C, FN)
//!
//! Page: docs/en/05-cnn-im2col.md, exercise 4

use ndarray::prelude::*;

/// `x (N, C, H, W)` and `w (FN, C)` to `(N, FN, H, W)`, with one matrix product.
fn mix_channels(x: &Array4<f64>, w: &Array2<f64>) -> Array4<f64> {
    let (n, c, height, width) = x.dim();
    let pixels = x.view().permuted_axes([0, 2, 3, 1]); // (N, H, W, C)
    let pixels = pixels.to_shape((n * height * width, c)).unwrap(); // (N H W, C)
    let out = pixels.dot(&w.t()); // (N H W, FN)
    let out = out.to_shape((n, height, width, w.nrows())).unwrap(); // (N, H, W, FN)
    out.permuted_axes([0, 3, 1, 2]).into_owned() // (N, FN, H, W)
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;
    use judge::{assert_close, numbers};

    #[test]
    fn grey_from_red_green_and_blue() {
        let x = array![[[[1.0, 0.0]], [[2.0, 0.0]], [[4.0, 8.0]]]]; // (1, 3, 1, 2)
        let w = array![[0.25, 0.5, 0.25], [1.0, 0.0, -1.0]]; // grey; red minus blue
        assert_eq!(mix_channels(&x, &w), array![[[[2.25, 2.0]], [[-3.0, -8.0]]]]);
    }

    #[test]
    fn the_same_as_loops() {
        let (x, w) = (numbers((2, 3, 4, 5), 1), numbers((6, 3), 2));
        let by_loops = Array4::from_shape_fn((2, 6, 4, 5), |(n, f, i, j)| {
            (0..3).map(|c| x[[n, c, i, j]] * w[[f, c]]).sum()
        });
        assert_close(&mix_channels(&x, &w), &by_loops, 1e-12);
    }
}
