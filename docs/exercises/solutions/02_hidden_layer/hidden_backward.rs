//! The gradients of a network with one hidden layer: the chain rule, link by link.
//!
//!     zh (N, H) = x wh + bh        h (N, H) = sigmoid(zh)
//!     zo (N, M) = h wo + bo        y (N, M) = softmax(zo),   loss = -sum of t ln y
//!
//!     dzo = y - t                  dwo = hT dzo    dbo = the sum of dzo over the batch
//!     dh  = dzo woT                dzh = dh h (1 - h)
//!     dwh = xT dzh                 dbh = the sum of dzh over the batch
//!
//! Page: docs/en/02-hidden-layer.md

use ndarray::prelude::*;

/// Hidden values `h (N, H)` and probabilities `y (N, M)`: given.
fn forward(
    x: &Array2<f64>,
    wh: &Array2<f64>,
    bh: &Array2<f64>,
    wo: &Array2<f64>,
    bo: &Array2<f64>,
) -> (Array2<f64>, Array2<f64>) {
    let h = (x.dot(wh) + bh).mapv(|z| 1.0 / (1.0 + (-z).exp())); // (N, H)
    let e = (h.dot(wo) + bo).mapv(f64::exp); // (N, M)
    let y = &e / &e.sum_axis(Axis(1)).insert_axis(Axis(1)); // (N, M)
    (h, y)
}

/// `dwh (D, H)`, `dbh (1, H)`, `dwo (H, M)`, `dbo (1, M)`.
type Gradients = (Array2<f64>, Array2<f64>, Array2<f64>, Array2<f64>);

/// The gradients of the loss, summed over the batch, from `x (N, D)`, `wo (H, M)`, the
/// values of [`forward`] and the one-hot targets `t (N, M)`.
fn backward(
    x: &Array2<f64>,
    wo: &Array2<f64>,
    h: &Array2<f64>,
    y: &Array2<f64>,
    t: &Array2<f64>,
) -> Gradients {
    let dzo = y - t; // (N, M)
    let dwo = h.t().dot(&dzo); // (H, M) = (H, N)(N, M)
    let dbo = dzo.sum_axis(Axis(0)).insert_axis(Axis(0)); // (1, M)
    let dh = dzo.dot(&wo.t()); // (N, H) = (N, M)(M, H)
    let dzh = dh * h * &(1.0 - h); // (N, H)
    let dwh = x.t().dot(&dzh); // (D, H) = (D, N)(N, H)
    let dbh = dzh.sum_axis(Axis(0)).insert_axis(Axis(0)); // (1, H)
    (dwh, dbh, dwo, dbo)
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;
    use judge::{assert_close, numbers, numerical_gradient};

    #[test]
    fn every_gradient_agrees_with_differences() {
        let (x, wh, bh) = (numbers((5, 4), 1), numbers((4, 6), 2), numbers((1, 6), 3));
        let (wo, bo) = (numbers((6, 3), 4), numbers((1, 3), 5));
        let t = Array2::from_shape_fn((5, 3), |(n, k)| f64::from(n % 3 == k));
        let loss = |wh: &Array2<f64>, bh: &Array2<f64>, wo: &Array2<f64>, bo: &Array2<f64>| {
            -(&t * &forward(&x, wh, bh, wo, bo).1.mapv(f64::ln)).sum()
        };
        let (h, y) = forward(&x, &wh, &bh, &wo, &bo);
        let (dwh, dbh, dwo, dbo) = backward(&x, &wo, &h, &y, &t);
        assert_close(&dwo, &numerical_gradient(&wo, |wo| loss(&wh, &bh, wo, &bo)), 1e-8);
        assert_close(&dbo, &numerical_gradient(&bo, |bo| loss(&wh, &bh, &wo, bo)), 1e-8);
        assert_close(&dwh, &numerical_gradient(&wh, |wh| loss(wh, &bh, &wo, &bo)), 1e-8);
        assert_close(&dbh, &numerical_gradient(&bh, |bh| loss(&wh, bh, &wo, &bo)), 1e-8);
    }

    /// `wh` and `bh` act on the output only through `wo`.
    #[test]
    fn without_output_weights_the_hidden_layer_learns_nothing() {
        let (x, wh, bh) = (numbers((5, 4), 1), numbers((4, 6), 2), numbers((1, 6), 3));
        let (wo, bo) = (Array2::zeros((6, 3)), numbers((1, 3), 5));
        let t = Array2::from_shape_fn((5, 3), |(n, k)| f64::from(n % 3 == k));
        let (h, y) = forward(&x, &wh, &bh, &wo, &bo);
        let (dwh, dbh, dwo, _) = backward(&x, &wo, &h, &y, &t);
        assert!(dwh.iter().chain(&dbh).all(|&d| d == 0.0));
        assert!(dwo.iter().any(|&d| d != 0.0));
    }
}
