//! The verdict in tables and sentences.

use std::fmt::Write as _;

use crate::interval::wilson;
use crate::verdict::{Difference, Row, Verdict};

impl Verdict {
    /// The tables, for people.
    pub fn tables(&self) -> String {
        let mut text = String::new();
        for (title, rows) in
            [("each by its own rules", &self.own), ("all by the same rules", &self.fair)]
        {
            let _ = writeln!(
                text,
                "\n{title:<22} batch  steps  flowers  accuracy (%)  lowest  highest     ms"
            );
            for row in rows {
                text += &line(row);
            }
        }
        let head = |title: &str| {
            format!("\n{title:<27}  accuracy, points      other flowers    unpaired  time, times\n")
        };
        text += &head("paired, 95 % intervals");
        for (name, difference) in [
            ("Knet - Keras, own rules", self.own_difference(1)),
            ("Flux - Keras, own rules", self.own_difference(2)),
            ("Flux - Knet, own rules", self.between(&self.own, 2, 1)),
            ("Knet - Keras, same rules", self.fair_difference(1)),
            ("Flux - Keras, same rules", self.fair_difference(2)),
        ] {
            text += &difference_line(name, &difference);
        }
        text += &head("the same rules, but for");
        for row in &self.changed {
            text += &difference_line(&row.rules.name, &self.effect(row));
        }
        text
    }

    /// What follows from them, in sentences. `test` is the flowers tested on a split.
    pub fn sentences(&self, test: usize) -> String {
        let mut text = String::new();
        let [first, ..] = self.own[0].runs[..] else { return text };
        let right = first.accuracy / 100.0 * test as f64;
        let sure = wilson(right, test as f64);
        let _ = writeln!(
            text,
            "a single run, as the article's: {right:.0} of {test} right, {:.1} %, \
             95 % interval {:.1} to {:.1} %",
            first.accuracy,
            100.0 * sure.low,
            100.0 * sure.high
        );
        for (k, name) in [(1, "Knet"), (2, "Flux")] {
            let (own, fair) = (self.own_difference(k), self.fair_difference(k));
            let zero = if own.accuracy.holds(0.0) { "holds" } else { "does not hold" };
            let _ = writeln!(
                text,
                "{name} less Keras: {:+.2} points by their own rules (the interval {zero} 0), \
                 {:+.2} by the same",
                own.accuracy.middle, fair.accuracy.middle
            );
            let _ = writeln!(
                text,
                "{name}'s time by Keras's: {:.2} by their own rules, {:.2} by the same; \
                 rule by rule, multiplied, {:.2}",
                own.time.middle,
                fair.time.middle,
                self.time_from_parts(k)
            );
        }
        text += "all of it is Rust: a difference between protocols, none between languages\n";
        text
    }
}

fn line(row: &Row) -> String {
    let (mean, deviation) = row.accuracy();
    let lowest = row.runs.iter().map(|run| run.accuracy).fold(f64::INFINITY, f64::min);
    let highest = row.runs.iter().map(|run| run.accuracy).fold(0.0, f64::max);
    format!(
        "{:<22} {:>5}  {:>5}  {:>7}  {mean:5.2} ± {deviation:4.2}  {lowest:6.2}   {highest:6.2}  {:5.2}\n",
        row.rules.name,
        row.rules.batch_size,
        row.runs[0].updates,
        row.runs[0].examples,
        row.milliseconds()
    )
}

fn difference_line(name: &str, difference: &Difference) -> String {
    let Difference { accuracy, elsewhere, unpaired, time, .. } = difference;
    format!(
        "{name:<27} {:+5.2} [{:+5.2}, {:+5.2}]  [{:+6.2}, {:+5.2}]   ± {unpaired:4.2}  {:4.2} [{:.2}, {:.2}]\n",
        accuracy.middle,
        accuracy.low,
        accuracy.high,
        elsewhere.low,
        elsewhere.high,
        time.middle,
        time.low,
        time.high
    )
}
