//! Chapter 11: 150 flowers, three training protocols, and a fair comparison.
//!
//! The lesson is the program, `main.rs`. Its parts, in reading order:
//!
//! ```text
//! dataset              the table, from a file or built in
//! network              4-H-3 and one training step
//! split                stratified training and test sets, standardised
//! confidence_interval  Wilson, Student's t, corrected t, median
//! training             the loops of Keras, Knet and Flux
//! protocols            their settings: own, equal, one changed
//! comparison           paired differences of accuracy and time, in tables and sentences
//! confusion            which flowers are misclassified
//! test_size            accuracy against the size of the test set
//! contour              lines where a function is zero
//! plots                the pictures
//! ```

pub mod comparison;
pub mod confidence_interval;
pub mod confusion;
pub mod contour;
pub mod dataset;
pub mod network;
pub mod plots;
pub mod protocols;
pub mod split;
pub mod test_size;
pub mod training;

pub use network::Network;
pub use split::{Part, Split};
pub use training::{Setting, flux, keras, knet};
