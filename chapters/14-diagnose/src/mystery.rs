//! A bug without its name, and the answer.

use common::seeded;
use rand::Rng as _;

use crate::bug::Bug;
use crate::museum::{EXHIBITS, Exhibit, exhibit};
use crate::report::seen_by;

/// The bug that this number hides: one of those that a check sees.
pub fn hidden(number: u64) -> Bug {
    let visible: Vec<&Exhibit> = EXHIBITS.iter().filter(|exhibit| exhibit.first > 0).collect();
    visible[seeded(number).random_range(0..visible.len())].bug
}

/// Whether `guess` is what the number hides, and why; in both cases what it is.
pub fn answer(number: u64, guess: Bug) -> String {
    let bug = hidden(number);
    let Some(Exhibit { symptom, first, cure, lesson, .. }) = exhibit(bug) else {
        return String::new();
    };
    let verdict = match exhibit(guess) {
        _ if guess == bug => format!("Right: it is {}.", bug.name()),
        Some(other) if other.first != *first => format!(
            "No. {} would be seen first by {}, and this one is seen first by {}. It is {}.",
            guess.name(),
            seen_by(other.first),
            seen_by(*first),
            bug.name()
        ),
        _ => format!(
            "No, but close: {} is seen by the same check first. It is {}.",
            guess.name(),
            bug.name()
        ),
    };
    format!(
        "{verdict}\n{}.\nsymptom: {symptom}\ncure:    {cure}\nlesson:  docs/en/{lesson}.md",
        bug.about()
    )
}
