//! Chapter 08: several layers, channels, padding, stride, pooling: past 99 %.
//!
//! The lesson itself is the program, `main.rs`.

pub mod augment;
pub mod layers;
pub mod naive;
pub mod optimiser;
pub mod pool;
pub mod schedule;

pub use layers::{Layer, Layers};
pub use pool::Pooling;
