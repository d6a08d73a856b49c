//! One bias for each filter, and its gradient.
//!
//!     out[n,f,i,j] = z[n,f,i,j] + b[f]           z, out (N, FN, OH, OW), b (FN,)
//!     db[f] = sum over n,i,j of dout[n,f,i,j]
//!
//! Page: docs/en/04-cnn-naive.md, exercise 3

use ndarray::prelude::*;

/// Adds the bias `b (FN,)` of each filter to its maps in `z (N, FN, OH, OW)`.
fn add_bias(z: &Array4<f64>, b: &Array1<f64>) -> Array4<f64> {
    // TODO
    todo!()
}

/// `db (FN,)` from `dout (N, FN, OH, OW)`.
fn bias_gradient(dout: &Array4<f64>) -> Array1<f64> {
    // TODO
    todo!()
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;
    use judge::{assert_close, inner, numbers, numerical_gradient};

    #[test]
    fn each_filter_gets_its_own_bias() {
        // As many columns as filters: a bias (FN,) would be spread over the columns instead.
        let out = add_bias(&Array4::zeros((1, 2, 2, 2)), &array![10.0, 20.0]);
        let expected = array![[[[10.0, 10.0], [10.0, 10.0]], [[20.0, 20.0], [20.0, 20.0]]]];
        assert_eq!(out, expected);
    }

    #[test]
    fn the_gradient_agrees_with_differences() {
        let (z, b, dout) = (numbers((3, 2, 4, 5), 1), numbers(2, 2), numbers((3, 2, 4, 5), 3));
        let slope = numerical_gradient(&b, |b| inner(&add_bias(&z, b), &dout));
        assert_close(&bias_gradient(&dout), &slope, 1e-8);
    }
}
