//! How long the chapters take here. A run has measured their work in rounds of the probe;
//! times the seconds that a round takes on this machine, that is the estimate.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use common::{Result, files};
use serde::{Deserialize, Serialize};

use crate::chapters::{self, Chapter, Preset};
use crate::machine::Machine;
use crate::probe::Probe;
use crate::results::ChapterResult;

/// In place of a chapter: the first build of all of them, after the tour's own.
pub const BUILD: &str = "build";

/// The work of a chapter, all its runs together: a row of `work.csv`.
#[allow(missing_docs)]
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Work {
    pub chapter: String,
    pub preset: Option<Preset>, // none for the build
    pub gpu: String,            // of a chapter that needs one: its `gpu_kind`
    pub one_thread: f64,        // rounds of `Probe::one_thread`
    pub all_threads: f64,       // rounds of `Probe::all_threads`
    pub set_seconds: f64,       // the same on every machine
    pub seconds: f64,           // what it took there
    pub date: String,
    pub machine: String,
}

impl Work {
    /// Of what took `seconds`, and `cpu_seconds` of all cores together, on the machine of
    /// `probe`.
    pub fn measured(chapter: &str, seconds: f64, cpu_seconds: f64, probe: &Probe) -> Work {
        // s seconds on one thread and p on all n of them:
        // seconds = s + p,   cpu_seconds = s + n p
        let n = probe.threads as f64;
        let p = ((cpu_seconds - seconds) / (n - 1.0).max(1.0)).clamp(0.0, seconds);
        let tenths = |value: f64| (10.0 * value).round() / 10.0;
        Work {
            chapter: chapter.to_owned(),
            one_thread: tenths((seconds - p) / probe.one_thread),
            all_threads: tenths(p / probe.all_threads),
            seconds: tenths(seconds),
            ..Work::default()
        }
    }

    /// Of a chapter that has run; `None` if it has not, or failed.
    pub fn of(result: &ChapterResult, preset: Preset, gpu: &str, probe: &Probe) -> Option<Work> {
        let ChapterResult { chapter, runs, failure: None, .. } = result else { return None };
        let cpu_seconds = runs.iter().map(|run| run.cpu_seconds).sum();
        let mut work = Work::measured(&chapter.package, result.seconds(), cpu_seconds, probe);
        if chapter.by_the_clock {
            (work.one_thread, work.all_threads, work.set_seconds) = (0.0, 0.0, work.seconds);
        }
        work.preset = Some(preset);
        work.gpu = if chapter.needs_gpu { gpu.to_owned() } else { String::new() };
        (!runs.is_empty()).then_some(work)
    }

    /// What it takes on the machine of `probe`, in seconds.
    pub fn estimate(&self, probe: &Probe) -> f64 {
        let Work { one_thread, all_threads, set_seconds, .. } = self;
        one_thread * probe.one_thread + all_threads * probe.all_threads + set_seconds
    }

    /// By this the rows are in order, and no two are the same. The build comes first.
    fn key(&self) -> (Option<usize>, Option<Preset>, &str) {
        let place = chapters::all().iter().position(|chapter| chapter.package == self.chapter);
        (place, self.preset, &self.gpu)
    }
}

/// What was measured before this program was built: `work.csv`.
pub fn all() -> &'static [Work] {
    static WORK: LazyLock<Vec<Work>> =
        LazyLock::new(|| parse(include_str!("../work.csv")).expect("a test parses it"));
    &WORK
}

/// Seconds of all runs of `chapter` on the machine of `probe`, with a GPU of this kind if it
/// needs one; `None` if no run has measured that.
pub fn estimate(chapter: &Chapter, preset: Preset, gpu: &str, probe: &Probe) -> Option<f64> {
    let gpu = if chapter.needs_gpu { gpu } else { "" };
    let is_it = |work: &&Work| work.chapter == chapter.package && work.preset == Some(preset);
    all().iter().filter(is_it).find(|work| work.gpu == gpu).map(|work| work.estimate(probe))
}

/// "software" or "card", whichever chapter 06 would take; empty if there is none.
pub fn gpu_kind(gpus: &[String]) -> &'static str {
    match gpus.first() {
        None => "",
        Some(fastest) if fastest.contains("(software") => "software",
        Some(_) => "card",
    }
}

/// Puts `new` rows into the `work.csv` of the workspace `root`, in place of older ones.
/// Returns its path.
/// Fails if it cannot be read or written.
pub fn renew(root: &Path, new: Vec<Work>, date: &str, machine: &Machine) -> Result<PathBuf> {
    let path = root.join("chapters/tour/work.csv");
    let old = files::read(&path).map_err(|error| files::io_error(&path, &error))?;
    let mut rows = parse(&String::from_utf8_lossy(&old))?;
    rows.retain(|row| !new.iter().any(|new| new.key() == row.key()));
    let (date, machine) = (date.to_owned(), machine.to_string());
    let stamp = |work: Work| Work { date: date.clone(), machine: machine.clone(), ..work };
    rows.extend(new.into_iter().map(stamp));
    rows.sort_by(|a, b| a.key().cmp(&b.key()));
    files::write(&path, |file| {
        let mut table = csv::Writer::from_writer(file);
        rows.iter().try_for_each(|row| table.serialize(row))?;
        Ok(table.flush()?)
    })?;
    Ok(path)
}

/// The rows of `text`, under their header. Fails if one is no [`Work`].
pub fn parse(text: &str) -> Result<Vec<Work>> {
    let rows = csv::Reader::from_reader(text.as_bytes()).into_deserialize();
    Ok(rows.collect::<csv::Result<Vec<Work>>>()?)
}
