//! `test`: the test set, read by a checkpoint in a process that has trained
//! nothing.

use common::program::{Summary, thousands};
use common::{Float, Result};
use datasets::Dataset;

use crate::args::Test;
use crate::folder::{self, MODELS};
use crate::score;

/// Prints what `checkpoint` reaches on the test set, to the last digit.
///
/// # Errors
/// If the checkpoint or the data cannot be read.
pub fn run(args: &Test) -> Result {
    let flags = args.place.flags();
    flags.start()?;
    let checkpoint =
        args.checkpoint.clone().unwrap_or_else(|| flags.out("checkpoints").join(MODELS));
    let run = folder::open(&checkpoint)?;
    println!(
        "{}, step {} of {}, trained on {} from seed {}",
        checkpoint.display(),
        thousands(run.step),
        thousands(run.settings.steps),
        run.data.name,
        run.settings.seed
    );
    let data: Dataset<Float> = datasets::mnist(flags.data.as_deref())?;
    println!("{} ({})", data.name, data.origin);
    let z = score::logits(&run.network, &data.test.x); // (10000, 10)
    let (sentence, reached) = score::sentence(&z, &data.test);
    println!("{sentence}");
    let summary =
        Summary::new("checkpoints", data.name).figure("test accuracy", reached, "%", None);
    println!("{summary}");
    Ok(())
}
