//! Batch norm in training: each unit by the mean and the variance of the batch.
//!
//!     mean  (1, M) = the mean of x over the batch
//!     var   (1, M) = the mean of (x - mean)^2: divided by N
//!     x_hat (N, M) = (x - mean) / sqrt(var + e),   e = 1e-5
//!     out   (N, M) = gamma x_hat + beta
//!
//! Page: docs/en/10-batchnorm.md

use ndarray::prelude::*;

const EPSILON: f64 = 1e-5;

/// `x (N, M)`, `gamma (1, M)` and `beta (1, M)` to `out (N, M)`; with it the `mean` and the
/// `var` of the batch, both `(1, M)`.
fn batchnorm(
    x: &Array2<f64>,
    gamma: &Array2<f64>,
    beta: &Array2<f64>,
) -> (Array2<f64>, Array2<f64>, Array2<f64>) {
    let n = x.nrows() as f64;
    let mean = x.sum_axis(Axis(0)).insert_axis(Axis(0)) / n; // (1, M)
    let centred = x - &mean; // (N, M)
    // Not the mean of x^2 minus mean^2: the difference of two large numbers is mostly rounding
    let var = (&centred * &centred).sum_axis(Axis(0)).insert_axis(Axis(0)) / n; // (1, M)
    let x_hat = centred / &var.mapv(|v| (v + EPSILON).sqrt()); // (N, M)
    (gamma * &x_hat + beta, mean, var)
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;
    use judge::{assert_close, numbers};

    #[test]
    fn as_numpy_has_it() {
        // NumPy: gamma * (x - x.mean(0)) / np.sqrt(x.var(0) + 1e-5) + beta
        let x = array![[1.0, 10.0], [2.0, 20.0], [6.0, 60.0], [-1.0, -10.0]];
        let (out, mean, var) = batchnorm(&x, &array![[2.0, 1.0]], &array![[0.5, -1.0]]);
        let expected = array![
            [-0.284463937119171, -1.392232267259197],
            [0.5, -1.0],
            [3.637855748476682, 0.568929069036787],
            [-1.853391811357512, -2.176696801777591]
        ];
        assert_close(&out, &expected, 1e-12);
        assert_close(&mean, &array![[2.0, 20.0]], 1e-12);
        assert_close(&var, &array![[6.5, 650.0]], 1e-10);
    }

    #[test]
    fn every_unit_ends_with_mean_0_and_variance_1() {
        let x = numbers((50, 4), 1) * 3.0 + array![[0.0, 5.0, -100.0, 1e3]];
        let (out, _, _) = batchnorm(&x, &Array2::ones((1, 4)), &Array2::zeros((1, 4)));
        assert_close(&out.mean_axis(Axis(0)).unwrap(), &Array1::zeros(4), 1e-10);
        assert_close(&out.var_axis(Axis(0), 0.0), &Array1::ones(4), 1e-4);
    }

    #[test]
    fn a_large_mean_does_not_drown_the_variance() {
        let x = array![[1e9 + 1.0], [1e9 - 1.0]];
        let (_, _, var) = batchnorm(&x, &array![[1.0]], &array![[0.0]]);
        assert_close(&var, &array![[1.0]], 1e-9);
    }
}
