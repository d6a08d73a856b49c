//! What a chapter reached over its seeds, with mean and spread, or how it failed.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::SystemTime;

use common::metric::mean_and_deviation;
use common::program::{Figure, Summary, thousands};

use crate::chapters::Chapter;

/// A run of a chapter that succeeded.
#[derive(Clone, Debug)]
pub struct Run {
    /// Its seed.
    pub seed: u64,
    /// Its last line.
    pub summary: Summary,
    /// More figures, from the table that [`Chapter::figures_from`] names.
    pub more_figures: Vec<Figure>,
    /// What it wrote to stdout.
    pub stdout: String,
    /// Its running time.
    pub seconds: f64,
    /// The time that all cores spent on it together.
    pub cpu_seconds: f64,
    /// The folder with its pictures.
    pub out: PathBuf,
    /// When it began.
    pub began: SystemTime,
}

/// A build or a run that failed.
#[derive(Clone, Debug)]
pub struct Failure {
    /// "seed 3 ended with exit code 1".
    pub how: String,
    /// The last line of its output, or the compiler's error.
    pub last_line: String,
    /// The file with its output.
    pub log: PathBuf,
}

/// The result of one chapter.
#[derive(Clone, Debug)]
pub struct ChapterResult {
    /// Which one.
    pub chapter: &'static Chapter,
    /// The runs that succeeded, in the order of their seeds.
    pub runs: Vec<Run>,
    /// The outputs of further runs for its page, by their names.
    pub page_runs: BTreeMap<String, String>,
    /// What stopped it, if something did. Ctrl-C is no failure.
    pub failure: Option<Failure>,
    /// Why it cannot run on this machine, if so. That is no failure either.
    pub skipped: Option<String>,
    /// How many seconds its runs were expected to take, if that was known.
    pub estimate: Option<f64>,
}

/// Mean and spread of some measurements of the same figure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Statistics {
    /// Number of measurements, at least 1.
    pub n: usize,
    /// Their mean.
    pub mean: f64,
    /// Standard deviation of the sample (divided by `n - 1`); `None` for a
    /// single measurement.
    pub sd: Option<f64>,
    /// The lowest.
    pub min: f64,
    /// The highest.
    pub max: f64,
}

/// One figure of a chapter over its seeds.
#[derive(Clone, Debug, PartialEq)]
pub struct Measurement {
    /// What was measured.
    pub name: String,
    /// The unit of `ours`.
    pub unit: String,
    /// As it was published, if it was.
    pub article: Option<String>,
    /// What we measured; `None` if no run gave it.
    pub ours: Option<Statistics>,
    /// Why the two may differ; may be empty.
    pub note: &'static str,
}

impl ChapterResult {
    /// Of a chapter that has not run.
    pub fn new(chapter: &'static Chapter) -> ChapterResult {
        ChapterResult {
            chapter,
            runs: Vec::new(),
            page_runs: BTreeMap::new(),
            failure: None,
            skipped: None,
            estimate: None,
        }
    }

    /// The published figures first, measured or not, then the others.
    pub fn figures(&self) -> Vec<Measurement> {
        let published = self.chapter.published.iter();
        let mut names: Vec<&str> = published.map(|p| p.figure.as_str()).collect();
        for figure in self.runs.iter().flat_map(Run::figures) {
            if !names.contains(&figure.name.as_str()) {
                names.push(&figure.name);
            }
        }
        names.iter().map(|name| self.measurement(name)).collect()
    }

    fn measurement(&self, name: &str) -> Measurement {
        // A run counts once, even if it gives a figure twice.
        let figure_of = |run| Run::figures(run).find(|figure| figure.name == name);
        let figures: Vec<&Figure> = self.runs.iter().filter_map(figure_of).collect();
        let values: Vec<f64> = figures.iter().map(|figure| figure.value).collect();
        let published = self.chapter.published.iter().find(|p| p.figure == name);
        let in_summary = figures.iter().find_map(|figure| figure.article.clone());
        Measurement {
            name: name.to_owned(),
            unit: figures.first().map_or(String::new(), |f| f.unit.clone()),
            article: published.map(|p| p.article.clone()).or(in_summary),
            ours: Statistics::of(&values),
            note: published.map_or("", |p| &p.note),
        }
    }

    /// The figures for a short table: those of the summaries that have a
    /// published figure, or the first if none has.
    pub fn main_figures(&self) -> Vec<Measurement> {
        let mut figures = self.figures();
        figures.retain(|figure| {
            let mut in_summaries = self.runs.iter().flat_map(|run| &run.summary.figures);
            in_summaries.any(|other| other.name == figure.name)
        });
        if figures.iter().any(|figure| figure.article.is_some()) {
            figures.retain(|figure| figure.article.is_some());
        } else {
            figures.truncate(1);
        }
        figures
    }

    /// The running time of all runs, in seconds.
    pub fn seconds(&self) -> f64 {
        self.runs.iter().map(|run| run.seconds).sum()
    }
}

impl Statistics {
    /// Of `values`; `None` if there are none.
    pub fn of(values: &[f64]) -> Option<Statistics> {
        if values.is_empty() {
            return None;
        }
        let (mean, deviation) = mean_and_deviation(values);
        Some(Statistics {
            n: values.len(),
            mean,
            sd: (values.len() > 1).then_some(deviation),
            min: values.iter().copied().fold(f64::INFINITY, f64::min),
            max: values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        })
    }

    /// `86.31 ± 0.35 %`, or `86.31 %` for a single measurement; `1,331,192 us` and `25 bugs`
    /// without digits behind the point.
    pub fn mean_and_sd(&self, unit: &str) -> String {
        let mean = self.written(self.mean, unit);
        match self.sd {
            Some(sd) => format!("{mean} ± {} {unit}", self.written(sd, unit)),
            None => format!("{mean} {unit}"),
        }
    }

    /// `85.90 to 86.80 %`.
    pub fn range(&self, unit: &str) -> String {
        format!("{} to {} {unit}", self.written(self.min, unit), self.written(self.max, unit))
    }

    /// `value` with as many digits as the largest of the measurements deserves.
    fn written(&self, value: f64, unit: &str) -> String {
        let is_measured = ["%", "s", "ms", "us", "MB"].contains(&unit);
        let is_count = !is_measured && self.min.fract() == 0.0 && self.min == self.max;
        match is_count || self.max >= 1_000.0 {
            true => thousands(value.round() as usize),
            false => format!("{value:.2}"),
        }
    }
}

impl Run {
    fn figures(&self) -> impl Iterator<Item = &Figure> {
        self.summary.figures.iter().chain(&self.more_figures)
    }
}

/// Pairs `(used, published)` of data sets, each once, where runs used another
/// data set than the published figures are about.
pub fn other_data(results: &[ChapterResult]) -> Vec<(&str, &'static str)> {
    let mut pairs = Vec::new();
    for result in results {
        for run in &result.runs {
            let pair = (run.summary.data.as_str(), result.chapter.data.as_str());
            if pair.0 != pair.1 && !pairs.contains(&pair) {
                pairs.push(pair);
            }
        }
    }
    pairs
}
