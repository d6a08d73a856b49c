//! Rows brought to the same scale.
//!
//!     mean (N, 1) = the mean of each row
//!     sd   (N, 1) = its standard deviation, divided by M
//!     out  (N, M) = (x - mean) / sd
//!
//! Page: docs/en/00-numpy-to-ndarray.md, exercise 1

use ndarray::prelude::*;

/// Each row of `x (N, M)` minus its mean, divided by its standard deviation: `(N, M)`.
fn standardised(x: &Array2<f64>) -> Array2<f64> {
    // TODO: take the mean and the standard deviation along each row, not along each column.
    todo!()
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;
    use judge::{assert_close, numbers};

    #[test]
    fn two_rows_by_hand() {
        // Mean 2 and deviations -1, 1; mean 0 and deviations -3, 3.
        let x = array![[1.0, 3.0, 1.0, 3.0], [-3.0, 3.0, 3.0, -3.0]];
        let expected = array![[-1.0, 1.0, -1.0, 1.0], [-1.0, 1.0, 1.0, -1.0]];
        assert_close(&standardised(&x), &expected, 1e-12);
    }

    /// A vector of means `(N,)` would meet the columns, and of a square nobody notices.
    #[test]
    fn a_square_is_no_exception() {
        let out = standardised(&(numbers((4, 4), 1) * 5.0 + 3.0));
        assert_close(&out.sum_axis(Axis(1)), &Array1::zeros(4), 1e-12);
        assert_close(&(&out * &out).sum_axis(Axis(1)), &Array1::from_elem(4, 4.0), 1e-12);
    }
}
