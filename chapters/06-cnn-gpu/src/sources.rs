//! The files of WGSL. WGSL has no `include`: what several kernels share is put in
//! front of each.

use crate::kernel::Source;

const ARTICLE: &str = include_str!("kernels/article.wgsl");
const CONV: &str = include_str!("kernels/conv.wgsl");
const SIMPLE: &str = include_str!("kernels/simple.wgsl");
const TILE: &str = include_str!("kernels/tile.wgsl");

const fn source(name: &'static str, files: &'static [&'static str], arrays: usize) -> Source {
    Source { name, files, arrays }
}

/// A step of the article's network, first half: an image to each workgroup.
pub const ARTICLE_IMAGES: Source =
    source("article_images", &[ARTICLE, include_str!("kernels/article_images.wgsl")], 3);
/// Second half: sums over the batch, and the update.
pub const ARTICLE_UPDATE: Source =
    source("article_update", &[ARTICLE, include_str!("kernels/article_update.wgsl")], 3);

/// Convolution in plain loops.
pub const CONV_FORWARD: Source =
    source("conv_forward", &[CONV, include_str!("kernels/conv_forward.wgsl")], 3);
/// Its gradient for the images.
pub const CONV_DX: Source = source("conv_dx", &[CONV, include_str!("kernels/conv_dx.wgsl")], 3);
/// Its gradient for the filters.
pub const CONV_DW: Source = source("conv_dw", &[CONV, include_str!("kernels/conv_dw.wgsl")], 3);
/// Its gradient for a bias of each filter.
pub const CONV_DB: Source = source("conv_db", &[CONV, include_str!("kernels/conv_db.wgsl")], 2);

/// Convolution as a product in tiles.
pub const CONV_FORWARD_TILED: Source =
    source("conv_forward_tiled", &[CONV, TILE, include_str!("kernels/conv_forward_tiled.wgsl")], 3);
/// Its gradient for the images.
pub const CONV_DX_TILED: Source =
    source("conv_dx_tiled", &[CONV, TILE, include_str!("kernels/conv_dx_tiled.wgsl")], 3);
/// Its gradient for the filters, in slices.
pub const CONV_DW_TILED: Source =
    source("conv_dw_tiled", &[CONV, TILE, include_str!("kernels/conv_dw_tiled.wgsl")], 3);
/// Adds slices.
pub const SUM: Source = source("sum", &[include_str!("kernels/sum.wgsl")], 2);
/// The matrix product in tiles.
pub const PRODUCT_TILED: Source =
    source("product_tiled", &[TILE, include_str!("kernels/product_tiled.wgsl")], 3);

/// The second network: convolution, bias, ReLU and pool.
pub const SIMPLE_CONV: Source =
    source("simple_conv", &[SIMPLE, include_str!("kernels/simple_conv.wgsl")], 3);
/// Its hidden layer, in slices.
pub const SIMPLE_HIDDEN: Source = source(
    "simple_hidden_tiled",
    &[SIMPLE, TILE, include_str!("kernels/simple_hidden_tiled.wgsl")],
    3,
);
/// Its last layer, softmax, loss, and the way back to the hidden one.
pub const SIMPLE_HEAD: Source =
    source("simple_head", &[SIMPLE, include_str!("kernels/simple_head.wgsl")], 3);
/// Back through the pool to the filters.
pub const SIMPLE_BACK: Source =
    source("simple_back", &[SIMPLE, include_str!("kernels/simple_back.wgsl")], 3);
/// The hidden layer's weights: gradient and Adam.
pub const SIMPLE_WEIGHTS: Source = source(
    "simple_weights_tiled",
    &[SIMPLE, TILE, include_str!("kernels/simple_weights_tiled.wgsl")],
    3,
);
/// All other parameters: gradient and Adam.
pub const SIMPLE_REST: Source =
    source("simple_rest", &[SIMPLE, include_str!("kernels/simple_rest.wgsl")], 3);

/// Nothing, to see what a dispatch costs.
pub const NOTHING: Source = source("nothing", &[include_str!("kernels/nothing.wgsl")], 1);
/// Nothing but arithmetic, to see how fast it can be.
pub const ARITHMETIC: Source = source("arithmetic", &[include_str!("kernels/arithmetic.wgsl")], 1);
