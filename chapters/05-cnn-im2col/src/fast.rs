//! The convolution and the network of this chapter, as fast as the processor
//! allows. No lesson depends on reading these files; the page
//! `05-fast-convolution` explains them, in this order:

pub mod rows; // loops again, the innermost one along a row of outputs
pub mod product; // a matrix product in tiles, into existing memory
mod plan; // a convolution, planned once for all images
mod tiles; // blocks of sums that stay in registers; convolution without im2col
mod convolution; // forward and backward for one image
pub mod batch; // forward and backward for a batch, on all threads
pub mod one_filter; // the article's case: one filter of 5 by 5 on 28 by 28
pub mod train_step; // a training step of the article's network
mod nonzero_gradients; // the few gradients that a max pool lets through
pub mod max_pool_backward; // backward from these

pub use batch::{backward, forward};
pub use plan::{Conv, Scratch};
pub use tiles::{FILTERS as TILE_FILTERS, VECTORS as TILE_VECTORS};
