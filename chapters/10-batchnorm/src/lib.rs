//! Chapter 10: batch normalisation in a regression.
//!
//! The lesson itself is the program, `main.rs`. [`norm`] is batch norm over the
//! columns of a matrix, [`path`] the same way back node by node, [`images`] the
//! same for the channels of convolutions, [`running`] what a network remembers
//! of its batches.

pub mod broadcast;
pub mod experiments;
pub mod floor;
pub mod images;
pub mod loss;
pub mod network;
pub mod norm;
pub mod path;
pub mod pictures;
pub mod plain;
pub mod points;
pub mod running;
pub mod study;

pub use network::Network;
pub use running::Running;
