//! The pictures of a training.

use std::path::Path;

use common::plot::{self, Curve, Image};
use common::{Float, Result, metric};
use datasets::Dataset;
use datasets::images::CLASSES;
use ndarray::{Array1, Axis};

use crate::training::Training;

/// Draws `loss`, `accuracy`, `wrong`, `confusion` and `filters` in `out`, from a training, its
/// guesses `(N,)` for the test set, and their accuracy in percent.
pub fn save(
    out: &Path,
    Training { network, log, .. }: &Training,
    data: &Dataset<Float>,
    (guesses, accuracy): (&Array1<usize>, f64),
) -> Result {
    let column = |k: usize| log.reports.iter().map(|row| (row[0], row[k])).collect::<Vec<_>>();
    plot::loss(&out.join("loss"), &[Curve::new("training", &column(1)).line_and_dots()])?;
    let curves = [
        Curve::new("training, all batches, with dropout", &column(2)).line_and_dots(),
        Curve::new("training, one batch of a report", &column(3)).dots(),
        Curve::level(format!("test set, without dropout: {accuracy:.2} %"), accuracy),
    ];
    plot::accuracy(&out.join("accuracy"), &curves)?;
    let test = &data.test;
    let wrong = (0..test.len()).filter(|&i| guesses[i] != test.labels[i]).take(50);
    let mistake = |i: usize| Image::predicted(test.x.row(i), test.labels[i], guesses[i]);
    let mistakes: Vec<Image> = wrong.map(mistake).collect();
    plot::digits(&out.join("wrong"), &mistakes, 10)?;
    let counts = metric::confusion(&test.labels, guesses, CLASSES);
    plot::confusion(&out.join("confusion"), &counts, &data.classes)?;
    let filters = network.w1.outer_iter().enumerate(); // (1, 4, 4)
    let filters: Vec<Image> =
        filters.map(|(f, w)| Image::new(w.index_axis(Axis(0), 0), f.to_string())).collect();
    plot::filters(&out.join("filters"), &filters, 10)
}
