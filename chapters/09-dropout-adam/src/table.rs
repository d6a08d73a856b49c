//! Five runs beside the article's.

use std::fmt::Write as _;

use common::metric::mean_and_deviation;
use common::{Real, accuracy};
use ndarray::{Array2, ArrayRef2, Axis};

use crate::network::Four;

/// Seconds and test accuracy (in %) of the article's five runs in Flux.
pub const FLUX: [(f64, f64); 5] = [(9.2, 96.6), (9.2, 96.5), (9.6, 96.8), (9.9, 96.6), (9.4, 96.9)];
/// The same in TensorFlow.
pub const TENSORFLOW: [(f64, f64); 5] =
    [(31.7, 96.2), (31.5, 96.6), (33.3, 96.3), (31.6, 96.7), (31.7, 96.0)];

/// A training that has ended.
pub struct Run<F> {
    /// What it took, without loading and testing.
    pub seconds: f64,
    /// Accuracy on the test set, in percent.
    pub reached: f64,
    /// A row `[iteration, loss, accuracy]` for each batch.
    pub curve: Vec<[f64; 3]>,
    /// What it has learnt.
    pub parameters: Four<F>,
    /// The logits of the test set, `(N, 10)`.
    pub z: Array2<F>,
}

/// Times and accuracies of `runs`, a line each, beside the article's, with mean
/// and standard deviation; the first run also with the `loading` before it.
pub fn of<F>(runs: &[Run<F>], loading: f64) -> String {
    let ours: Vec<(f64, f64)> = runs.iter().map(|run| (run.seconds, run.reached)).collect();
    let columns = [&FLUX[..], &TENSORFLOW[..], &ours[..]];
    let mut table = String::from(
        "              training, s               test accuracy, %\n\
         run      Flux   TensorFlow    ours     Flux   TensorFlow    ours\n",
    );
    let cell = |v: Option<f64>, width: usize, digits: usize| match v {
        Some(v) => format!("{v:width$.digits$}"),
        None => format!("{:>width$}", ""),
    };
    let mut line = |name: &str, seconds: [Option<f64>; 3], right: [Option<f64>; 3], more: usize| {
        let mut line = format!("{name:<6}");
        for (k, width) in [7, 13, 8].into_iter().enumerate() {
            line += &cell(seconds[k], width, if k == 2 { 3 } else { 1 + more });
        }
        for (k, width) in [9, 13, 8].into_iter().enumerate() {
            line += &cell(right[k], width, if k == 2 { 2 } else { 1 + more });
        }
        let _ = writeln!(table, "{}", line.trim_end());
    };
    for k in 0..runs.len().max(FLUX.len()) {
        let of = |pick: fn(&(f64, f64)) -> f64| columns.map(|column| column.get(k).map(pick));
        line(&(k + 1).to_string(), of(|run| run.0), of(|run| run.1), 0);
    }
    let of = |pick: fn(&(f64, f64)) -> f64| {
        columns.map(|column| mean_and_deviation(&column.iter().map(pick).collect::<Vec<_>>()))
    };
    let (seconds, right) = (of(|run| run.0), of(|run| run.1));
    line("mean", seconds.map(|v| Some(v.0)), right.map(|v| Some(v.0)), 1);
    line("±", seconds.map(|v| Some(v.1)), right.map(|v| Some(v.1)), 1);
    let (flux, tensorflow) = (seconds[0].0, seconds[1].0);
    let _ = writeln!(table, "\nTensorFlow / Flux, the article's: {:.2}", tensorflow / flux);
    let _ = writeln!(
        table,
        "ours, cold: {:.3} s to load and {:.3} s for the first run",
        loading, runs[0].seconds
    );
    if let Some(warm) = runs.get(1..).filter(|warm| !warm.is_empty()) {
        let (mean, deviation) =
            mean_and_deviation(&warm.iter().map(|run| run.seconds).collect::<Vec<_>>());
        let _ = writeln!(table, "ours, warm: {mean:.3} ± {deviation:.3} s for each of the others");
    }
    table
}

/// The accuracy of logits `z (N, 10)` and targets `t (N, 10)` as the mean of the
/// accuracies of batches, which counts each example of a short last batch for
/// several, beside the true one. In percent.
///
/// # Panics
/// If the shapes differ, or `batch_size` is 0.
pub fn of_batches<F: Real>(z: &ArrayRef2<F>, t: &ArrayRef2<F>, batch_size: usize) -> String {
    let (mean, truth) = (mean_of_batches(z, t, batch_size), accuracy(z, t));
    let last = match z.nrows() % batch_size {
        0 => batch_size.min(z.nrows()),
        rest => rest,
    };
    format!(
        "test accuracy of the last run: {truth:.3} %; as a mean of batches of {batch_size}, \
         the last of {last}: {mean:.3} %\n"
    )
}

/// The mean of the accuracies of batches of `batch_size`, the last maybe shorter.
///
/// # Panics
/// If the shapes differ, or `batch_size` is 0.
pub fn mean_of_batches<F: Real>(z: &ArrayRef2<F>, t: &ArrayRef2<F>, batch_size: usize) -> f64 {
    let batches =
        z.axis_chunks_iter(Axis(0), batch_size).zip(t.axis_chunks_iter(Axis(0), batch_size));
    let each: Vec<f64> = batches.map(|(z, t)| accuracy(&z, &t)).collect();
    mean_and_deviation(&each).0
}

/// A row `[run, seconds, accuracy]` for each run.
pub fn rows<F>(runs: &[Run<F>]) -> Vec<[f64; 3]> {
    (1..).zip(runs).map(|(k, run)| [f64::from(k), run.seconds, run.reached]).collect()
}

/// The mean of something over all runs.
pub fn mean<F>(runs: &[Run<F>], of: impl Fn(&Run<F>) -> f64) -> f64 {
    runs.iter().map(of).sum::<f64>() / runs.len() as f64
}
