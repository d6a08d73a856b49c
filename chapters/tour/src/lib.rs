//! The tour: builds and runs every chapter, and compares what it reached with
//! the published figures. In reading order:
//!
//! ```text
//! chapters    the table of chapters, from chapters.json
//! args        the flags, and what follows from them
//! workspace   where the chapters are, and cargo for them
//! process     runs one program: its log, its output, Ctrl-C
//! build       builds all chapters at once
//! results     what a chapter reached over its seeds, with mean and spread, or how it failed
//! run         runs one chapter over its seeds
//! live_table  the progress of all chapters on a terminal
//! report      the table and the notices at the end
//! machine     which machine the figures were measured on
//! ledger      the published figures beside ours, as Markdown and CSV
//! curves      reads the curves that chapters 01 to 03 have saved
//! overview    draws one picture of the whole tour
//! markdown    finds pictures and replaces output blocks in a page
//! docs        renews the ledger, pictures and outputs in docs/
//! ```

pub mod args;
pub mod build;
pub mod chapters;
pub mod curves;
pub mod docs;
pub mod ledger;
pub mod live_table;
pub mod machine;
pub mod markdown;
pub mod overview;
pub mod process;
pub mod report;
pub mod results;
pub mod run;
pub mod workspace;
