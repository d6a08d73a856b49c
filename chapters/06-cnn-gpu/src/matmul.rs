//! Matrix products in tiles: the launch of every kernel that ends with `_tiled`, and
//! the product of two matrices.

use common::{Real, Result};
use ndarray::{Array2, ArrayRef2};

use crate::array::{DeviceArray, to_f32};
use crate::gpu::Gpu;
use crate::kernel::{Constants, Dispatch, Kernel};

/// The text in front of every kernel that ends with `_tiled`.
pub const TILE_WGSL: &str = include_str!("kernels/tile.wgsl");
/// Rows and columns of a tile.
const TILE: usize = 64;

const MATMUL: Kernel =
    Kernel::new("matmul_tiled", &[TILE_WGSL, include_str!("kernels/matmul_tiled.wgsl")]);

/// Workgroups of a product of `rows` and `columns`, the sum cut into `slices`.
pub fn tiles_for(rows: usize, columns: usize, slices: usize) -> [usize; 3] {
    [columns.div_ceil(TILE), rows.div_ceil(TILE), slices]
}

/// A `_tiled` kernel for `(rows, columns) = (rows, depth)(depth, columns)`, the sum
/// over `depth` cut into slices of `slice`; with `constants` and `arrays` of its own.
///
/// # Errors
/// As [`Kernel::dispatch`].
pub fn tiled(
    gpu: &Gpu,
    kernel: &Kernel,
    (rows, depth, columns): (usize, usize, usize),
    slice: usize,
    constants: &Constants,
    arrays: &[&DeviceArray],
) -> Result<Dispatch> {
    let size = [("ROWS", rows), ("COLUMNS", columns), ("DEPTH", depth), ("SLICE", slice)];
    let groups = tiles_for(rows, columns, depth.div_ceil(slice));
    kernel.dispatch(gpu, &[constants, &size].concat(), arrays, groups)
}

/// A product whose matrices stay on the GPU.
pub struct Matmul {
    /// `(ROWS, DEPTH)`.
    pub a: DeviceArray,
    /// `(DEPTH, COLUMNS)`.
    pub b: DeviceArray,
    /// `(ROWS, COLUMNS)`.
    pub c: DeviceArray,
    /// `c = a b`.
    pub work: Dispatch,
}

impl Matmul {
    /// Arrays and kernel for `(rows, columns) = (rows, depth)(depth, columns)`.
    ///
    /// # Errors
    /// If the GPU has too little memory.
    pub fn new(gpu: &Gpu, (rows, depth, columns): (usize, usize, usize)) -> Result<Matmul> {
        let a = gpu.array("a", rows * depth)?;
        let b = gpu.array("b", depth * columns)?;
        let c = gpu.array("c", rows * columns)?;
        let work = tiled(gpu, &MATMUL, (rows, depth, columns), depth, &[], &[&a, &b, &c])?;
        Ok(Matmul { a, b, c, work })
    }
}

/// `a b`: `(N, K)(K, M)` to `(N, M)`, uploaded, multiplied and read back.
///
/// # Errors
/// If the GPU has too little memory, or was lost.
///
/// # Panics
/// If the shapes do not fit.
pub fn matmul<F: Real>(gpu: &Gpu, a: &ArrayRef2<F>, b: &ArrayRef2<F>) -> Result<Array2<F>> {
    assert!(a.ncols() == b.nrows(), "matmul: {:?} and {:?} do not fit", a.dim(), b.dim());
    let product = Matmul::new(gpu, (a.nrows(), a.ncols(), b.ncols()))?;
    product.a.write(gpu, 0, &to_f32(a));
    product.b.write(gpu, 0, &to_f32(b));
    gpu.submit([&product.work])?;
    let c = product.c.read(gpu)?.into_iter().map(Into::<F>::into).collect();
    Ok(Array2::from_shape_vec((a.nrows(), b.ncols()), c).expect("as many numbers"))
}
