//! Batch norm backward: mean and variance depend on x as well.
//!
//!     dbeta  (1, M) = the sum of dout over the batch
//!     dgamma (1, M) = the sum of dout x_hat over the batch
//!     dx     (N, M) = gamma / std (dout - dbeta / N - x_hat dgamma / N)
//!
//! Page: docs/en/10-batchnorm.md

use ndarray::prelude::*;

/// What the forward pass keeps.
struct Cache {
    x_hat: Array2<f64>, // (N, M)
    std: Array2<f64>,   // (1, M), sqrt(var + e)
}

/// `dx (N, M)`, `dgamma (1, M)` and `dbeta (1, M)` from `dout (N, M)`.
fn backward(
    dout: &Array2<f64>,
    cache: &Cache,
    gamma: &Array2<f64>,
) -> (Array2<f64>, Array2<f64>, Array2<f64>) {
    let n = dout.nrows() as f64;
    let dbeta = dout.sum_axis(Axis(0)).insert_axis(Axis(0)); // (1, M)
    let dgamma = (dout * &cache.x_hat).sum_axis(Axis(0)).insert_axis(Axis(0)); // (1, M)
    // What changes all values of a unit alike, or stretches them, changes nothing behind
    // batch norm: the parts of dout in these two directions are taken out.
    let inner = dout - &(&dbeta / n) - &cache.x_hat * &(&dgamma / n); // (N, M)
    (inner * &(gamma / &cache.std), dgamma, dbeta)
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;
    use judge::{assert_close, inner, numbers, numerical_gradient};

    fn forward(x: &Array2<f64>, gamma: &Array2<f64>, beta: &Array2<f64>) -> (Array2<f64>, Cache) {
        let mean = x.mean_axis(Axis(0)).unwrap().insert_axis(Axis(0));
        let std = x.var_axis(Axis(0), 0.0).insert_axis(Axis(0)).mapv(|v| (v + 1e-5).sqrt());
        let x_hat = (x - &mean) / &std;
        (gamma * &x_hat + beta, Cache { x_hat, std })
    }

    #[test]
    fn every_gradient_agrees_with_differences() {
        let (x, gamma, beta) = (numbers((6, 4), 1), numbers((1, 4), 2), numbers((1, 4), 3));
        let dout = numbers((6, 4), 4);
        let (dx, dgamma, dbeta) = backward(&dout, &forward(&x, &gamma, &beta).1, &gamma);
        let loss = |x: &Array2<f64>, gamma: &Array2<f64>, beta: &Array2<f64>| {
            inner(&forward(x, gamma, beta).0, &dout)
        };
        assert_close(&dbeta, &numerical_gradient(&beta, |beta| loss(&x, &gamma, beta)), 1e-8);
        assert_close(&dgamma, &numerical_gradient(&gamma, |gamma| loss(&x, gamma, &beta)), 1e-8);
        assert_close(&dx, &numerical_gradient(&x, |x| loss(x, &gamma, &beta)), 1e-7);
    }

    #[test]
    fn a_bias_in_front_gets_no_gradient() {
        let (x, gamma, beta) = (numbers((6, 4), 5), numbers((1, 4), 6), numbers((1, 4), 7));
        let (dx, _, _) = backward(&numbers((6, 4), 8), &forward(&x, &gamma, &beta).1, &gamma);
        assert!(dx.iter().any(|d| d.abs() > 0.01), "not all zeros");
        assert!(dx.sum_axis(Axis(0)).iter().all(|sum| sum.abs() < 1e-12));
    }
}
