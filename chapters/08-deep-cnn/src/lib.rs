//! Chapter 08: several layers, channels, padding, stride, pooling: past 99 %.
//!
//! In reading order; the lesson itself is the program, `main.rs`.

pub mod network; // the network of the lesson, forward and backward, in equations
pub mod pool; // max and average pooling in plain loops
pub mod layers; // any other network, from a line such as conv20x5,pool2,500
pub mod optimiser; // gradient descent, momentum, Nesterov, Adam
pub mod schedule; // how the learning rate changes during training
pub mod parameters; // parameters by name, and the file that holds them
pub mod early_stopping; // the best parameters so far, and when to stop
pub mod pictures; // curves, filters, feature maps
pub mod look; // look.html, the network in a browser
pub mod study; // one setting changed at a time
pub mod engine; // what trains: the same network, many times as fast

pub use engine::Network;
pub use layers::{Layer, Layers};
pub use pool::Pooling;
