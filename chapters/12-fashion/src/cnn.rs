//! A convolutional network, lesson 08's: any layers, convolved as fast as we can.

use std::time::Instant;

use common::program::Progress;
use common::{Real, Result, accuracy, cross_entropy_from_logits, softmax};
use deep_cnn::Network;
use deep_cnn::evaluate::evaluate;
use deep_cnn::optimiser::nesterov;

use crate::course::Course;
use crate::learnt::{Learnt, Step, diverged};

/// The part of its speed that momentum keeps, lesson 08's.
pub const MOMENTUM: f64 = 0.9;

/// Takes the network through the whole course with Nesterov's momentum, at rates
/// up to `largest`.
///
/// # Errors
/// If the loss is no longer a number.
///
/// # Panics
/// If the batches are larger than those that the network was made for.
pub fn train<F: Real>(
    course: &Course<F>,
    network: &mut Network<F>,
    largest: f64,
) -> Result<Learnt> {
    let mut v = vec![F::zero(); network.parameters()]; // momentum's
    let mut progress = Progress::new(course.length());
    let mut learnt = Learnt::default();
    let mut i = 0;
    for batches in &course.epochs {
        let mut building = 0.0; // seconds
        for rows in batches {
            i += 1;
            let start = Instant::now();
            let (x, t) = course.batch(rows); // (100, 784), (100, 10)
            building += start.elapsed().as_secs_f64();
            let z = network.forward(&x); // (100, 10)
            let e = cross_entropy_from_logits(&z, &t);
            if !e.is_finite() {
                return Err(diverged("CNN", i));
            }
            // dz = (y - t) / N
            let dz = (softmax(&z) - &t) / F::of(rows.len() as f64); // (100, 10)
            let right = accuracy(&z, &t); // %
            network.backward(&x, &dz);
            let (w, dw) = (&mut network.w, &network.dw); // all parameters, one behind the other
            nesterov(w, dw, &mut v, course.rate(i, largest), F::of(MOMENTUM));
            let seconds = start.elapsed().as_secs_f64();
            learnt.steps.push(Step { loss: e, accuracy: right, seconds });
            progress.step(i, e, right);
        }
        // On images that it has not learnt from
        let (_, right) = evaluate(network, course.x_held, course.t_held);
        learnt.epoch(batches.len(), building, right);
    }
    progress.finish();
    Ok(learnt)
}
