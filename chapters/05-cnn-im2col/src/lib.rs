//! Chapter 05, the parts that are tested and that later chapters use: the
//! convolution as fast as the machine, and the product under it.

pub mod fast;
pub mod one;
pub mod peaks;
pub mod product;
pub mod step;
mod tile;
pub mod vector;
