//! What the article does not say: learning rate and dropout, chosen on training
//! images that are held back; and what dropout does to networks of other sizes.

use std::fmt::Write as _;
use std::path::Path;

use common::batch::{shuffled_batches, take_rows};
use common::files;
use common::metric::mean_and_deviation;
use common::program::{Progress, Summary, thousands};
use common::{Float, Real, Result, accuracy, seeded};
use datasets::Dataset;
use ndarray::Array2;

use crate::adam::Adam;
use crate::dropout::mask;
use crate::network::{HIDDEN, backward, forward, start};

const RATES: [f64; 4] = [0.001, 0.002, 0.003, 0.004];
const SHARES: [f64; 5] = [0.0, 0.05, 0.1, 0.2, 0.5]; // that are dropped
const SEEDS: u64 = 3;
const QUICK_IMAGES: usize = 5_000;

const WIDTHS: [usize; 2] = [HIDDEN, 4 * HIDDEN]; // numbers of hidden units

/// How a network learns.
#[derive(Clone, Copy)]
pub struct Setting {
    /// Times that every image is shown.
    pub epochs: usize,
    /// Images in a batch.
    pub batch_size: usize,
    /// Adam's.
    pub learning_rate: Float,
    /// The share of hidden units that is dropped.
    pub dropout: Float,
}

/// Images to learn from and images held back, as a part of a training set.
struct Split<'a> {
    data: &'a Dataset<Float>,
    learnt: Vec<usize>,
    x_seen: Array2<Float>, // as many of the learnt as are held back, to be compared
    t_seen: Array2<Float>,
    x_held: Array2<Float>,
    t_held: Array2<Float>,
}

/// Both tables, `rates.csv` and `widths.csv` in `out`, from a sixth of the
/// training images held back.
///
/// # Errors
/// If a file cannot be written.
pub fn run(data: &Dataset<Float>, out: &Path, seed: u64, quick: bool, setting: Setting) -> Result {
    let mut order =
        shuffled_batches(data.train.len(), data.train.len(), &mut seeded(seed)).concat();
    order.truncate(if quick { QUICK_IMAGES } else { order.len() });
    let learnt = order.split_off(order.len() / 6);
    let seen = &learnt[..order.len()];
    let split = Split {
        data,
        x_seen: take_rows(&data.train.x, seen),
        t_seen: take_rows(&data.train.t, seen),
        x_held: take_rows(&data.train.x, &order),
        t_held: take_rows(&data.train.t, &order),
        learnt,
    };
    let seeds = if quick { 1 } else { SEEDS };
    let mut progress = Progress::new(SHARES.len() * RATES.len() + WIDTHS.len() * SHARES.len());
    println!(
        "{} images, {} epochs, {seeds} seeds; accuracy on {} held back, in %\n",
        thousands(split.learnt.len()),
        setting.epochs,
        thousands(order.len())
    );
    let mut table = String::from("| dropped |");
    RATES.iter().for_each(|rate| table += &format!(" rate {rate} |"));
    table += &format!("\n| ---: |{}\n", " ---: |".repeat(RATES.len()));
    let (mut rows, mut done) = (Vec::new(), 0);
    for dropout in SHARES {
        let _ = write!(table, "| {dropout} |");
        for rate in RATES {
            let setting =
                Setting { learning_rate: Float::of(rate), dropout: Float::of(dropout), ..setting };
            let held: Vec<f64> =
                (0..seeds).map(|s| learn(&split, HIDDEN, setting, seed + s).1).collect();
            let (mean, deviation) = mean_and_deviation(&held);
            let _ = write!(table, " {mean:.2} ± {deviation:.2} |");
            rows.push([dropout, rate, mean, deviation]);
            done += 1;
            progress.at(done, || format!("rate {rate}, {dropout} dropped: {mean:.2} %"));
        }
        table.push('\n');
    }
    println!("{table}");
    let best = rows.iter().map(|row| row[2]).fold(0.0, f64::max);
    files::save_csv(&out.join("rates.csv"), ["dropped", "rate", "accuracy", "deviation"], &rows)?;

    let mut table = String::from("| hidden units | dropped | learnt | held back | between |\n");
    table += "| ---: | ---: | ---: | ---: | ---: |\n";
    let mut rows = Vec::new();
    for units in WIDTHS {
        for dropout in SHARES {
            let (learnt, held) =
                learn(&split, units, Setting { dropout: Float::of(dropout), ..setting }, seed);
            let _ = writeln!(
                table,
                "| {units} | {dropout} | {learnt:.2} | {held:.2} | {:.2} |",
                learnt - held
            );
            rows.push([units as f64, dropout, learnt, held]);
            done += 1;
            progress.at(done, || format!("{units} units, {dropout} dropped: {held:.2} %"));
        }
    }
    progress.finish();
    println!("{table}");
    files::save_csv(&out.join("widths.csv"), ["hidden", "dropped", "learnt", "held_back"], &rows)?;
    println!("the tables are in {}", out.display());
    let summary = Summary::new("dropout-adam", data.name)
        .figure("best on images held back", best, "%", None)
        .with_peak_memory();
    println!("{summary}");
    Ok(())
}

/// Trains a network with `hidden` units; the accuracy without dropout on images
/// that were learnt and on those held back, in percent.
fn learn(split: &Split, hidden: usize, setting: Setting, seed: u64) -> (f64, f64) {
    let mut rng = seeded(seed);
    let (mut w1, mut b1, mut w2, mut b2) = start(hidden, &mut rng);
    let mut adam_w1 = Adam::new(&w1);
    let mut adam_b1 = Adam::new(&b1);
    let mut adam_w2 = Adam::new(&w2);
    let mut adam_b2 = Adam::new(&b2);
    let train = &split.data.train;
    let (mut i, rate) = (0, setting.learning_rate);
    for _ in 0..setting.epochs {
        for batch in shuffled_batches(split.learnt.len(), setting.batch_size, &mut rng) {
            i += 1;
            let rows: Vec<usize> = batch.iter().map(|&k| split.learnt[k]).collect();
            let (x, t) = (take_rows(&train.x, &rows), take_rows(&train.t, &rows)); // (N, 784), (N, 10)
            let m = mask((rows.len(), hidden), setting.dropout, &mut rng); // (N, H)
            let (h, z) = forward(&x, (&w1, &b1, &w2, &b2), Some(&m)); // (N, H), (N, 10)
            let (dw1, db1, dw2, db2) = backward(&x, &w2, &m, (&h, &z), &t);
            adam_w1.step(&mut w1, &dw1, i, rate);
            adam_b1.step(&mut b1, &db1, i, rate);
            adam_w2.step(&mut w2, &dw2, i, rate);
            adam_b2.step(&mut b2, &db2, i, rate);
        }
    }
    let parameters = (&*w1, &*b1, &*w2, &*b2);
    let right = |x: &Array2<Float>, t: &Array2<Float>| accuracy(&forward(x, parameters, None).1, t);
    (right(&split.x_seen, &split.t_seen), right(&split.x_held, &split.t_held))
}
