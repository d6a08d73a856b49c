//! What the layers, their units, windows and padding, and the batch size do:
//! small trainings, each other than the first in one thing.

use std::path::Path;

use common::{Float, Result};
use datasets::Dataset;

/// .
pub fn run(_: &Dataset<Float>, _: &Path, _: u64, _: bool) -> Result {
    Ok(())
}
