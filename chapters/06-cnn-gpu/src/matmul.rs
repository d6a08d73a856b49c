//! Matrix products in tiles: the launch of every kernel that ends with `_tiled`.

use common::Result;

use crate::array::DeviceArray;
use crate::gpu::Gpu;
use crate::kernel::{Constants, Dispatch, Kernel};

/// The text in front of every kernel that ends with `_tiled`.
pub const TILE_WGSL: &str = include_str!("kernels/tile.wgsl");
/// Rows and columns of a tile.
pub const TILE: usize = 64;

const MATMUL: &str = include_str!("kernels/matmul_tiled.wgsl");

/// A `_tiled` kernel for `(rows, columns) = (rows, depth)(depth, columns)`, the sum
/// over `depth` cut into slices of `slice`; with `constants` and `arrays` of its own.
pub fn tiled(
    gpu: &Gpu,
    kernel: &Kernel,
    (rows, depth, columns): (usize, usize, usize),
    slice: usize,
    constants: &Constants,
    arrays: &[&DeviceArray],
) -> Result<Dispatch> {
    let size = [("ROWS", rows), ("COLUMNS", columns), ("DEPTH", depth), ("SLICE", slice)];
    let groups = [columns.div_ceil(TILE), rows.div_ceil(TILE), depth.div_ceil(slice)];
    kernel.dispatch(gpu, &[constants, &size].concat(), arrays, groups)
}

/// `c = a b`: `(rows, columns) = (rows, depth)(depth, columns)`.
pub fn matmul(gpu: &Gpu, size: (usize, usize, usize), abc: [&DeviceArray; 3]) -> Result<Dispatch> {
    tiled(gpu, &Kernel("matmul_tiled", &[TILE_WGSL, MATMUL]), size, size.1, &[], &abc)
}
