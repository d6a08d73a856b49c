//! `study`: what layers, units, windows, padding and batch size do. Each setting
//! differs from the first in one thing.
//!
//! These are the knobs that the TensorFlow article lists for getting beyond its 90 %.
//! Every setting is trained from several seeds on the same few images, with Adam, and
//! measured on images held back from training; the test set is not used. Differences
//! below the deviation over the seeds mean nothing.

use std::io::Write as _;
use std::time::Instant;

use common::batch::{shuffled_batches, take_rows};
use common::metric::mean_and_deviation;
use common::program::flags::Flags;
use common::program::{Progress, Summary, thousands};
use common::{Error, Float, Result, files, seeded, softmax};

use crate::engine::Network;
use crate::evaluate::evaluate;
use crate::layers::{CLASSES, IMAGE, Layers};
use crate::optimiser::adam;

const LEARNING_RATE: Float = 0.001; // Adam's paper's

/// What is changed, the layers, and the batch size.
pub const SETTINGS: [(&str, &str, usize); 18] = [
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

/// Images to train on and as many to measure on, epochs, seeds.
const AMOUNT: (usize, usize, u64) = (10_000, 4, 3);
const QUICK_AMOUNT: (usize, usize, u64) = (2_000, 2, 2);

/// Trains every setting and writes the table, `study.md` and `study.csv`.
///
/// # Errors
/// If a loss is no longer a number, or a file cannot be written.
pub fn run(flags: &Flags) -> Result {
    flags.start()?;
    let out = flags.out("deep-cnn");
    let data = datasets::mnist::<Float>(flags.data.as_deref())?;
    println!("{} ({})", data.name, data.origin);
    let train = &data.train;
    let (images, epochs, seeds) = if flags.quick { QUICK_AMOUNT } else { AMOUNT };
    let order = shuffled_batches(train.len(), train.len(), &mut seeded(flags.seed)).concat();
    let (validation, training) = order[..2 * images].split_at(images);
    let (x_val, t_val) = (take_rows(&train.x, validation), take_rows(&train.t, validation));
    let mut progress = Progress::new(SETTINGS.len() * seeds as usize);
    let mut trained = 0;
    let mut means = Vec::new();
    let mut markdown = String::from(
        "| changed | layers | batch | parameters | accuracy | seconds |\n\
         | --- | --- | ---: | ---: | ---: | ---: |\n",
    );
    let mut csv = String::from("changed,layers,batch_size,parameters,accuracy,deviation,seconds\n");
    for (changed, line, batch_size) in SETTINGS {
        let layers: Layers = line.parse()?;
        let (mut reached, mut seconds, mut parameters) = (Vec::new(), f64::INFINITY, 0);
        for seed in flags.seed..flags.seed + seeds {
            let start = Instant::now();
            let mut rng = seeded(seed);
            let mut network = Network::new(&layers, IMAGE, CLASSES, batch_size, &mut rng)?;
            parameters = network.parameters();
            let (mut v, mut s) = (vec![0.0; parameters], vec![0.0; parameters]);
            let mut i = 0;
            for _ in 0..epochs {
                for batch in shuffled_batches(training.len(), batch_size, &mut rng) {
                    i += 1;
                    let rows: Vec<usize> = batch.iter().map(|&k| training[k]).collect();
                    let (x, t) = (take_rows(&train.x, &rows), take_rows(&train.t, &rows));
                    let y = softmax(&network.forward(&x)); // (N, 10)
                    // dz = (y - t) / N
                    let dz = (y - &t) / rows.len() as Float; // (N, 10)
                    network.backward(&x, &dz);
                    adam(&mut network.w, &network.dw, &mut v, &mut s, i, LEARNING_RATE);
                }
            }
            seconds = seconds.min(start.elapsed().as_secs_f64()); // of the fastest training
            let (e, accuracy) = evaluate(&mut network, &x_val, &t_val);
            if !e.is_finite() {
                return Err(Error::new(format!(
                    "{layers}: the loss is no longer a number after {i} iterations; \
                     try another --seed"
                )));
            }
            reached.push(accuracy);
            trained += 1;
            progress.at(trained, || format!("{layers}, batches of {batch_size}: {accuracy:.2} %"));
        }
        let (mean, deviation) = mean_and_deviation(&reached);
        means.push(mean);
        markdown += &format!(
            "| {changed} | `{line}` | {batch_size} | {} | {mean:.2} ± {deviation:.2} | {seconds:.1} |\n",
            thousands(parameters),
        );
        csv += &format!(
            "{changed},\"{line}\",{batch_size},{parameters},{mean},{deviation},{seconds}\n"
        );
    }
    progress.finish();
    let count = thousands(images);
    println!(
        "{count} images, {epochs} epochs, {seeds} seeds; accuracy on {count} others, in % \
         (mean and standard deviation)\n\n{markdown}"
    );
    for (name, table) in [("study.md", markdown), ("study.csv", csv)] {
        let path = out.join(name);
        files::write(&path, |file| {
            file.write_all(table.as_bytes()).map_err(|error| files::io_error(&path, &error))
        })?;
    }
    println!("the table is in {}", out.display());
    let summary = Summary::new("deep-cnn", data.name)
        .figure("first setting", means[0], "%", None)
        .figure("best setting", means.into_iter().fold(0.0, f64::max), "%", None)
        .with_peak_memory();
    println!("{summary}");
    Ok(())
}
