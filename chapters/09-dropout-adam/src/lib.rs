//! Chapter 09: dropout, Adam, and the cross-entropy from logits.
//!
//! The lesson itself is the program, `main.rs`.

pub mod adam;
pub mod choose;
pub mod dropout;
pub mod lab;
pub mod loss;
pub mod network;
pub mod optimisers;
pub mod table;
pub mod throttle;
pub mod valley;
