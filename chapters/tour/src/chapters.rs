//! The table of chapters. A new chapter is one more entry in `chapters.json`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

/// How much each chapter computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Preset {
    /// Two minutes in all: a first look.
    Quick,
    /// Ten minutes in all on two cores.
    Normal,
    /// Everything as it was published.
    Full,
}

/// What one preset runs.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Number of seeds, unless the user gives one.
    pub seeds: usize,
    /// Arguments of the run with the first seed, which the pages show.
    pub arguments: Vec<String>,
    /// Arguments of the runs with the other seeds, if they are shorter.
    pub other_seeds: Option<Vec<String>>,
}

/// A published figure, and why ours may differ.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Published {
    /// Its name in the chapter's summary.
    pub figure: String,
    /// As it was published.
    pub article: String,
    /// Why ours may differ.
    pub note: String,
}

/// One chapter of the tour.
#[derive(Debug, Deserialize)]
pub struct Chapter {
    /// Its package.
    pub package: String,
    /// The name that its folder, its pages and its pictures share.
    pub folder: String,
    /// For people.
    pub title: String,
    /// The data set that the published figures are about.
    pub data: String,
    /// Whether it needs a GPU. It is skipped where there is none.
    #[serde(default)]
    pub needs_gpu: bool,
    /// Whether it measures for set times, which are as long on a fast machine.
    #[serde(default)]
    pub by_the_clock: bool,
    /// The table in a run's folder that holds more figures than its summary.
    pub figures_from: Option<String>,
    /// Every published figure.
    pub published: Vec<Published>,
    /// What each preset runs: the fields that remain. Another name is an error.
    #[serde(flatten)]
    pub plans: BTreeMap<Preset, Plan>,
}

impl Chapter {
    fn is_named(&self, name: &str) -> bool {
        self.package == name || self.folder == name
    }
}

/// All chapters, in the order of the course.
pub fn all() -> &'static [Chapter] {
    static CHAPTERS: LazyLock<Vec<Chapter>> = LazyLock::new(|| {
        serde_json::from_str(include_str!("../chapters.json")).expect("a test parses it")
    });
    &CHAPTERS
}

/// The chapters with these `names` (package or folder), in the order of the
/// course; all of them if `names` is empty.
pub fn select(names: &[String]) -> Vec<&'static Chapter> {
    let selected = |c: &&Chapter| names.is_empty() || names.iter().any(|name| c.is_named(name));
    all().iter().filter(selected).collect()
}

/// A parser for the name of a chapter; its error is a sentence with all names.
pub fn parse_name(name: &str) -> Result<String, String> {
    if all().iter().any(|chapter| chapter.is_named(name)) {
        return Ok(name.to_owned());
    }
    let names: Vec<&str> = all().iter().map(|chapter| chapter.package.as_str()).collect();
    Err(format!("there is no such chapter; the chapters are {}", names.join(", ")))
}
