//! The network, 4-H-3, and one step of it: lesson 02's two layers, lesson 09's
//! Adam. Every protocol takes this step and no other.

use common::{Error, Real, Result, Rng, cross_entropy, init};
use dropout_adam::adam::Adam;
use hidden_layer::{backward, forward};
use ndarray::{Array2, ArrayRef2, Ix2};

/// The lengths of a flower.
pub const INPUTS: usize = 4;
/// The species.
pub const CLASSES: usize = 3;

/// Parameters, what Adam remembers of each, and the work done so far.
#[derive(Clone, Debug, PartialEq)]
pub struct Network<F: Real> {
    /// Weights of the hidden layer, `(4, H)`.
    pub wh: Array2<F>,
    /// Bias of the hidden layer, `(1, H)`.
    pub bh: Array2<F>,
    /// Weights of the output layer, `(H, 3)`.
    pub wo: Array2<F>,
    /// Bias of the output layer, `(1, 3)`.
    pub bo: Array2<F>,
    adam_wh: Adam<F, Ix2>,
    adam_bh: Adam<F, Ix2>,
    adam_wo: Adam<F, Ix2>,
    adam_bo: Adam<F, Ix2>,
    /// Steps taken.
    pub updates: usize,
    /// Examples looked at, each as often as it came.
    pub examples: usize,
}

impl<F: Real> Network<F> {
    /// `hidden` units, weights by Xavier, biases zero.
    pub fn new(hidden: usize, rng: &mut Rng) -> Network<F> {
        Network::from(
            init::xavier((INPUTS, hidden), rng), // (4, H)
            Array2::zeros((1, hidden)),
            init::xavier((hidden, CLASSES), rng), // (H, 3)
            Array2::zeros((1, CLASSES)),
        )
    }

    /// With these parameters: `wh (4, H)`, `bh (1, H)`, `wo (H, 3)`, `bo (1, 3)`.
    pub fn from(wh: Array2<F>, bh: Array2<F>, wo: Array2<F>, bo: Array2<F>) -> Network<F> {
        let (adam_wh, adam_bh) = (Adam::new(&wh), Adam::new(&bh));
        let (adam_wo, adam_bo) = (Adam::new(&wo), Adam::new(&bo));
        Network { wh, bh, wo, bo, adam_wh, adam_bh, adam_wo, adam_bo, updates: 0, examples: 0 }
    }

    /// A probability for each species: `x (N, 4)` to `y (N, 3)`.
    pub fn read(&self, x: &ArrayRef2<F>) -> Array2<F> {
        forward(x, &self.wh, &self.bh, &self.wo, &self.bo).1
    }

    /// One step on the batch `x (N, 4)`, `t (N, 3)`: forward, loss, backward,
    /// update. Returns the loss before it.
    ///
    /// # Errors
    /// If the output is no longer a number.
    pub fn step(&mut self, x: &ArrayRef2<F>, t: &ArrayRef2<F>, rate: F) -> Result<f64> {
        let i = self.updates + 1;
        let (h, y) = forward(x, &self.wh, &self.bh, &self.wo, &self.bo); // (N, H), (N, 3)
        let e = cross_entropy(&y, t);
        if y.iter().any(|y| y.is_nan()) {
            return Err(Error::diverged(i)); // the loss takes NaN for the smallest probability
        }
        let (dwh, dbh, dwo, dbo) = backward(x, &self.wo, &h, &y, t); // sums over the batch
        let n = F::of(x.nrows() as f64); // all three frameworks take the mean
        self.adam_wh.step(&mut self.wh, &(dwh / n), i, rate); // (4, H)
        self.adam_bh.step(&mut self.bh, &(dbh / n), i, rate); // (1, H)
        self.adam_wo.step(&mut self.wo, &(dwo / n), i, rate); // (H, 3)
        self.adam_bo.step(&mut self.bo, &(dbo / n), i, rate); // (1, 3)
        self.updates = i;
        self.examples += x.nrows();
        Ok(e)
    }
}
