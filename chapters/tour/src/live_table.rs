//! The progress of all chapters: a table on a terminal, plain lines elsewhere.

use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use crate::chapters::Chapter;

/// A table on stderr with a row for each chapter, hidden if stderr is no terminal.
pub struct LiveTable {
    title: ProgressBar,
    rows: Vec<ProgressBar>,
}

impl LiveTable {
    /// A row for each of `chapters`.
    pub fn new(chapters: &[&Chapter]) -> LiveTable {
        let all = MultiProgress::new();
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
        LiveTable { title, rows: chapters.iter().map(row).collect() }
    }

    /// What the tour does now.
    pub fn set_title(&self, text: String) {
        if self.title.is_hidden() {
            eprintln!("{text}");
        }
        self.title.set_prefix(text);
        self.title.set_message("");
    }

    /// A detail beside the title; shown on a terminal only.
    pub fn set_detail(&self, text: &str) {
        self.title.set_message(text.to_owned());
    }

    /// A line of a row that is in progress; shown on a terminal only.
    pub fn set_progress(&self, row: usize, text: String) {
        let bar = &self.rows[row];
        if bar.is_finished() {
            bar.reset();
        }
        bar.enable_steady_tick(Duration::from_millis(100));
        bar.set_message(text);
    }

    /// A result: in its row, or as a line of its own.
    pub fn set_result(&self, row: usize, text: String) {
        let bar = &self.rows[row];
        if bar.is_hidden() {
            eprintln!("{}: {text}", bar.prefix());
        }
        bar.set_message(text);
    }

    /// Stops the spinner of a row.
    pub fn stop(&self, row: usize) {
        self.rows[row].abandon();
    }

    /// Removes the table.
    pub fn clear(&self) {
        self.title.finish_and_clear();
        for bar in &self.rows {
            bar.finish_and_clear();
        }
    }
}
