//! Chapter 08: several layers, channels, padding, stride, pooling: past 99 %.
//!
//! The lesson itself is the program, `main.rs`.

pub mod augment;
mod head;
pub mod kept;
pub mod layers;
pub mod naive;
pub mod network;
pub mod optimiser;
pub mod pictures;
pub mod pool;
mod reduce;
pub mod saved;
pub mod schedule;
pub mod score;
pub mod speedrun;
mod stage;
pub mod study;

pub use layers::{Layer, Layers};
pub use pool::Pooling;
