//! What a network remembers of its batches, for the time when there is none.

use common::Real;
use ndarray::Array2;

/// How much the newest batch counts, PyTorch's and Flux's default. (Keras gives
/// the name momentum to the rest, 0.99 by default.)
pub const MOMENTUM: f64 = 0.1;

/// Running mean and variance of each unit, what the batches were like on average,
/// the later ones counting more.
#[derive(Clone, Debug, PartialEq)]
pub struct Running<F> {
    /// `(1, M)`, zeros at first.
    pub mean: Array2<F>,
    /// `(1, M)`, ones at first: of the values at large, so unbiased.
    pub var: Array2<F>,
    /// The share of the newest batch, above 0 and at most 1.
    pub momentum: F,
}

impl<F: Real> Running<F> {
    /// Nothing seen yet, of `units` units: as if all were standard normal.
    pub fn new(units: usize, momentum: F) -> Running<F> {
        Running { mean: Array2::zeros((1, units)), var: Array2::ones((1, units)), momentum }
    }

    /// One more batch: its mean and its (biased) variance `(1, M)`, and over how
    /// many values `n` both were taken.
    ///
    /// A batch's own variance, divided by `n`, is too small on average by the
    /// factor `(n - 1) / n`: its values lie around their own mean more closely than
    /// around the true one. What is remembered is to hold for values at large, so
    /// the factor is taken out, as PyTorch does.
    ///
    /// # Panics
    /// If the shapes do not fit or `n` is below 2.
    pub fn see(&mut self, mean: &Array2<F>, var: &Array2<F>, n: usize) {
        assert!(
            n > 1 && mean.dim() == self.mean.dim() && var.dim() == self.var.dim(),
            "running statistics {:?}: a batch of {n} with mean {:?} and variance {:?} does not fit",
            self.mean.dim(),
            mean.dim(),
            var.dim()
        );
        let (new, old) = (self.momentum, F::one() - self.momentum);
        let unbiased = var * F::of(n as f64 / (n - 1) as f64); // (1, M)
        // running = (1 - momentum) running + momentum new
        self.mean = &self.mean * old + mean * new; // (1, M)
        self.var = &self.var * old + unbiased * new; // (1, M)
    }
}
