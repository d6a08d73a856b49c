//! The network, 4-H-3, and the training step that all protocols share: lesson 02's two
//! layers, lesson 09's Adam.

use common::{Real, Result, Rng, check_finite, cross_entropy, init};
use dropout_adam::adam::Adam;
use hidden_layer::{backward, forward};
use ndarray::{Array2, ArrayRef2, Ix2};

const INPUTS: usize = 4; // lengths of a flower
/// The species.
pub const CLASSES: usize = 3;

/// Parameters, Adam's state for each, and counts of the work done.
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
    adam: [Adam<F, Ix2>; 4],
    /// Steps taken.
    pub updates: usize,
    /// Examples in all these steps together.
    pub examples: usize,
}

impl<F: Real> Network<F> {
    /// `hidden` units, weights by Xavier, biases zero.
    pub fn new(hidden: usize, rng: &mut Rng) -> Network<F> {
        let wh = init::xavier((INPUTS, hidden), rng); // (4, H)
        let bh = Array2::zeros((1, hidden));
        let wo = init::xavier((hidden, CLASSES), rng); // (H, 3)
        let bo = Array2::zeros((1, CLASSES));
        let adam = [&wh, &bh, &wo, &bo].map(|w| Adam::new(w));
        Network { wh, bh, wo, bo, adam, updates: 0, examples: 0 }
    }

    /// The probabilities of the species: `x (N, 4)` to `y (N, 3)`.
    pub fn forward(&self, x: &ArrayRef2<F>) -> Array2<F> {
        forward(x, &self.wh, &self.bh, &self.wo, &self.bo).1
    }

    /// One step on the batch `x (N, 4)`, `t (N, 3)`: forward, loss, backward,
    /// update. Returns the loss before the update.
    /// Fails if the output is no longer a number.
    pub fn step(&mut self, x: &ArrayRef2<F>, t: &ArrayRef2<F>, rate: F) -> Result<f64> {
        let i = self.updates + 1;
        let (h, y) = forward(x, &self.wh, &self.bh, &self.wo, &self.bo); // (N, H), (N, 3)
        let e = cross_entropy(&y, t);
        check_finite(e, i)?;
        let (dwh, dbh, dwo, dbo) = backward(x, &self.wo, &h, &y, t); // sums over the batch
        let n = F::of(x.nrows() as f64); // all three frameworks take the mean
        let [adam_wh, adam_bh, adam_wo, adam_bo] = &mut self.adam;
        adam_wh.step(&mut self.wh, &(dwh / n), i, rate); // (4, H)
        adam_bh.step(&mut self.bh, &(dbh / n), i, rate); // (1, H)
        adam_wo.step(&mut self.wo, &(dwo / n), i, rate); // (H, 3)
        adam_bo.step(&mut self.bo, &(dbo / n), i, rate); // (1, 3)
        self.updates = i;
        self.examples += x.nrows();
        Ok(e)
    }
}
