//! Chapter 04, the parts that are tested and that later chapters use: where a
//! filter may stand, and convolution in plain loops, the judge of every faster
//! one.

pub mod article;
pub mod conv;
pub mod network;
pub mod window;

pub use window::Window;
