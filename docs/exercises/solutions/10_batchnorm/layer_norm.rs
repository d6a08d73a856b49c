//! Layer norm: each example over its own units, so that it takes a batch of one.
//!
//!     mean, std (N, 1) along each row;   x_hat = (x - mean) / std,  std = sqrt(var + e)
//!     out = gamma x_hat + beta           gamma, beta (1, M)
//!
//!     g  = dout gamma
//!     dx = (g - mean of g - x_hat (mean of g x_hat)) / std      means along each row
//!
//! Page: docs/en/10-batchnorm.md, exercise 6

use ndarray::prelude::*;

const EPSILON: f64 = 1e-5;

/// `x (N, M)`, `gamma` and `beta (1, M)` to `out (N, M)`, with `x_hat (N, M)` and `std (N, 1)`.
fn layer_norm(
    x: &Array2<f64>,
    gamma: &Array2<f64>,
    beta: &Array2<f64>,
) -> (Array2<f64>, Array2<f64>, Array2<f64>) {
    let mean = x.mean_axis(Axis(1)).expect("at least one unit").insert_axis(Axis(1)); // (N, 1)
    let var = x.var_axis(Axis(1), 0.0).insert_axis(Axis(1)); // (N, 1)
    let std = var.mapv(|v| (v + EPSILON).sqrt()); // (N, 1)
    let x_hat = (x - &mean) / &std; // (N, M)
    (gamma * &x_hat + beta, x_hat, std)
}

/// `dx (N, M)`, `dgamma (1, M)` and `dbeta (1, M)` from `dout (N, M)`.
fn layer_norm_backward(
    dout: &Array2<f64>,
    x_hat: &Array2<f64>,
    std: &Array2<f64>,
    gamma: &Array2<f64>,
) -> (Array2<f64>, Array2<f64>, Array2<f64>) {
    let along_row = |v: &Array2<f64>| v.mean_axis(Axis(1)).unwrap().insert_axis(Axis(1)); // (N, 1)
    let dbeta = dout.sum_axis(Axis(0)).insert_axis(Axis(0)); // (1, M)
    let dgamma = (dout * x_hat).sum_axis(Axis(0)).insert_axis(Axis(0)); // (1, M)
    // gamma differs along a row, so it cannot be taken out of the means
    let g = dout * gamma; // (N, M)
    let dx = (&g - &along_row(&g) - x_hat * &along_row(&(&g * x_hat))) / std; // (N, M)
    (dx, dgamma, dbeta)
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;
    use judge::{assert_close, inner, numbers, numerical_gradient};

    #[test]
    fn as_numpy_has_it() {
        // NumPy: g * (x - x.mean(1, keepdims=True)) / np.sqrt(x.var(1, keepdims=True) + 1e-5) + b
        let x = array![[1.0, 2.0, 3.0, 6.0], [0.0, -1.0, 4.0, 1.0]];
        let (gamma, beta) = (array![[1.0, 2.0, 0.5, -1.0]], array![[0.0, 1.0, 0.0, -1.0]]);
        let expected = array![
            [-1.069043440445874, -0.069043440445874, 0.0, -2.60356516066881],
            [-0.534521720222937, -1.138086880891747, 0.801782580334405, -1.0]
        ];
        assert_close(&layer_norm(&x, &gamma, &beta).0, &expected, 1e-12);
    }

    #[test]
    fn every_gradient_agrees_with_differences_even_for_one_example() {
        for n in [1, 5] {
            let (x, gamma, beta) = (numbers((n, 6), 1), numbers((1, 6), 2), numbers((1, 6), 3));
            let dout = numbers((n, 6), 4);
            let (_, x_hat, std) = layer_norm(&x, &gamma, &beta);
            let (dx, dgamma, dbeta) = layer_norm_backward(&dout, &x_hat, &std, &gamma);
            let loss = |x: &Array2<f64>, gamma: &Array2<f64>, beta: &Array2<f64>| {
                inner(&layer_norm(x, gamma, beta).0, &dout)
            };
            assert_close(&dbeta, &numerical_gradient(&beta, |beta| loss(&x, &gamma, beta)), 1e-7);
            assert_close(
                &dgamma,
                &numerical_gradient(&gamma, |gamma| loss(&x, gamma, &beta)),
                1e-7,
            );
            assert_close(&dx, &numerical_gradient(&x, |x| loss(x, &gamma, &beta)), 1e-7);
        }
    }
}
