//! The same convolutional network in plain loops, lesson 04's, on one thread.

use std::time::Instant;

use common::program::Progress;
use common::{Real, Result, accuracy, cross_entropy_from_logits, softmax};
use deep_cnn::naive::Naive;
use deep_cnn::optimiser::nesterov;

use crate::cnn::MOMENTUM;
use crate::course::Course;
use crate::learnt::{Step, diverged};

/// Takes the network with the parameters `w` through all steps of the course, as
/// [`cnn::train`](crate::cnn::train) does.
///
/// # Errors
/// If the loss is no longer a number.
///
/// # Panics
/// If `w` is not as long as the network's parameters.
pub fn train<F: Real>(
    course: &Course<F>,
    network: &Naive,
    w: &mut [F],
    largest: f64,
) -> Result<Vec<Step>> {
    let mut v = vec![F::zero(); w.len()]; // momentum's
    let batches: Vec<_> = course.epochs.iter().flatten().collect();
    let mut progress = Progress::new(batches.len());
    let mut steps = Vec::with_capacity(batches.len());
    for (rows, i) in batches.into_iter().zip(1..) {
        let start = Instant::now();
        let (x, t) = course.batch(rows); // (100, 784), (100, 10)
        let values = network.forward(w, &x); // what each layer says, z (100, 10) last
        let z = &values[values.len() - 1];
        let e = cross_entropy_from_logits(z, &t);
        if !e.is_finite() {
            return Err(diverged("CNN", i));
        }
        // dz = (y - t) / N
        let dz = (softmax(z) - &t) / F::of(rows.len() as f64); // (100, 10)
        let dw = network.backward(w, &values, &dz);
        nesterov(w, &dw, &mut v, course.rate(i, largest), F::of(MOMENTUM));
        let (seconds, right) = (start.elapsed().as_secs_f64(), accuracy(z, &t));
        steps.push(Step { loss: e, accuracy: right, seconds });
        progress.step(i, e, right);
    }
    progress.finish();
    Ok(steps)
}
