//! A training that is watched: the loop of every lesson, and what is looked at on the way.

use std::time::Instant;

use common::batch::take_rows;
use common::{Float, Result, seeded};
use ndarray::{Array2, s};

use crate::bug::Bug;
use crate::checks::subnormals;
use crate::histogram::Histogram;
use crate::images::{Digits, epoch};
use crate::network::{Activations, Network, Pass};
use crate::patient::{Patient, rms};

/// How often a training is looked at.
const LOOKS: usize = 40;

/// What was seen of a training.
#[derive(Default)]
#[allow(missing_docs)]
pub struct Trace {
    pub curve: Vec<[f64; 3]>, // [step, loss, accuracy in %], of every batch
    pub tests: Vec<[f64; 2]>, // [step, accuracy in % of the test]
    pub layers: Vec<(usize, [Histogram; 6])>, // step; two layers' activations, gradients, steps
    pub stopped: Option<usize>, // the step whose loss was no number
    pub reached: f64,         // accuracy in % of the test, after saving and loading
    pub subnormals: usize,    // of the velocities, at the end
    pub milliseconds: [f64; 2], // a step of the first tenth, and of the last
    pub w: Vec<(&'static str, Array2<Float>)>, // the parameters at the end
}

/// What happens at the third part of a training, to the healthy network and to the sick one:
/// three bugs need an occasion to show.
pub fn occasion(of: Bug) -> Option<&'static str> {
    match of {
        Bug::SoftmaxUnshifted => {
            Some("1,000 is added to all ten output biases, which changes no probability")
        }
        Bug::NanInPool => Some("a pixel of one training image becomes NaN"),
        Bug::Subnormals => Some("the upper half of all training images becomes blank"),
        _ => None,
    }
}

fn happen(of: Bug, network: &mut Network<Float>, digits: &mut Digits<Float>) {
    match of {
        Bug::SoftmaxUnshifted => network.w[3] += 1000.0,
        Bug::NanInPool => digits.x[[0, 14 * 28 + 14]] = Float::NAN,
        Bug::Subnormals => digits.x.slice_mut(s![.., ..14 * 28]).fill(0.0),
        _ => {}
    }
}

/// Trains the network of `patient` for so many `steps`, with the occasion that the bug `of`
/// needs. `told(step, loss, accuracy)` is called after every step.
/// Fails if batch norm gets a single image.
pub fn train(
    patient: &Patient,
    steps: usize,
    of: Bug,
    mut told: impl FnMut(usize, f64, f64),
) -> Result<Trace> {
    let mut rng = seeded(patient.seed);
    let mut network = Network::new(patient.kind, patient.bug, &mut rng);
    let mut digits = patient.digits.clone();
    let mut dice = seeded(patient.seed); // of tests, which must not disturb the training
    let mut batches = Vec::new(); // those that are left of the epoch
    let mut trace = Trace::default();
    let mut times = Vec::with_capacity(steps); // ms
    for i in 1..=steps {
        if i == (steps / 3).max(1) {
            happen(of, &mut network, &mut digits);
        }
        if batches.is_empty() {
            batches = epoch(digits.x.nrows(), patient.bug, &mut rng);
            batches.reverse(); // they are taken from the end, and the short one is the last
        }
        let Some(rows) = batches.pop() else { break }; // no batch was whole
        let (x, t) = (take_rows(&digits.x, &rows), take_rows(&digits.t, &rows)); // (100, 784), (100, 10)
        let start = Instant::now();
        let pass = network.pass(&x, &t, &mut rng)?;
        trace.curve.push([i as f64, pass.loss, pass.accuracy]);
        told(i, pass.loss, pass.accuracy);
        if !pass.loss.is_finite() {
            trace.stopped = Some(i); // every lesson of the course stops here
            break;
        }
        let before = network.w.clone();
        network.update(&pass);
        times.push(1e3 * start.elapsed().as_secs_f64());
        if i == 1 || i % steps.div_ceil(LOOKS) == 0 || i == steps {
            trace.layers.push((i, look(&network, &pass, &before)));
            let (_, test, _) = network.test(&digits.x_test, &digits.t_test, &mut dice)?;
            trace.tests.push([i as f64, test]);
        }
    }
    let tenth = times.len().div_ceil(10);
    let mean = |times: &[f64]| times.iter().sum::<f64>() / times.len() as f64;
    trace.milliseconds = [mean(&times[..tenth]), mean(&times[times.len() - tenth..])];
    trace.subnormals = subnormals(&network);
    trace.w = network.names().iter().copied().zip(network.w.clone()).collect();
    // What is used later is what was saved
    let saved = network.saved();
    network.load(&saved);
    (_, trace.reached, _) = network.test(&digits.x_test, &digits.t_test, &mut dice)?;
    Ok(trace)
}

/// Activations, gradients and steps of the hidden and of the output layer.
fn look(network: &Network<Float>, pass: &Pass<Float>, before: &[Array2<Float>]) -> [Histogram; 6] {
    let [hidden, output] = match &pass.activations {
        Activations::Mlp { h, z } => {
            [Histogram::of("h", h, (0.0, 1.0)), Histogram::of("z", z, (-10.0, 10.0))]
        }
        Activations::Cnn(a) => {
            [Histogram::of("h", &a.h, (0.0, 2.0)), Histogram::of("z", &a.z, (-10.0, 10.0))]
        }
    };
    let layers = [(0, "1"), (before.len() - 2, "2")]; // the two arrays of weights
    let [dw1, dw2] = layers
        .map(|(k, name)| Histogram::of_log(&format!("|dw{name}|"), &pass.dw[k], 1.0, (-12.0, 0.0)));
    let [step1, step2] = layers.map(|(k, name)| {
        let step = &network.w[k] - &before[k];
        Histogram::of_log(&format!("step / w{name}"), &step, rms(&before[k]), (-9.0, 3.0))
    });
    [hidden, output, dw1, dw2, step1, step2]
}
