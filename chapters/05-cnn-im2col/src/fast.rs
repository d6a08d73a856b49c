//! What makes the network of this chapter fast. Nobody has to read it to follow the
//! lesson; the second half of the page does, from top to bottom.
//!
//! ```text
//! rows               loops again, the innermost one along a row of outputs
//! tile               blocks of sums that stay in the processor's registers
//! convolution        convolution in tiles, straight from the image
//! one_filter         the article's case: one filter of 5 by 5 on 28 by 28
//! product            a matrix product into memory that is there already
//! max_pool_backward  backward where a max pool let one gradient of a window through
//! train_step         a whole training step of the article's network
//! ```

pub mod convolution;
pub mod max_pool_backward;
pub mod one_filter;
pub mod product;
pub mod rows;
mod tile;
pub mod train_step;

pub use convolution::{Conv, Scratch, backward, forward};
