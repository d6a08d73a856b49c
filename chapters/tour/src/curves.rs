//! Reads the curves that chapters 01 to 03 have saved as CSV.

use std::path::Path;

use common::program::{Figure, thousands};
use common::{Error, Result, files};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// The points `(x, y)` of a curve.
pub type Points = Vec<(f64, f64)>;

/// The learning rate of chapter 03's long runs.
const LEARNING_RATE: f64 = 0.001;

/// A row of `curve.csv` of chapters 01 and 02.
#[derive(Deserialize)]
struct TrainingRow {
    iteration: f64,
    accuracy: f64, // %
}

/// A row of `curves.csv` of chapter 03.
#[derive(Deserialize)]
struct StudyRow {
    hidden: f64, // neurons in the hidden layer; 0: no hidden layer
    learning_rate: f64,
    iteration: f64,
    validation: f64, // %; NaN if the run had no validation images
    test: f64,       // %
}

/// Accuracy (%) on the training batches against iterations, from `curve.csv` in
/// `folder`; each point is the mean of `block` batches.
/// Fails if the file is missing or another table.
pub fn training(folder: &Path, block: usize) -> Result<Points> {
    let rows: Vec<TrainingRow> = read(&folder.join("curve.csv"))?;
    let mean = |rows: &[TrainingRow], value: fn(&TrainingRow) -> f64| {
        rows.iter().map(value).sum::<f64>() / block as f64
    };
    let blocks = rows.chunks_exact(block);
    Ok(blocks.map(|rows| (mean(rows, |r| r.iteration), mean(rows, |r| r.accuracy))).collect())
}

/// Test accuracy (%) against iterations of a network with `hidden` neurons at
/// the learning rate 0.001, from `curves.csv` in `folder`. May be empty.
/// Fails if the file is missing or another table.
pub fn test(folder: &Path, hidden: f64) -> Result<Points> {
    let rows: Vec<StudyRow> = read(&folder.join("curves.csv"))?;
    let mut points: Points = rows
        .iter()
        .filter(|row| row.hidden == hidden && same_rate(row.learning_rate, LEARNING_RATE))
        .filter(|row| row.validation.is_nan())
        .map(|row| (row.iteration, row.test))
        .collect();
    // Two studies of the chapter may train the same network.
    points.sort_by(|a, b| a.0.total_cmp(&b.0));
    points.dedup_by_key(|point| point.0);
    Ok(points)
}

/// Test accuracy of chapter 03's networks at the end of the study of learning
/// rates, from its table `path`.
/// Fails if the file is missing or another table.
pub fn at_each_rate(path: &Path) -> Result<Vec<Figure>> {
    let mut rows: Vec<StudyRow> = read(path)?;
    rows.retain(|row| !row.validation.is_nan()); // only this study uses validation images
    // The rows of a run stand together, in the order of iterations.
    let runs = rows.chunk_by(|a, b| (a.hidden, a.learning_rate) == (b.hidden, b.learning_rate));
    let ends = runs.map(|run| &run[run.len() - 1]);
    let figures = ends.map(|&StudyRow { hidden, learning_rate, iteration, test, .. }| {
        let network = if hidden == 0.0 { "simple" } else { "hidden" };
        let iteration = thousands(iteration as usize);
        Figure {
            name: format!("{network} at rate {} after {iteration}", learning_rate as f32),
            value: test,
            unit: "%".to_owned(),
            article: published_at(learning_rate).map(str::to_owned),
        }
    });
    Ok(figures.collect())
}

/// What the article describes after 200,000 iterations.
fn published_at(rate: f64) -> Option<&'static str> {
    if same_rate(rate, 0.01) {
        Some("the same ceiling, in a curve that breaks")
    } else {
        (rate > LEARNING_RATE * 1.5).then_some("the same ceiling, sooner")
    }
}

/// The rates in the table were rounded to `f32`.
fn same_rate(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-6 * b
}

/// The rows of a CSV table with a header.
fn read<Row: DeserializeOwned>(path: &Path) -> Result<Vec<Row>> {
    let file = files::open(path).map_err(|error| files::io_error(path, &error))?;
    let rows: csv::Result<Vec<Row>> = csv::Reader::from_reader(file).into_deserialize().collect();
    rows.map_err(|error| {
        let fault = "is not a table that this chapter writes";
        Error::at(path, format!("{fault} ({error}); run the chapter again"))
    })
}
