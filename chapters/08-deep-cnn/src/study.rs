//! What the layers, their units, windows and padding, and the batch size do:
//! small trainings, each other than the first in one thing.
//!
//! These are the knobs that the TensorFlow article lists for whoever wants more
//! than its 90 %. Every setting is trained from several seeds on the same few
//! images, with Adam at 0.001, and measured on images held back from training;
//! the test set is not touched. What is smaller than the spread over the seeds
//! means nothing.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::time::Instant;

use common::batch::{shuffled_batches, take_rows};
use common::metric::mean_and_deviation;
use common::program::{Progress, Summary, thousands};
use common::{Error, Float, Real, Result, files, seeded, softmax};
use datasets::Dataset;

use crate::Layers;
use crate::network::Network;
use crate::optimiser::adam;
use crate::score::score;

const IMAGE: (usize, usize, usize) = (1, 28, 28);
const CLASSES: usize = 10;
const LEARNING_RATE: f64 = 0.001; // Adam's paper's

/// What is changed, what the layers are then, and the batch size.
const SETTINGS: [(&str, &str, usize); 18] = [
    ("the first", "conv16x5,pool2,100", 100),
    ("layers", "100", 100),
    ("layers", "conv16x5,pool2", 100),
    ("layers", "conv16x5,pool2,100,100", 100),
    ("layers", "conv16x5,pool2,conv32x5,pool2,100", 100),
    ("units", "conv16x5,pool2,30", 100),
    ("units", "conv16x5,pool2,300", 100),
    ("filters", "conv4x5,pool2,100", 100),
    ("filters", "conv32x5,pool2,100", 100),
    ("windows", "conv16x3,pool2,100", 100),
    ("windows", "conv16x9,pool2,100", 100),
    ("padding", "conv16x5p2,pool2,100", 100),
    ("pooling", "conv16x5,avgpool2,100", 100),
    ("pooling", "conv16x5,pool4,100", 100),
    ("pooling", "conv16x4s2,100", 100),
    ("batch size", "conv16x5,pool2,100", 20),
    ("batch size", "conv16x5,pool2,100", 50),
    ("batch size", "conv16x5,pool2,100", 500),
];

/// How much of everything.
struct Amount {
    images: usize, // to learn from
    held_back: usize,
    epochs: usize,
    seeds: u64,
}

const DEFAULT: Amount = Amount { images: 10_000, held_back: 10_000, epochs: 4, seeds: 3 };
const QUICK: Amount = Amount { images: 2_000, held_back: 2_000, epochs: 2, seeds: 2 };

/// One setting and what it came to.
struct Row {
    knob: &'static str,
    layers: &'static str,
    batch_size: usize,
    parameters: usize,
    accuracy: (f64, f64), // mean and standard deviation over the seeds, %
    seconds: f64,         // of the fastest training
}

/// Trains every setting and writes the table, `study.md` and `study.csv` in `out`.
///
/// # Errors
/// If a loss is no longer a number, or a file cannot be written.
pub fn run(data: &Dataset<Float>, out: &Path, seed: u64, quick: bool) -> Result {
    let amount = if quick { QUICK } else { DEFAULT };
    let mut order =
        shuffled_batches(data.train.len(), data.train.len(), &mut seeded(seed)).concat();
    order.truncate(amount.images + amount.held_back);
    let (held_back, learnt) = order.split_at(amount.held_back);
    let held_back = (take_rows(&data.train.x, held_back), take_rows(&data.train.t, held_back));
    let mut progress = Progress::new(SETTINGS.len() * amount.seeds as usize);
    let mut rows = Vec::new();
    for (k, (knob, layers, batch_size)) in SETTINGS.into_iter().enumerate() {
        let network_layers: Layers = layers.parse()?;
        let (mut reached, mut seconds, mut parameters) = (Vec::new(), f64::INFINITY, 0);
        for s in 0..amount.seeds {
            let start = Instant::now();
            let mut rng = seeded(seed + s);
            let mut network = Network::new(&network_layers, IMAGE, CLASSES, batch_size, &mut rng)?;
            parameters = network.parameters();
            let (mut v, mut u) = (vec![0.0; parameters], vec![0.0; parameters]);
            let mut i = 0;
            for _ in 0..amount.epochs {
                for batch in shuffled_batches(learnt.len(), batch_size, &mut rng) {
                    i += 1;
                    let rows: Vec<usize> = batch.iter().map(|&k| learnt[k]).collect();
                    let (x, t) = (take_rows(&data.train.x, &rows), take_rows(&data.train.t, &rows));
                    let y = softmax(&network.forward(&x)); // (N, 10)
                    // dz = (y - t) / N
                    let dz = (y - &t) / Float::of(rows.len() as f64); // (N, 10)
                    network.backward(&x, &dz);
                    let rate = Float::of(LEARNING_RATE);
                    adam(&mut network.w, &network.dw, &mut v, &mut u, i, rate);
                }
            }
            seconds = seconds.min(start.elapsed().as_secs_f64());
            let (e, right) = score(&mut network, (&held_back.0, &held_back.1), batch_size);
            if !e.is_finite() {
                return Err(Error::new(format!(
                    "{layers}: the loss is no longer a number after {i} iterations; \
                     try another --seed"
                )));
            }
            reached.push(right);
            progress.at(k * amount.seeds as usize + s as usize + 1, || {
                format!("{layers}, batches of {batch_size}: {right:.2} %")
            });
        }
        let accuracy = mean_and_deviation(&reached);
        rows.push(Row { knob, layers, batch_size, parameters, accuracy, seconds });
    }
    progress.finish();
    let table = markdown(&rows);
    println!(
        "{} images, {} epochs, {} seeds; accuracy on {} others, in % (mean and standard deviation)\n\n{table}",
        thousands(amount.images),
        amount.epochs,
        amount.seeds,
        thousands(amount.held_back)
    );
    let path = out.join("study.md");
    files::write(&path, |file| {
        file.write_all(table.as_bytes()).map_err(|error| files::io_error(&path, &error))
    })?;
    let path = out.join("study.csv");
    files::write(&path, |file| {
        file.write_all(csv(&rows).as_bytes()).map_err(|error| files::io_error(&path, &error))
    })?;
    println!("the table is in {}", out.display());
    let best = rows.iter().map(|row| row.accuracy.0).fold(0.0, f64::max);
    let summary = Summary::new("deep-cnn", data.name)
        .figure("first setting", rows[0].accuracy.0, "%", None)
        .figure("best setting", best, "%", None)
        .with_peak_memory();
    println!("{summary}");
    Ok(())
}

fn markdown(rows: &[Row]) -> String {
    let mut table = String::from(
        "| changed | layers | batch | parameters | accuracy | seconds |\n\
         | --- | --- | ---: | ---: | ---: | ---: |\n",
    );
    for row in rows {
        let (mean, deviation) = row.accuracy;
        let _ = writeln!(
            table,
            "| {} | `{}` | {} | {} | {mean:.2} ± {deviation:.2} | {:.1} |",
            row.knob,
            row.layers,
            row.batch_size,
            thousands(row.parameters),
            row.seconds
        );
    }
    table
}

fn csv(rows: &[Row]) -> String {
    let mut table =
        String::from("changed,layers,batch_size,parameters,accuracy,deviation,seconds\n");
    for row in rows {
        let _ = writeln!(
            table,
            "{},\"{}\",{},{},{},{},{}",
            row.knob,
            row.layers,
            row.batch_size,
            row.parameters,
            row.accuracy.0,
            row.accuracy.1,
            row.seconds
        );
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_fits_a_digit_and_differs_from_the_first_in_one_thing() {
        for (knob, layers, batch_size) in SETTINGS {
            let layers: Layers = layers.parse().unwrap();
            layers.shapes(IMAGE).unwrap_or_else(|error| panic!("{error}"));
            let first = (layers.to_string() == SETTINGS[0].1, batch_size == SETTINGS[0].2);
            assert_eq!(first, (knob == "batch size" || knob == "the first", knob != "batch size"));
        }
    }
}
