//! A chapter over its seeds: what it reached, and how it may fail.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::time::SystemTime;

use common::Result;
use common::program::interrupt;
use common::program::{Figure, Summary};

use crate::chapters::{Chapter, Pace};
use crate::child::{self, Ended};
use crate::spread::Spread;
use crate::workspace::Workspace;

/// What the user asked for, for every chapter alike.
#[derive(Clone, Debug)]
pub struct Wishes {
    /// How much of everything.
    pub pace: Pace,
    /// The first seed; the others follow it.
    pub first_seed: u64,
    /// How many seeds, if not as each chapter has it.
    pub seeds: Option<usize>,
    /// The folder with the data.
    pub data: Option<PathBuf>,
    /// Threads to compute with.
    pub threads: Option<usize>,
    /// The folder for everything that is kept.
    pub out: PathBuf,
}

/// One run of a chapter that went well.
#[derive(Clone, Debug)]
pub struct Run {
    /// Its seed.
    pub seed: u64,
    /// Its last line.
    pub summary: Summary,
    /// Figures from its folder.
    pub more: Vec<Figure>,
    /// What it wrote to stdout.
    pub stdout: String,
    /// How long all of it took, in seconds.
    pub seconds: f64,
    /// Where its pictures are.
    pub out: PathBuf,
    /// When it began.
    pub began: SystemTime,
}

/// How a chapter came to its end before its time.
#[derive(Clone, Debug)]
pub struct Failure {
    /// "seed 3" or "the build".
    pub what: String,
    /// "ended with exit code 1".
    pub how: String,
    /// The last line that it wrote.
    pub last_line: String,
    /// All that it wrote.
    pub log: PathBuf,
}

/// What came of a chapter.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Which one.
    pub chapter: &'static Chapter,
    /// The runs that went well, in the order of their seeds.
    pub runs: Vec<Run>,
    /// What stopped it, if something did. Ctrl-C is no failure.
    pub failure: Option<Failure>,
    /// Why this machine has nothing to run it on, if so. That is no failure either.
    pub skipped: Option<String>,
}

/// One figure of a chapter over its seeds.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// What was measured.
    pub name: String,
    /// The unit of `spread`.
    pub unit: String,
    /// As it was published, if it was.
    pub article: Option<String>,
    /// What we measured; `None` if no run gave it.
    pub spread: Option<Spread>,
    /// Why the two may differ; may be empty.
    pub note: &'static str,
}

impl Outcome {
    /// Nothing has come of it yet.
    pub fn none(chapter: &'static Chapter) -> Outcome {
        Outcome { chapter, runs: Vec::new(), failure: None, skipped: None }
    }

    /// The published figures first, measured or not, then the others.
    pub fn figures(&self) -> Vec<Measured> {
        let mut names: Vec<&str> = self.chapter.published.iter().map(|p| p.figure).collect();
        for figure in self.runs.iter().flat_map(Run::figures) {
            if !names.contains(&figure.name.as_str()) {
                names.push(&figure.name);
            }
        }
        names.iter().map(|name| self.figure(name)).collect()
    }

    fn figure(&self, name: &str) -> Measured {
        // A run counts once, even if it gives a figure twice.
        let found: Vec<&Figure> = self
            .runs
            .iter()
            .filter_map(|run| run.figures().find(|figure| figure.name == name))
            .collect();
        let values: Vec<f64> = found.iter().map(|figure| figure.value).collect();
        let published = self.chapter.published.iter().find(|p| p.figure == name);
        let told = found.iter().find_map(|figure| figure.article.clone());
        Measured {
            name: name.to_owned(),
            unit: found.first().map_or(String::new(), |f| f.unit.clone()),
            article: published.map(|p| p.article.to_owned()).or(told),
            spread: Spread::of(&values),
            note: published.map_or("", |p| p.note),
        }
    }

    /// The figures to show where there is little room: of those in the
    /// summaries, the ones with a published figure beside them, or the first
    /// if there are none.
    pub fn main_figures(&self) -> Vec<Measured> {
        let mut figures = self.figures();
        figures.retain(|figure| {
            let mut told = self.runs.iter().flat_map(|run| &run.summary.figures);
            told.any(|told| told.name == figure.name)
        });
        if figures.iter().any(|figure| figure.article.is_some()) {
            figures.retain(|figure| figure.article.is_some());
        } else {
            figures.truncate(1);
        }
        figures
    }

    /// Seconds of all its runs.
    pub fn seconds(&self) -> f64 {
        self.runs.iter().map(|run| run.seconds).sum()
    }
}

impl Run {
    fn figures(&self) -> impl Iterator<Item = &Figure> {
        self.summary.figures.iter().chain(&self.more)
    }
}

/// Builds a chapter, so that no run has to. Cargo's words are in the log.
///
/// One chapter at a time, for `cargo run -p` will choose the features of the
/// dependencies for one chapter as well, and so finds everything built.
///
/// # Errors
/// If cargo cannot be started or the log cannot be written.
pub fn build(
    workspace: &Workspace,
    chapter: &'static Chapter,
    out: &Path,
    mut tell: impl FnMut(&str),
) -> Result<Option<Failure>> {
    let log = out.join(chapter.package).join("build.log");
    let mut error = None;
    let ended = child::run(&mut workspace.cargo("build", chapter.package), &log, |line| {
        tell(line);
        if line.starts_with("error") {
            error = Some(line.to_owned()); // what cargo says after it is of less use
        }
    })?;
    if ended.status.success() || interrupt::pressed() > 0 {
        return Ok(None);
    }
    let failure = failure("the build".to_owned(), &ended, &log);
    let last_line = error.unwrap_or(failure.last_line);
    Ok(Some(Failure { last_line, ..failure }))
}

/// What this machine lacks for a chapter, in the chapter's own words: the lesson on
/// the GPU needs one, and asked for a list it ends with an error if there is none.
///
/// # Errors
/// If cargo cannot be started or the log cannot be written.
pub fn lacks(
    workspace: &Workspace,
    chapter: &'static Chapter,
    out: &Path,
) -> Result<Option<String>> {
    if chapter.package != "cnn-gpu" {
        return Ok(None);
    }
    let mut command = workspace.cargo("run", chapter.package);
    command.args(["--quiet", "--", "--adapter", "list"]);
    let ended = child::run(&mut command, &out.join(chapter.package).join("adapters.log"), |_| ())?;
    if ended.status.success() || interrupt::pressed() > 0 {
        return Ok(None);
    }
    let sentence = ended.last_line.trim_start_matches("Error: ");
    Ok(Some(sentence.to_owned()))
}

/// Runs a chapter over its seeds until one fails or Ctrl-C is pressed; `tell`
/// hears the number of the run, how many there are, and each line.
///
/// # Errors
/// If cargo cannot be started or a log cannot be written.
pub fn run(
    workspace: &Workspace,
    chapter: &'static Chapter,
    wishes: &Wishes,
    mut tell: impl FnMut(Told),
) -> Result<Outcome> {
    let mut outcome = Outcome::none(chapter);
    let plan = chapter.plan(wishes.pace);
    let seeds = wishes.seeds.unwrap_or(plan.seeds);
    for k in 0..seeds {
        if interrupt::pressed() > 0 {
            break;
        }
        let seed = wishes.first_seed.wrapping_add(k as u64);
        let folder = wishes.out.join(chapter.package);
        let out = folder.join(format!("seed-{seed}"));
        let log = folder.join(format!("seed-{seed}.log"));
        let own = if k == 0 { plan.first } else { plan.others };
        let mut command = workspace.cargo("run", chapter.package);
        pass_on(command.args(["--quiet", "--"]).args(own), wishes, seed, &out);

        let began = SystemTime::now();
        let ended = child::run(&mut command, &log, |line| {
            tell(Told::Line { run: k + 1, of: seeds, line });
        })?;
        if interrupt::pressed() > 0 {
            break; // it was cut short, whatever it says
        }
        match understood(chapter, &ended, &out) {
            Ok((mut summary, more)) => {
                if own != plan.first {
                    keep_published(&mut summary, chapter);
                }
                let Ended { stdout, seconds, .. } = ended;
                outcome.runs.push(Run { seed, summary, more, stdout, seconds, out, began });
                tell(Told::Ended(&outcome));
            }
            Err(how) => {
                outcome.failure =
                    Some(Failure { how, ..failure(format!("seed {seed}"), &ended, &log) });
                break; // the other seeds would most likely fail in the same way
            }
        }
    }
    Ok(outcome)
}

/// Of a shorter run, what stands beside a figure of the article's. The rest, such
/// as its seconds, says nothing beside the first run's.
fn keep_published(summary: &mut Summary, chapter: &Chapter) {
    summary.figures.retain(|figure| {
        let published = chapter.published.iter().any(|p| p.figure == figure.name);
        published || figure.article.is_some()
    });
}

/// What there is to hear of a chapter under way.
pub enum Told<'a> {
    /// A line of its output.
    Line {
        /// Which run, from 1.
        run: usize,
        /// How many there will be.
        of: usize,
        /// The line.
        line: &'a str,
    },
    /// A run went well; the outcome as it stands.
    Ended(&'a Outcome),
}

/// The user's wishes, in the flags that all chapters understand.
fn pass_on(command: &mut Command, wishes: &Wishes, seed: u64, out: &Path) {
    command.args(["--seed", &seed.to_string()]);
    command.arg("--out").arg(out);
    if let Some(data) = &wishes.data {
        command.arg("--data").arg(data);
    }
    if let Some(threads) = wishes.threads {
        command.args(["--threads", &threads.to_string()]);
    }
}

/// The figures of a run, or how it failed.
fn understood(
    chapter: &Chapter,
    ended: &Ended,
    out: &Path,
) -> std::result::Result<(Summary, Vec<Figure>), String> {
    if !ended.status.success() {
        return Err(how(ended.status));
    }
    let last = ended.stdout.lines().rfind(|line| !line.trim().is_empty());
    let summary =
        last.and_then(|line| line.parse().ok()).ok_or("ended well, but not with its summary")?;
    let more = match chapter.more_figures {
        Some(read) => read(out).map_err(|error| format!("ended well, but {error}"))?,
        None => Vec::new(),
    };
    Ok((summary, more))
}

fn failure(what: String, ended: &Ended, log: &Path) -> Failure {
    Failure {
        what,
        how: how(ended.status),
        last_line: ended.last_line.clone(),
        log: log.to_owned(),
    }
}

fn how(status: ExitStatus) -> String {
    match status.code() {
        Some(code) => format!("ended with exit code {code}"),
        None => format!("was ended by the system ({status})"),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::chapters::CHAPTERS;

    /// An outcome of the first chapter as if each line had ended a run.
    pub fn made_up(summaries: &[&str]) -> Outcome {
        let mut outcome = Outcome::none(&CHAPTERS[0]);
        for (seed, line) in (1..).zip(summaries) {
            outcome.runs.push(Run {
                seed,
                summary: line.parse().unwrap(),
                more: Vec::new(),
                stdout: format!("{line}\n"),
                seconds: 2.0,
                out: PathBuf::from(format!("out/tour/perceptron/seed-{seed}")),
                began: SystemTime::UNIX_EPOCH,
            });
        }
        outcome
    }

    #[test]
    fn a_figure_is_gathered_over_the_runs_that_give_it() {
        let outcome = made_up(&[
            "perceptron on MNIST: test accuracy 86.00 % (article 86.64 %); peak memory 240.00 MB",
            "perceptron on MNIST: test accuracy 87.00 % (article 86.64 %)",
        ]);
        let figures = outcome.figures();
        let names: Vec<_> = figures.iter().map(|f| f.name.as_str()).collect();
        assert_eq!(names, ["test accuracy", "training", "peak memory"]);
        assert_eq!(figures[0].spread.unwrap().text("%"), "86.50 ± 0.71 %");
        assert_eq!(figures[1].spread, None, "published, but not measured");
        assert_eq!(figures[1].article.as_deref(), Some("3.68457 s"));
        assert_eq!(figures[2].spread.unwrap().n, 1);
        assert_eq!(figures[2].article, None);
    }

    #[test]
    fn a_run_that_gives_a_figure_twice_counts_once() {
        let line = "perceptron on MNIST: test accuracy 86.00 %; test accuracy 86.00 %";
        let figures = made_up(&[line]).figures();
        assert_eq!(figures[0].spread.unwrap().n, 1);
    }

    #[test]
    fn a_shorter_run_counts_for_what_the_chapter_or_its_summary_calls_published() {
        let line = "fashion on Fashion-MNIST: CNN accuracy 91.00 %; new 1.00 % (article 2 %); \
                    peak memory 240.00 MB";
        let mut summary: Summary = line.parse().unwrap();
        let fashion = CHAPTERS.iter().find(|chapter| chapter.package == "fashion").unwrap();
        keep_published(&mut summary, fashion);
        let names: Vec<_> = summary.figures.iter().map(|f| f.name.as_str()).collect();
        assert_eq!(names, ["CNN accuracy", "new"]);
    }

    #[test]
    fn the_main_figures_are_those_with_a_published_one() {
        let outcome =
            made_up(&["perceptron on MNIST: test accuracy 86.00 %; peak memory 240.00 MB"]);
        let names: Vec<_> = outcome.main_figures().into_iter().map(|f| f.name).collect();
        assert_eq!(names, ["test accuracy"]);
        assert_eq!(outcome.seconds(), 2.0);
        assert!(made_up(&[]).main_figures().is_empty());
    }
}
