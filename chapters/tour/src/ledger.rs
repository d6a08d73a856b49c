//! The ledger: every published figure beside ours, as Markdown and as CSV.

use std::io::Write;
use std::path::{Path, PathBuf};

use common::{Result, files};

use crate::chapters::{CHAPTERS, Chapter, Pace};
use crate::machine::Machine;
use crate::runs::{Measured, Outcome};

const HEAD: &str = "# Ledger: the published figures beside ours\n\n\
    Written by the tour, not by hand; each section says by which command, when and on what \
    machine.\n\n\
    Ours are means over seeds ± one standard deviation of the sample, with the lowest and the \
    highest.\n";
/// What every section begins with.
const SECTION: &str = "\n## ";

/// What the ledger is about.
#[derive(Clone, Debug)]
pub struct Ledger<'a> {
    /// What came of the chapters.
    pub outcomes: &'a [Outcome],
    /// On what.
    pub machine: &'a Machine,
    /// When, as [`crate::date::utc`] writes it.
    pub date: String,
    /// How much of everything.
    pub pace: Pace,
    /// The command that makes it again.
    pub command: String,
    /// Whether Ctrl-C was pressed.
    pub stopped: bool,
}

impl Ledger<'_> {
    /// Writes `ledger.md` and `ledger.csv` in `out`; returns the former.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn write(&self, out: &Path) -> Result<PathBuf> {
        let path = out.join("ledger.md");
        files::write(&path, |file| Ok(file.write_all(self.markdown().as_bytes())?))?;
        files::write(&out.join("ledger.csv"), |file| self.csv(file))?;
        Ok(path)
    }

    /// For people: this tour alone.
    pub fn markdown(&self) -> String {
        let warnings = self.warnings().into_iter().map(|warning| format!("\n> {warning}\n"));
        let sections = self.outcomes.iter().map(|outcome| self.section(outcome));
        HEAD.to_owned() + &warnings.chain(sections).collect::<String>()
    }

    /// The ledger `old` of earlier tours, with the sections of this tour's chapters
    /// in place of theirs, in the order of the course.
    pub fn renew(&self, old: &str) -> String {
        let sections = CHAPTERS.iter().map(|chapter| {
            let here = |outcome: &&Outcome| outcome.chapter.package == chapter.package;
            match self.outcomes.iter().find(here) {
                Some(outcome) => self.section(outcome),
                None => kept(old, chapter),
            }
        });
        HEAD.to_owned() + &sections.collect::<String>()
    }

    /// Why these figures should not be held against the article's.
    fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        for (data, published) in foreign_data(self.outcomes) {
            warnings.push(format!(
                "**NOT COMPARABLE: these runs saw {data}, not {published}.** \
                 The article's figures are {published}'s; ours below are of other pictures."
            ));
        }
        if self.pace == Pace::Quick {
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

    /// What came of one chapter, and which command made it, when and where.
    fn section(&self, outcome: &Outcome) -> String {
        let chapter = outcome.chapter;
        let number = chapter.stem.split('-').next().unwrap_or_default();
        let mut text = format!("{SECTION}{number} {} {}\n", chapter.title, in_brackets(chapter));
        if let Some(run) = outcome.runs.first() {
            text += &format!("\nData: {}.\n", run.summary.data);
        }
        let Ledger { machine, date, command, .. } = self;
        text += &format!("\nWritten by `{command}` on {date}. Machine: {machine}.\n");
        if let Some(failure) = &outcome.failure {
            text += &format!("\n> **Failed**: {} {}.\n", failure.what, failure.how);
        }
        if let Some(why) = &outcome.skipped {
            text += &format!("\n> **Skipped**: {why}.\n");
        }
        text += "\n| figure | the article | ours | lowest to highest | seeds |\n\
                 | --- | ---: | ---: | ---: | ---: |\n";
        let figures = outcome.figures();
        for figure in &figures {
            text += &row(figure);
        }
        if self.pace == Pace::Normal && figures.iter().any(|figure| figure.spread.is_none()) {
            text += "\nWith `--full` the tour measures the rest as well.\n";
        }
        let mut notes: Vec<&str> = figures.iter().map(|figure| figure.note).collect();
        notes.retain(|note| !note.is_empty());
        notes.dedup();
        if !notes.is_empty() {
            text += "\nWhy they differ:\n\n";
        }
        for note in notes {
            let about = figures.iter().filter(|figure| figure.note == note);
            let names: Vec<&str> = about.map(|figure| figure.name.as_str()).collect();
            text += &format!("- {}: {note}.\n", names.join("; "));
        }
        text
    }

    fn csv(&self, file: &mut dyn Write) -> Result {
        let mut table = csv::Writer::from_writer(file);
        table.write_record([
            "chapter", "figure", "unit", "article", "mean", "sd", "min", "max", "seeds", "data",
            "command", "date", "cpu", "cores", "os", "rustc",
        ])?;
        let number = |value: Option<f64>| value.map_or(String::new(), |value| value.to_string());
        for outcome in self.outcomes {
            for figure in outcome.figures() {
                let spread = figure.spread;
                table.write_record([
                    outcome.chapter.package,
                    &figure.name,
                    &figure.unit,
                    figure.article.as_deref().unwrap_or(""),
                    &number(spread.map(|s| s.mean)),
                    &number(spread.and_then(|s| s.sd)),
                    &number(spread.map(|s| s.min)),
                    &number(spread.map(|s| s.max)),
                    &spread.map_or(0, |s| s.n).to_string(),
                    outcome.runs.first().map_or("", |run| &run.summary.data),
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

/// Data sets that runs saw although the published figures are about another:
/// `(seen, published)`, each pair once.
pub fn foreign_data(outcomes: &[Outcome]) -> Vec<(&str, &'static str)> {
    let mut pairs = Vec::new();
    for outcome in outcomes {
        for run in &outcome.runs {
            let pair = (run.summary.data.as_str(), outcome.chapter.data);
            if pair.0 != pair.1 && !pairs.contains(&pair) {
                pairs.push(pair);
            }
        }
    }
    pairs
}

/// How the heading of a chapter's section ends.
fn in_brackets(chapter: &Chapter) -> String {
    format!("(`{}`)", chapter.package)
}

/// The section of `chapter` in an older ledger; nothing if it has none.
fn kept(old: &str, chapter: &Chapter) -> String {
    let ending = in_brackets(chapter);
    let heading = |section: &&str| section.lines().next().is_some_and(|l| l.ends_with(&ending));
    let found = old.split(SECTION).skip(1).find(heading);
    found.map_or(String::new(), |section| format!("{SECTION}{}\n", section.trim_end()))
}

fn row(figure: &Measured) -> String {
    let Measured { name, unit, article, spread, .. } = figure;
    let article = article.as_deref().unwrap_or("");
    match spread {
        Some(spread) => format!(
            "| {name} | {article} | {} | {} | {} |\n",
            spread.text(unit),
            if spread.n > 1 { spread.range(unit) } else { String::new() },
            spread.n
        ),
        None => format!("| {name} | {article} | not measured in this tour | | 0 |\n"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runs::Failure;
    use crate::runs::tests::made_up;

    fn machine() -> Machine {
        Machine {
            cpu: "A Fine CPU".to_owned(),
            cores: 2,
            os: "some system (x86_64)".to_owned(),
            rustc: "rustc 1.88.0".to_owned(),
        }
    }

    fn ledger<'a>(outcomes: &'a [Outcome], machine: &'a Machine, pace: Pace) -> Ledger<'a> {
        Ledger {
            outcomes,
            machine,
            date: "2026-11-22 11:54 UTC".to_owned(),
            pace,
            command: "cargo run --release -p tour".to_owned(),
            stopped: false,
        }
    }

    const TWO: [&str; 2] = [
        "perceptron on MNIST: test accuracy 86.00 % (article 86.64 %); training 0.20 s (article 3.685 s)",
        "perceptron on MNIST: test accuracy 87.00 % (article 86.64 %); training 0.30 s (article 3.685 s)",
    ];

    #[test]
    fn published_figures_stand_beside_mean_spread_and_range() {
        let (outcomes, machine) = ([made_up(&TWO)], machine());
        let text = ledger(&outcomes, &machine, Pace::Normal).markdown();
        for line in [
            "| test accuracy | 86.64 % | 86.50 ± 0.71 % | 86.00 to 87.00 % | 2 |",
            "| training | 3.68457 s | 0.25 ± 0.07 s | 0.20 to 0.30 s | 2 |",
            "## 01 The perceptron (`perceptron`)",
            "Data: MNIST.",
            "Written by `cargo run --release -p tour` on 2026-11-22 11:54 UTC. \
             Machine: A Fine CPU, 2 logical cores, some system (x86_64), rustc 1.88.0.",
        ] {
            assert!(text.lines().any(|l| l == line), "{line}\nis not in\n{text}");
        }
        assert!(text.contains("- test accuracy: the article's is a single run;"));
        assert!(!text.contains("NOT COMPARABLE") && !text.contains("quick look"));
    }

    #[test]
    fn other_data_and_a_quick_look_are_said_loudly() {
        let outcomes =
            [made_up(&["perceptron on built-in digits: test accuracy 88.00 % (article 86.64 %)"])];
        let machine = machine();
        let text = ledger(&outcomes, &machine, Pace::Quick).markdown();
        assert!(text.contains("NOT COMPARABLE: these runs saw built-in digits, not MNIST"));
        assert!(text.contains("**A quick look**"));
        assert!(text.contains("| training | 3.68457 s | not measured in this tour | | 0 |"));
        assert_eq!(foreign_data(&outcomes), [("built-in digits", "MNIST")]);
    }

    #[test]
    fn a_tour_of_some_chapters_renews_their_sections_and_keeps_the_others() {
        let old = "# An older head\n\n## 01 The perceptron (`perceptron`)\n\nold\n\
             \n## 02 A hidden layer (`hidden-layer`)\n\n| kept |\n\
             \n## 99 Gone (`gone`)\n\nno such chapter\n";
        let (outcomes, machine) = ([made_up(&TWO)], machine());
        let ledger = ledger(&outcomes, &machine, Pace::Full);
        let new = ledger.renew(old);
        assert!(new.starts_with(HEAD));
        assert!(new.ends_with("\n\n## 02 A hidden layer (`hidden-layer`)\n\n| kept |\n"), "{new}");
        assert!(new.contains("86.50 ± 0.71 %") && !new.contains("old\n"), "{new}");
        assert!(!new.contains("Gone"));
        assert_eq!(ledger.renew(&new), new);
    }

    #[test]
    fn a_failure_is_told() {
        let mut outcome = made_up(&TWO[..1]);
        outcome.failure = Some(Failure {
            what: "seed 2".to_owned(),
            how: "ended with exit code 1".to_owned(),
            last_line: String::new(),
            log: PathBuf::new(),
        });
        let (outcomes, machine) = ([outcome], machine());
        let text = ledger(&outcomes, &machine, Pace::Normal).markdown();
        assert!(text.contains("> **Failed**: seed 2 ended with exit code 1."));
    }

    #[test]
    fn the_table_for_programs_has_a_line_for_each_figure() {
        let folder = tempfile::tempdir().unwrap();
        let (outcomes, machine) = ([made_up(&TWO)], machine());
        let path = ledger(&outcomes, &machine, Pace::Normal).write(folder.path()).unwrap();
        assert!(path.is_file());
        let text = std::fs::read_to_string(folder.path().join("ledger.csv")).unwrap();
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines.len(), 3);
        assert!(
            lines[1].starts_with(
                "perceptron,test accuracy,%,86.64 %,86.5,0.7071067811865476,86,87,2,MNIST,"
            ),
            "{}",
            lines[1]
        );
    }
}
