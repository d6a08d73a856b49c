//! Images to patches: each place of the filter becomes a row of a matrix.
//!
//!     x (N, C, H, W)  ->  cols (N OH OW, C FH FW),   OH = (H - FH) / S + 1
//!     cols[(n OH + i) OW + j, (c FH + k) FW + l] = x[n, c, S i + k, S j + l]
//!
//! Page: docs/en/05-cnn-im2col.md, exercise 1

use ndarray::prelude::*;

/// The patches of `x (N, C, H, W)` for filters of `(fh, fw)` with a stride of `s`:
/// `(N OH OW, C FH FW)`.
fn im2col(x: &Array4<f64>, (fh, fw): (usize, usize), s: usize) -> Array2<f64> {
    // TODO
    todo!()
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_hand() {
        let x = array![[[[1.0, 2.0, 0.0], [0.0, 1.0, 3.0], [2.0, 0.0, 1.0]]]];
        let patches = array![
            [1.0, 2.0, 0.0, 1.0],
            [2.0, 0.0, 1.0, 3.0],
            [0.0, 1.0, 2.0, 0.0],
            [1.0, 3.0, 0.0, 1.0]
        ];
        assert_eq!(im2col(&x, (2, 2), 1), patches);
    }

    #[test]
    fn two_images_of_two_channels_with_a_stride_of_two() {
        // Pixels that tell where they are: image, channel, row, column as digits
        let x = Array4::from_shape_fn((2, 2, 6, 9), |(n, c, h, w)| {
            (1000 * n + 100 * c + 10 * h + w) as f64
        });
        let cols = im2col(&x, (2, 3), 2);
        assert_eq!(cols.dim(), (2 * 3 * 4, 2 * 2 * 3));
        // Image 1, place (1, 0): rows 2 and 3, columns 0 to 2 of both channels
        let expected = array![
            1020.0, 1021.0, 1022.0, 1030.0, 1031.0, 1032.0, 1120.0, 1121.0, 1122.0, 1130.0, 1131.0,
            1132.0
        ];
        assert_eq!(cols.row((3 + 1) * 4), expected);
    }
}
