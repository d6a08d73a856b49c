//! Chapter 13, the parts that are tested: the article's network, checkpoints that
//! survive a crash, and pictures read as MNIST's digits are.
//!
//! The lesson itself is the program, `main.rs`.

pub mod args;
pub mod checkpoint;
pub mod folder;
pub mod manifest;
pub mod network;
pub mod order;
pub mod score;
pub mod training;
