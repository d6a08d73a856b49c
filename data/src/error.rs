//! One error for the whole package: the thing, its fault, the cure.

use std::fmt::Display;
use std::path::Path;

/// Why numbers could not be got in, as one sentence: `place: fault; cure`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {fault}; {cure}")]
pub struct Error {
    /// The file, folder, flag or variable that is at fault.
    pub place: String,
    /// What is wrong with it.
    pub fault: String,
    /// What the user can do about it.
    pub cure: String,
}

impl Error {
    pub(crate) fn new(place: impl Display, fault: impl Display, cure: impl Display) -> Self {
        Self { place: place.to_string(), fault: fault.to_string(), cure: cure.to_string() }
    }

    pub(crate) fn at(path: &Path, fault: impl Display, cure: impl Display) -> Self {
        Self::new(path.display(), fault, cure)
    }
}

/// `47040016` as `47,040,016`.
pub(crate) fn grouped(number: impl Into<u128>) -> String {
    let digits = number.into().to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn thousands_are_set_apart() {
        let shown = [0u32, 7, 999, 1_000, 47_040_016].map(grouped);
        assert_eq!(shown, ["0", "7", "999", "1,000", "47,040,016"]);
    }
}
