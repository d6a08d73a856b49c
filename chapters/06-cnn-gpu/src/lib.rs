//! Chapter 06, the parts that are tested and that later chapters use: the GPU and
//! its memory, kernels in WGSL, convolution and matrix product, and two networks
//! that train where their data are.

pub mod adapter;
pub mod array;
pub mod article;
mod clock;
pub mod conv;
pub mod digits;
pub mod gpu;
pub mod kernel;
pub mod product;
pub mod simple;
pub mod sources;
pub mod timing;

pub use adapter::{Backend, Wish};
pub use gpu::Gpu;

use common::Real;
use ndarray::{ArrayRef, Dimension};

/// The numbers of an array, row by row, as a GPU has them: in 32 bits.
pub fn floats<F: Real, D: Dimension>(a: &ArrayRef<F, D>) -> Vec<f32> {
    let narrow = |v: &F| Into::<f64>::into(*v) as f32;
    match a.as_slice() {
        Some(slice) => slice.iter().map(narrow).collect(), // a loop that vectorises
        None => a.iter().map(narrow).collect(),
    }
}
