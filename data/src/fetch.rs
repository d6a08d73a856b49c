//! Downloading: several mirrors, length and SHA-256 checked, nothing half-done
//! left under a file's name.
//!
//! The mirrors are asked all at once who is there, so that a machine without
//! network learns it in seconds; the first to answer is used first. A transfer
//! that breaks off goes on where it stopped if the mirror can do that, and
//! starts anew if not. Proxies come from the environment (`ALL_PROXY`,
//! `HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`).

mod probe;
mod refusal;
mod transfer;

use std::io;
use std::path::Path;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use ureq::config::ConfigBuilder;
use ureq::typestate::AgentScope;
use ureq::{Agent, Proxy};

pub use refusal::{Failure, Reason, Refusal};

use crate::error::grouped;
use crate::partial;

/// A file as it has to arrive.
#[derive(Clone, Copy, Debug)]
pub struct Remote<'a> {
    /// Its name, appended to a mirror's address and kept in the folder.
    pub name: &'a str,
    /// Its length in bytes.
    pub bytes: u64,
    /// Its SHA-256 in hexadecimal.
    pub sha256: &'a str,
}

/// How long to wait, and how often to try.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// For a mirror's first answer. Beyond it there is no network.
    pub reach: Duration,
    /// For the next byte. Beyond it the transfer counts as cut.
    pub stall: Duration,
    /// Before a mirror is asked again after a cut.
    pub pause: Duration,
    /// Times that one mirror is asked for one file.
    pub attempts: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            reach: Duration::from_secs(4),
            stall: Duration::from_secs(20),
            pause: Duration::from_millis(500),
            attempts: 5,
        }
    }
}

/// Downloads `files` into `folder`, which is made if need be. `mirrors` are
/// addresses that end in a slash.
///
/// # Errors
/// If no mirror answers, if none has a file whole and right, or if the folder
/// cannot be written. What arrived before stays.
pub fn fetch(
    files: &[Remote],
    mirrors: &[impl AsRef<str>],
    folder: &Path,
    limits: &Limits,
) -> Result<(), Failure> {
    let Some(first) = files.first() else {
        return Ok(());
    };
    let disk = |error: io::Error| Failure::Disk(folder.to_owned(), error);
    drop(partial::begin(folder).map_err(disk)?);

    let mirrors: Vec<&str> = mirrors.iter().map(AsRef::as_ref).collect();
    let mut mirrors = probe::by_answer(&mirrors, first.name, limits.reach)?;
    let mut refusals = Vec::new();
    for file in files {
        // A mirror that failed once is not asked for the next file.
        while let Some(mirror) = mirrors.first() {
            let bar = bar(file, mirror);
            let mut partial = partial::begin(folder).map_err(disk)?;
            let outcome = transfer::file(mirror, file, limits, &bar, partial.as_file_mut());
            bar.finish_and_clear();
            match outcome {
                Ok(()) => {
                    partial::finish(partial, &folder.join(file.name)).map_err(disk)?;
                    break;
                }
                Err(Reason::Disk(error)) => return Err(disk(error)),
                Err(reason) => refusals.push(Refusal::new(mirrors.remove(0), reason)),
            }
        }
        if mirrors.is_empty() {
            return Err(Failure::Refused(file.name.to_owned(), refusals));
        }
    }
    Ok(())
}

/// What every request to a mirror has in common.
fn client(mirror: &str) -> ConfigBuilder<AgentScope> {
    let address = mirror.strip_prefix("http://").unwrap_or_default();
    let near = ["127.0.0.1", "localhost", "[::1]"].iter().any(|host| address.starts_with(host));
    // A proxy's idea of this machine is the proxy itself.
    let proxy = if near { None } else { Proxy::try_from_env() };
    Agent::config_builder().http_status_as_error(false).proxy(proxy)
}

/// A bar on a terminal, one plain line elsewhere; both on stderr.
fn bar(file: &Remote, mirror: &str) -> ProgressBar {
    let style = "{msg} {wide_bar} {bytes}/{total_bytes} {eta}";
    let style = ProgressStyle::with_template(style).expect("the template is well formed");
    let bar = ProgressBar::new(file.bytes).with_style(style).with_message(file.name.to_owned());
    if bar.is_hidden() {
        let bytes = grouped(file.bytes);
        eprintln!("downloading {mirror}{} ({bytes} bytes)", file.name);
    }
    bar
}
