//! Chapter 03, the parts that are tested. In reading order:

pub mod network; // the networks of chapters 01 and 02 as one type
pub mod config; // what is trained: the settings of every run of the three studies
pub mod training; // one run: train, measure, save, resume
pub mod parallel; // many runs on all cores
pub mod report; // tables and pictures of the three studies
