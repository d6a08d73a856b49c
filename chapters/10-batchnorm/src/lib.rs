//! Chapter 10: batch normalisation in a regression.
//!
//! The lesson is the program, `main.rs`. Its parts, in reading order:
//!
//! ```text
//! dataset            points of a curve, and their powers
//! loss               the mean squared error, and what broadcasting makes of it
//! least_squares      the best polynomial, without training
//! batch_norm         batch norm of a matrix: forward, backward, test mode
//! computation_graph  its backward pass node by node
//! running_stats      mean and variance for test mode
//! batch_norm_2d      batch norm of the channels of a convolution
//! network            the article's network, with and without batch norm
//! plots              curves and charts that several plots share
//! training           the lesson's training with one thing changed
//! experiments        which things are changed; tables and plots
//! ```

pub mod batch_norm;
pub mod batch_norm_2d;
pub mod computation_graph;
pub mod dataset;
pub mod experiments;
pub mod least_squares;
pub mod loss;
pub mod network;
pub mod plots;
pub mod running_stats;
pub mod training;

pub use network::Network;
pub use running_stats::RunningStats;
