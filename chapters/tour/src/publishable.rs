//! What may reach the pages: whole runs of a release build on the published data.

use std::path::Path;

use common::{Error, Result};
use datasets::Dataset;
use datasets::images::{FASHION_MNIST, MNIST};

use crate::results::{ChapterResult, other_data};

/// Refuses what can be refused before anything runs. `data` is the folder from
/// `--data` or `DATASETS_DIR`.
pub fn check_before(data: Option<&Path>) -> Result {
    if data == Some(Path::new("built-in")) {
        return Err(Error::new(
            "--write-docs: the pages show MNIST's figures, not those of the built-in digits; \
             give MNIST's folder with --data, or leave --data away",
        ));
    }
    if cfg!(debug_assertions) {
        return Err(Error::new(
            "--write-docs: this is a debug build, whose times say nothing; \
             add --release after `cargo run`",
        ));
    }
    Ok(())
}

/// Refuses images that are not the published ones, whatever their folder is called.
pub fn check_data(data: Option<&Path>) -> Result {
    for (info, Dataset { train, test, origin, .. }) in [
        (MNIST, datasets::mnist::<f32>(data)?),
        (FASHION_MNIST, datasets::fashion_mnist::<f32>(data)?),
    ] {
        if info.is_published(&train, &test) != [true; 2] {
            return Err(Error::new(format!(
                "--write-docs: the pages show figures of {} as published, and these images are \
                 others ({origin}); give another --data",
                info.name
            )));
        }
    }
    Ok(())
}

/// Refuses what only shows after the runs.
pub fn check_after(results: &[ChapterResult], stopped: bool) -> Result {
    let fault = if stopped {
        "the tour was stopped".to_owned()
    } else if let Some(failed) = results.iter().find(|result| result.failure.is_some()) {
        format!("{} failed", failed.chapter.package)
    } else if let Some(skipped) = results.iter().find(|result| result.skipped.is_some()) {
        format!("{} was skipped", skipped.chapter.package)
    } else if let Some((used, published)) = other_data(results).first() {
        format!("the runs used {used}, and the pages show {published}'s figures")
    } else {
        return Ok(());
    };
    Err(Error::new(format!("--write-docs: {fault}, so docs/ stays as it was")))
}
