//! Why a download failed.

use std::io;
use std::path::PathBuf;

/// Why the files could not be downloaded. What mirrors did are sentences that
/// begin with their addresses.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// No mirror answered: most likely there is no network.
    #[error("no mirror can be reached ({})", list(.0))]
    NoNetwork(Vec<String>),

    /// No mirror answered, and at least one would have, but not safely.
    #[error("no mirror can be reached safely ({})", list(.0))]
    Tls(Vec<String>),

    /// Mirrors answered, but none had this file complete and correct.
    #[error("no mirror gave {0} ({list})", list = list(.1))]
    NoMirror(String, Vec<String>),

    /// The folder cannot be written.
    #[error("{folder} cannot be written ({error})", folder = .0.display(), error = .1)]
    Disk(PathBuf, io::Error),
}

fn list(sentences: &[String]) -> String {
    if sentences.is_empty() { "there are none".to_owned() } else { sentences.join("; ") }
}
