//! What there is to see: the clothes, the way to the accuracy, and the mistakes
//! that the networks were surest of, all with the names of their classes.

use std::path::Path;

use common::plot::{self, Chart, Curve, Image};
use common::{Real, Result};
use datasets::Split;

use crate::{Learnt, Reading};

/// Pictures in a row of a sheet of mistakes: titles are long.
const MISTAKES_IN_A_ROW: usize = 5;
/// How many mistakes are shown.
const MISTAKES: usize = 20;
/// How many images of each class are shown.
const OF_A_CLASS: usize = 10;

/// The first images of each class, a row a class, `classes.png` in `out`.
///
/// # Errors
/// If the picture cannot be written.
pub fn classes<F: Real>(out: &Path, images: &Split<F>, names: &[&str]) -> Result {
    let mut sheet = Vec::new();
    for (k, &name) in names.iter().enumerate() {
        let of_class = (0..images.len()).filter(|&i| images.labels[i] == k);
        sheet.extend(of_class.take(OF_A_CLASS).map(|i| Image::new(images.x.row(i), name)));
    }
    plot::digits(&out.join("classes"), &sheet, OF_A_CLASS)
}

/// The mistakes that a network was surest of, `stem`.png: what each is, what it
/// was read as, and with which probability.
///
/// # Errors
/// If the picture cannot be written.
pub fn mistakes<F: Real>(
    stem: &Path,
    reading: &Reading,
    images: &Split<F>,
    names: &[&str],
) -> Result {
    let title = |label: usize, guess: usize, certainty: f64| {
        format!("{} read as {}, {:.1} %", names[label], names[guess], 100.0 * certainty)
    };
    let surest = reading.mistakes.iter().take(MISTAKES);
    let sheet: Vec<Image> = surest
        .map(|m| Image::new(images.x.row(m.image), title(m.label, m.guess, m.certainty)).wrong())
        .collect();
    plot::digits(stem, &sheet, MISTAKES_IN_A_ROW)
}

/// Accuracy on the images held back against epochs and against seconds,
/// `accuracy` and `time` in `out`, and the losses of the batches, `loss`. `naive`
/// are the seconds that an epoch of the CNN takes with naive convolution.
///
/// # Errors
/// If a picture cannot be written.
pub fn trainings(out: &Path, mlp: &Learnt, cnn: &Learnt, naive: f64) -> Result {
    let by_epoch = |learnt: &Learnt| -> Vec<(f64, f64)> {
        let held_back = learnt.epochs.iter().map(|epoch| epoch.held_back);
        held_back.enumerate().map(|(k, right)| (k as f64 + 1.0, right)).collect()
    };
    let chart = Chart::new("Images held back", "epochs", "right (%)");
    let curves = [
        Curve::new("MLP", &by_epoch(mlp)).line_and_dots(),
        Curve::new("CNN", &by_epoch(cnn)).line_and_dots(),
    ];
    plot::curves(&out.join("accuracy"), &chart, &curves)?;

    let by_time = |learnt: &Learnt| -> Vec<(f64, f64)> {
        let seconds = learnt.epochs.iter().scan(0.0, |sum, epoch| {
            *sum += epoch.seconds;
            Some(*sum)
        });
        seconds.zip(&learnt.epochs).map(|(s, epoch)| (s, epoch.held_back)).collect()
    };
    // The same CNN, only later: naive and fast convolution compute the same.
    let later: Vec<(f64, f64)> =
        by_epoch(cnn).into_iter().map(|(epoch, right)| (epoch * naive, right)).collect();
    let chart = Chart::new("Images held back", "seconds of training", "right (%)").log_x();
    let curves = [
        Curve::new("MLP", &by_time(mlp)).line_and_dots(),
        Curve::new("CNN, fast convolution", &by_time(cnn)).line_and_dots(),
        Curve::new("CNN, naive convolution", &later).line_and_dots().dashed(),
    ];
    plot::curves(&out.join("time"), &chart, &curves)?;

    let losses = |learnt: &Learnt| -> Vec<(f64, f64)> {
        learnt.steps.iter().enumerate().map(|(k, step)| (k as f64 + 1.0, step.loss)).collect()
    };
    let curves = [
        Curve::new("MLP", &losses(mlp)).faint().smoothed(100),
        Curve::new("CNN", &losses(cnn)).faint().smoothed(100),
    ];
    plot::curves(&out.join("loss"), &Chart::loss("Loss of the batches").log_y(), &curves)
}
