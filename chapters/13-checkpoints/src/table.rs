//! Zero start and random start, with and without dropout.

use std::path::Path;

use common::files;
use common::program::Summary;
use common::{Float, Result};
use datasets::Dataset;
use rayon::prelude::*;

use crate::network::Start;
use crate::score::score;
use crate::study::{Setup, trained};
use crate::training::Settings;
use crate::units::{different, rank, spread};

/// No dropout; what the article does; what its words say: a rate is what is
/// dropped, and it writes 0.2 and 0.5.
const KEEPS: [(&str, [f64; 2]); 3] =
    [("no dropout", [1.0, 1.0]), ("keeps 0.2, 0.5", [0.2, 0.5]), ("drops 0.2, 0.5", [0.8, 0.5])];
const STARTS: [(&str, Start); 2] = [("zero start", Start::Zero), ("random start", Start::Random)];

/// Trains all six as long as `settings` says, prints the table and writes it as
/// `table.csv`; the summary with its figures.
///
/// # Errors
/// If a loss is no longer a number or the file cannot be written.
pub fn run(
    data: &Dataset<Float>,
    settings: &Settings,
    out: &Path,
    mut summary: Summary,
) -> Result<Summary> {
    let rows: Vec<(usize, usize)> = (0..2).flat_map(|s| (0..3).map(move |k| (s, k))).collect();
    let measured = rows.par_iter().map(|&(s, k)| {
        let Settings { batch_size, learning_rate, steps, seed, .. } = *settings;
        let (start, keep) = (STARTS[s].1, KEEPS[k].1);
        let setup = Setup { start, keep, batch_size, learning_rate, steps, seed };
        let w = trained(&setup, &data.train, data.train.len(), |_, _| {})?;
        let (_, reached) = score(&w, &data.test);
        Ok([
            s as f64,
            keep[0],
            keep[1],
            reached,
            spread(&w.w2),
            different(&w.w2) as f64,
            rank(&w.w2) as f64,
        ])
    });
    let measured: Vec<[f64; 7]> = measured.collect::<Result<_>>()?;
    println!("\n{:30} accuracy   spread of   different   rank", "");
    println!("{:30}            the units   units", "");
    for (&(s, k), row) in rows.iter().zip(&measured) {
        let name = format!("{}, {}", STARTS[s].0, KEEPS[k].0);
        let [.., reached, spread, different, rank] = row;
        println!("{name:30} {reached:6.2} %   {spread:9.4}   {different:9}   {rank:4}");
        summary = summary.figure(&name, *reached, "%", None);
    }
    let header = ["random_start", "keep_1", "keep_2", "accuracy", "spread", "different", "rank"];
    files::save_csv(&out.join("table.csv"), header, &measured)?;
    Ok(summary)
}
