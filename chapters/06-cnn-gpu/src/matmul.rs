//! Matrix products in tiles: the launch of every kernel that ends with `_tiled`, and
//! the product of two matrices.

use common::Result;

use crate::array::DeviceArray;
use crate::gpu::Gpu;
use crate::kernel::{Constants, Dispatch, Kernel};

/// The text in front of every kernel that ends with `_tiled`.
pub const TILE_WGSL: &str = include_str!("kernels/tile.wgsl");
/// Rows and columns of a tile.
const TILE: usize = 64;

const MATMUL: &str = include_str!("kernels/matmul_tiled.wgsl");

/// `(rows, depth, columns)` of a product.
pub type Size = (usize, usize, usize);

/// Workgroups of a product of `rows` and `columns`, the sum cut into `slices`.
pub fn tiles_for(rows: usize, columns: usize, slices: usize) -> [usize; 3] {
    [columns.div_ceil(TILE), rows.div_ceil(TILE), slices]
}

/// A `_tiled` kernel for `(rows, columns) = (rows, depth)(depth, columns)`, the sum
/// over `depth` cut into slices of `slice`; with `constants` and `arrays` of its own.
pub fn tiled(
    gpu: &Gpu,
    kernel: &Kernel,
    (rows, depth, columns): Size,
    slice: usize,
    constants: &Constants,
    arrays: &[&DeviceArray],
) -> Result<Dispatch> {
    let size = [("ROWS", rows), ("COLUMNS", columns), ("DEPTH", depth), ("SLICE", slice)];
    let groups = tiles_for(rows, columns, depth.div_ceil(slice));
    kernel.dispatch(gpu, &[constants, &size].concat(), arrays, groups)
}

/// `c = a b`: `(rows, columns) = (rows, depth)(depth, columns)`.
pub fn matmul(gpu: &Gpu, size: Size, abc: [&DeviceArray; 3]) -> Result<Dispatch> {
    tiled(gpu, &Kernel("matmul_tiled", &[TILE_WGSL, MATMUL]), size, size.1, &[], &abc)
}
