//! What the program of every chapter needs besides its lesson.
//!
//! ```text
//! flags      --data, --seed, --threads, --out, --quick
//! progress   a progress bar on a terminal, plain lines elsewhere
//! summary    the last line: the figures reached, beside the published ones
//! interrupt  Ctrl-C, recorded so that the program can save its work first
//! ```

pub mod flags;
pub mod interrupt;
mod progress;
mod summary;

pub use flags::Flags;
pub use progress::Progress;
pub use summary::{Figure, Summary, thousands};
