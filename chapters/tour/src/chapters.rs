//! The table of chapters. A new chapter is one more entry in `chapters.json`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

/// How much each chapter computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
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
#[allow(missing_docs)]
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    pub seeds: usize,                     // how many, unless the user gives a number
    pub arguments: Vec<String>,           // of the run with the first seed, which the pages show
    pub other_seeds: Option<Vec<String>>, // arguments of the others, if they are shorter
}

/// A published figure, and why ours may differ.
#[allow(missing_docs)]
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Published {
    pub figure: String,  // its name in the chapter's summary
    pub article: String, // as it was published
    pub note: String,    // why ours may differ
}

/// One chapter of the tour.
#[allow(missing_docs)]
#[derive(Debug, Deserialize)]
pub struct Chapter {
    pub package: String,
    pub folder: String, // the name that its folder, its pages and its pictures share
    pub title: String,  // for people
    pub data: String,   // the data set that the published figures are about
    #[serde(default)]
    pub needs_gpu: bool, // skipped where `--adapter list` fails
    pub figures_from: Option<String>, // a table of a run with more figures than its summary
    pub published: Vec<Published>, // every published figure
    #[serde(flatten)]
    pub plans: BTreeMap<Preset, Plan>, // the fields that remain; another name is an error
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
