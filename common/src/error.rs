//! One sentence for the user: what, what is wrong, what to do.

use std::fmt::{self, Display};
use std::path::Path;

/// Whatever stops a lesson, as one sentence.
///
/// `main` may return it: Rust prints an error that leaves `main` through
/// `Debug`, so `Debug` prints the sentence too.
pub struct Error(String);

/// A result whose error is a sentence for the user.
pub type Result<T = ()> = std::result::Result<T, Error>;

impl Error {
    /// An error that says `sentence`.
    pub fn new(sentence: impl Into<String>) -> Error {
        Error(sentence.into())
    }

    /// An error about a file or folder: `path: fault`.
    pub fn at(path: &Path, fault: impl Display) -> Error {
        Error(format!("{}: {fault}", path.display()))
    }

    /// The loss is no longer a number: where that was, and what to lower.
    pub fn diverged(iteration: usize) -> Error {
        Error(format!(
            "the loss is no longer a number at iteration {iteration}; \
             lower --learning-rate and run again"
        ))
    }
}

impl Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Any library's error becomes a sentence, with what caused it behind it.
impl<E: std::error::Error> From<E> for Error {
    fn from(error: E) -> Error {
        let mut sentence = error.to_string();
        let mut cause = error.source();
        while let Some(inner) = cause {
            let inner_text = inner.to_string();
            if !sentence.contains(&inner_text) {
                sentence += &format!(": {inner_text}");
            }
            cause = inner.source();
        }
        Error(sentence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_that_leaves_main_is_a_plain_sentence() {
        let error = Error::at(Path::new("out/w.npz"), "the disk is full");
        assert_eq!(format!("{error:?}"), "out/w.npz: the disk is full");
    }
}
