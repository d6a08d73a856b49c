//! Chapter 09: dropout, Adam, and the cross-entropy from logits.
//!
//! The lesson itself is the program, `main.rs`.

pub mod adam;
pub mod dropout;
pub mod loss;
