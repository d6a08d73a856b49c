//! Chapter 15: the least time to 99.0 and 99.4 %, as a ladder of one change at a time.
//!
//! In reading order; the training itself is in the program, `main.rs`.

pub mod recipe; // what a training depends on; the rungs of the ladder, and what was tried
pub mod window; // the middle of an image, moved at random
pub mod known; // images that are known already
pub mod muon; // steps of equal length in all directions
pub mod report; // tables, the chart, the files
