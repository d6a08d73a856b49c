//! Kernels and networks on the GPU, against the processor. They say when they skip.

mod adapter;
mod benchmark;
mod kernels;
mod network;
mod race;
