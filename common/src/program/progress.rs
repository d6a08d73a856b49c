//! The progress of a loop.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

/// A progress bar on a terminal; elsewhere a plain line for each tenth.
pub struct Progress {
    bar: ProgressBar,
    steps: usize,
    next_tenth: usize,
    next_update: Instant,
}

impl Progress {
    /// For a loop of `steps` steps.
    pub fn new(steps: usize) -> Progress {
        let bar = ProgressBar::new(steps as u64);
        if let Ok(style) = ProgressStyle::with_template(
            "{bar:30} {percent:>3} %  {msg}  {elapsed} gone, {eta} to go",
        ) {
            bar.set_style(style);
        }
        Progress { bar, steps, next_tenth: 1, next_update: Instant::now() }
    }

    /// After step `step` of 1 to `steps`, with the loss and the accuracy in
    /// percent. Cheap enough for every step.
    pub fn step(&mut self, step: usize, loss: f64, accuracy: f64) {
        self.at(step, || {
            format!("iteration {step:>7}: loss {loss:8.4}, accuracy {accuracy:6.2} %")
        });
    }

    /// After `step` steps; `message` is called only when it is shown.
    pub fn at(&mut self, step: usize, message: impl FnOnce() -> String) {
        if self.bar.is_hidden() {
            if step * 10 >= self.next_tenth * self.steps {
                eprintln!("{:>3} %  {}", step * 100 / self.steps, message());
                self.next_tenth = step * 10 / self.steps + 1;
            }
        } else if Instant::now() >= self.next_update {
            self.bar.set_position(step as u64);
            self.bar.set_message(message());
            self.next_update = Instant::now() + Duration::from_millis(100);
        }
    }

    /// Prints `line` above the bar.
    pub fn print(&self, line: &str) {
        self.bar.suspend(|| println!("{line}"));
    }

    /// Prints `line` above the bar, on stderr.
    pub fn eprint(&self, line: &str) {
        self.bar.suspend(|| eprintln!("{line}"));
    }

    /// Removes the bar.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
