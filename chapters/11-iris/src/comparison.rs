//! Trainings on the same splits, compared in pairs: tables, sentences and files.

use std::io::Write as _;
use std::path::Path;

use common::metric::mean_and_deviation;
use common::program::Summary;
use common::{Float, Result, accuracy, files};

use crate::confidence_interval::{
    Interval, corrected_t_interval, median_interval, t_interval, wilson_interval,
};
use crate::network::Network;
use crate::protocols::Protocol;
use crate::split::Part;

/// The trainings by one protocol, one for each split.
pub(crate) struct Results {
    pub protocol: Protocol,
    pub accuracies: Vec<f64>, // on the test set, in percent
    seconds: Vec<f64>,        // what the protocol times
    updates: usize,           // steps of one training
    examples: usize,          // in all these steps together
}

impl Results {
    fn milliseconds(&self) -> f64 {
        1e3 * median_interval(&self.seconds).estimate
    }
}

struct Difference {
    accuracy: Interval, // difference in points, over other splits of these flowers
    other_flowers: Interval, // the same, over other flowers of these species
    unpaired: f64,      // half the first interval without pairing
    time: Interval,     // ratio, median over the splits
}

/// `a` minus `b`; `ratio` is the size of the test set divided by that of the training set.
fn paired_difference(a: &Results, b: &Results, ratio: f64) -> Difference {
    // d = a - b, on the same flowers
    let d: Vec<f64> = a.accuracies.iter().zip(&b.accuracies).map(|(a, b)| a - b).collect();
    let quotients: Vec<f64> = a.seconds.iter().zip(&b.seconds).map(|(a, b)| a / b).collect();
    // Unpaired, the variances add: var(a) + var(b)
    let half = |results: &Results| {
        let interval = t_interval(&results.accuracies);
        interval.high - interval.estimate
    };
    Difference {
        accuracy: t_interval(&d),
        other_flowers: corrected_t_interval(&d, ratio),
        unpaired: half(a).hypot(half(b)),
        time: median_interval(&quotients),
    }
}

/// The results of all protocols, in the order of [`crate::protocols::all`]: Keras, Knet and Flux
/// by their own, the three by the fair one, and the fair one with one thing changed.
pub struct Comparison {
    pub(crate) results: Vec<Results>,
    ratio: f64, // size of the test set divided by that of the training set
}

impl Comparison {
    /// No results yet.
    pub fn new(protocols: &[Protocol], ratio: f64) -> Comparison {
        let none = |protocol: &Protocol| Results {
            protocol: protocol.clone(),
            accuracies: Vec::new(),
            seconds: Vec::new(),
            updates: 0,
            examples: 0,
        };
        Comparison { results: protocols.iter().map(none).collect(), ratio }
    }

    /// Tests `net`, which protocol `p` has trained in `seconds`.
    pub fn add(&mut self, p: usize, net: &Network<Float>, test: &Part<Float>, seconds: f64) {
        let results = &mut self.results[p];
        results.accuracies.push(accuracy(&net.forward(&test.x), &test.t)); // %
        results.seconds.push(seconds);
        (results.updates, results.examples) = (net.updates, net.examples);
    }

    /// Results `k` minus their reference: Keras's for the first and the second three, those
    /// of the same framework by the fair protocol for the others.
    fn difference(&self, k: usize) -> Difference {
        let framework = self.results[k].protocol.framework as usize;
        let reference = [0, 3, 3 + framework][(k / 3).min(2)];
        paired_difference(&self.results[k], &self.results[reference], self.ratio)
    }

    /// The time of framework `k` (1 Knet, 2 Flux) divided by that of Keras, by their own
    /// protocols, if each thing that differs had the same effect as alone.
    fn time_from_parts(&self, k: usize) -> f64 {
        let factor = |name: &str| {
            let found = self.results[6..].iter().position(|r| r.protocol.name == name);
            found.map_or(1.0, |changed| self.difference(6 + changed).time.estimate)
        };
        let batches =
            |k: usize| factor(&format!("batches of {}", self.results[k].protocol.batch_size));
        let short = if k == 1 { factor("the short batch left out") } else { 1.0 };
        let keras = batches(0) * factor("a new order in every epoch");
        let julia = batches(k) * short * factor("building not timed");
        self.difference(3 + k).time.estimate * julia / keras
    }

    /// The tables.
    pub fn tables(&self) -> String {
        let mut text = String::new();
        for (title, three) in [("each by its own rules", 0..3), ("all by the same rules", 3..6)] {
            text += &format!(
                "\n{title:<22} batch  steps  flowers  accuracy (%)  lowest  highest     ms\n"
            );
            self.results[three].iter().for_each(|results| text += &results_line(results));
        }
        let head = |title: &str| {
            format!("\n{title:<27}  accuracy, points      other flowers    unpaired  time, times\n")
        };
        text += &head("paired, 95 % intervals");
        text += &difference_line("Knet - Keras, own rules", self.difference(1));
        text += &difference_line("Flux - Keras, own rules", self.difference(2));
        let difference = paired_difference(&self.results[2], &self.results[1], self.ratio);
        text += &difference_line("Flux - Knet, own rules", difference);
        text += &difference_line("Knet - Keras, same rules", self.difference(4));
        text += &difference_line("Flux - Keras, same rules", self.difference(5));
        text += &head("the same rules, but for");
        for k in 6..self.results.len() {
            text += &difference_line(&self.results[k].protocol.name, self.difference(k));
        }
        text
    }

    /// What follows from them, in sentences. `test` is the size of the test set.
    pub fn sentences(&self, test: usize) -> String {
        let accuracy = self.results[0].accuracies[0];
        let right = accuracy / 100.0 * test as f64;
        let interval = wilson_interval(right, test as f64);
        let (low, high) = (100.0 * interval.low, 100.0 * interval.high);
        let mut text = format!(
            "a single run, as the article's: {right:.0} of {test} right, {accuracy:.1} %, \
             95 % interval {low:.1} to {high:.1} %\n"
        );
        for (k, name) in [(1, "Knet"), (2, "Flux")] {
            let (own, fair) = (self.difference(k), self.difference(3 + k));
            let zero = if own.accuracy.contains(0.0) { "holds" } else { "does not hold" };
            text += &format!(
                "{name} less Keras: {:+.2} points by their own rules (the interval {zero} 0), \
                 {:+.2} by the same\n\
                 {name}'s time by Keras's: {:.2} by their own rules, {:.2} by the same; \
                 rule by rule, multiplied, {:.2}\n",
                own.accuracy.estimate,
                fair.accuracy.estimate,
                own.time.estimate,
                fair.time.estimate,
                self.time_from_parts(k)
            );
        }
        text + "all of it is Rust: a difference between protocols, none between languages\n"
    }

    /// The last line of the lesson.
    pub fn summary(&self) -> Summary {
        let (fair, _) = mean_and_deviation(&self.results[3].accuracies);
        let mut all =
            Summary::new("iris", "Iris").figure("test accuracy, same rules", fair, "%", None);
        for results in &self.results[..3] {
            let name = format!("test accuracy, {}'s rules", results.protocol.name);
            all = all.figure(&name, mean_and_deviation(&results.accuracies).0, "%", None);
        }
        for (k, name) in [(1, "Knet"), (2, "Flux")] {
            let (own, fair) = (self.difference(k), self.difference(3 + k));
            for (title, own, fair, unit) in [
                (format!("{name} less Keras"), own.accuracy, fair.accuracy, "points"),
                (format!("{name}'s time by Keras's"), own.time, fair.time, "x"),
            ] {
                all = all.figure(&format!("{title}, own rules"), own.estimate, unit, None);
                all = all.figure(&format!("{title}, same rules"), fair.estimate, unit, None);
            }
        }
        all
    }

    /// Writes a CSV file with a line for each protocol.
    /// Fails if the file cannot be written.
    pub fn save(&self, path: &Path) -> Result {
        let mut table = String::from(
            "rules,name,batch_size,updates,examples,accuracy,deviation,milliseconds,\
             difference,low,high,low_elsewhere,high_elsewhere,time,time_low,time_high\n",
        );
        for (k, results) in self.results.iter().enumerate() {
            let protocol = &results.protocol;
            let group = ["own", "same", "one changed"][(k / 3).min(2)];
            let work = [protocol.batch_size, results.updates, results.examples];
            let (mean, deviation) = mean_and_deviation(&results.accuracies);
            let Difference { accuracy: a, other_flowers: o, time, .. } = self.difference(k);
            let numbers = [
                &work.map(|count| count as f64)[..],
                &[mean, deviation, results.milliseconds()],
                &[a.estimate, a.low, a.high, o.low, o.high],
                &[time.estimate, time.low, time.high],
            ];
            let numbers: Vec<String> = numbers.concat().iter().map(f64::to_string).collect();
            table += &format!("{group},{},{}\n", protocol.name, numbers.join(","));
        }
        files::write(path, |file| {
            file.write_all(table.as_bytes()).map_err(|error| files::io_error(path, &error))
        })
    }
}

fn results_line(results: &Results) -> String {
    let Results { protocol, accuracies, updates, examples, .. } = results;
    let (mean, deviation) = mean_and_deviation(accuracies);
    let lowest = accuracies.iter().copied().fold(f64::INFINITY, f64::min);
    let highest = accuracies.iter().copied().fold(0.0, f64::max);
    let ms = results.milliseconds();
    format!(
        "{:<22} {:>5}  {updates:>5}  {examples:>7}  {mean:5.2} ± {deviation:4.2}  \
         {lowest:6.2}   {highest:6.2}  {ms:5.2}\n",
        protocol.name, protocol.batch_size
    )
}

fn difference_line(name: &str, difference: Difference) -> String {
    let Difference { accuracy: a, other_flowers: o, unpaired, time: t } = difference;
    let accuracy = format!("{:+5.2} [{:+5.2}, {:+5.2}]", a.estimate, a.low, a.high);
    let other_flowers = format!("[{:+6.2}, {:+5.2}]", o.low, o.high);
    let time = format!("{:4.2} [{:.2}, {:.2}]", t.estimate, t.low, t.high);
    format!("{name:<27} {accuracy}  {other_flowers}   ± {unpaired:4.2}  {time}\n")
}
