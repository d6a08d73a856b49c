//! The article's network: six powers, ten sigmoids `h`, batch norm `g`, one output `y`.

use std::fmt::{self, Display};

use common::{Real, Result, Rng, affine, dot, init, sigmoid, sigmoid_grad, sum_rows};
use ndarray::Array2;

use crate::batch_norm::{self, Cache};
use crate::dataset::POWERS;
use crate::running_stats::RunningStats;

/// Units of the hidden layer, the article's.
pub const HIDDEN: usize = 10;

/// Parameters and running statistics.
#[derive(Clone, Debug)]
pub struct Network<F> {
    /// Weights of the hidden layer, `(6, 10)`.
    pub w1: Array2<F>,
    /// Its bias, `(1, 10)`.
    pub b1: Array2<F>,
    /// Batch norm's scale, `(1, 10)`.
    pub gamma: Array2<F>,
    /// Batch norm's shift, `(1, 10)`.
    pub beta: Array2<F>,
    /// Weights of the output layer, `(10, 1)`.
    pub w2: Array2<F>,
    /// Its bias, `(1, 1)`.
    pub b2: Array2<F>,
    /// Mean and variance for test mode; they have no gradient.
    pub running: RunningStats<F>,
}

/// `h (N, 10)`, batch norm's cache, and `g (N, 10)`.
pub type Activations<F> = (Array2<F>, Cache<F>, Array2<F>);

impl<F: Real> Network<F> {
    /// Weights by Xavier, biases 0, gamma 1 and beta 0; `momentum` is that of the running
    /// statistics.
    pub fn new(momentum: F, rng: &mut Rng) -> Network<F> {
        Network {
            w1: init::xavier((POWERS, HIDDEN), rng),
            b1: Array2::zeros((1, HIDDEN)),
            gamma: Array2::ones((1, HIDDEN)),
            beta: Array2::zeros((1, HIDDEN)),
            w2: init::xavier((HIDDEN, 1), rng),
            b2: Array2::zeros((1, 1)),
            running: RunningStats::new(HIDDEN, momentum),
        }
    }

    /// Training mode: `x (N, 6)` to `y (N, 1)`, and the activations that the backward pass
    /// needs. Updates the running statistics.
    /// Fails if the batch has fewer than two examples.
    pub fn forward(&mut self, x: &Array2<F>) -> Result<(Array2<F>, Activations<F>)> {
        let h = sigmoid(&affine(x, &self.w1, &self.b1)); // (N, 10)
        let (g, cache) = batch_norm::forward(&h, &self.gamma, &self.beta)?; // (N, 10)
        self.running.update(&cache.mean, &cache.var, x.nrows());
        let y = affine(&g, &self.w2, &self.b2); // (N, 1)
        Ok((y, (h, cache, g)))
    }

    /// Test mode, with the running statistics: `x (N, 6)`, any `N`, to `y (N, 1)`, each
    /// example independent of the others.
    pub fn predict(&self, x: &Array2<F>) -> Array2<F> {
        let h = sigmoid(&affine(x, &self.w1, &self.b1)); // (N, 10)
        let RunningStats { mean, var, .. } = &self.running;
        let g = batch_norm::forward_test(&h, &self.gamma, &self.beta, mean, var); // (N, 10)
        affine(&g, &self.w2, &self.b2) // (N, 1)
    }

    /// `[dw1, db1, dgamma, dbeta, dw2, db2]`, of the shapes of the parameters, from the
    /// batch `x (N, 6)`, its activations and the gradient `dy (N, 1)` of the loss.
    /// Panics if the shapes do not fit.
    pub fn backward(
        &self,
        x: &Array2<F>,
        (h, cache, g): &Activations<F>,
        dy: &Array2<F>,
    ) -> [Array2<F>; 6] {
        // dw2 = gT dy
        let dw2 = dot(&g.t(), dy); // (10, 1) = (10, N)(N, 1)
        let db2 = sum_rows(dy); // (1, 1)
        // dg = dy w2T
        let dg = dot(dy, &self.w2.t()); // (N, 10) = (N, 1)(1, 10)
        let (dh, dgamma, dbeta) = batch_norm::backward(&dg, cache, &self.gamma); // (N, 10)
        // dz1 = h (1 - h) dh
        let dz1 = sigmoid_grad(h) * dh; // (N, 10)
        // dw1 = xT dz1
        let dw1 = dot(&x.t(), &dz1); // (6, 10) = (6, N)(N, 10)
        let db1 = sum_rows(&dz1); // (1, 10)
        [dw1, db1, dgamma, dbeta, dw2, db2]
    }

    /// The parameters in the order of [`Network::backward`].
    pub fn parameters(&mut self) -> [&mut Array2<F>; 6] {
        let Network { w1, b1, gamma, beta, w2, b2, .. } = self;
        [w1, b1, gamma, beta, w2, b2]
    }
}

impl<F: Real> Display for Network<F> {
    /// Every number, with its name and its shape.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "w1 (6, 10), a row for each power of x:\n{:7.3}", self.w1)?;
        writeln!(f, "b1 (1, 10):\n{:7.3}", self.b1)?;
        writeln!(f, "gamma (1, 10), batch norm's scale:\n{:7.3}", self.gamma)?;
        writeln!(f, "beta (1, 10), its shift:\n{:7.3}", self.beta)?;
        writeln!(f, "running mean (1, 10):\n{:7.3}", self.running.mean)?;
        writeln!(f, "running variance (1, 10), not its root:\n{:7.3}", self.running.var)?;
        writeln!(f, "w2 (10, 1), lying on its side:\n{:7.3}", self.w2.t())?;
        write!(f, "b2 (1, 1):\n{:7.3}", self.b2)
    }
}

/// The network without batch norm, which the article never ran: from the parameters
/// `[w1, b1, w2, b2]` and `x (N, 6)` to `h (N, 10)` and `y (N, 1)`.
pub fn plain_forward<F: Real>(
    [w1, b1, w2, b2]: &[Array2<F>; 4],
    x: &Array2<F>,
) -> (Array2<F>, Array2<F>) {
    let h = sigmoid(&affine(x, w1, b1)); // (N, 10)
    let y = affine(&h, w2, b2); // (N, 1)
    (h, y)
}

/// Its gradients `[dw1, db1, dw2, db2]`, from `dy (N, 1)`.
pub fn plain_backward<F: Real>(
    w2: &Array2<F>,
    x: &Array2<F>,
    h: &Array2<F>,
    dy: &Array2<F>,
) -> [Array2<F>; 4] {
    let (dw2, db2) = (dot(&h.t(), dy), sum_rows(dy)); // (10, 1), (1, 1)
    let dz1 = sigmoid_grad(h) * dot(dy, &w2.t()); // (N, 10)
    let (dw1, db1) = (dot(&x.t(), &dz1), sum_rows(&dz1)); // (6, 10), (1, 10)
    [dw1, db1, dw2, db2]
}
