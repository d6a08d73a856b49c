//! What every chapter's program does around its lesson.
//!
//! ```text
//! flags      --data, --seed, --threads, --out, --quick
//! progress   a bar on a terminal, plain lines elsewhere
//! summary    the last line: what was reached, beside what was published
//! interrupt  Ctrl-C, noted so that work can be kept first
//! ```

pub mod flags;
pub mod interrupt;
mod progress;
mod summary;

pub use flags::Flags;
pub use progress::Progress;
pub use summary::{Figure, Summary, peak_memory, thousands};
