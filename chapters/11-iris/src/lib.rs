//! Chapter 11: 150 flowers, three ways to train, and what a comparison is worth.
//!
//! The lesson itself is the program, `main.rs`.

pub mod flowers;
pub mod interval;
pub mod network;
pub mod pictures;
pub mod protocol;
pub mod rules;
pub mod sizes;
pub mod split;
pub mod surface;
mod tables;
pub mod tally;
pub mod verdict;

pub use network::Network;
pub use protocol::{Seconds, Task, flux, keras, knet};
pub use rules::{Protocol, Rules};
pub use split::{Part, Split};
