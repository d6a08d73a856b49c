//! What a person sees: a live table on a terminal, plain lines elsewhere, and
//! the table at the end.

use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use crate::chapters::Chapter;
use crate::ledger::foreign_data;
use crate::runs::{Measured, Outcome};

/// The table under way, on stderr.
pub struct Screen {
    /// A row for each chapter; none where nobody watches.
    rows: Vec<ProgressBar>,
    title: ProgressBar,
}

impl Screen {
    /// A row for each of `chapters`.
    pub fn new(chapters: &[&Chapter]) -> Screen {
        let all = MultiProgress::new();
        let title = ProgressBar::hidden();
        if all.is_hidden() {
            let rows = Vec::new();
            return Screen { rows, title };
        }
        let title = all.add(title_bar());
        let rows = chapters
            .iter()
            .map(|chapter| {
                let row = all.add(ProgressBar::new_spinner());
                if let Ok(style) = ProgressStyle::with_template("{spinner} {prefix:14} {wide_msg}")
                {
                    row.set_style(style);
                }
                row.set_prefix(chapter.package);
                row.tick();
                row
            })
            .collect();
        Screen { rows, title }
    }

    /// What happens now, in a row that is under way: only for those who watch.
    pub fn now(&self, row: usize, text: &str) {
        if let Some(bar) = self.rows.get(row) {
            if bar.is_finished() {
                bar.reset();
            }
            bar.enable_steady_tick(Duration::from_millis(100));
            bar.set_message(text.to_owned());
        }
    }

    /// What a row has come to: in its place, or as a line of its own.
    pub fn reached(&self, row: usize, chapter: &Chapter, text: &str) {
        match self.rows.get(row) {
            Some(bar) => bar.set_message(text.to_owned()),
            None => eprintln!("{}: {text}", chapter.package),
        }
    }

    /// Nothing more happens in a row.
    pub fn rest(&self, row: usize) {
        if let Some(bar) = self.rows.get(row) {
            bar.abandon(); // the row stays, its spinner does not
        }
    }

    /// What the tour does now.
    pub fn title(&self, text: &str) {
        if self.rows.is_empty() {
            eprintln!("{text}");
        } else {
            self.title.set_message(text.to_owned());
        }
    }

    /// Takes the table away, to make room for what stays.
    pub fn clear(&self) {
        self.title.finish_and_clear();
        for bar in &self.rows {
            bar.finish_and_clear();
        }
    }
}

fn title_bar() -> ProgressBar {
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{wide_msg} {elapsed}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_secs(1));
    bar
}

/// One line on how a chapter stands: its main figure beside the article's.
pub fn line(outcome: &Outcome) -> String {
    let seconds = outcome.seconds();
    let seeds = outcome.runs.len();
    let s = if seeds == 1 { "" } else { "s" };
    let figures = outcome.main_figures();
    let figure = figures.first().map_or(String::new(), |figure| {
        let (ours, article) = cells(figure);
        if article.is_empty() { ours } else { format!("{ours} (article {article})") }
    });
    format!("{figure}, {seeds} seed{s}, {seconds:.1} s")
}

/// The table at the end: chapter, what it reached, the article's figure,
/// seeds, and the seconds of all its runs.
pub fn table(outcomes: &[Outcome]) -> String {
    let mut rows = vec![["chapter", "reached", "article", "seeds", "seconds"].map(str::to_owned)];
    for outcome in outcomes {
        let mut chapter = outcome.chapter.package;
        let mut seconds = format!("{:.1}", outcome.seconds());
        for figure in outcome.main_figures() {
            let (ours, article) = cells(&figure);
            let seeds = figure.spread.map_or(0, |spread| spread.n).to_string();
            rows.push([chapter.to_owned(), ours, article, seeds, seconds]);
            (chapter, seconds) = ("", String::new());
        }
        if outcome.failure.is_some() {
            let failed = "FAILED, see below".to_owned();
            rows.push([chapter.to_owned(), failed, String::new(), String::new(), String::new()]);
        } else if outcome.runs.is_empty() {
            let unfinished = match outcome.skipped {
                Some(_) => "skipped, see below".to_owned(),
                None => "not finished".to_owned(),
            };
            rows.push([
                chapter.to_owned(),
                unfinished,
                String::new(),
                String::new(),
                String::new(),
            ]);
        }
    }
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max();
    let widths = [0, 1, 2, 3, 4].map(|column| width(column).unwrap_or(0));
    let mut text = String::new();
    for [chapter, reached, article, seeds, seconds] in &rows {
        let [a, b, c, d, e] = widths;
        let line = format!("{chapter:a$}  {reached:b$}  {article:c$}  {seeds:>d$}  {seconds:>e$}");
        text += line.trim_end();
        text.push('\n');
    }
    text
}

/// "test accuracy 86.31 ± 0.35 %" and "86.64 %".
fn cells(figure: &Measured) -> (String, String) {
    let ours = figure.spread.map_or(String::new(), |s| s.text(&figure.unit));
    let article = figure.article.clone().unwrap_or_default();
    (format!("{} {ours}", figure.name), article)
}

/// What this machine could not run, and what it lacks.
pub fn skipped(outcomes: &[Outcome]) -> String {
    let all = outcomes.iter().filter_map(|outcome| {
        let why = outcome.skipped.as_ref()?;
        Some(format!("{} was skipped: {why}\n", outcome.chapter.package))
    });
    all.collect()
}

/// What failed, how, with which last words, and where all of them are.
pub fn failures(outcomes: &[Outcome]) -> String {
    let mut text = String::new();
    for outcome in outcomes {
        if let Some(failure) = &outcome.failure {
            text += &format!(
                "{} failed: {} {}: {}\n  all it said is in {}\n",
                outcome.chapter.package,
                failure.what,
                failure.how,
                failure.last_line,
                failure.log.display()
            );
        }
    }
    text
}

/// What must not be overlooked: runs on other data than the article's, a line for
/// each pair of data sets. Empty if there are none.
pub fn other_data(outcomes: &[Outcome]) -> String {
    let mut notice = String::new();
    for (saw, data) in foreign_data(outcomes) {
        let chapters: Vec<&str> = outcomes
            .iter()
            .filter(|outcome| outcome.chapter.data == data)
            .filter(|outcome| outcome.runs.iter().any(|run| run.summary.data == saw))
            .map(|outcome| outcome.chapter.package)
            .collect();
        notice += &format!(
            "NOTICE: {} saw the {saw}, not {data}: these figures are not comparable with \
             the article's. Run again with a network, or add --data DIR.\n",
            chapters.join(", ")
        );
    }
    notice
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chapters::CHAPTERS;
    use crate::runs::{Failure, tests::made_up};

    const LINES: [&str; 2] = [
        "perceptron on MNIST: test accuracy 86.00 % (article 86.64 %); training 0.20 s (article 3.685 s)",
        "perceptron on MNIST: test accuracy 87.00 % (article 86.64 %); training 0.30 s (article 3.685 s)",
    ];

    #[test]
    fn the_table_shows_what_was_reached_beside_the_article_and_the_seconds() {
        let table = table(&[made_up(&LINES), Outcome::none(&CHAPTERS[1])]);
        let expected = "\
chapter       reached                       article    seeds  seconds
perceptron    test accuracy 86.50 ± 0.71 %  86.64 %        2      4.0
              training 0.25 ± 0.07 s        3.68457 s      2
hidden-layer  not finished
";
        assert_eq!(table, expected);
    }

    #[test]
    fn a_line_on_a_chapter_has_its_main_figure() {
        assert_eq!(
            line(&made_up(&LINES)),
            "test accuracy 86.50 ± 0.71 % (article 86.64 %), 2 seeds, 4.0 s"
        );
    }

    #[test]
    fn other_data_than_the_articles_is_said_once_for_all_chapters_that_saw_it() {
        let line = "perceptron on built-in digits: test accuracy 74.00 % (article 86.64 %)";
        let another = Outcome { chapter: &CHAPTERS[1], ..made_up(&[line]) };
        let notice = other_data(&[made_up(&[line]), another, made_up(&LINES)]);
        assert!(notice.starts_with("NOTICE: perceptron, hidden-layer saw the built-in digits"));
        assert_eq!(notice.lines().count(), 1, "{notice}");
        assert_eq!(other_data(&[made_up(&LINES)]), "");
    }

    #[test]
    fn a_failure_has_its_code_its_last_words_and_its_log() {
        let mut outcome = made_up(&[]);
        outcome.failure = Some(Failure {
            what: "seed 1".to_owned(),
            how: "ended with exit code 1".to_owned(),
            last_line: "Error: the disk is full".to_owned(),
            log: "out/tour/perceptron/seed-1.log".into(),
        });
        let outcomes = [outcome];
        assert!(table(&outcomes).contains("perceptron  FAILED, see below"));
        assert_eq!(
            failures(&outcomes),
            "perceptron failed: seed 1 ended with exit code 1: Error: the disk is full\n  \
             all it said is in out/tour/perceptron/seed-1.log\n"
        );
    }
}
