//! Chapter 04, the parts that are tested and that later chapters use: the
//! article's network, where a filter may stand, convolution in plain loops (the
//! judge of every faster one) and in the article's own way.

pub mod article;
pub mod checkpoint;
pub mod conv;
pub mod network;
pub mod window;

pub use window::Window;
