//! The convolution and the network of this chapter, as fast as the processor
//! allows. No lesson depends on reading these files; the second half of the page
//! explains them, in this order:
//!
//! ```text
//! rows               loops again, the innermost one along a row of outputs
//! product            a matrix product in tiles, into existing memory
//! plan               a convolution, planned once for all images
//! tiles              blocks of sums that stay in registers; convolution without im2col
//! convolution        forward and backward for one image
//! batch              forward and backward for a batch, on all threads
//! one_filter         the article's case: one filter of 5 by 5 on 28 by 28
//! train_step         a training step of the article's network
//! max_pool_backward  backward from the few gradients that a max pool lets through
//! ```

pub mod batch;
mod convolution;
pub mod max_pool_backward;
pub mod one_filter;
mod plan;
pub mod product;
pub mod rows;
mod tiles;
pub mod train_step;

pub use batch::{backward, forward};
pub use plan::{Conv, Scratch};
