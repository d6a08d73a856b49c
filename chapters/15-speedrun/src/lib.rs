//! Chapter 15: the least time to 99.0 and 99.4 %, as a ladder of one change at a time.
//!
//! In reading order; the training itself is in the program, `main.rs`.

pub mod recipe; // what a training depends on; the rungs of the ladder, and what was tried
pub mod random_crop; // the middle of an image, moved at random
pub mod selective_backprop; // no time for images that are easy already
pub mod muon; // steps of equal length in all directions
pub mod report; // tables, the chart, the files
