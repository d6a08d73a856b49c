//! Chapter 05, the parts that are tested and that later chapters use. In reading
//! order:
//!
//! ```text
//! im2col     patches to rows, and back
//! conv       convolution as a matrix product
//! network    the network of chapter 04 with it
//! fast       the same convolution and network, as fast as the processor allows
//! benchmark  what each of them gains, for 1 to 64 filters
//! ```

pub mod benchmark;
pub mod conv;
pub mod fast;
pub mod im2col;
pub mod network;
