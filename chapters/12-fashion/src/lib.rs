//! Chapter 12, the parts that are tested: what both networks learn from, the two
//! networks, each with its training loop, the loop in plain convolutions, and
//! what is told and drawn of them.

pub mod cnn;
pub mod course;
pub mod learnt;
pub mod mlp;
pub mod naive;
pub mod pictures;
pub mod reading;
pub mod tables;

pub use course::Course;
pub use learnt::Learnt;
pub use reading::Reading;
