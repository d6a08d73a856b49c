//! Downloads from several mirrors. Length and SHA-256 are checked before a file
//! gets its name.
//!
//! All mirrors are contacted at once, so that a machine without network finds out
//! in seconds; the first one to answer is used first. An interrupted download is
//! resumed where the mirror supports that, and restarted where not. Proxies come
//! from the environment (`ALL_PROXY`, `HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`).

mod download;
mod error;
mod mirrors;
mod request;

use std::io;
use std::path::Path;

use common::files;
use indicatif::{HumanCount, ProgressBar, ProgressStyle};

use download::DownloadError::{Disk, GiveUp, Retry};
pub use error::FetchError;
pub use request::{Limits, RemoteFile};

/// Downloads `files` into `folder`, which is made if it is missing. `mirrors` are addresses that
/// end in a slash. Fails if no mirror answers, if none has a file complete and correct, or if the
/// folder cannot be written. Files that are complete stay.
pub fn fetch(
    files: &[RemoteFile],
    mirrors: &[impl AsRef<str>],
    folder: &Path,
    limits: &Limits,
) -> Result<(), FetchError> {
    let Some(first) = files.first() else { return Ok(()) };
    let disk = |error: io::Error| FetchError::Disk(folder.to_owned(), error);
    drop(files::begin(folder).map_err(disk)?); // can it be written?

    let mirrors: Vec<&str> = mirrors.iter().map(AsRef::as_ref).collect();
    let mut mirrors = mirrors::sort_by_answer(&mirrors, first.name, limits)?;
    let mut errors = Vec::new();
    for file in files {
        // A mirror that failed once is not used for the next file.
        loop {
            let Some(mirror) = mirrors.first() else {
                return Err(FetchError::NoMirror(file.name.to_owned(), errors));
            };
            let bar = progress_bar(file, mirror);
            let mut target = files::begin(folder).map_err(disk)?;
            let result = download::download(mirror, file, limits, &bar, target.as_file_mut());
            bar.finish_and_clear();
            match result {
                Ok(()) => {
                    files::finish(target, &folder.join(file.name)).map_err(disk)?;
                    break;
                }
                Err(Disk(error)) => return Err(disk(error)),
                Err(Retry(reason) | GiveUp(reason)) => {
                    errors.push(format!("{} {reason}", mirrors.remove(0)));
                }
            }
        }
    }
    Ok(())
}

/// The first of the `mirrors` to answer for the file `name`. Fails if none does.
pub fn first_to_answer<'a>(
    mirrors: &[&'a str],
    name: &str,
    limits: &Limits,
) -> Result<&'a str, FetchError> {
    Ok(mirrors::sort_by_answer(mirrors, name, limits)?[0])
}

/// A bar on a terminal, one plain line elsewhere; both on stderr.
fn progress_bar(file: &RemoteFile, mirror: &str) -> ProgressBar {
    let style = "{msg} {wide_bar} {bytes}/{total_bytes} {eta}";
    let style = ProgressStyle::with_template(style).expect("the template is well formed");
    let bar = ProgressBar::new(file.bytes).with_style(style).with_message(file.name.to_owned());
    if bar.is_hidden() {
        eprintln!("downloading {mirror}{} ({} bytes)", file.name, HumanCount(file.bytes));
    }
    bar
}
