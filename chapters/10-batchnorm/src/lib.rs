//! Chapter 10: batch normalisation in a regression.
//!
//! The lesson is the program, `main.rs`. Its parts, in reading order:

pub mod dataset; // points of a curve, and their powers
pub mod loss; // the mean squared error, and what broadcasting makes of it
pub mod least_squares; // the best polynomial, without training
pub mod batch_norm; // batch norm of a matrix: forward, backward, test mode
pub mod computation_graph; // its backward pass node by node
pub mod running_stats; // mean and variance for test mode
pub mod batch_norm_2d; // batch norm of the channels of a convolution
pub mod network; // the article's network, with and without batch norm
pub mod plots; // curves and charts that several plots share
pub mod training; // the lesson's training with one thing changed
pub mod experiments; // which things are changed; tables and plots

pub use network::Network;
pub use running_stats::RunningStats;
