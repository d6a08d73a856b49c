//! Chapter 09: dropout, Adam, and the cross-entropy from logits.
//!
//! The lesson is the program, `main.rs`. Its parts, in reading order:
//!
//! ```text
//! dropout               the mask
//! loss                  the cross-entropy from logits, naive and stable
//! adam                  Adam, for one array of parameters
//! network               784-H-10: forward and backward
//! throttle              a callback that acts at most every few seconds
//! report                the runs beside the article's
//! optimisers            AdaGrad, RMSProp, and the six of the comparisons
//! trajectories          the six on a quadratic in two dimensions
//! training              the lesson's loop as a function, for the next three
//! optimiser_comparison  the six on the network
//! subnormals            milliseconds of Adam against steps, with the flush and without
//! grid_search           --choose: learning rate, dropout and hidden units
//! ```

pub mod adam;
pub mod dropout;
pub mod grid_search;
pub mod loss;
pub mod network;
pub mod optimiser_comparison;
pub mod optimisers;
pub mod report;
pub mod subnormals;
pub mod throttle;
pub mod training;
pub mod trajectories;
