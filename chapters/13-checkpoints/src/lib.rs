//! Chapter 13, the parts that are tested: the article's network, checkpoints that
//! survive a crash, and pictures read as MNIST's digits are.
//!
//! The lesson itself is the program, `main.rs`.

pub mod args;
pub mod batches;
pub mod checkpoint;
pub mod elsewhere;
pub mod folder;
pub mod improved;
pub mod manifest;
pub mod network;
pub mod order;
pub mod picture;
pub mod pictures;
pub mod read;
pub mod score;
pub mod study;
pub mod table;
pub mod training;
pub mod units;
