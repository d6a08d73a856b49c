//! The laboratory: six optimisers on the network of the lesson, from the same
//! start, through the same batches and masks, each at the best of its rates.

use std::fmt::Write as _;
use std::path::Path;

use common::batch::{shuffled_batches, take_rows};
use common::plot::{self, Chart, Curve};
use common::program::{Progress, thousands};
use common::{Float, Real, Result, accuracy, cross_entropy_from_logits, seeded};
use datasets::Dataset;

use crate::choose::Setting;
use crate::dropout::mask;
use crate::network::{HIDDEN, backward, forward, start};
use crate::optimisers::Optimiser;

/// Each optimiser with the rates that it may choose from, three times apart.
const RATES: [(Optimiser, [f64; 3]); 6] = [
    (Optimiser::Sgd, [0.1, 0.3, 1.0]),
    (Optimiser::Momentum, [0.03, 0.1, 0.3]),
    (Optimiser::Nesterov, [0.03, 0.1, 0.3]),
    (Optimiser::AdaGrad, [0.03, 0.1, 0.3]),
    (Optimiser::RmsProp, [0.001, 0.003, 0.01]),
    (Optimiser::Adam, [0.003, 0.01, 0.03]),
];

/// One training.
struct Trial {
    optimiser: Optimiser,
    rate: f64,
    losses: Vec<(f64, f64)>, // (iteration, loss of the batch)
    held: f64,               // accuracy on the images held back, %
}

/// Trains with all optimisers and rates for `epochs`, on five sixths of the
/// training images; draws `optimisers` in `out` and returns a table. The rates
/// are chosen on the other sixth.
///
/// # Errors
/// If a picture cannot be written.
pub fn run(
    data: &Dataset<Float>,
    images: usize,
    out: &Path,
    seed: u64,
    setting: Setting,
) -> Result<String> {
    let mut order =
        shuffled_batches(data.train.len(), data.train.len(), &mut seeded(seed)).concat();
    order.truncate(images);
    let learnt = order.split_off(images / 6);
    let (x_held, t_held) = (take_rows(&data.train.x, &order), take_rows(&data.train.t, &order));
    let mut best: Vec<Trial> = Vec::new();
    let mut progress = Progress::new(3 * RATES.len());
    for (k, (optimiser, rates)) in RATES.into_iter().enumerate() {
        let mut trials = Vec::new();
        for (j, rate) in rates.into_iter().enumerate() {
            let (parameters, losses) = learn(data, &learnt, optimiser, rate, seed, setting);
            let [w1, b1, w2, b2] = &parameters;
            let (_, z) = forward(&x_held, (w1, b1, w2, b2), None); // (N, 10)
            let held = accuracy(&z, &t_held);
            progress
                .at(3 * k + j + 1, || format!("{}, rate {rate}: {held:.2} %", optimiser.name()));
            trials.push(Trial { optimiser, rate, losses, held });
        }
        best.extend(trials.into_iter().max_by(|a, b| a.held.total_cmp(&b.held)));
    }
    progress.finish();
    let curves: Vec<Curve> = best
        .iter()
        .map(|trial| {
            let name = format!("{}, rate {}", trial.optimiser.name(), trial.rate);
            Curve::new(name, &smooth(&trial.losses, 50))
        })
        .collect();
    let chart = Chart::new("Six ways downhill", "iterations", "loss, mean of 50 batches").log_y();
    plot::curves(&out.join("optimisers"), &chart, &curves)?;
    Ok(table(&best, order.len()))
}

/// The parameters that `optimiser` comes to, and the loss of every batch.
#[allow(clippy::type_complexity)] // four arrays, and the points of a curve
fn learn(
    data: &Dataset<Float>,
    learnt: &[usize],
    optimiser: Optimiser,
    rate: f64,
    seed: u64,
    setting: Setting,
) -> ([ndarray::Array2<Float>; 4], Vec<(f64, f64)>) {
    let mut rng = seeded(seed);
    let (w1, b1, w2, b2) = start(HIDDEN, &mut rng);
    let mut parameters = [w1, b1, w2, b2];
    let memory = parameters.each_ref().map(|w| vec![0.0; w.len()]);
    let (mut v, mut s) = (memory.clone(), memory);
    let mut losses = Vec::new();
    for _ in 0..setting.epochs {
        for batch in shuffled_batches(learnt.len(), setting.batch_size, &mut rng) {
            let rows: Vec<usize> = batch.iter().map(|&k| learnt[k]).collect();
            let [w1, b1, w2, b2] = &parameters;
            let (x, t) = (take_rows(&data.train.x, &rows), take_rows(&data.train.t, &rows)); // (N, 784), (N, 10)
            let m = mask((rows.len(), HIDDEN), setting.dropout, &mut rng); // (N, H)
            let (h, z) = forward(&x, (w1, b1, w2, b2), Some(&m)); // (N, H), (N, 10)
            losses.push((losses.len() as f64 + 1.0, cross_entropy_from_logits(&z, &t)));
            let (dw1, db1, dw2, db2) = backward(&x, w2, &m, (&h, &z), &t);
            for (k, (w, dw)) in parameters.iter_mut().zip([dw1, db1, dw2, db2]).enumerate() {
                let (Some(w), Some(dw)) = (w.as_slice_mut(), dw.as_slice()) else { continue };
                optimiser.step(w, dw, (&mut v[k], &mut s[k]), losses.len(), Float::of(rate));
            }
        }
    }
    (parameters, losses)
}

/// The mean of each `window` points that follow each other.
fn smooth(points: &[(f64, f64)], window: usize) -> Vec<(f64, f64)> {
    let mean = |points: &[(f64, f64)]| {
        let n = points.len() as f64;
        let sum = points.iter().fold((0.0, 0.0), |sum, p| (sum.0 + p.0, sum.1 + p.1));
        (sum.0 / n, sum.1 / n)
    };
    points.chunks(window).map(mean).collect()
}

fn table(best: &[Trial], held: usize) -> String {
    let mut table =
        format!("optimiser   best rate   last loss   % of {} held back\n", thousands(held));
    for trial in best {
        let last = smooth(&trial.losses, 50).last().map_or(f64::NAN, |point| point.1);
        let _ = writeln!(
            table,
            "{:<9} {:11} {last:11.3} {:12.2}",
            trial.optimiser.name(),
            trial.rate,
            trial.held
        );
    }
    table
}
