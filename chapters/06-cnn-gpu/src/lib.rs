//! Chapter 06, the parts that are tested and that later chapters use. In reading order:
//!
//! - [`adapter`], [`gpu`], [`array`], [`kernel`]: choose a GPU, open it, its memory,
//!   its kernels: compiled and submitted
//! - [`conv`], [`matmul`]: convolution in plain loops, and as a matrix product in tiles
//! - [`dataset`], [`one_filter_network`]: the article's network, which trains where its
//!   data set is
//! - [`conv30_network`]: a larger one, with 30 filters
//! - [`stopwatch`], [`benchmark`]: how long a kernel takes, and how long it must take
//!   at least
//!
//! Every function that returns a `Result` fails with a sentence if the GPU was lost or
//! has too little memory.

pub mod adapter;
pub mod array;
pub mod benchmark;
pub mod conv;
pub mod conv30_network;
pub mod dataset;
pub mod gpu;
pub mod kernel;
pub mod matmul;
pub mod one_filter_network;
pub mod stopwatch;

pub use array::to_f32;
pub use gpu::Gpu;
