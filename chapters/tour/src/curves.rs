//! What the chapters' curves hold, read back from their CSV files.

use std::collections::HashMap;
use std::path::Path;

use common::program::{Figure, thousands};
use common::{Error, Result, files};

/// A line `(x, y)`.
pub type Line = Vec<(f64, f64)>;

/// Accuracy (%) over the training batches against iterations, from the
/// `curve.csv` of chapters 01 and 02; each point the mean of `block` batches,
/// for a single one is coarse.
///
/// # Errors
/// If the file is missing or not such a table.
pub fn training(folder: &Path, block: usize) -> Result<Line> {
    let rows = read(&folder.join("curve.csv"), ["iteration", "accuracy"])?;
    Ok(rows
        .chunks_exact(block)
        .map(|rows| {
            let mean = |k: usize| rows.iter().map(|row| row[k]).sum::<f64>() / block as f64;
            (mean(0), mean(1))
        })
        .collect())
}

/// The hidden units of a network in chapter 03's table: none is 0.
type Hidden = f64;

const RATE: f64 = 0.001; // at which chapter 03 asks how long

/// Test accuracy (%) against iterations at the learning rate 0.001, from the
/// `curves.csv` of chapter 03. Empty if there is no such curve.
///
/// # Errors
/// If the file is missing or not such a table.
pub fn test(folder: &Path, hidden: Hidden) -> Result<Line> {
    let rows = read(&folder.join("curves.csv"), COLUMNS)?;
    let mut line: Line = rows
        .iter()
        .filter(|row| row[0] == hidden && same(row[1], RATE) && row[3].is_nan())
        .map(|row| (row[2], row[4]))
        .collect();
    // Two studies of the chapter may train the same network: the same points.
    line.sort_by(|a, b| a.0.total_cmp(&b.0));
    line.dedup_by_key(|point| point.0);
    Ok(line)
}

/// What chapter 03's networks reach on the test set at each learning rate, and
/// what the article saw there.
///
/// # Errors
/// If `curves.csv` is missing in `folder` or not such a table.
pub fn rates(folder: &Path) -> Result<Vec<Figure>> {
    let rows = read(&folder.join("curves.csv"), COLUMNS)?;
    let mut figures: Vec<(Hidden, f64, Figure)> = Vec::new();
    // Only the study of rates holds images back for validation. Its rows go
    // on from iteration to iteration, so the last one of a run stays.
    for [hidden, rate, iteration, validation, test] in rows {
        if validation.is_nan() {
            continue;
        }
        let network = if hidden == 0.0 { "simple" } else { "hidden" };
        let iteration = thousands(iteration as usize);
        let figure = Figure {
            name: format!("{network} at rate {} after {iteration}", rate as f32),
            value: test,
            unit: "%".to_owned(),
            article: seen_at(rate).map(str::to_owned),
        };
        match figures.iter_mut().find(|f| f.0 == hidden && f.1 == rate) {
            Some(last) => last.2 = figure,
            None => figures.push((hidden, rate, figure)),
        }
    }
    Ok(figures.into_iter().map(|(_, _, figure)| figure).collect())
}

/// In the article, after 200,000 iterations.
fn seen_at(rate: f64) -> Option<&'static str> {
    if same(rate, 0.01) {
        Some("the same ceiling, in a curve that breaks")
    } else {
        (rate > RATE * 1.5).then_some("the same ceiling, sooner")
    }
}

/// Rates went through f32.
fn same(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-6 * b
}

const COLUMNS: [&str; 5] = ["hidden", "learning_rate", "iteration", "validation", "test"];

/// The columns called `names` of the table of numbers in `path`.
fn read<const N: usize>(path: &Path, names: [&str; N]) -> Result<Vec<[f64; N]>> {
    let strange = || {
        Error::at(
            path,
            format!(
                "is not a table of numbers with the columns {}; run the chapter again",
                names.join(", ")
            ),
        )
    };
    let text = std::fs::read(path).map_err(|error| files::io_error(path, &error))?;
    let mut table = csv::Reader::from_reader(&text[..]);
    let places: HashMap<String, usize> = table
        .headers()
        .map_err(|_| strange())?
        .iter()
        .enumerate()
        .map(|(place, name)| (name.to_owned(), place))
        .collect();
    let mut rows = Vec::new();
    for record in table.records() {
        let record = record.map_err(|_| strange())?;
        let mut row = [0.0; N];
        for (value, name) in row.iter_mut().zip(names) {
            let place = *places.get(name).ok_or_else(strange)?;
            let text = record.get(place).ok_or_else(strange)?;
            *value = text.parse().map_err(|_| strange())?;
        }
        rows.push(row);
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder_with(name: &str, text: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(name), text).unwrap();
        folder
    }

    #[test]
    fn a_training_curve_is_averaged_block_by_block() {
        let text = "iteration,loss,accuracy\n1,9,10\n2,8,20\n3,7,60\n4,6,80\n5,5,90\n";
        let folder = folder_with("curve.csv", text);
        let line = training(folder.path(), 2).unwrap();
        assert_eq!(line, [(1.5, 15.0), (3.5, 70.0)]);
    }

    const STUDIES: &str = "\
hidden,learning_rate,iteration,loss,train,validation,test
0,0.0010000000474974513,1000,1,80,NaN,81
0,0.0010000000474974513,2000,1,80,NaN,83
100,0.0010000000474974513,1000,1,80,NaN,82
0,0.0010000000474974513,1000,1,80,79,78
0,0.0010000000474974513,2000,1,80,80,79
100,0.009999999776482582,1000,1,80,90,91
100,0.009999999776482582,2000,1,80,91,92
100,0.0010000000474974513,1000,1,80,NaN,82
";

    #[test]
    fn a_test_curve_holds_every_point_once_and_none_of_the_other_studies() {
        let folder = folder_with("curves.csv", STUDIES);
        let line = test(folder.path(), 0.0).unwrap();
        assert_eq!(line, [(1000.0, 81.0), (2000.0, 83.0)]);
        assert_eq!(test(folder.path(), 100.0).unwrap(), [(1000.0, 82.0)]);
        assert_eq!(test(folder.path(), 20.0).unwrap(), []);
    }

    #[test]
    fn the_last_test_accuracy_at_each_rate_is_a_figure() {
        let folder = folder_with("curves.csv", STUDIES);
        let figures = rates(folder.path()).unwrap();
        let texts: Vec<_> =
            figures.iter().map(|f| (f.name.as_str(), f.value, f.article.as_deref())).collect();
        assert_eq!(
            texts,
            [
                ("simple at rate 0.001 after 2,000", 79.0, None),
                (
                    "hidden at rate 0.01 after 2,000",
                    92.0,
                    Some("the same ceiling, in a curve that breaks")
                ),
            ]
        );
    }

    #[test]
    fn another_table_is_refused_by_its_name() {
        let folder = folder_with("curve.csv", "a,b\n1,2\n");
        let error = training(folder.path(), 1).unwrap_err().to_string();
        assert!(error.contains("curve.csv: is not a table"), "{error}");
    }
}
