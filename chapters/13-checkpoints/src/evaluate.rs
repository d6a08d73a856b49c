//! The `test` command: a checkpoint on the test set, in a process that has trained nothing.

use std::path::PathBuf;

use common::program::flags::Flags;
use common::program::{Summary, thousands};
use common::{Float, Result, accuracy, cross_entropy_from_logits};
use datasets::{Dataset, Split};
use ndarray::ArrayRef2;

use crate::store::{self, MODELS};
use crate::training::{Settings, Training};

/// Cross-entropy, and accuracy in percent, of the logits `z (N, 10)` of `images`.
pub fn evaluate(z: &ArrayRef2<Float>, images: &Split<Float>) -> (f64, f64) {
    (cross_entropy_from_logits(z, &images.t), accuracy(z, &images.t))
}

/// Prints how many images of the test set are right by their logits `z (N, 10)`, and all
/// digits of the cross-entropy. Returns the accuracy in percent.
pub fn print_result(z: &ArrayRef2<Float>, test: &Split<Float>) -> f64 {
    let (e, accuracy) = evaluate(z, test);
    let right = (accuracy / 100.0 * test.len() as f64).round() as usize;
    println!("{} of {} right; cross-entropy {e}", thousands(right), thousands(test.len()));
    accuracy
}

/// Runs the command on `checkpoint`, by default the newest in the folder of `flags`.
pub fn run(checkpoint: Option<PathBuf>, flags: &Flags) -> Result {
    flags.start()?;
    let path = checkpoint.unwrap_or_else(|| flags.out("checkpoints").join(MODELS));
    let Training { network, settings, data, step, .. } = store::load(&path)?;
    let Settings { steps, seed, .. } = settings;
    let (path, step, steps, name) = (path.display(), thousands(step), thousands(steps), data.name);
    println!("{path}, step {step} of {steps}, trained on {name} from seed {seed}");
    let data: Dataset<Float> = datasets::mnist(flags.data.as_deref())?;
    println!("{} ({})", data.name, data.origin);
    let accuracy = print_result(&network.logits(&data.test.x), &data.test);
    let summary = Summary::new("checkpoints", data.name);
    println!("{}", summary.figure("test accuracy", accuracy, "%", None));
    Ok(())
}
