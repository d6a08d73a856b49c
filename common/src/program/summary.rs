//! What a lesson reached: its last line, for a person and for the tour alike.

use std::fmt::{self, Display};
use std::str::FromStr;

use crate::{Error, Result};

/// A number a lesson reached, beside the one that was published.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// What was measured: "test accuracy".
    pub name: String,
    /// What we measured.
    pub value: f64,
    /// The unit of `value`: "%", "s", "MB".
    pub unit: String,
    /// The published figure as it was published, if there is one.
    pub article: Option<String>,
}

/// The last line of a lesson, for a person and for the tour alike:
///
/// ```text
/// perceptron on MNIST: test accuracy 86.47 % (article 86.64 %); training 0.23 s (article 3.685 s)
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// The package's name.
    pub chapter: String,
    /// The data set's name: the article's figures are MNIST's.
    pub data: String,
    /// What it reached, the main figure first.
    pub figures: Vec<Figure>,
}

impl Summary {
    /// A summary of `chapter` on `data` without figures yet.
    pub fn new(chapter: &str, data: &str) -> Summary {
        Summary { chapter: chapter.to_owned(), data: data.to_owned(), figures: Vec::new() }
    }

    /// The same with one more figure. None of the texts may contain `;`, `(`
    /// or `)`.
    pub fn figure(mut self, name: &str, value: f64, unit: &str, article: Option<&str>) -> Summary {
        self.figures.push(Figure {
            name: name.to_owned(),
            value,
            unit: unit.to_owned(),
            article: article.map(str::to_owned),
        });
        self
    }

    /// The same with the most memory this process has held, in MB, where the
    /// system tells (Linux).
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

    /// Reads back what `Display` writes.
    fn from_str(line: &str) -> Result<Summary> {
        let strange = || Error::new(format!("not a lesson's summary: {line}"));
        let (head, rest) = line.split_once(": ").ok_or_else(strange)?;
        let (chapter, data) = head.split_once(" on ").ok_or_else(strange)?;
        let mut summary = Summary::new(chapter, data);
        for part in rest.split("; ") {
            let (ours, article) = match part.split_once(" (article ") {
                Some((ours, article)) => (ours, Some(article.trim_end_matches(')'))),
                None => (part, None),
            };
            let (ours, unit) = ours.rsplit_once(' ').ok_or_else(strange)?;
            let (name, value) = ours.rsplit_once(' ').ok_or_else(strange)?;
            let value = value.parse().map_err(|_| strange())?;
            summary = summary.figure(name, value, unit, article);
        }
        Ok(summary)
    }
}

/// The most memory this process has held so far, in MB (10^6 bytes); `None`
/// where the system does not tell.
pub fn peak_memory() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kibibytes: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kibibytes * 1024.0 / 1e6)
}

/// A whole number with its thousands apart: `60,000`.
pub fn thousands(n: usize) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_summary_can_be_read_back() {
        let summary = Summary::new("perceptron", "built-in digits")
            .figure("test accuracy", 86.5, "%", Some("86.64 %"))
            .figure("training", 0.25, "s", Some("3.685 s"))
            .figure("peak memory", 241.0, "MB", None);
        assert_eq!(summary.to_string().parse::<Summary>().unwrap(), summary);
    }

    #[test]
    fn thousands_stand_apart() {
        assert_eq!([0, 999, 1000, 1234567].map(thousands), ["0", "999", "1,000", "1,234,567"]);
    }
}
