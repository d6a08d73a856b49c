//! Our runs beside the article's.

use common::metric::mean_and_deviation;
use common::{Real, accuracy};
use ndarray::{ArrayRef2, Axis};

/// Seconds of training and test accuracy (%) of the article's five runs.
const FLUX_SECONDS: [f64; 5] = [9.2, 9.2, 9.6, 9.9, 9.4];
const FLUX_ACCURACY: [f64; 5] = [96.6, 96.5, 96.8, 96.6, 96.9];
const TENSORFLOW_SECONDS: [f64; 5] = [31.7, 31.5, 33.3, 31.6, 31.7];
const TENSORFLOW_ACCURACY: [f64; 5] = [96.2, 96.6, 96.3, 96.7, 96.0];

/// A line for each of `runs`, `[run, seconds, accuracy in %]`, then mean and standard
/// deviation; `loading` is the seconds before the first run.
pub fn table(runs: &[[f64; 3]], loading: f64) -> String {
    let columns: [Vec<f64>; 6] = [
        FLUX_SECONDS.to_vec(),
        TENSORFLOW_SECONDS.to_vec(),
        runs.iter().map(|run| run[1]).collect(),
        FLUX_ACCURACY.to_vec(),
        TENSORFLOW_ACCURACY.to_vec(),
        runs.iter().map(|run| run[2]).collect(),
    ];
    let line = |name: &str, values: [Option<f64>; 6], digits: usize| {
        let formats = [(7, digits), (13, digits), (8, 3), (9, digits), (13, digits), (8, 2)];
        let mut line = format!("{name:<6}");
        for (value, (width, digits)) in values.into_iter().zip(formats) {
            line += &value.map_or(" ".repeat(width), |v| format!("{v:width$.digits$}"));
        }
        line.trim_end().to_owned() + "\n"
    };
    let mut table = String::from(
        "              training, s               test accuracy, %\n\
         run      Flux   TensorFlow    ours     Flux   TensorFlow    ours\n",
    );
    for k in 0..runs.len().max(FLUX_SECONDS.len()) {
        table += &line(&(k + 1).to_string(), columns.each_ref().map(|c| c.get(k).copied()), 1);
    }
    let stats = columns.each_ref().map(|column| mean_and_deviation(column));
    table += &line("mean", stats.map(|(mean, _)| Some(mean)), 2);
    table += &line("±", stats.map(|(_, deviation)| Some(deviation)), 2);
    let ratio = stats[1].0 / stats[0].0;
    table += &format!("\nTensorFlow / Flux, the article's: {ratio:.2}\n");
    let (first, others) = (columns[2][0], &columns[2][1..]);
    table += &format!("ours, cold: {loading:.3} s to load and {first:.3} s for the first run\n");
    if !others.is_empty() {
        let (mean, deviation) = mean_and_deviation(others);
        table += &format!("ours, warm: {mean:.3} ± {deviation:.3} s for each of the others\n");
    }
    table
}

/// The mean of the accuracies of batches of `batch_size`, in percent: too much weight on
/// the examples of a shorter last batch. Logits `z (N, 10)`, targets `t (N, 10)`.
/// Panics if the shapes differ, or `batch_size` is 0.
pub fn mean_of_batches<F: Real>(z: &ArrayRef2<F>, t: &ArrayRef2<F>, batch_size: usize) -> f64 {
    let batches = |a| ArrayRef2::axis_chunks_iter(a, Axis(0), batch_size);
    let each: Vec<f64> = batches(z).zip(batches(t)).map(|(z, t)| accuracy(&z, &t)).collect();
    mean_and_deviation(&each).0
}
