//! Chapter 05, the parts that are tested and that later chapters use: patches to
//! rows, convolution as a matrix product, in rows that vectorise, and as fast as
//! the machine, with the product under it.

pub mod conv;
pub mod fast;
pub mod gain;
pub mod im2col;
pub mod network;
pub mod one;
pub mod peaks;
pub mod product;
pub mod rows;
pub mod step;
mod tile;
