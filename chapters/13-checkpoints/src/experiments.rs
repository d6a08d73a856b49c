//! Experiments after the training, each behind a flag: initial weights and dropout
//! (`--table`), batch size (`--batches`), and the article's list (`--improved`).

use std::path::Path;
use std::time::Instant;

use common::plot::{self, Chart, Curve};
use common::program::{Summary, interrupt, thousands};
use common::{Error, Float, Real, Result, files};
use datasets::{Dataset, Split};
use rayon::prelude::*;

use crate::args::Train;
use crate::improvements;
use crate::inference::evaluate;
use crate::network::{Network, Start};
use crate::symmetry::{distinct_units, largest_difference, rank};
use crate::training::{DataInfo, Settings, Training};

const STARTS: [(&str, Start); 2] = [("zero start", Start::Zero), ("random start", Start::Random)];
/// No dropout; the article's program; the article's words, by which 0.2 and 0.5 are dropped.
const KEEPS: [(&str, [f64; 2]); 3] =
    [("no dropout", [1.0, 1.0]), ("keeps 0.2, 0.5", [0.2, 0.5]), ("drops 0.2, 0.5", [0.8, 0.5])];

const IMAGES: usize = 6_000; // few, so that full batches make some steps
const EPOCHS: usize = 10;
const QUICK_EPOCHS: usize = 2;
const POINTS: usize = 12; // of a curve
/// Name, batch size (0: all images), learning rate. Adam moves a weight by about the rate
/// at a step, so a few steps at 0.001 cannot move it far.
const BATCH_SIZES: [(&str, usize, f64); 4] = [
    ("online, 1", 1, 0.001),
    ("mini-batch, 32", 32, 0.001),
    ("batch, all", 0, 0.001),
    ("batch, all, 30 times the rate", 0, 0.03),
];

/// Runs the experiments that the flags ask for; adds their figures to `summary`. Fails if a
/// parameter becomes NaN, after Ctrl-C, or if a file cannot be written.
pub fn run(
    args: &Train,
    data: &Dataset<Float>,
    settings: &Settings,
    out: &Path,
    mut summary: Summary,
) -> Result<Summary> {
    if args.table {
        summary = starts(data, settings, out, summary)?;
    }
    if args.batches {
        batch_sizes(data, settings.seed, out, args.flags.quick)?;
    }
    if args.improved {
        let (accuracy, seconds) = improvements::run(data, settings, out)?;
        summary = summary
            .figure("improved accuracy", accuracy, "%", Some("99 % and more, a promise"))
            .figure("improved training", seconds, "s", None);
    }
    Ok(summary)
}

/// Zero and random initial weights, each without dropout, as the article, and as its words:
/// a table, `table.csv` in `out`, and the accuracies in `summary`.
fn starts(
    data: &Dataset<Float>,
    settings: &Settings,
    out: &Path,
    mut summary: Summary,
) -> Result<Summary> {
    let pairs: Vec<_> = STARTS.iter().flat_map(|s| KEEPS.iter().map(move |k| (s, k))).collect();
    let rows = pairs.par_iter().map(|&(&(_, start), &(_, keep))| {
        let settings = Settings { start, keep, ..settings.clone() };
        let network = train(&settings, &data.train, data.train.len(), |_, _| {})?;
        let (_, accuracy) = evaluate(&network.logits(&data.test.x), &data.test);
        let w2 = &network.w2; // (160, 40), a column for each hidden unit
        let (distinct, rank) = (distinct_units(w2) as f64, rank(w2) as f64);
        let random_start = f64::from(start == Start::Random);
        Ok([random_start, keep[0], keep[1], accuracy, largest_difference(w2), distinct, rank])
    });
    let rows: Vec<[f64; 7]> = rows.collect::<Result<_>>()?;
    println!("\n{:30} accuracy   spread of   different   rank", "");
    println!("{:30}            the units   units", "");
    for (((start, _), (keep, _)), row) in pairs.iter().zip(&rows) {
        let name = format!("{start}, {keep}");
        let [.., accuracy, difference, distinct, rank] = row;
        println!("{name:30} {accuracy:6.2} %   {difference:9.4}   {distinct:9}   {rank:4}");
        summary = summary.figure(&name, *accuracy, "%", None);
    }
    let header = ["random_start", "keep_1", "keep_2", "accuracy", "spread", "different", "rank"];
    files::save_csv(&out.join("table.csv"), header, &rows)?;
    Ok(summary)
}

/// Batch, mini-batch and online learning from the same images, each shown equally often:
/// a table, and `batches.csv`, `batches.svg` and `batches.png` in `out`.
fn batch_sizes(data: &Dataset<Float>, seed: u64, out: &Path, quick: bool) -> Result {
    let images = IMAGES.min(data.train.len());
    let test = |network: &Network<Float>| evaluate(&network.logits(&data.test.x), &data.test);
    let epochs = if quick { QUICK_EPOCHS } else { EPOCHS };
    let results = BATCH_SIZES.par_iter().map(|&(_, size, learning_rate)| {
        let batch_size = if size == 0 { images } else { size };
        let steps = epochs * images.div_ceil(batch_size);
        let (start, keep, every) = (Start::Random, [1.0, 1.0], steps); // no dropout, no reports
        let settings = Settings { seed, start, keep, batch_size, learning_rate, every, steps };
        let shown = |i: usize| (i * batch_size).min(epochs * images); // images after step i
        // Points at equal distances on a logarithmic axis, and the first and last step.
        let share = |i: usize| shown(i) as f64 / (epochs * images) as f64;
        let point = |i: usize| (POINTS as f64 * (1.0 + share(i).log10() / 4.0)).floor();
        let is_due = |i: usize| i == steps || i == 1 || point(i) > point(i - 1);
        let (mut points, mut seconds, mut start) = (Vec::new(), 0.0, Instant::now());
        let network = train(&settings, &data.train, images, |i, network| {
            if is_due(i) {
                seconds += start.elapsed().as_secs_f64();
                points.push((shown(i) as f64, test(network).1));
                start = Instant::now();
            }
        })?;
        Ok((steps, points, seconds, test(&network)))
    });
    let results: Vec<_> = results.collect::<Result<_>>()?;
    let count = thousands(images);
    println!("\n{count} images, each shown {epochs} times; the seconds are those of one thread");
    println!("{:32} steps   accuracy   cross-entropy   seconds", "images of a step");
    let (mut rows, mut curves) = (Vec::new(), Vec::new());
    for (run, (steps, points, seconds, (e, right))) in BATCH_SIZES.iter().zip(&results) {
        let (name, size, rate) = run;
        println!("{name:30} {:>7}   {right:6.2} %   {e:13.3}   {seconds:7.2}", thousands(*steps));
        rows.extend(points.iter().map(|p| [*size as f64, *rate, p.0, p.1]));
        curves.push(Curve::new(*name, points).line_and_dots());
    }
    files::save_csv(&out.join("batches.csv"), ["batch_size", "rate", "shown", "accuracy"], &rows)?;
    let chart = Chart::new("Images of a step", "images shown", "test accuracy (%)").log_x();
    plot::curves(&out.join("batches"), &chart.y_range(0.0, 100.0), &curves)
}

/// The lesson's loop without reports and checkpoints, on the first `images` images. With the
/// same settings it makes the same network, to the last bit.
fn train(
    settings: &Settings,
    train: &Split<Float>,
    images: usize,
    mut after_step: impl FnMut(usize, &Network<Float>),
) -> Result<Network<Float>> {
    let data = DataInfo { name: String::new(), images, sha256: String::new() };
    let mut run = Training::new(settings.clone(), data);
    for i in 1..=settings.steps {
        if interrupt::pressed() > 0 {
            return Err(Error::new("stopped; run the same command again for the comparisons"));
        }
        let (gradient, ..) = run.gradient(train);
        run.optimiser.step(&mut run.network, &gradient, i, Float::of(settings.learning_rate));
        after_step(i, &run.network);
    }
    if run.network.is_finite() { Ok(run.network) } else { Err(run.diverged(settings.steps)) }
}
