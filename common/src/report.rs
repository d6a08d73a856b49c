//! What a lesson tells while it runs and at its end.

use std::fmt::{self, Display};
use std::path::Path;
use std::str::FromStr;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::{Error, Result, files};

/// A progress bar on a terminal; elsewhere a plain line for each tenth.
pub struct Progress {
    bar: ProgressBar,
    steps: usize,
    next_tenth: usize,
    next_look: Instant,
}

impl Progress {
    /// For a loop of `steps` steps.
    pub fn new(steps: usize) -> Progress {
        let bar = ProgressBar::new(steps as u64);
        if let Ok(style) = ProgressStyle::with_template(
            "{bar:30} {percent:>3} %  {msg}  {elapsed} gone, {eta} to go",
        ) {
            bar.set_style(style);
        }
        Progress { bar, steps, next_tenth: 1, next_look: Instant::now() }
    }

    /// Step `step` of 1 to `steps` is done; `loss` as it stands, `accuracy` in
    /// percent. Cheap enough for the hottest loop.
    pub fn step(&mut self, step: usize, loss: f64, accuracy: f64) {
        self.at(step, || {
            format!("iteration {step:>7}: loss {loss:8.4}, accuracy {accuracy:6.2} %")
        });
    }

    /// `step` steps of the work are done; `message` says what it looks like,
    /// if there is someone to tell.
    pub fn at(&mut self, step: usize, message: impl FnOnce() -> String) {
        if self.bar.is_hidden() {
            if step * 10 >= self.next_tenth * self.steps {
                eprintln!("{:>3} %  {}", step * 100 / self.steps, message());
                self.next_tenth = step * 10 / self.steps + 1;
            }
        } else if Instant::now() >= self.next_look {
            self.bar.set_position(step as u64);
            self.bar.set_message(message());
            self.next_look = Instant::now() + Duration::from_millis(100);
        }
    }

    /// Prints `line`, above the bar if there is one.
    pub fn say(&self, line: &str) {
        self.bar.suspend(|| println!("{line}"));
    }

    /// The same on stderr, for what is no part of the result.
    pub fn note(&self, line: &str) {
        self.bar.suspend(|| eprintln!("{line}"));
    }

    /// The loop is over.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

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

/// Writes a table of numbers as `.csv`: a header, then a line for each row.
///
/// # Errors
/// If the file cannot be written.
pub fn save_csv<const N: usize>(path: &Path, header: [&str; N], rows: &[[f64; N]]) -> Result {
    files::write(path, |file| {
        let mut table = csv::Writer::from_writer(file);
        table.write_record(header)?;
        for row in rows {
            table.write_record(row.map(|v| v.to_string()))?;
        }
        table.flush().map_err(|error| files::at(path, &error))
    })
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
