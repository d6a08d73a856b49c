//! The comparison: differences of trainings on the same splits, with intervals.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use common::metric::mean_and_deviation;
use common::program::Summary;
use common::{Result, files};

use crate::interval::{Interval, corrected, median, student};
use crate::rules::{Rules, reference};

/// One training on one split.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Run {
    /// Of the tested flowers, in percent.
    pub accuracy: f64,
    /// By the clock of its rules.
    pub seconds: f64,
    /// Steps taken.
    pub updates: usize,
    /// Flowers looked at, each as often as it came.
    pub examples: usize,
}

/// All trainings by the same rules, one for each split.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// How they were trained.
    pub rules: Rules,
    /// One for each split, in the order of the splits.
    pub runs: Vec<Run>,
}

impl Row {
    fn accuracies(&self) -> Vec<f64> {
        self.runs.iter().map(|run| run.accuracy).collect()
    }

    /// Mean and standard deviation over the splits, in percent.
    pub fn accuracy(&self) -> (f64, f64) {
        mean_and_deviation(&self.accuracies())
    }

    /// Median over the splits, in milliseconds.
    pub fn milliseconds(&self) -> f64 {
        1e3 * median(&self.runs.iter().map(|run| run.seconds).collect::<Vec<_>>()).middle
    }
}

/// Two rows held against each other, split by split.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Difference {
    /// Accuracy of the one less that of the other, in points; for other splits of
    /// these flowers.
    pub accuracy: Interval,
    /// The same, for other flowers of these species.
    pub elsewhere: Interval,
    /// Half the interval if the splits had not been the same, in points.
    pub unpaired: f64,
    /// Seconds of the one by those of the other: the median over the splits.
    pub time: Interval,
}

impl Difference {
    /// `one` less `other`; `ratio` is the flowers tested by those learnt from.
    pub fn of(one: &Row, other: &Row, ratio: f64) -> Difference {
        let pairs = || one.runs.iter().zip(&other.runs);
        // d = a - b, on the same flowers
        let d: Vec<f64> = pairs().map(|(a, b)| a.accuracy - b.accuracy).collect();
        let accuracy = student(&d);
        // Unpaired, the variances add: var(a) + var(b)
        let half = |row: &Row| {
            let interval = student(&row.accuracies());
            interval.high - interval.middle
        };
        let quotients: Vec<f64> = pairs().map(|(a, b)| a.seconds / b.seconds).collect();
        Difference {
            accuracy,
            elsewhere: corrected(&d, ratio),
            unpaired: half(one).hypot(half(other)),
            time: median(&quotients),
        }
    }
}

/// Everything that was trained.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// The three by their own rules.
    pub own: Vec<Row>,
    /// The three by the same rules.
    pub fair: Vec<Row>,
    /// The same rules with one thing changed.
    pub changed: Vec<Row>,
    /// Flowers tested by flowers learnt from.
    pub ratio: f64,
}

impl Verdict {
    /// The rows of `own`, `fair` and `changed` one after the other, as they were
    /// trained.
    pub fn of(mut rows: Vec<Row>, ratio: f64) -> Verdict {
        let changed = rows.split_off(6);
        let fair = rows.split_off(3);
        Verdict { own: rows, fair, changed, ratio }
    }

    pub(crate) fn between(&self, rows: &[Row], one: usize, other: usize) -> Difference {
        Difference::of(&rows[one], &rows[other], self.ratio)
    }

    /// Protocol `k` (1 Knet, 2 Flux) less Keras, each by its own rules.
    pub fn own_difference(&self, k: usize) -> Difference {
        self.between(&self.own, k, 0)
    }

    /// Protocol `k` less Keras, by the same rules.
    pub fn fair_difference(&self, k: usize) -> Difference {
        self.between(&self.fair, k, 0)
    }

    /// A row of `changed` less its reference.
    pub fn effect(&self, changed: &Row) -> Difference {
        Difference::of(changed, &self.fair[reference(&changed.rules)], self.ratio)
    }

    /// How much longer the changed rule called `name` takes; 1 if it is none.
    fn factor(&self, name: &str) -> f64 {
        let found = self.changed.iter().find(|row| row.rules.name == name);
        found.map_or(1.0, |row| self.effect(row).time.middle)
    }

    /// What the time of protocol `k` by Keras's should be, each by its own rules, if
    /// every rule did what it does alone.
    pub fn time_from_parts(&self, k: usize) -> f64 {
        let batches =
            |k: usize| self.factor(&format!("batches of {}", self.own[k].rules.batch_size));
        let short = if k == 1 { self.factor("the short batch left out") } else { 1.0 };
        let keras = batches(0) * self.factor("a new order in every epoch");
        let julia = batches(k) * short * self.factor("building not timed");
        self.fair_difference(k).time.middle * julia / keras
    }

    /// The last line of the lesson.
    pub fn summary(&self) -> Summary {
        let mut summary = Summary::new("iris", "Iris").figure(
            "test accuracy, same rules",
            self.fair[0].accuracy().0,
            "%",
            None,
        );
        for row in &self.own {
            let name = format!("test accuracy, {}'s rules", row.rules.name);
            summary = summary.figure(&name, row.accuracy().0, "%", None);
        }
        for (k, name) in [(1, "Knet"), (2, "Flux")] {
            let (own, fair) = (self.own_difference(k), self.fair_difference(k));
            summary = summary
                .figure(
                    &format!("{name} less Keras, own rules"),
                    own.accuracy.middle,
                    "points",
                    None,
                )
                .figure(
                    &format!("{name} less Keras, same rules"),
                    fair.accuracy.middle,
                    "points",
                    None,
                )
                .figure(&format!("{name}'s time by Keras's, own rules"), own.time.middle, "x", None)
                .figure(
                    &format!("{name}'s time by Keras's, same rules"),
                    fair.time.middle,
                    "x",
                    None,
                );
        }
        summary
    }

    /// Writes `verdict.csv`, a line for each row.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn save(&self, path: &Path) -> Result {
        let mut table = String::from(
            "rules,name,batch_size,updates,examples,accuracy,deviation,milliseconds,\
             difference,low,high,low_elsewhere,high_elsewhere,time,time_low,time_high\n",
        );
        let own = self.own.iter().enumerate().map(|(k, row)| ("own", row, self.own_difference(k)));
        let fair = self.fair.iter().enumerate();
        let fair = fair.map(|(k, row)| ("same", row, self.fair_difference(k)));
        let changed = self.changed.iter().map(|row| ("one changed", row, self.effect(row)));
        for (rules, row, difference) in own.chain(fair).chain(changed) {
            let (mean, deviation) = row.accuracy();
            let Difference { accuracy, elsewhere, time, .. } = difference;
            let _ = writeln!(
                table,
                "{rules},{},{},{},{},{mean},{deviation},{},{},{},{},{},{},{},{},{}",
                row.rules.name,
                row.rules.batch_size,
                row.runs[0].updates,
                row.runs[0].examples,
                row.milliseconds(),
                accuracy.middle,
                accuracy.low,
                accuracy.high,
                elsewhere.low,
                elsewhere.high,
                time.middle,
                time.low,
                time.high
            );
        }
        files::write(path, |file| {
            file.write_all(table.as_bytes()).map_err(|error| files::io_error(path, &error))
        })
    }
}
