//! What the program of every chapter needs besides its lesson.

use std::path::Path;

use common::Error;
use common::program::{Summary, thousands};

#[test]
fn a_summary_can_be_read_back() {
    let summary = Summary::new("perceptron", "built-in digits")
        .figure("test accuracy", 86.5, "%", Some("86.64 %"))
        .figure("training", 0.25, "s", Some("3.685 s"))
        .figure("peak memory", 241.0, "MB", None);
    assert_eq!(summary.to_string().parse::<Summary>().unwrap(), summary);
}

#[test]
fn thousands_stand_apart() {
    assert_eq!([0, 999, 1000, 1234567].map(thousands), ["0", "999", "1,000", "1,234,567"]);
}

#[test]
fn an_error_that_leaves_main_is_a_plain_sentence() {
    let error = Error::at(Path::new("out/w.npz"), "the disk is full");
    assert_eq!(format!("{error:?}"), "out/w.npz: the disk is full");
}
