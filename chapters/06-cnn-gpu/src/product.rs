//! The matrix product on the GPU, in tiles.

use common::{Real, Result};
use ndarray::{Array2, ArrayRef2};

use crate::array::DeviceArray;
use crate::floats;
use crate::gpu::{Dispatch, Gpu};
use crate::kernel::tiles_for;
use crate::sources;

/// A product that stays on the GPU: its arrays, and what is to be run on them.
pub struct Product {
    /// `(ROWS, DEPTH)`.
    pub a: DeviceArray,
    /// `(DEPTH, COLUMNS)`.
    pub b: DeviceArray,
    /// `(ROWS, COLUMNS)`.
    pub c: DeviceArray,
    /// From `a` and `b` to `c`.
    pub work: Dispatch,
}

impl Product {
    /// Memory and kernel for `(rows, columns) = (rows, depth)(depth, columns)`.
    ///
    /// # Errors
    /// If the GPU has not the memory.
    pub fn new(gpu: &Gpu, (rows, depth, columns): (usize, usize, usize)) -> Result<Product> {
        let a = gpu.array("a", rows * depth)?;
        let b = gpu.array("b", depth * columns)?;
        let c = gpu.array("c", rows * columns)?;
        let size = [("ROWS", rows), ("COLUMNS", columns), ("DEPTH", depth), ("SLICE", depth)];
        let kernel = gpu.kernel(&sources::PRODUCT_TILED, &size)?;
        let work = kernel.on(gpu, &[&a, &b, &c], tiles_for(rows, columns, 1));
        Ok(Product { a, b, c, work })
    }
}

/// `a b`: `(N, K)(K, M)` to `(N, M)`, carried to the GPU and back.
///
/// # Errors
/// If the GPU has not the memory, or was lost.
///
/// # Panics
/// If the shapes do not fit.
pub fn product<F: Real>(gpu: &Gpu, a: &ArrayRef2<F>, b: &ArrayRef2<F>) -> Result<Array2<F>> {
    assert!(a.ncols() == b.nrows(), "product: {:?} and {:?} do not fit", a.dim(), b.dim());
    let product = Product::new(gpu, (a.nrows(), a.ncols(), b.ncols()))?;
    product.a.write(gpu, 0, &floats(a));
    product.b.write(gpu, 0, &floats(b));
    gpu.submit([&product.work], |_| ())?;
    let c = product.c.read(gpu)?.into_iter().map(Into::<F>::into).collect();
    Ok(Array2::from_shape_vec((a.nrows(), b.ncols()), c).expect("as many numbers"))
}
