//! Running mean and variance of the batches, which test mode uses in place of the batch's.

use common::{Real, flush_subnormal};
use ndarray::Array2;

/// The share of the newest batch, PyTorch's and Flux's default. (In Keras `momentum` is
/// the share of the old value, 0.99 by default.)
pub const MOMENTUM: f64 = 0.1;

/// Exponential moving averages over the batches, of each unit.
#[derive(Clone, Debug, PartialEq)]
pub struct RunningStats<F> {
    /// `(1, M)`, zeros at first.
    pub mean: Array2<F>,
    /// `(1, M)`, ones at first; unbiased.
    pub var: Array2<F>,
    /// The share of the newest batch, above 0 and at most 1.
    pub momentum: F,
}

impl<F: Real> RunningStats<F> {
    /// Mean 0 and variance 1 for each of `units` units.
    pub fn new(units: usize, momentum: F) -> RunningStats<F> {
        RunningStats { mean: Array2::zeros((1, units)), var: Array2::ones((1, units)), momentum }
    }

    /// One more batch: its mean and its biased variance `(1, M)`, over `n` values each. What is
    /// stored is the unbiased variance, larger by the factor `n / (n - 1)`, as in PyTorch.
    /// Panics if the shapes do not fit or `n` is below 2.
    pub fn update(&mut self, mean: &Array2<F>, var: &Array2<F>, n: usize) {
        assert!(n > 1, "running statistics: a batch of {n}");
        assert_eq!([mean.dim(), var.dim()], [self.mean.dim(); 2], "running statistics");
        let (new, old) = (self.momentum, F::one() - self.momentum);
        let unbiased = var * F::of(n as f64 / (n - 1) as f64); // (1, M)
        // running = (1 - momentum) running + momentum new
        self.mean = (&self.mean * old + mean * new).mapv_into(flush_subnormal); // (1, M)
        self.var = (&self.var * old + unbiased * new).mapv_into(flush_subnormal); // (1, M)
    }
}
