//! The last line of a lesson, for readers and for the tour.

use std::fmt::{self, Display};
use std::str::FromStr;

use crate::{Error, Result};

/// A measured figure beside the published one.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// What was measured, such as "test accuracy".
    pub name: String,
    /// Our value.
    pub value: f64,
    /// Its unit: "%", "s", "MB".
    pub unit: String,
    /// The published value, as it was printed there, if there is one.
    pub article: Option<String>,
}

/// The figures of a lesson, displayed as its last line:
///
/// ```text
/// perceptron on MNIST: test accuracy 86.47 % (article 86.64 %); training 0.23 s (article 3.685 s)
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// The package's name.
    pub chapter: String,
    /// The name of the data set; the article's figures are for MNIST.
    pub data: String,
    /// The figures, the main one first.
    pub figures: Vec<Figure>,
}

impl Summary {
    /// A summary without figures.
    pub fn new(chapter: &str, data: &str) -> Summary {
        Summary { chapter: chapter.to_owned(), data: data.to_owned(), figures: Vec::new() }
    }

    /// Adds a figure. The texts must not contain `;`, `(` or `)`.
    pub fn figure(mut self, name: &str, value: f64, unit: &str, article: Option<&str>) -> Summary {
        self.figures.push(Figure {
            name: name.to_owned(),
            value,
            unit: unit.to_owned(),
            article: article.map(str::to_owned),
        });
        self
    }

    /// Adds the peak memory of this process in MB, where it is known (Linux).
    pub fn with_peak_memory(self) -> Summary {
        match peak_memory() {
            Some(megabytes) => self.figure("peak memory", megabytes, "MB", None),
            None => self,
        }
    }
}

impl Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} on {}:", self.chapter, self.data)?;
        for (i, Figure { name, value, unit, article }) in self.figures.iter().enumerate() {
            let separator = if i == 0 { "" } else { ";" };
            write!(f, "{separator} {name} {value:.2} {unit}")?;
            if let Some(article) = article {
                write!(f, " (article {article})")?;
            }
        }
        Ok(())
    }
}

impl FromStr for Summary {
    type Err = Error;

    /// Parses what `Display` writes.
    fn from_str(line: &str) -> Result<Summary> {
        let invalid = || Error::new(format!("not a lesson's summary: {line}"));
        let (head, rest) = line.split_once(": ").ok_or_else(invalid)?;
        let (chapter, data) = head.split_once(" on ").ok_or_else(invalid)?;
        let mut summary = Summary::new(chapter, data);
        for part in rest.split("; ") {
            let (ours, article) = match part.split_once(" (article ") {
                Some((ours, article)) => (ours, Some(article.trim_end_matches(')'))),
                None => (part, None),
            };
            let (ours, unit) = ours.rsplit_once(' ').ok_or_else(invalid)?;
            let (name, value) = ours.rsplit_once(' ').ok_or_else(invalid)?;
            let value = value.parse().map_err(|_| invalid())?;
            summary = summary.figure(name, value, unit, article);
        }
        Ok(summary)
    }
}

/// The peak memory of this process so far in MB (10^6 bytes), on Linux.
fn peak_memory() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kibibytes: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kibibytes * 1024.0 / 1e6)
}

/// A whole number with commas between the thousands: `60,000`.
pub fn thousands(n: usize) -> String {
    indicatif::HumanCount(n as u64).to_string()
}
