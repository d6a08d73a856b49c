//! The same CNN in naive convolution, lesson 04's loops on one thread: it computes the same,
//! and how much slower is it?

use std::time::Instant;

use common::program::Progress;
use common::{Error, Float, Real, Result, accuracy, cross_entropy_from_logits, seeded, softmax};
use datasets::images::CLASSES;
use deep_cnn::layers::IMAGE;
use deep_cnn::optimiser::{MOMENTUM, nesterov};
use deep_cnn::parameters::is_finite;
use deep_cnn::{Layers, Network};

use crate::cnn;
use crate::history::{History, Step, diverged};
use crate::naive::Naive;
use crate::schedule::Schedule;

const COMPARED: usize = 2; // steps: the first compares the forward passes, the second the backward
const TOLERANCE: f64 = 1e-3; // as a share of the loss; f32 has seven digits and loses a few

/// Trains the CNN from its initial parameters `w` for `steps` steps in naive convolution, with
/// `full` to the end, and in fast convolution on one thread; prints their times beside those
/// of `fast`, on all threads. Returns the seconds of an epoch in naive convolution. Fails if
/// naive and fast convolution have different losses.
pub fn compare(
    schedule: &Schedule<Float>,
    layers: &Layers,
    w: &[Float],
    max_rate: f64,
    fast: &History,
    (steps, full): (usize, bool),
) -> Result<f64> {
    let mut w_naive = w.to_vec();
    let network = Naive::new(layers, IMAGE, CLASSES)?;
    let naive_schedule = schedule.first(if full { schedule.steps } else { steps });
    let naive = train_naive(&naive_schedule, &network, &mut w_naive, max_rate)?;
    let batch_size = schedule.epochs[0][0].len();
    let mut network = Network::new(layers, IMAGE, CLASSES, batch_size, &mut seeded(0))?;
    network.w.copy_from_slice(w);
    let one_thread = rayon::ThreadPoolBuilder::new().num_threads(1).build()?;
    let single =
        one_thread.install(|| cnn::train(&schedule.first(steps), &mut network, max_rate))?;
    if full {
        network.w.copy_from_slice(&w_naive);
        let (_, right) = network.evaluate(schedule.validation.0, schedule.validation.1);
        println!("naive to the end: {right:.2} % of the images held back");
    }

    if largest_difference(&naive[..steps.min(COMPARED)], &fast.steps) > TOLERANCE {
        return Err(Error::new("naive and fast convolution have different losses; one is wrong"));
    }
    let difference = largest_difference(&naive[..steps], &fast.steps);
    println!("losses of {steps} naive and fast steps differ by at most {difference:.0e} of them");
    let per_epoch = schedule.epochs[0].len() as f64;
    let (naive_step, single_step) = (fastest(&naive), fastest(&single.steps));
    let naive_epoch = match full {
        true => naive.iter().map(|step| step.seconds).sum::<f64>() / schedule.epochs.len() as f64,
        false => naive_step * per_epoch,
    };
    let threads = format!("fast, {} thread(s)", rayon::current_num_threads());
    println!("convolution              ms a step   seconds an epoch      as fast");
    for (name, step, epoch, measured) in [
        ("naive, 1 thread", naive_step, naive_epoch, full),
        ("fast, 1 thread", single_step, single_step * per_epoch, false),
        (&threads, fastest(&fast.steps), fast.seconds_per_epoch(), true),
    ] {
        let how = if measured { "measured " } else { "projected" };
        let (ms, ratio) = (1e3 * step, naive_step / step);
        println!("{name:<22} {ms:>11.1} {epoch:>8.1} {how} {ratio:>9.1} x");
    }
    println!();
    Ok(naive_epoch)
}

/// Trains the network with the parameters `w` by the whole schedule, as [`cnn::train`] does.
/// Fails if the loss becomes NaN.
pub fn train_naive<F: Real>(
    schedule: &Schedule<F>,
    network: &Naive,
    w: &mut [F],
    max_rate: f64,
) -> Result<Vec<Step>> {
    let mut v = vec![F::zero(); w.len()]; // velocity
    let mut progress = Progress::new(schedule.batches());
    let mut steps = Vec::with_capacity(schedule.batches());
    for (rows, i) in schedule.epochs.iter().flatten().zip(1..) {
        let start = Instant::now();
        let (x, t) = schedule.batch(rows); // (100, 784), (100, 10)
        let values = network.forward(w, &x); // outputs of all layers, z (100, 10) last
        let z = &values[values.len() - 1];
        let e = cross_entropy_from_logits(z, &t);
        if !e.is_finite() {
            return Err(diverged("CNN", i));
        }
        // dz = (y - t) / N
        let dz = (softmax(z) - &t) / F::of(rows.len() as f64); // (100, 10)
        let dw = network.backward(w, &values, &dz);
        nesterov(w, &dw, &mut v, schedule.rate(i, max_rate), F::of(MOMENTUM));
        let (seconds, right) = (start.elapsed().as_secs_f64(), accuracy(z, &t));
        steps.push(Step { loss: e, accuracy: right, seconds });
        progress.step(i, e, right);
    }
    if !is_finite(w) {
        return Err(diverged("CNN", schedule.batches()));
    }
    progress.finish();
    Ok(steps)
}

/// Seconds of the fastest step: other programs only make a step slower.
pub fn fastest(steps: &[Step]) -> f64 {
    steps.iter().map(|step| step.seconds).fold(f64::INFINITY, f64::min)
}

/// The largest relative difference of the losses of two trainings, step by step as far as
/// the shorter one goes.
pub fn largest_difference(a: &[Step], b: &[Step]) -> f64 {
    let pairs = a.iter().zip(b);
    pairs.map(|(a, b)| (a.loss - b.loss).abs() / a.loss.abs()).fold(0.0, f64::max)
}
