//! Chapter 04, the parts that are tested and that later chapters use. In reading
//! order:
//!
//! ```text
//! network     the article's network: one filter, forward and backward
//! checkpoint  its parameters after so many steps: test, draw, save
//! window      stride and padding
//! conv        convolution in plain loops, which every faster one must agree with
//! article     convolution as the article's program does it, to compare times
//! ```

pub mod article;
pub mod checkpoint;
pub mod conv;
pub mod network;
pub mod window;

pub use window::Window;
