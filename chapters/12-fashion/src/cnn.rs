//! A convolutional network, lesson 08's, in its fast convolutions.

use std::time::Instant;

use common::program::Progress;
use common::{Real, Result, accuracy, cross_entropy_from_logits, softmax};
use deep_cnn::Network;
use deep_cnn::optimiser::{MOMENTUM, nesterov};
use deep_cnn::parameters::is_finite;

use crate::history::{History, Step, diverged};
use crate::schedule::Schedule;

/// Trains the network by the whole schedule with Nesterov's momentum, at learning rates up to
/// `max_rate`. Fails if the loss becomes NaN.
pub fn train<F: Real>(
    schedule: &Schedule<F>,
    network: &mut Network<F>,
    max_rate: f64,
) -> Result<History> {
    let mut v = vec![F::zero(); network.w.len()]; // velocity
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
            let z = network.forward(&x); // (100, 10)
            let e = cross_entropy_from_logits(&z, &t);
            if !e.is_finite() {
                return Err(diverged("CNN", i));
            }
            // dz = (y - t) / N
            let dz = (softmax(&z) - &t) / F::of(rows.len() as f64); // (100, 10)
            let right = accuracy(&z, &t); // %
            network.backward(&x, &dz);
            let (w, dw) = (&mut network.w, &network.dw); // all parameters in one vector
            nesterov(w, dw, &mut v, schedule.rate(i, max_rate), F::of(MOMENTUM));
            let seconds = start.elapsed().as_secs_f64();
            history.steps.push(Step { loss: e, accuracy: right, seconds });
            progress.step(i, e, right);
        }
        let (x, t) = schedule.validation; // (5000, 784), (5000, 10)
        let (e, right) = network.evaluate(x, t); // right in %
        if !e.is_finite() || !is_finite(&network.w) {
            return Err(diverged("CNN", i));
        }
        history.end_epoch(batches.len(), batching, right);
    }
    progress.finish();
    Ok(history)
}
