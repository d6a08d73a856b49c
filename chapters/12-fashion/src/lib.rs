//! Chapter 12, the parts of the lesson that are tested; the lesson itself is `main.rs`.
//! In reading order:
//!
//! - [`schedule`]: images, batches and learning rates, the same for both networks
//! - [`history`]: loss, accuracy and seconds of a training
//! - [`mlp`], [`cnn`]: the two networks, each with its training loop
//! - [`predictions`]: what a network predicts for the test set, and its mistakes
//! - [`naive`]: the CNN, or any other network of lesson 08, in plain loops
//! - [`speed`]: how much slower that is
//! - [`report`], [`plots`]: tables, `.csv` files and pictures

pub mod cnn;
pub mod history;
pub mod mlp;
pub mod naive;
pub mod plots;
pub mod predictions;
pub mod report;
pub mod schedule;
pub mod speed;
