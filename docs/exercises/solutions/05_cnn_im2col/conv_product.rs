//! A convolution as one matrix product, once the patches are there.
//!
//!     cols (N OH OW, C FH FW), w (FN, C, FH, FW)
//!     z    (N OH OW, FN)     = cols wmT,   wm = w as a matrix (FN, C FH FW)
//!     out  (N, FN, OH, OW)   = z with its axes in order
//!
//! Page: docs/en/05-cnn-im2col.md

use ndarray::prelude::*;

/// `cols (N OH OW, C FH FW)` and `w (FN, C, FH, FW)` to `out (N, FN, OH, OW)`.
fn product(cols: &Array2<f64>, w: &Array4<f64>, n: usize, (oh, ow): (usize, usize)) -> Array4<f64> {
    let filters = w.dim().0;
    let wm = w.to_shape((filters, cols.ncols())).unwrap(); // (FN, C FH FW)
    let z = cols.dot(&wm.t()); // (N OH OW, FN)
    // A reshape may split an axis, but it does not move one: that is permuted_axes.
    let z = z.to_shape((n, oh, ow, filters)).unwrap();
    z.permuted_axes([0, 3, 1, 2]).into_owned() // (N, FN, OH, OW)
}

/// `dcols (N OH OW, C FH FW)` and `dw (FN, C, FH, FW)` from `dout (N, FN, OH, OW)`.
fn product_backward(
    dout: &Array4<f64>,
    cols: &Array2<f64>,
    w: &Array4<f64>,
) -> (Array2<f64>, Array4<f64>) {
    let (n, filters, oh, ow) = dout.dim();
    let dz = dout.view().permuted_axes([0, 2, 3, 1]); // (N, OH, OW, FN)
    let dz = dz.to_shape((n * oh * ow, filters)).unwrap(); // (N OH OW, FN)
    let wm = w.to_shape((filters, cols.ncols())).unwrap(); // (FN, C FH FW)
    let dcols = dz.dot(&wm); // (N OH OW, C FH FW)
    let dw = dz.t().dot(cols); // (FN, C FH FW)
    (dcols, dw.to_shape(w.dim()).unwrap().into_owned())
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;
    use judge::{assert_close, inner, numbers, numerical_gradient};

    #[test]
    fn it_is_the_sum_over_each_patch() {
        let (n, (oh, ow)) = (2, (3, 4));
        let (cols, w) = (numbers((n * oh * ow, 2 * 3 * 2), 1), numbers((5, 2, 3, 2), 2));
        let out = product(&cols, &w, n, (oh, ow));
        let by_loops = Array4::from_shape_fn((n, 5, oh, ow), |(n, f, i, j)| {
            let patch = cols.row((n * oh + i) * ow + j);
            patch.iter().zip(w.index_axis(Axis(0), f)).map(|(x, w)| x * w).sum()
        });
        assert_close(&out, &by_loops, 1e-12);
    }

    #[test]
    fn the_gradients_agree_with_differences() {
        let (cols, w) = (numbers((2 * 3 * 2, 8), 3), numbers((3, 2, 2, 2), 4));
        let dout = numbers((2, 3, 3, 2), 5);
        let (dcols, dw) = product_backward(&dout, &cols, &w);
        let loss = |cols: &Array2<f64>, w: &Array4<f64>| inner(&product(cols, w, 2, (3, 2)), &dout);
        assert_close(&dcols, &numerical_gradient(&cols, |cols| loss(cols, &w)), 1e-8);
        assert_close(&dw, &numerical_gradient(&w, |w| loss(&cols, w)), 1e-8);
    }
}
