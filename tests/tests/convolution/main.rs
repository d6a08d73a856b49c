//! Every convolution against the naive one, forward and backward.

mod agreement;
mod article;
mod im2col;
mod im2col_network;
mod max_pool_backward;
mod one_filter_network;
mod pool;
mod race;
mod race_parts;
mod window;
