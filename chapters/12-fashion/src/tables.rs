//! What the lesson prints.

use std::fmt::Write;
use std::path::Path;

use common::{Result, files};

use crate::learnt::Epoch;
use crate::{Learnt, Reading};

/// Both trainings, epoch by epoch.
pub fn epochs(mlp: &Learnt, cnn: &Learnt) -> String {
    let mut text =
        String::from("epoch   MLP: loss  held back  seconds   CNN: loss  held back  seconds\n");
    for (k, (m, c)) in mlp.epochs.iter().zip(&cnn.epochs).enumerate() {
        let _ = writeln!(
            text,
            "{:>5} {:>11.4} {:>8.2} % {:>8.2} {:>11.4} {:>8.2} % {:>8.2}",
            k + 1,
            m.loss,
            m.held_back,
            m.seconds,
            c.loss,
            c.held_back,
            c.seconds
        );
    }
    text
}

/// The same as a file, and the seconds that went into building batches.
///
/// # Errors
/// If the file cannot be written.
pub fn save_epochs(path: &Path, mlp: &Learnt, cnn: &Learnt) -> Result {
    let of = |e: &Epoch| [e.loss, e.held_back, e.seconds, e.building];
    let rows = mlp.epochs.iter().zip(&cnn.epochs).enumerate().map(|(k, (m, c))| {
        let ([a, b, d, e], [f, g, h, i]) = (of(m), of(c));
        [k as f64 + 1.0, a, b, d, e, f, g, h, i]
    });
    let header = [
        "epoch",
        "mlp_loss",
        "mlp_held_back",
        "mlp_seconds",
        "mlp_building",
        "cnn_loss",
        "cnn_held_back",
        "cnn_seconds",
        "cnn_building",
    ];
    files::save_csv(path, header, &rows.collect::<Vec<_>>())
}

/// Loss and accuracy of both on each batch, as a file.
///
/// # Errors
/// If the file cannot be written.
pub fn save_steps(path: &Path, mlp: &Learnt, cnn: &Learnt) -> Result {
    let pairs = mlp.steps.iter().zip(&cnn.steps).zip(1..);
    let rows = pairs.map(|((m, c), i)| [f64::from(i), m.loss, m.accuracy, c.loss, c.accuracy]);
    let header = ["iteration", "mlp_loss", "mlp_accuracy", "cnn_loss", "cnn_accuracy"];
    files::save_csv(path, header, &rows.collect::<Vec<_>>())
}

/// What is right of each class, and what the CNN takes it for otherwise.
pub fn classes(names: &[&str], mlp: &Reading, cnn: &Reading) -> String {
    let mut text =
        String::from("of the test set right     MLP      CNN   the CNN's commonest mistake\n");
    for (k, name) in names.iter().enumerate() {
        let mistake = match cnn.taken_for(k) {
            Some((guess, count)) => format!("{count} read as {}", names[guess]),
            None => "none".to_owned(),
        };
        let _ = writeln!(
            text,
            "{name:<18} {:>8.2} % {:>6.2} %   {mistake}",
            mlp.of_class(k),
            cnn.of_class(k)
        );
    }
    let _ = writeln!(text, "{:<18} {:>8.2} % {:>6.2} %", "all", mlp.accuracy, cnn.accuracy);
    text
}

/// The same table, `class, mlp, cnn` in percent, as a file.
///
/// # Errors
/// If the file cannot be written.
pub fn save_classes(path: &Path, names: &[&str], mlp: &Reading, cnn: &Reading) -> Result {
    use std::io::Write;
    files::write(path, |file| {
        writeln!(file, "class,mlp,cnn")?;
        for (k, name) in names.iter().enumerate() {
            writeln!(file, "{name},{},{}", mlp.of_class(k), cnn.of_class(k))?;
        }
        Ok(())
    })
}

/// One way to convolve, and how long a step of the same training takes with it.
#[derive(Clone, Debug)]
pub struct Pace {
    /// Which way.
    pub name: String,
    /// Seconds of its fastest step.
    pub step: f64,
    /// Seconds of an epoch, and whether that was measured; else it is so many
    /// steps of `step`.
    pub epoch: (f64, bool),
}

impl Pace {
    /// A step in `step` seconds, an epoch in `epoch` seconds, measured or not.
    pub fn new(name: &str, step: f64, epoch: (f64, bool)) -> Pace {
        Pace { name: name.to_owned(), step, epoch }
    }
}

/// Every way to convolve beside the first.
pub fn paces(paces: &[Pace]) -> String {
    let mut text =
        String::from("convolution              ms a step   seconds an epoch      as fast\n");
    for Pace { name, step, epoch: (epoch, measured) } in paces {
        let how = if *measured { "measured " } else { "projected" };
        let _ = writeln!(
            text,
            "{name:<22} {:>11.1} {epoch:>8.1} {how} {:>9.1} x",
            1e3 * step,
            paces[0].step / step
        );
    }
    text
}
