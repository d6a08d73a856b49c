//! A lesson from outside: how it ended, and what it printed.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use common::program::Summary;
use datasets::{digits, idx};

use crate::texts;

/// Runs a lesson to its end: the summary on its last line, and both its outputs.
///
/// # Panics
/// If it fails, or does not end with its summary.
pub fn run(lesson: &mut Command) -> (Summary, String, String) {
    let output = lesson.output().expect("a program that was built starts");
    let (out, err) = texts(&output);
    assert!(output.status.success(), "{lesson:?}\n{out}\n{err}");
    let summary = out.lines().last().and_then(|line| line.parse().ok());
    (summary.unwrap_or_else(|| panic!("{lesson:?} ends without a summary: {out}")), out, err)
}

/// The figure `name` of a summary.
///
/// # Panics
/// If it has none.
pub fn figure(summary: &Summary, name: &str) -> f64 {
    let found = summary.figures.iter().find(|figure| figure.name == name);
    found.unwrap_or_else(|| panic!("no {name} in {summary}")).value
}

/// What a lesson says as it ends with this exit code, without a panic.
///
/// # Panics
/// If it ended in another way.
pub fn fails(output: &Output, code: i32) -> String {
    let (out, err) = texts(output);
    assert_eq!(output.status.code(), Some(code), "{out}\n{err}");
    assert!(!err.contains("panicked"), "{err}");
    err
}

/// Writes so many drawn digits, for training and for the test, into `folder` as the files of
/// MNIST and of Fashion-MNIST.
///
/// # Panics
/// If they cannot be written.
pub fn write_digits(folder: &Path, train: usize, test: usize) {
    for (stream, split, n) in [(0, "train", train), (1, "t10k", test)] {
        let drawn = digits::draw(1, stream, n);
        for set in ["mnist", "fashion-mnist"] {
            let place = folder.join(set);
            fs::create_dir_all(&place).unwrap();
            let path = |kind: &str| place.join(format!("{split}-{kind}-ubyte"));
            idx::write(path("images-idx3"), drawn.images.view()).unwrap();
            idx::write(path("labels-idx1"), drawn.labels.view()).unwrap();
        }
    }
}
