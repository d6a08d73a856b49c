//! Chapter 08: several layers, channels, padding, stride, pooling: past 99 %.
//!
//! In reading order; the lesson itself is the program, `main.rs`.
//!
//! ```text
//! network         the network of the lesson, forward and backward, in equations
//! pool            max and average pooling in plain loops
//! layers          any other network, from a line such as conv20x5,pool2,500
//! optimiser       gradient descent, momentum, Nesterov, Adam
//! schedule        how the learning rate changes during training
//! parameters      parameters by name, and the file that holds them
//! early_stopping  the best parameters so far, and when to stop
//! pictures        curves, filters, feature maps
//! experiments     one setting changed at a time; the least time to 99.0 %
//! engine          what trains: the same network, many times as fast
//! ```

pub mod early_stopping;
pub mod engine;
pub mod experiments;
pub mod layers;
pub mod network;
pub mod optimiser;
pub mod parameters;
pub mod pictures;
pub mod pool;
pub mod schedule;

pub use engine::Network;
pub use layers::{Layer, Layers};
pub use pool::Pooling;
