//! Batch, mini-batch and online learning: all images at a step, 32, or one.

use std::path::Path;
use std::time::Instant;

use common::files;
use common::plot::{self, Chart, Curve};
use common::program::thousands;
use common::{Float, Result};
use datasets::Dataset;
use rayon::prelude::*;

use crate::network::Start;
use crate::score::score;
use crate::study::{Setup, trained};

/// Training images, few enough that all of them at a step make some steps.
const IMAGES: usize = 6_000;
/// Times that each is shown.
const EPOCHS: usize = 10;
const QUICK_EPOCHS: usize = 2;
/// Points of a curve.
const POINTS: usize = 12;
/// Names, images of a step (0: all), learning rates. Adam moves a weight by about
/// the rate at a step, so with few steps there is no getting anywhere at 0.001.
const WAYS: [(&str, usize, f64); 4] = [
    ("online, 1", 1, 0.001),
    ("mini-batch, 32", 32, 0.001),
    ("batch, all", 0, 0.001),
    ("batch, all, 30 times the rate", 0, 0.03),
];

/// Shows the same images equally often in four ways; prints a table and leaves
/// `batches.csv`, `batches.svg` and `batches.png` in `out`. From a random start
/// and without dropout, so that nothing else is compared.
///
/// # Errors
/// If a loss is no longer a number or a file cannot be written.
pub fn run(data: &Dataset<Float>, out: &Path, seed: u64, quick: bool) -> Result {
    let images = IMAGES.min(data.train.len());
    let epochs = if quick { QUICK_EPOCHS } else { EPOCHS };
    let measured = WAYS.par_iter().map(|&(_, size, learning_rate)| {
        let batch_size = if size == 0 { images } else { size };
        let steps = epochs * images.div_ceil(batch_size);
        let (start, keep) = (Start::Random, [1.0, 1.0]);
        let setup = Setup { start, keep, batch_size, learning_rate, steps, seed };
        let shown = |i: usize| (i * batch_size).min(epochs * images);
        // Evenly apart on a logarithmic axis, up to the end.
        let due = |i: usize| {
            let place = |i: usize| {
                let all = (epochs * images) as f64;
                (POINTS as f64 * (1.0 + (shown(i) as f64 / all).log10() / 4.0)).floor()
            };
            i == steps || i == 1 || place(i) > place(i - 1)
        };
        let (mut points, mut seconds, mut began) = (Vec::new(), 0.0, Instant::now());
        let w = trained(&setup, &data.train, images, |i, w| {
            if due(i) {
                seconds += began.elapsed().as_secs_f64();
                points.push((shown(i) as f64, score(w, &data.test).1));
                began = Instant::now();
            }
        })?;
        Ok((steps, points, seconds, score(&w, &data.test)))
    });
    let measured: Vec<_> = measured.collect::<Result<_>>()?;
    println!(
        "\n{} images, each shown {epochs} times; the seconds are those of one thread\n\
         {:32} steps   accuracy   cross-entropy   seconds",
        thousands(images),
        "images of a step"
    );
    let mut table = Vec::new();
    for ((name, size, rate), (steps, points, seconds, (e, reached))) in WAYS.iter().zip(&measured) {
        println!("{name:30} {:>7}   {reached:6.2} %   {e:13.3}   {seconds:7.2}", thousands(*steps));
        table.extend(points.iter().map(|p| [*size as f64, *rate, p.0, p.1]));
    }
    files::save_csv(&out.join("batches.csv"), ["batch_size", "rate", "shown", "accuracy"], &table)?;
    let pairs = WAYS.iter().zip(&measured);
    let curves = pairs.map(|(way, run)| Curve::new(way.0, &run.1).line_and_dots());
    let curves: Vec<Curve> = curves.collect();
    let chart = Chart::new("Images of a step", "images shown", "test accuracy (%)").log_x();
    plot::curves(&out.join("batches"), &chart.y_range(0.0, 100.0), &curves)
}
