//! A multi-layer perceptron: a hidden layer of ReLUs, with dropout as in lesson 09.

use std::time::Instant;

use common::program::Progress;
use common::{Real, Result, Rng, accuracy, cross_entropy_from_logits, init, softmax};
use common::{affine, dot, relu, relu_grad, sum_rows};
use dropout_adam::adam::Adam;
use dropout_adam::dropout::mask;
use ndarray::{Array2, ArrayRef2};

use crate::history::{History, Step, diverged};
use crate::schedule::Schedule;

/// All parameters.
#[derive(Clone, Debug)]
pub struct Mlp<F> {
    /// Weights of the hidden layer, `(784, H)`.
    pub w1: Array2<F>,
    /// Its biases, `(1, H)`.
    pub b1: Array2<F>,
    /// Weights of the output layer, `(H, 10)`.
    pub w2: Array2<F>,
    /// Its biases, `(1, 10)`.
    pub b2: Array2<F>,
}

impl<F: Real> Mlp<F> {
    /// Weights as in He et al. (2015), biases at zero.
    pub fn new((inputs, hidden, classes): (usize, usize, usize), rng: &mut Rng) -> Mlp<F> {
        Mlp {
            w1: init::he((inputs, hidden), rng),
            b1: Array2::zeros((1, hidden)),
            w2: init::he((hidden, classes), rng),
            b2: Array2::zeros((1, classes)),
        }
    }

    /// The number of parameters.
    pub fn parameters(&self) -> usize {
        self.w1.len() + self.b1.len() + self.w2.len() + self.b2.len()
    }
}

/// Hidden units `h (N, H)` and logits `z (N, 10)` of images `x (N, 784)`, in training with
/// the `mask (N, H)` of dropout.
pub fn forward<F: Real>(
    x: &ArrayRef2<F>,
    Mlp { w1, b1, w2, b2 }: &Mlp<F>,
    mask: Option<&ArrayRef2<F>>,
) -> (Array2<F>, Array2<F>) {
    let mut h = relu(&affine(x, w1, b1)); // (N, H) = (N, 784)(784, H) + (1, H)
    if let Some(mask) = mask {
        h = h * mask; // (N, H)
    }
    let z = affine(&h, w2, b2); // (N, 10) = (N, H)(H, 10) + (1, 10)
    (h, z)
}

/// Gradients `dw1 (784, H)`, `db1 (1, H)`, `dw2 (H, 10)` and `db2 (1, 10)`, summed over the
/// batch, from that of the logits, `dz (N, 10)`, and the input, weights, mask and hidden
/// units of [`forward`].
pub fn backward<F: Real>(
    x: &ArrayRef2<F>,
    w2: &ArrayRef2<F>,
    mask: &ArrayRef2<F>,
    h: &ArrayRef2<F>,
    dz: &ArrayRef2<F>,
) -> (Array2<F>, Array2<F>, Array2<F>, Array2<F>) {
    // dw2 = hT dz
    let dw2 = dot(&h.t(), dz); // (H, 10) = (H, N)(N, 10)
    // db2 = sum of dz over the batch
    let db2 = sum_rows(dz); // (1, 10)
    // da = m dz w2T where h > 0, else 0: back through the mask, then through ReLU
    let da = dot(dz, &w2.t()) * mask * relu_grad(h); // (N, H) = (N, 10)(10, H)
    // dw1 = xT da
    let dw1 = dot(&x.t(), &da); // (784, H) = (784, N)(N, H)
    // db1 = sum of da over the batch
    let db1 = sum_rows(&da); // (1, H)
    (dw1, db1, dw2, db2)
}

/// Trains the network by the whole schedule with Adam, at learning rates up to `max_rate`;
/// each step drops the share `dropout` of the hidden units. Fails if the loss becomes NaN.
pub fn train<F: Real>(
    schedule: &Schedule<F>,
    mlp: &mut Mlp<F>,
    max_rate: f64,
    dropout: F,
    rng: &mut Rng,
) -> Result<History> {
    let (mut adam_w1, mut adam_b1) = (Adam::new(&mlp.w1), Adam::new(&mlp.b1));
    let (mut adam_w2, mut adam_b2) = (Adam::new(&mlp.w2), Adam::new(&mlp.b2));
    let mut progress = Progress::new(schedule.batches());
    let mut history = History::default();
    let mut i = 0;
    for batches in &schedule.epochs {
        let mut batching = 0.0; // seconds
        for rows in batches {
            i += 1;
            let start = Instant::now();
            let (x, t) = schedule.batch(rows); // (100, 784), (100, 10)
            batching += start.elapsed().as_secs_f64();
            let m = mask((rows.len(), mlp.b1.len()), dropout, rng); // (100, H)
            let (h, z) = forward(&x, mlp, Some(&m)); // (100, H), (100, 10)
            let e = cross_entropy_from_logits(&z, &t);
            if !e.is_finite() {
                return Err(diverged("MLP", i));
            }
            // dz = (y - t) / N
            let dz = (softmax(&z) - &t) / F::of(rows.len() as f64); // (100, 10)
            let (dw1, db1, dw2, db2) = backward(&x, &mlp.w2, &m, &h, &dz);
            let rate = schedule.rate(i, max_rate);
            adam_w1.step(&mut mlp.w1, &dw1, i, rate); // (784, H)
            adam_b1.step(&mut mlp.b1, &db1, i, rate); // (1, H)
            adam_w2.step(&mut mlp.w2, &dw2, i, rate); // (H, 10)
            adam_b2.step(&mut mlp.b2, &db2, i, rate); // (1, 10)
            let (seconds, right) = (start.elapsed().as_secs_f64(), accuracy(&z, &t));
            history.steps.push(Step { loss: e, accuracy: right, seconds });
            progress.step(i, e, right);
        }
        let (x, t) = schedule.validation; // (5000, 784), (5000, 10)
        let (_, z) = forward(x, mlp, None); // (5000, 10), without dropout
        if z.iter().any(|z| !z.is_finite()) {
            return Err(diverged("MLP", i));
        }
        history.end_epoch(batches.len(), batching, accuracy(&z, t));
    }
    progress.finish();
    Ok(history)
}
