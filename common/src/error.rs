//! Errors: one sentence for the user that says what is wrong and what to do.

use std::fmt::{self, Debug, Display};
use std::path::Path;

use ndarray::{ArrayRef, Dimension};

/// Whatever stops a lesson, as one sentence.
///
/// Rust prints an error that `main` returns through `Debug`, so `Debug` prints
/// the sentence too.
pub struct Error(String);

/// A result whose error is a sentence for the user.
pub type Result<T = ()> = std::result::Result<T, Error>;

impl Error {
    /// An error with this sentence.
    pub fn new(sentence: impl Into<String>) -> Error {
        Error(sentence.into())
    }

    /// An error about a file or folder: `path: fault`.
    pub fn at(path: &Path, fault: impl Display) -> Error {
        Error(format!("{}: {fault}", path.display()))
    }

    /// The loss is NaN or infinite: at which iteration, and what to lower.
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

impl Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The error of any library, followed by its causes.
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

/// A text from a file, for an error: on one line, and no longer than a line.
pub fn excerpt(text: &str) -> String {
    let line: String = text.trim().chars().take(81).collect();
    let more = if line.chars().count() > 80 { " ..." } else { "" };
    line.chars().take(80).collect::<String>().replace(char::is_control, " ") + more
}

/// [`Error::diverged`] at this iteration, unless `value`, a loss or an accuracy, is finite.
pub fn check_finite(value: f64, iteration: usize) -> Result {
    if value.is_finite() { Ok(()) } else { Err(Error::diverged(iteration)) }
}

/// Panics if the shapes differ; the message names both.
pub(crate) fn same_shape<F, D: Dimension>(operation: &str, a: &ArrayRef<F, D>, b: &ArrayRef<F, D>) {
    assert!(
        a.shape() == b.shape(),
        "{operation}: {:?} and {:?} must be the same shape",
        a.raw_dim().into_pattern(),
        b.raw_dim().into_pattern()
    );
}
