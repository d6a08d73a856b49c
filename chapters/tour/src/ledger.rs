//! The ledger: every published figure beside ours, as Markdown and as CSV.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use common::{Result, files};

use crate::chapters::{self, Chapter, Preset};
use crate::machine::Machine;
use crate::results::{ChapterResult, Measurement, other_data};

const INTRODUCTION: &str = "# Ledger: the published figures beside ours\n\n\
    Written by the tour, not by hand; each section says by which command, when and on what \
    machine.\n\n\
    Ours are means over seeds ± one standard deviation of the sample, with the lowest and the \
    highest.\n";
/// The beginning of a section.
const SECTION: &str = "\n## ";

/// The content of the ledger.
#[derive(Clone, Debug)]
pub struct Ledger<'a> {
    /// The results of the chapters.
    pub results: &'a [ChapterResult],
    /// Where they were measured.
    pub machine: &'a Machine,
    /// When, as [`date`] writes it.
    pub date: String,
    /// How much was computed.
    pub preset: Preset,
    /// The command that computes the same again.
    pub command: String,
    /// Whether Ctrl-C was pressed.
    pub stopped: bool,
}

/// `2026-11-22 11:54 UTC`.
pub fn date(time: SystemTime) -> String {
    let time = time.max(UNIX_EPOCH); // an earlier clock is not set
    let rfc3339 = humantime::format_rfc3339_seconds(time).to_string(); // 2026-11-22T11:54:03Z
    format!("{} {} UTC", &rfc3339[..10], &rfc3339[11..16])
}

impl Ledger<'_> {
    /// Writes `ledger.md` and `ledger.csv` in `out`; returns the path of the
    /// former.
    /// Fails if a file cannot be written.
    pub fn write(&self, out: &Path) -> Result<PathBuf> {
        let path = out.join("ledger.md");
        files::write(&path, |file| Ok(file.write_all(self.markdown().as_bytes())?))?;
        files::write(&out.join("ledger.csv"), |file| self.csv(self.results, file))?;
        Ok(path)
    }

    /// The ledger of this tour alone, as Markdown.
    pub fn markdown(&self) -> String {
        let warnings = self.warnings().into_iter().map(|warning| format!("\n> {warning}\n"));
        let sections = self.results.iter().map(|result| self.section(result));
        INTRODUCTION.to_owned() + &warnings.chain(sections).collect::<String>()
    }

    /// The ledger `old` of earlier tours, with its sections replaced by those of
    /// this tour where there are any, in the order of the course.
    pub fn update(&self, old: &str) -> String {
        let sections = chapters::all().iter().map(|chapter| {
            let new = self.results.iter().find(|r| r.chapter.package == chapter.package);
            new.map_or_else(|| old_section(old, chapter), |result| self.section(result))
        });
        INTRODUCTION.to_owned() + &sections.collect::<String>()
    }

    /// Why these figures cannot be compared with the article's.
    fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        for (used, published) in other_data(self.results) {
            warnings.push(format!(
                "**NOT COMPARABLE: these runs saw {used}, not {published}.** \
                 The article's figures are {published}'s; ours below are of other pictures."
            ));
        }
        if self.preset == Preset::Quick {
            warnings.push(
                "**A quick look**: fewer iterations than were published, \
                 so lower accuracies and shorter times."
                    .to_owned(),
            );
        }
        if cfg!(debug_assertions) {
            warnings.push("**A debug build**: its times say nothing.".to_owned());
        }
        if self.stopped {
            warnings.push("**Unfinished**: stopped with Ctrl-C.".to_owned());
        }
        warnings
    }

    /// One chapter: its command, date and machine, its figures and notes.
    fn section(&self, result: &ChapterResult) -> String {
        let chapter = result.chapter;
        let number = chapter.folder.split('-').next().unwrap_or_default();
        let mut text = format!("{SECTION}{number} {} {}\n", chapter.title, in_brackets(chapter));
        if let Some(run) = result.runs.first() {
            text += &format!("\nData: {}.\n", run.summary.data);
        }
        let Ledger { machine, date, command, .. } = self;
        text += &format!("\nWritten by `{command}` on {date}. Machine: {machine}.\n");
        if let Some(failure) = &result.failure {
            text += &format!("\n> **Failed**: {}.\n", failure.how);
        }
        if let Some(why) = &result.skipped {
            text += &format!("\n> **Skipped**: {why}.\n");
        }
        text += "\n| figure | the article | ours | lowest to highest | seeds |\n\
                 | --- | ---: | ---: | ---: | ---: |\n";
        let figures = result.figures();
        for figure in &figures {
            text += &row(figure);
        }
        if self.preset == Preset::Normal && figures.iter().any(|figure| figure.ours.is_none()) {
            text += "\nWith `--full` the tour measures the rest as well.\n";
        }
        let mut notes: Vec<&str> = figures.iter().map(|figure| figure.note).collect();
        notes.retain(|note| !note.is_empty());
        notes.dedup();
        if !notes.is_empty() {
            text += "\nWhy they differ:\n\n";
        }
        for note in notes {
            let with_note = figures.iter().filter(|figure| figure.note == note);
            let names: Vec<&str> = with_note.map(|figure| figure.name.as_str()).collect();
            text += &format!("- {}: {note}.\n", names.join("; "));
        }
        text
    }

    /// The figures of these `results` of this tour as a table for programs.
    /// Fails if `file` cannot be written.
    pub fn csv<'r>(
        &self,
        results: impl IntoIterator<Item = &'r ChapterResult>,
        file: &mut dyn Write,
    ) -> Result {
        let mut table = csv::Writer::from_writer(file);
        table.write_record([
            "chapter", "figure", "unit", "article", "mean", "sd", "min", "max", "seeds", "data",
            "command", "date", "cpu", "cores", "os", "rustc",
        ])?;
        let number = |value: Option<f64>| value.map_or(String::new(), |value| value.to_string());
        for result in results {
            for figure in result.figures() {
                let ours = figure.ours;
                table.write_record([
                    result.chapter.package.as_str(),
                    &figure.name,
                    &figure.unit,
                    figure.article.as_deref().unwrap_or(""),
                    &number(ours.map(|s| s.mean)),
                    &number(ours.and_then(|s| s.sd)),
                    &number(ours.map(|s| s.min)),
                    &number(ours.map(|s| s.max)),
                    &ours.map_or(0, |s| s.n).to_string(),
                    result.runs.first().map_or("", |run| &run.summary.data),
                    &self.command,
                    &self.date,
                    &self.machine.cpu,
                    &self.machine.cores.to_string(),
                    &self.machine.os,
                    &self.machine.rustc,
                ])?;
            }
        }
        Ok(table.flush()?)
    }
}

/// The end of the heading of a chapter's section.
fn in_brackets(chapter: &Chapter) -> String {
    format!("(`{}`)", chapter.package)
}

/// The section of `chapter` in the ledger `old`; empty if there is none.
fn old_section(old: &str, chapter: &Chapter) -> String {
    let end = in_brackets(chapter);
    let is_its_section = |text: &&str| text.lines().next().is_some_and(|l| l.ends_with(&end));
    let section = old.split(SECTION).skip(1).find(is_its_section);
    section.map_or(String::new(), |text| format!("{SECTION}{}\n", text.trim_end()))
}

fn row(figure: &Measurement) -> String {
    let Measurement { name, unit, article, ours, .. } = figure;
    let article = article.as_deref().unwrap_or("");
    match ours {
        Some(ours) => format!(
            "| {name} | {article} | {} | {} | {} |\n",
            ours.mean_and_sd(unit),
            if ours.n > 1 { ours.range(unit) } else { String::new() },
            ours.n
        ),
        None => format!("| {name} | {article} | not measured in this tour | | 0 |\n"),
    }
}
