//! The tables, on the screen and as `.csv` files.

use std::io::Write;
use std::path::Path;

use common::{Result, files};

use crate::history::{Epoch, History};
use crate::predictions::Predictions;

/// Prints both trainings, epoch by epoch.
pub fn print_epochs(mlp: &History, cnn: &History) {
    println!("\nepoch   MLP: loss  held back  seconds   CNN: loss  held back  seconds");
    let columns =
        |e: &Epoch| format!("{:>11.4} {:>8.2} % {:>8.2}", e.loss, e.validation, e.seconds);
    for (k, (m, c)) in mlp.epochs.iter().zip(&cnn.epochs).enumerate() {
        println!("{:>5} {} {}", k + 1, columns(m), columns(c));
    }
    let (m, c) = (mlp.batching_share(), cnn.batching_share());
    println!("\nbuilding batches took {m:.1} % of the MLP's time and {c:.1} % of the CNN's");
}

/// Writes every epoch as `epochs.csv` and every step as `curve.csv` in `out`.
pub fn save_histories(out: &Path, mlp: &History, cnn: &History) -> Result {
    files::write(&out.join("epochs.csv"), |file| {
        let names = |n| format!("{n}_loss,{n}_held_back,{n}_seconds,{n}_building");
        let columns =
            |e: &Epoch| format!("{},{},{},{}", e.loss, e.validation, e.seconds, e.batching);
        writeln!(file, "epoch,{},{}", names("mlp"), names("cnn"))?;
        for (k, (m, c)) in mlp.epochs.iter().zip(&cnn.epochs).enumerate() {
            writeln!(file, "{},{},{}", k + 1, columns(m), columns(c))?;
        }
        Ok(())
    })?;
    let pairs = mlp.steps.iter().zip(&cnn.steps).zip(1..);
    let steps = pairs.map(|((m, c), i)| [f64::from(i), m.loss, m.accuracy, c.loss, c.accuracy]);
    let header = ["iteration", "mlp_loss", "mlp_accuracy", "cnn_loss", "cnn_accuracy"];
    files::save_csv(&out.join("curve.csv"), header, &steps.collect::<Vec<_>>())
}

/// Prints the accuracy on each class, and what the CNN predicts instead most often.
pub fn print_classes(names: &[&str], mlp: &Predictions, cnn: &Predictions) {
    println!("\nof the test set right     MLP      CNN   the CNN's commonest mistake");
    for (k, name) in names.iter().enumerate() {
        let mistake = cnn.commonest_mistake(k).map_or("none".to_owned(), |(guess, count)| {
            format!("{count} read as {}", names[guess])
        });
        let (m, c) = (mlp.class_accuracy(k), cnn.class_accuracy(k));
        match m.is_nan() {
            true => println!("{name:<18}        not in the test set"),
            false => println!("{name:<18} {m:>8.2} % {c:>6.2} %   {mistake}"),
        }
    }
    println!("{:<18} {:>8.2} % {:>6.2} %\n", "all", mlp.accuracy, cnn.accuracy);
}

/// Writes the accuracy on each class, `class, mlp, cnn` in percent.
pub fn save_classes(path: &Path, names: &[&str], mlp: &Predictions, cnn: &Predictions) -> Result {
    files::write(path, |file| {
        writeln!(file, "class,mlp,cnn")?;
        for (k, name) in names.iter().enumerate() {
            writeln!(file, "{name},{},{}", mlp.class_accuracy(k), cnn.class_accuracy(k))?;
        }
        Ok(())
    })
}
