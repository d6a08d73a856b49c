//! Chapter 11: 150 flowers, three training protocols, and a fair comparison.
//!
//! The lesson is the program, `main.rs`. Its parts, in reading order.

pub mod dataset; // the table, from a file or built in
pub mod network; // 4-H-3 and one training step
pub mod split; // stratified training and test sets, standardised
pub mod confidence_interval; // Wilson, Student's t, corrected t, median
pub mod training; // the loops of Keras, Knet and Flux
pub mod protocols; // their settings: own, equal, one changed
pub mod comparison; // paired differences of accuracy and time, in tables and sentences
pub mod confusion; // which flowers are misclassified
pub mod test_size; // accuracy against the size of the test set
pub mod contour; // lines where a function is zero
pub mod plots; // the pictures

pub use network::Network;
pub use split::{Part, Split};
pub use training::{Setting, flux, keras, knet};
