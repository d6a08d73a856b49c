//! Find the bug: a convolution by a matrix product. Its shape is right, with one filter its
//! numbers are right, and with two filters the network learns nothing.
//!
//!     z   (N OH OW, FN)    = cols wmT
//!     out (N, FN, OH, OW)
//!
//! Page: docs/en/05-cnn-im2col.md

use ndarray::prelude::*;

/// `cols (N OH OW, C FH FW)` and `wm (FN, C FH FW)` to `out (N, FN, OH, OW)`.
fn product(
    cols: &Array2<f64>,
    wm: &Array2<f64>,
    n: usize,
    (oh, ow): (usize, usize),
) -> Array4<f64> {
    let z = cols.dot(&wm.t()); // (N OH OW, FN)
    // TODO
    z.to_shape((n, wm.nrows(), oh, ow)).unwrap().into_owned()
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;
    use judge::{assert_close, numbers};

    #[test]
    fn each_filter_has_its_own_map() {
        // One tap and two filters: the second map is ten times the first.
        let cols = array![[1.0], [2.0], [3.0], [4.0]]; // (1 x 2 x 2, 1)
        let out = product(&cols, &array![[1.0], [10.0]], 1, (2, 2));
        assert_eq!(out, array![[[[1.0, 2.0], [3.0, 4.0]], [[10.0, 20.0], [30.0, 40.0]]]]);
    }

    #[test]
    fn it_is_the_sum_over_each_patch() {
        let (cols, wm) = (numbers((2 * 3 * 4, 6), 1), numbers((5, 6), 2));
        let by_loops = Array4::from_shape_fn((2, 5, 3, 4), |(n, f, i, j)| {
            cols.row((n * 3 + i) * 4 + j).dot(&wm.row(f))
        });
        assert_close(&product(&cols, &wm, 2, (3, 4)), &by_loops, 1e-12);
    }
}
