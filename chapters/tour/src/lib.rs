//! The tour: every chapter, one after the other, and what comes of it.
//!
//! ```text
//! chapters   the one table of chapters: arguments, seeds, published figures
//! workspace  where the chapters are, and the cargo that runs them
//! child      one child process: its output kept, stopped by Ctrl-C
//! runs       a chapter over its seeds, and how it may fail
//! spread     mean, standard deviation, lowest and highest
//! screen     the live table, and the table at the end
//! ledger     the published figures beside ours, as Markdown and CSV
//! machine    what it was measured on
//! date       the civil date, without a library
//! curves     the chapters' curves, read back
//! overview   one picture of the whole tour
//! docs       what the pages show, taken from the runs
//! ```

pub mod chapters;
pub mod child;
pub mod curves;
pub mod date;
pub mod docs;
pub mod ledger;
pub mod machine;
pub mod overview;
pub mod runs;
pub mod screen;
pub mod spread;
pub mod workspace;
