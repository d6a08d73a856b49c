//! Chapter 09: dropout, Adam, and the cross-entropy from logits.
//!
//! The lesson is the program, `main.rs`. Its parts, in reading order:

pub mod dropout; // the mask
pub mod loss; // the cross-entropy from logits, naive and stable
pub mod adam; // Adam, for one array of parameters
pub mod network; // 784-H-10: forward and backward
pub mod throttle; // a callback that acts at most every few seconds
pub mod report; // the runs beside the article's
pub mod optimisers; // AdaGrad, RMSProp, and the six of the comparisons
pub mod trajectories; // the six on a quadratic in two dimensions
pub mod training; // the lesson's loop as a function, for the next three
pub mod optimiser_comparison; // the six on the network
pub mod subnormals; // milliseconds of Adam against steps, with the flush and without
pub mod grid_search; // --choose: learning rate, dropout and hidden units
