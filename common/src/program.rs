//! What the program of every chapter needs besides its lesson.

pub mod flags; // --data, --seed, --threads, --out, --quick
mod progress; // a progress bar on a terminal, plain lines elsewhere
mod summary; // the last line: the figures reached, beside the published ones
pub mod interrupt; // Ctrl-C, recorded so that the program can save its work first

pub use flags::Flags;
pub use progress::Progress;
pub use summary::{Figure, Summary, thousands};
