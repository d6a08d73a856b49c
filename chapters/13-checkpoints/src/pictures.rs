//! What is left of a training to look at.

use std::path::Path;

use common::plot::{self, Curve, Image};
use common::{Float, Result, metric};
use datasets::Dataset;
use ndarray::Array1;

use crate::network::{CLASSES, Network};

/// How training went, `loss` and `accuracy` in `out`: a row of `reports` is `[step,
/// loss, accuracy, accuracy of one batch]`, `test` what the test set came to, all
/// in percent.
///
/// # Errors
/// If a picture cannot be written.
pub fn training(out: &Path, reports: &[[f64; 4]], test: f64) -> Result {
    let column = |k: usize| reports.iter().map(|row| (row[0], row[k])).collect::<Vec<_>>();
    plot::loss(&out.join("loss"), &[Curve::new("training", &column(1)).line_and_dots()])?;
    let curves = [
        Curve::new("training, all batches, with dropout", &column(2)).line_and_dots(),
        Curve::new("training, one batch of a report", &column(3)).dots(),
        Curve::level(format!("test set, without dropout: {test:.2} %"), test),
    ];
    plot::accuracy(&out.join("accuracy"), &curves)
}

/// What became of it: `wrong`, `confusion` and `filters` in `out`, from what the
/// test set was read as, `guesses (N,)`.
///
/// # Errors
/// If a picture cannot be written.
pub fn tested(
    out: &Path,
    network: &Network<Float>,
    data: &Dataset<Float>,
    guesses: &Array1<usize>,
) -> Result {
    let test = &data.test;
    let mistakes: Vec<Image> = (0..test.len())
        .filter(|&i| guesses[i] != test.labels[i])
        .take(50)
        .map(|i| Image::predicted(test.x.row(i), test.labels[i], guesses[i]))
        .collect();
    plot::digits(&out.join("wrong"), &mistakes, 10)?;
    let counts = metric::confusion(&test.labels, guesses, CLASSES);
    plot::confusion(&out.join("confusion"), &counts, &data.classes)?;
    let filters = network.w1.outer_iter().enumerate(); // (1, 4, 4)
    let filters: Vec<Image> = filters
        .map(|(f, w)| Image::new(w.index_axis(ndarray::Axis(0), 0), f.to_string()))
        .collect();
    plot::filters(&out.join("filters"), &filters, 10)
}
