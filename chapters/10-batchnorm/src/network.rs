//! The article's network: six powers, ten sigmoids, batch norm, one number.
//!
//! ```text
//! h = sigmoid(x w1 + b1)                 (N, 10) = (N, 6)(6, 10) + (1, 10)
//! g = gamma (h - mean) / std + beta      (N, 10)
//! y = g w2 + b2                          (N, 1) = (N, 10)(10, 1) + (1, 1)
//! ```

use std::fmt::{self, Display};

use common::{Real, Result, Rng, affine, dot, init, sigmoid, sigmoid_grad, sum_rows};
use ndarray::Array2;

use crate::norm::{self, Kept};
use crate::points::POWERS;
use crate::running::Running;

/// Units of the hidden layer, the article's.
pub const HIDDEN: usize = 10;

/// Its parameters, and what batch norm remembers.
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
    /// Mean and variance for test mode. Not trained: no gradient leads there.
    pub running: Running<F>,
}

/// What the way forward made, for the way back.
#[derive(Clone, Debug)]
pub struct Pass<F> {
    /// After the sigmoid, `(N, 10)`.
    pub h: Array2<F>,
    /// What batch norm kept.
    pub kept: Kept<F>,
    /// After batch norm, `(N, 10)`.
    pub g: Array2<F>,
    /// The estimate, `(N, 1)`.
    pub y: Array2<F>,
}

/// The gradient of each parameter, of its shape.
#[derive(Clone, Debug)]
pub struct Gradients<F> {
    /// `(6, 10)`
    pub dw1: Array2<F>,
    /// `(1, 10)`
    pub db1: Array2<F>,
    /// `(1, 10)`
    pub dgamma: Array2<F>,
    /// `(1, 10)`
    pub dbeta: Array2<F>,
    /// `(10, 1)`
    pub dw2: Array2<F>,
    /// `(1, 1)`
    pub db2: Array2<F>,
}

impl<F: Real> Network<F> {
    /// Xavier's weights, biases of zero, and a batch norm that at first does
    /// nothing after normalising; `momentum` is that of the running statistics.
    pub fn new(momentum: F, rng: &mut Rng) -> Network<F> {
        Network {
            w1: init::xavier((POWERS, HIDDEN), rng),
            b1: Array2::zeros((1, HIDDEN)),
            gamma: Array2::ones((1, HIDDEN)),
            beta: Array2::zeros((1, HIDDEN)),
            w2: init::xavier((HIDDEN, 1), rng),
            b2: Array2::zeros((1, 1)),
            running: Running::new(HIDDEN, momentum),
        }
    }

    /// Training mode: `x (N, 6)` to `y (N, 1)`, and all between. The running
    /// statistics see the batch, once.
    ///
    /// # Errors
    /// If the batch has fewer than two examples.
    pub fn forward(&mut self, x: &Array2<F>) -> Result<Pass<F>> {
        let h = sigmoid(&affine(x, &self.w1, &self.b1)); // (N, 10)
        let (g, kept) = norm::forward(&h, &self.gamma, &self.beta)?; // (N, 10)
        self.running.see(&kept.mean, &kept.var, x.nrows());
        let y = affine(&g, &self.w2, &self.b2); // (N, 1)
        Ok(Pass { h, kept, g, y })
    }

    /// Test mode: `x (N, 6)`, any `N`, to `y (N, 1)`, by the running statistics.
    /// What else is in the batch makes no difference.
    pub fn estimate(&self, x: &Array2<F>) -> Array2<F> {
        let h = sigmoid(&affine(x, &self.w1, &self.b1)); // (N, 10)
        let Running { mean, var, .. } = &self.running;
        let g = norm::forward_test(&h, &self.gamma, &self.beta, mean, var); // (N, 10)
        affine(&g, &self.w2, &self.b2) // (N, 1)
    }

    /// The gradients of the parameters, from the batch `x (N, 6)`, what
    /// [`Network::forward`] made of it, and the gradient `dy (N, 1)` of the loss.
    ///
    /// # Panics
    /// If the shapes do not fit.
    pub fn backward(&self, x: &Array2<F>, pass: &Pass<F>, dy: &Array2<F>) -> Gradients<F> {
        // dw2 = gT dy
        let dw2 = dot(&pass.g.t(), dy); // (10, 1) = (10, N)(N, 1)
        let db2 = sum_rows(dy); // (1, 1)
        // dg = dy w2T
        let dg = dot(dy, &self.w2.t()); // (N, 10) = (N, 1)(1, 10)
        let (dh, dgamma, dbeta) = norm::backward(&dg, &pass.kept, &self.gamma); // (N, 10)
        // dz1 = h (1 - h) dh
        let dz1 = sigmoid_grad(&pass.h) * dh; // (N, 10)
        // dw1 = xT dz1
        let dw1 = dot(&x.t(), &dz1); // (6, 10) = (6, N)(N, 10)
        let db1 = sum_rows(&dz1); // (1, 10)
        Gradients { dw1, db1, dgamma, dbeta, dw2, db2 }
    }
}

impl<F: Real> Display for Network<F> {
    /// Every number, under its right name and with its shape.
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
