//! What can be wrong with an IDX file.

use std::io;
use std::path::Path;

use common::Error;

/// A fault of an IDX file or stream, for a sentence that begins with its name.
#[derive(Debug, thiserror::Error)]
pub enum IdxError {
    /// The operating system refuses to read it.
    #[error("cannot be read ({0})")]
    Io(#[from] io::Error),

    /// It is a folder, a pipe or a device.
    #[error("{0}")]
    NotAFile(&'static str),

    /// Its content is not that of an IDX file, or not of the type asked for.
    #[error("{0}")]
    Content(String),
}

impl IdxError {
    pub(super) fn gzip(error: &io::Error) -> IdxError {
        IdxError::Content(format!("its gzip stream is damaged ({error})"))
    }

    /// The sentence about the file `path`; `replace` is the cure for its content.
    pub(crate) fn at(self, path: &Path, replace: &str) -> Error {
        let cure = match self {
            Self::Io(_) => "check that it exists and that you may read it",
            Self::NotAFile(_) => "give the name of an IDX file",
            Self::Content(_) => replace,
        };
        Error::at(path, format!("{self}; {cure}"))
    }
}
