//! Chapter 13, the parts of the lesson that are tested; the lesson itself is `main.rs`.
//! In reading order:
//!
//! - [`network`]: the article's network, forward and backward, and Adam's step
//! - [`sampler`]: which images each step takes
//! - [`training`]: all that the next step depends on
//! - [`manifest`]: everything in a checkpoint that is not an array
//! - [`checkpoint`]: saves a training as two files, and loads it
//! - [`store`]: the folder of checkpoints, of which the newest few are kept
//! - [`args`]: commands and flags
//! - [`picture`], [`preprocess`], [`inference`]: the commands `test` and `predict`
//! - [`plots`]: the pictures of a training
//! - [`symmetry`], [`experiments`], [`improvements`]: what the flags of `train` compare

pub mod args;
pub mod checkpoint;
pub mod experiments;
pub mod improvements;
pub mod inference;
pub mod manifest;
pub mod network;
pub mod picture;
pub mod plots;
pub mod preprocess;
pub mod sampler;
pub mod store;
pub mod symmetry;
pub mod training;
