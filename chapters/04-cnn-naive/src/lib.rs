//! Chapter 04, the parts that are tested and that later chapters use. In reading
//! order:

pub mod network; // the article's network: one filter, forward and backward
pub mod checkpoint; // its parameters after so many steps: test, draw, save
pub mod window; // stride and padding
pub mod conv; // convolution in plain loops, which every faster one must agree with
pub mod article; // convolution as the article's program does it, to compare times

pub use window::Window;
