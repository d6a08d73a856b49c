//! What can be wrong with an IDX file.

use std::io;
use std::path::Path;

use common::{Error, files};
use indicatif::HumanCount;

/// A fault of an IDX file or stream, for a sentence that begins with its name.
#[derive(Debug, thiserror::Error)]
pub enum IdxError {
    /// The operating system refuses to read it, or it is a folder, a pipe or a device.
    #[error("{0}")]
    Io(#[from] io::Error),

    /// It has so many values that there is no memory for them.
    #[error("holds {} values, more than the memory", HumanCount(*.0 as u64))]
    Memory(usize),

    /// Its content is not that of an IDX file, or not of the type asked for.
    #[error("{0}")]
    Content(String),
}

impl IdxError {
    /// The sentence about the file `path`; `replace` is the cure for its content.
    pub(crate) fn at(self, path: &Path, replace: &str) -> Error {
        let cure = match self {
            Self::Io(error) => return files::io_error(path, &error),
            Self::Memory(_) => "give a smaller file",
            Self::Content(_) => replace,
        };
        Error::at(path, format!("{self}; {cure}"))
    }
}
