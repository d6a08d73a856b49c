//! The pictures.

use std::path::Path;

use common::plot::{self, Chart, Curve, Image};
use common::{Real, Result};
use datasets::Split;

use crate::history::{Epoch, History};
use crate::predictions::Predictions;

const MISTAKES: usize = 20;
const MISTAKES_IN_A_ROW: usize = 5; // their titles are long
const IMAGES_OF_A_CLASS: usize = 10;

/// Draws the first images of each class, a row a class, as `classes` in `out`.
pub fn classes<F: Real>(out: &Path, images: &Split<F>, names: &[&str]) -> Result {
    let mut sheet = Vec::new();
    for (k, &name) in names.iter().enumerate() {
        let of_class = (0..images.len()).filter(|&i| images.labels[i] == k);
        sheet.extend(of_class.take(IMAGES_OF_A_CLASS).map(|i| Image::new(images.x.row(i), name)));
    }
    plot::digits(&out.join("classes"), &sheet, IMAGES_OF_A_CLASS)
}

/// Draws the confusion matrix of `network` and its mistakes with the highest probability, as
/// `confusion-` and `mistakes-network` in `out`.
pub fn predictions<F: Real>(
    out: &Path,
    network: &str,
    predictions: &Predictions,
    images: &Split<F>,
    names: &[&str],
) -> Result {
    let confusion = out.join(format!("confusion-{network}"));
    plot::confusion(&confusion, &predictions.confusion, names)?;
    let mistakes = predictions.mistakes.iter().take(MISTAKES).map(|m| {
        let (label, guess) = (names[m.label], names[m.guess]);
        let title = format!("{label} read as {guess}, {:.1} %", 100.0 * m.probability);
        Image::new(images.x.row(m.image), title).wrong()
    });
    let stem = out.join(format!("mistakes-{network}"));
    plot::digits(&stem, &mistakes.collect::<Vec<_>>(), MISTAKES_IN_A_ROW)
}

/// Draws the validation accuracy against epochs and against seconds, `accuracy` and `time` in
/// `out`, and the losses of the batches, `loss`. An epoch of the CNN in naive convolution
/// takes `naive_epoch` seconds.
pub fn histories(out: &Path, mlp: &History, cnn: &History, naive_epoch: f64) -> Result {
    // A point at the end of each epoch, from the length of each.
    let points = |history: &History, length: &dyn Fn(&Epoch) -> f64| -> Vec<(f64, f64)> {
        let ends = history.epochs.iter().scan(0.0, |x, epoch| {
            *x += length(epoch);
            Some(*x)
        });
        ends.zip(&history.epochs).map(|(x, epoch)| (x, epoch.validation)).collect()
    };
    let chart = Chart::new("Images held back", "epochs", "right (%)");
    let curves = [
        Curve::new("MLP", &points(mlp, &|_| 1.0)).line_and_dots(),
        Curve::new("CNN", &points(cnn, &|_| 1.0)).line_and_dots(),
    ];
    plot::curves(&out.join("accuracy"), &chart, &curves)?;

    // Naive convolution computes the same as the fast one, only later.
    let naive = points(cnn, &|_| naive_epoch);
    let chart = Chart::new("Images held back", "seconds of training", "right (%)").log_x();
    let curves = [
        Curve::new("MLP", &points(mlp, &|epoch| epoch.seconds)).line_and_dots(),
        Curve::new("CNN, fast convolution", &points(cnn, &|epoch| epoch.seconds)).line_and_dots(),
        Curve::new("CNN, naive convolution", &naive).line_and_dots().dashed(),
    ];
    plot::curves(&out.join("time"), &chart, &curves)?;

    let losses = |history: &History| -> Vec<(f64, f64)> {
        history.steps.iter().enumerate().map(|(k, step)| (k as f64 + 1.0, step.loss)).collect()
    };
    let curves = [
        Curve::new("MLP", &losses(mlp)).faint().smoothed(100),
        Curve::new("CNN", &losses(cnn)).faint().smoothed(100),
    ];
    plot::curves(&out.join("loss"), &Chart::loss("Loss of the batches").log_y(), &curves)
}
