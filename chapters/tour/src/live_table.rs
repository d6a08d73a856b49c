//! The progress of all chapters: a table on a terminal, plain lines elsewhere.

use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use crate::chapters::Chapter;

/// A table on stderr with a row for each chapter.
pub struct LiveTable {
    /// Empty if stderr is no terminal.
    rows: Vec<ProgressBar>,
    title: ProgressBar,
}

impl LiveTable {
    /// A row for each of `chapters`.
    pub fn new(chapters: &[&Chapter]) -> LiveTable {
        let all = MultiProgress::new();
        if all.is_hidden() {
            return LiveTable { rows: Vec::new(), title: ProgressBar::hidden() };
        }
        let spinner = |template| {
            let bar = all.add(ProgressBar::new_spinner());
            if let Ok(style) = ProgressStyle::with_template(template) {
                bar.set_style(style);
            }
            bar
        };
        let title = spinner("{prefix} ({elapsed}) {wide_msg}");
        title.enable_steady_tick(Duration::from_secs(1));
        let row = |chapter: &&Chapter| {
            let row = spinner("{spinner} {prefix:14} {wide_msg}");
            row.set_prefix(chapter.package.clone());
            row.tick();
            row
        };
        LiveTable { rows: chapters.iter().map(row).collect(), title }
    }

    /// What the tour does now.
    pub fn set_title(&self, text: String) {
        if self.rows.is_empty() {
            eprintln!("{text}");
        } else {
            self.title.set_prefix(text);
            self.title.set_message("");
        }
    }

    /// A detail beside the title; shown on a terminal only.
    pub fn set_detail(&self, text: &str) {
        self.title.set_message(text.to_owned());
    }

    /// A line of a row that is in progress; shown on a terminal only.
    pub fn set_progress(&self, row: usize, text: String) {
        if let Some(bar) = self.rows.get(row) {
            if bar.is_finished() {
                bar.reset();
            }
            bar.enable_steady_tick(Duration::from_millis(100));
            bar.set_message(text);
        }
    }

    /// A result: in its row, or as a line of its own.
    pub fn set_result(&self, row: usize, chapter: &Chapter, text: String) {
        match self.rows.get(row) {
            Some(bar) => bar.set_message(text),
            None => eprintln!("{}: {text}", chapter.package),
        }
    }

    /// Stops the spinner of a row.
    pub fn stop(&self, row: usize) {
        if let Some(bar) = self.rows.get(row) {
            bar.abandon();
        }
    }

    /// Removes the table.
    pub fn clear(&self) {
        self.title.finish_and_clear();
        for bar in &self.rows {
            bar.finish_and_clear();
        }
    }
}
