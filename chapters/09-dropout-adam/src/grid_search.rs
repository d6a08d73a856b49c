//! `--choose`: learning rate and dropout, which the article does not give, by accuracy
//! on validation images; and dropout in a wider network.

use std::path::Path;

use common::batch::take_rows;
use common::files;
use common::metric::mean_and_deviation;
use common::program::{Progress, Summary, thousands};
use common::{Float, Real, Result, accuracy, seeded};
use datasets::Dataset;
use ndarray::Array2;

use crate::adam::Adam;
use crate::network::{HIDDEN, forward, initialise};
use crate::training::{Setting, hold_out, train};

const RATES: [f64; 4] = [0.001, 0.002, 0.003, 0.004];
const DROPOUTS: [f64; 5] = [0.0, 0.05, 0.1, 0.2, 0.5];
const WIDTHS: [usize; 2] = [HIDDEN, 4 * HIDDEN];
const SEEDS: u64 = 3;
const QUICK_IMAGES: usize = 5_000;

/// Prints two tables and writes them to `rates.csv` and `widths.csv` in `out`.
/// Fails if a file cannot be written.
pub fn run(data: &Dataset<Float>, out: &Path, seed: u64, quick: bool, setting: Setting) -> Result {
    let n = data.train.len();
    let images = if quick { QUICK_IMAGES.min(n) } else { n };
    let (rows, validation) = hold_out(n, images, seed);
    let take = |rows: &[usize]| (take_rows(&data.train.x, rows), take_rows(&data.train.t, rows));
    let (x_train, t_train) = take(&rows[..validation.len()]); // as many as for validation
    let (x_val, t_val) = take(&validation);
    let seeds = if quick { 1 } else { SEEDS };
    println!(
        "{} images, {} epochs, {seeds} seeds; accuracy on {} held back, in %\n",
        thousands(rows.len()),
        setting.epochs,
        thousands(validation.len())
    );
    let mut progress = Progress::new(DROPOUTS.len() * (RATES.len() + WIDTHS.len()));
    let mut done = 0;
    // Accuracy without dropout, in %: the mean on training images, and mean and standard
    // deviation on validation images
    let mut evaluate = |hidden: usize, dropout: f64, rate: Float, seeds: u64| -> [f64; 3] {
        let setting = Setting { learning_rate: rate, dropout: Float::of(dropout), ..setting };
        let reached = (0..seeds).map(|k| {
            let mut rng = seeded(seed.wrapping_add(k));
            let mut parameters = initialise(hidden, &mut rng);
            let mut adam = parameters.each_ref().map(|w| Adam::new(w));
            train(data, &rows, &mut parameters, setting, &mut rng, |k, w, dw, i| {
                adam[k].step(w, dw, i, rate);
            });
            let logits = |x: &Array2<Float>| forward(x, parameters.each_ref(), None).1;
            (accuracy(&logits(&x_train), &t_train), accuracy(&logits(&x_val), &t_val))
        });
        let (on_train, on_val): (Vec<f64>, Vec<f64>) = reached.unzip();
        let (mean, deviation) = mean_and_deviation(&on_val);
        done += 1;
        let message = || format!("{hidden} units, {dropout} dropped, rate {rate}: {mean:.2} %");
        progress.at(done, message);
        [mean_and_deviation(&on_train).0, mean, deviation]
    };

    let mut table = format!(
        "| dropped |{}\n| ---: |{}\n",
        RATES.map(|rate| format!(" rate {rate} |")).concat(),
        " ---: |".repeat(RATES.len())
    );
    let mut cells = Vec::new();
    for dropout in DROPOUTS {
        table += &format!("| {dropout} |");
        for rate in RATES {
            let [_, mean, deviation] = evaluate(HIDDEN, dropout, Float::of(rate), seeds);
            table += &format!(" {mean:.2} ± {deviation:.2} |");
            cells.push([dropout, rate, mean, deviation]);
        }
        table += "\n";
    }
    println!("{table}");
    let best = cells.iter().map(|cell| cell[2]).fold(0.0, f64::max);
    files::save_csv(&out.join("rates.csv"), ["dropped", "rate", "accuracy", "deviation"], &cells)?;

    let mut table = String::from(
        "| hidden units | dropped | learnt | held back | between |\n\
         | ---: | ---: | ---: | ---: | ---: |\n",
    );
    let mut cells = Vec::new();
    for hidden in WIDTHS {
        for dropout in DROPOUTS {
            let [train, val, _] = evaluate(hidden, dropout, setting.learning_rate, 1);
            let gap = train - val;
            table += &format!("| {hidden} | {dropout} | {train:.2} | {val:.2} | {gap:.2} |\n");
            cells.push([hidden as f64, dropout, train, val]);
        }
    }
    progress.finish();
    println!("{table}");
    files::save_csv(&out.join("widths.csv"), ["hidden", "dropped", "learnt", "held_back"], &cells)?;
    println!("the tables are in {}", out.display());
    let summary = Summary::new("dropout-adam", data.name)
        .figure("best on images held back", best, "%", None)
        .with_peak_memory();
    println!("{summary}");
    Ok(())
}
