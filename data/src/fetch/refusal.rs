//! Why a download came to nothing.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use crate::error::grouped;

/// Why the files did not arrive.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// No mirror answered: most likely there is no network.
    #[error("no mirror can be reached ({})", listed(.0))]
    NoNetwork(Vec<Refusal>),

    /// Mirrors answered, and none had this file whole and right.
    #[error("no mirror gave {0} ({list})", list = listed(.1))]
    Refused(String, Vec<Refusal>),

    /// The folder cannot be written.
    #[error("{folder} cannot be written ({error})", folder = .0.display(), error = .1)]
    Disk(PathBuf, io::Error),
}

/// A mirror and why it was given up.
#[derive(Debug)]
pub struct Refusal {
    /// Its address.
    pub mirror: String,
    /// Why.
    pub reason: Reason,
}

impl Refusal {
    pub(super) fn new(mirror: &str, reason: Reason) -> Self {
        let mirror = mirror.to_owned();
        Self { mirror, reason }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.mirror, self.reason)
    }
}

/// Why a mirror was given up, worded to follow its address.
#[derive(Debug, thiserror::Error)]
pub enum Reason {
    /// It did not answer in time.
    #[error("did not answer within {} seconds", .0.as_secs_f64())]
    Silent(Duration),

    /// There was no connection, or it broke off.
    #[error("failed ({0})")]
    Broken(String),

    /// No byte came for too long.
    #[error("sent nothing for {} seconds after {} bytes", .waited.as_secs_f64(), grouped(*.got))]
    Stalled {
        /// How long was waited.
        waited: Duration,
        /// Bytes that had arrived.
        got: u64,
    },

    /// It answered with an HTTP status other than success.
    #[error("answered with HTTP status {0}")]
    Status(u16),

    /// It sent HTML: an error page, or the log-in page of a network.
    #[error("answered with a web page instead of the file")]
    WebPage,

    /// It ended before the file did, each time.
    #[error("ended after {} of {} bytes", grouped(*.got), grouped(*.wanted))]
    Short {
        /// Bytes that had arrived.
        got: u64,
        /// Bytes of the whole file.
        wanted: u64,
    },

    /// It has another length to offer, or went on after the end of the file.
    #[error("sent more or less than {} bytes", grouped(*.0))]
    WrongLength(u64),

    /// The bytes are not those of the file.
    #[error("sent a file with another SHA-256 ({0})")]
    WrongSum(String),

    /// Not the mirror's fault: the file cannot be written.
    #[error("could not be saved ({0})")]
    Disk(#[source] io::Error),
}

impl Reason {
    /// A failure that is worth no more than its own words.
    pub(super) fn broken(error: ureq::Error) -> Self {
        Self::Broken(match error {
            ureq::Error::Io(error) => error.to_string(),
            error => error.to_string(),
        })
    }
}

fn listed(refusals: &[Refusal]) -> String {
    if refusals.is_empty() {
        return "there are none".to_owned();
    }
    let lines: Vec<_> = refusals.iter().map(Refusal::to_string).collect();
    lines.join("; ")
}
