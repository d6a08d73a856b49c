//! Chapter 05, the parts that are tested and that later chapters use. In reading
//! order:

pub mod im2col; // patches to rows, and back
pub mod conv; // convolution as a matrix product
pub mod network; // the network of chapter 04 with it
pub mod fast; // the same convolution and network, as fast as the processor allows
pub mod benchmark; // what each of them gains, for 1 to 64 filters
