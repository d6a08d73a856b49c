//! Chapter 05, the parts that are tested and that later chapters use. In reading order:

pub mod conv;
pub mod fast;
pub mod gain;
pub mod im2col;
pub mod network;
