//! Patches back to images: the backward pass of im2col.
//!
//!     dx[n, c, S i + k, S j + l] += dcols[(n OH + i) OW + j, (c FH + k) FW + l]
//!
//! A pixel that stands in several patches gets the sum of their gradients. That im2col and
//! then col2im give back the image is no test: they should not.
//!
//! Page: docs/en/05-cnn-im2col.md, exercise 3

use ndarray::prelude::*;

/// The gradient of the images, of the shape `x (N, C, H, W)`, from that of their patches
/// `dcols (N OH OW, C FH FW)`.
fn col2im(
    dcols: &Array2<f64>,
    x: (usize, usize, usize, usize),
    (fh, fw): (usize, usize),
    s: usize,
) -> Array4<f64> {
    let mut dx = Array4::zeros(x);
    // TODO
    dx
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;
    use judge::{inner, numbers};

    fn im2col(x: &Array4<f64>, (fh, fw): (usize, usize), s: usize) -> Array2<f64> {
        let (n, c, h, w) = x.dim();
        let (oh, ow) = ((h - fh) / s + 1, (w - fw) / s + 1);
        Array2::from_shape_fn((n * oh * ow, c * fh * fw), |(row, column)| {
            let (n, i, j) = (row / (oh * ow), row / ow % oh, row % ow);
            let (c, k, l) = (column / (fh * fw), column / fw % fh, column % fw);
            x[[n, c, s * i + k, s * j + l]]
        })
    }

    #[test]
    fn corners_are_seen_once_edges_twice_and_the_middle_four_times() {
        let times = array![[[[1.0, 2.0, 1.0], [2.0, 4.0, 2.0], [1.0, 2.0, 1.0]]]];
        assert_eq!(col2im(&Array2::ones((4, 4)), (1, 1, 3, 3), (2, 2), 1), times);
    }

    /// `<im2col(x), dcols> = <x, col2im(dcols)>`, for any `x` and `dcols`.
    #[test]
    fn it_is_the_adjoint_of_im2col() {
        for (shape, filter, s) in
            [((2, 3, 5, 6), (3, 2), 1), ((2, 1, 7, 5), (3, 3), 2), ((1, 2, 6, 6), (1, 1), 5)]
        {
            let x = numbers(shape, 1);
            let cols = im2col(&x, filter, s);
            let dcols = numbers(cols.dim(), 2);
            let (left, right) =
                (inner(&cols, &dcols), inner(&x, &col2im(&dcols, shape, filter, s)));
            assert!((left - right).abs() < 1e-12, "{shape:?} {filter:?} {s}: {left} {right}");
        }
    }

    #[test]
    fn pixels_that_no_patch_has_get_nothing() {
        // A stride of 2 and a filter of 1: every other pixel is skipped.
        let dx = col2im(&Array2::ones((4, 1)), (1, 1, 3, 3), (1, 1), 2);
        assert_eq!(dx, array![[[[1.0, 0.0, 1.0], [0.0, 0.0, 0.0], [1.0, 0.0, 1.0]]]]);
    }
}
