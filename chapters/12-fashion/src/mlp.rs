//! A multi-layer perceptron: the network of lesson 09, a hidden layer of ReLUs with dropout.

use std::time::Instant;

use common::program::Progress;
use common::{Real, Result, Rng, accuracy, cross_entropy_from_logits};
use dropout_adam::adam::Adam;
use dropout_adam::dropout::mask;
use dropout_adam::network::{Parameters, backward, forward};

use crate::history::{History, Step, diverged};
use crate::schedule::Schedule;

/// Trains the network with the parameters `w` by the whole schedule with Adam, at learning
/// rates up to `max_rate`; each step drops the share `dropout` of the hidden units. Fails if
/// the loss becomes NaN.
pub fn train<F: Real>(
    schedule: &Schedule<F>,
    w: &mut Parameters<F>,
    max_rate: f64,
    dropout: F,
    rng: &mut Rng,
) -> Result<History> {
    let mut adam = w.each_ref().map(|w| Adam::new(w)); // of w1, b1, w2, b2
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
            let m = mask((rows.len(), w[1].len()), dropout, rng); // (100, H)
            let (h, z) = forward(&x, w.each_ref(), Some(&m)); // (100, H), (100, 10)
            let e = cross_entropy_from_logits(&z, &t);
            if !e.is_finite() {
                return Err(diverged("MLP", i));
            }
            // From dz = (y - t) / N through the same mask
            let gradients = backward(&x, &w[2], &m, &h, &z, &t); // dw1, db1, dw2, db2
            for ((adam, w), dw) in adam.iter_mut().zip(&mut *w).zip(&gradients) {
                adam.step(w, dw, i, schedule.rate(i, max_rate));
            }
            let (seconds, right) = (start.elapsed().as_secs_f64(), accuracy(&z, &t));
            history.steps.push(Step { loss: e, accuracy: right, seconds });
            progress.step(i, e, right);
        }
        let (x, t) = schedule.validation; // (5000, 784), (5000, 10)
        let (_, z) = forward(x, w.each_ref(), None); // (5000, 10), without dropout
        if z.iter().any(|z| !z.is_finite()) {
            return Err(diverged("MLP", i));
        }
        history.end_epoch(batches.len(), batching, accuracy(&z, t));
    }
    progress.finish();
    Ok(history)
}
