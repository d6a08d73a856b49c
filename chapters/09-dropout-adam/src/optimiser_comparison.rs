//! Six optimisers on the lesson's network, from the same initial weights and with the
//! same batches and masks, each with the best of three learning rates.

use std::path::Path;

use common::batch::take_rows;
use common::plot::{self, Chart, Curve};
use common::program::{Progress, thousands};
use common::{Float, Real, Result, accuracy, seeded};
use datasets::Dataset;

use crate::network::{HIDDEN, forward, initialise};
use crate::optimisers;
use crate::training::{Setting, hold_out, train};

/// The learning rates of each of [`optimisers::all`], about a factor of three apart.
const RATES: [[f64; 3]; 6] = [
    [0.1, 0.3, 1.0],
    [0.03, 0.1, 0.3],
    [0.03, 0.1, 0.3],
    [0.03, 0.1, 0.3],
    [0.001, 0.003, 0.01],
    [0.003, 0.01, 0.03],
];
const WINDOW: usize = 50; // batches of which the mean loss is drawn

/// One training.
struct Trial {
    name: &'static str,
    rate: f64,
    losses: Vec<(f64, f64)>, // (iteration, loss), means over WINDOW batches
    accuracy: f64,           // on the validation images, %
}

/// Trains on five sixths of `images` training images, chooses the rates on the others,
/// draws `optimisers` in `out` and prints a table.
/// Fails if a picture cannot be written.
pub fn run(
    data: &Dataset<Float>,
    images: usize,
    out: &Path,
    seed: u64,
    setting: Setting,
) -> Result {
    let (rows, validation) = hold_out(data.train.len(), images, seed);
    let x_val = take_rows(&data.train.x, &validation);
    let t_val = take_rows(&data.train.t, &validation);
    let mut best: Vec<Trial> = Vec::new();
    let (mut progress, mut done) = (Progress::new(3 * RATES.len()), 0);
    for ((name, step), rates) in optimisers::all().into_iter().zip(RATES) {
        let trials = rates.map(|rate| {
            let mut rng = seeded(seed);
            let mut parameters = initialise(HIDDEN, &mut rng);
            let mut v = parameters.each_ref().map(|w| vec![0.0; w.len()]);
            let mut s = v.clone();
            let losses = train(data, &rows, &mut parameters, setting, &mut rng, |k, w, dw, i| {
                let (w, dw) = (w.as_slice_mut().unwrap(), dw.as_slice().unwrap());
                step(w, dw, &mut v[k], &mut s[k], i, Float::of(rate));
            });
            let (_, z) = forward(&x_val, parameters.each_ref(), None); // (N, 10)
            let reached = accuracy(&z, &t_val);
            done += 1;
            progress.at(done, || format!("{name}, rate {rate}: {reached:.2} %"));
            Trial { name, rate, losses: means(&losses), accuracy: reached }
        });
        let reached = |trial: &Trial| trial.accuracy.max(0.0); // 0 for NaN: it diverged
        best.extend(trials.into_iter().max_by(|a, b| reached(a).total_cmp(&reached(b))));
    }
    progress.finish();

    let count = thousands(validation.len());
    println!("optimiser   best rate   last loss   % of {count} held back");
    for Trial { name, rate, losses, accuracy } in &best {
        let last = losses.last().map_or(f64::NAN, |point| point.1);
        println!("{name:<9} {rate:11} {last:11.3} {accuracy:12.2}");
    }
    println!();
    let curve = |t: &Trial| Curve::new(format!("{}, rate {}", t.name, t.rate), &t.losses);
    let chart = Chart::new("Six ways downhill", "iterations", "loss, mean of 50 batches").log_y();
    plot::curves(&out.join("optimisers"), &chart, &best.iter().map(curve).collect::<Vec<_>>())
}

/// Mean iteration, counted from 1, and mean loss of every 50 batches.
pub fn means(losses: &[f64]) -> Vec<(f64, f64)> {
    let mean = |(k, losses): (usize, &[f64])| {
        let n = losses.len() as f64;
        ((k * WINDOW) as f64 + (n + 1.0) / 2.0, losses.iter().sum::<f64>() / n)
    };
    losses.chunks(WINDOW).enumerate().map(mean).collect()
}
