//! Chapter 03, the parts that are tested. In reading order:
//!
//! ```text
//! network    the networks of chapters 01 and 02 as one type
//! config     what is trained: the settings of every run of the three studies
//! training   one run: train, measure, save, resume
//! parallel   many runs on all cores
//! report     tables and pictures of the three studies
//! ```

pub mod config;
pub mod network;
pub mod parallel;
pub mod report;
pub mod training;
