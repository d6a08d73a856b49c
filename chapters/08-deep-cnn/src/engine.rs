//! The network again, as fast as we can make it. Training uses it; nobody has to read
//! it to follow the lesson.
//!
//! ```text
//! fast_pool  pooling of one image, without allocating
//! stage      a convolution with its bias, ReLU and pool, or a pool alone
//! dense      an affine layer for a whole batch
//! network    all of them in order, ten images at a time on each thread
//! ```

mod dense;
mod fast_pool;
mod network;
mod stage;

pub use network::Network;
