//! Convolution on the GPU, with the signature of lessons 04 and 05; it also takes
//! the GPU, and may fail.
//!
//! ```text
//! forward(gpu, x, w, window)        -> out         x (N, C, H, W), w (FN, C, FH, FW)
//! backward(gpu, dout, x, w, window) -> (dx, dw)    dout, out (N, FN, OH, OW)
//! ```

use cnn_naive::Window;
use cnn_naive::conv::output_shape;
use common::{Error, Real, Result};
use ndarray::{Array4, ArrayRef4};

use crate::array::DeviceArray;
use crate::floats;
use crate::gpu::{Dispatch, Gpu};
use crate::kernel::{groups_for, tiles_for};
use crate::sources;

/// Which kernels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// A thread for each number of the result, and plain loops.
    Naive,
    /// Products in tiles.
    Tiled,
    /// Tiles, but plain loops where a tile of 64 rows would have fewer than 16: few
    /// filters on the way forward, few channels on the way to the images.
    Suited,
}

/// Rows from which on a tile is worth it.
const WORTH_A_TILE: usize = 16;

type Shape = (usize, usize, usize, usize);

/// A convolution that stays on the GPU: its arrays, and what is to be run on them.
pub struct Conv {
    /// The images `(N, C, H, W)`.
    pub x: DeviceArray,
    /// The filters `(FN, C, FH, FW)`.
    pub w: DeviceArray,
    /// The gradient of the output `(N, FN, OH, OW)`.
    pub dout: DeviceArray,
    /// The output `(N, FN, OH, OW)`.
    pub out: DeviceArray,
    /// The gradient of the images.
    pub dx: DeviceArray,
    /// The gradient of the filters, summed over the batch.
    pub dw: DeviceArray,
    /// The gradient of a bias for each filter, `(FN)`, summed over the batch.
    pub db: DeviceArray,
    /// From `x` and `w` to `out`.
    pub forward: Vec<Dispatch>,
    /// From `dout` and `w` to `dx`.
    pub images_gradient: Vec<Dispatch>,
    /// From `dout` and `x` to `dw`.
    pub filters_gradient: Vec<Dispatch>,
    /// From `dout` to `db`.
    pub bias_gradient: Vec<Dispatch>,
    out_shape: Shape,
}

impl Conv {
    /// Memory and kernels for images of shape `x` and filters of shape `w`.
    ///
    /// # Errors
    /// If the shapes do not fit, or the GPU has not the memory.
    pub fn new(gpu: &Gpu, x: Shape, w: Shape, window: Window, way: Way) -> Result<Conv> {
        let out_shape = output_shape(x, w, window)?;
        let ((n, c, height, width), (filters, _, fh, fw)) = (x, w);
        let (_, _, oh, ow) = out_shape;
        let count = |(a, b, c, d): Shape| a * b * c * d;
        let taps = c * fh * fw;
        let shape = [
            ("N", n),
            ("C", c),
            ("H", height),
            ("W", width),
            ("FN", filters),
            ("FH", fh),
            ("FW", fw),
            ("STRIDE", window.stride),
            ("PADDING", window.padding),
            ("OH", oh),
            ("OW", ow),
        ];
        let (x_len, w_len, out_len) = (count(x), count(w), count(out_shape));
        let [x, w] = [gpu.array("x", x_len)?, gpu.array("w", w_len)?];
        let [dout, out] = [gpu.array("dout", out_len)?, gpu.array("out", out_len)?];
        let [dx, dw] = [gpu.array("dx", x_len)?, gpu.array("dw", w_len)?];
        let db = gpu.array("db", filters)?;
        let naive = |source, arrays: [&DeviceArray; 3], count| -> Result<Vec<Dispatch>> {
            let kernel = gpu.kernel(source, &shape)?;
            Ok(vec![kernel.on(gpu, &arrays, groups_for(count, 64))])
        };
        let tiled = |source, arrays: [&DeviceArray; 3], size: (usize, usize, usize), slice| {
            let (rows, depth, columns) = size;
            let product =
                [("ROWS", rows), ("COLUMNS", columns), ("DEPTH", depth), ("SLICE", slice)];
            let kernel = gpu.kernel(source, &[&shape[..], &product].concat())?;
            let groups = tiles_for(rows, columns, depth.div_ceil(slice));
            Ok::<Vec<Dispatch>, Error>(vec![kernel.on(gpu, &arrays, groups)])
        };
        let in_tiles = |rows| match way {
            Way::Naive => false,
            Way::Tiled => true,
            Way::Suited => rows >= WORTH_A_TILE,
        };
        let forward = if in_tiles(filters) {
            // (FN, N OH OW) = (FN, C FH FW)(C FH FW, N OH OW)
            let size = (filters, taps, n * oh * ow);
            tiled(&sources::CONV_FORWARD_TILED, [&x, &w, &out], size, taps)?
        } else {
            naive(&sources::CONV_FORWARD, [&x, &w, &out], out_len)?
        };
        let images_gradient = if in_tiles(c) {
            // (C, N H W) = (C, FN FH FW)(FN FH FW, N H W)
            let size = (c, filters * fh * fw, n * height * width);
            tiled(&sources::CONV_DX_TILED, [&dout, &w, &dx], size, size.1)?
        } else {
            naive(&sources::CONV_DX, [&dout, &w, &dx], x_len)?
        };
        let filters_gradient = if way == Way::Naive {
            naive(&sources::CONV_DW, [&dout, &x, &dw], w_len)?
        } else {
            // (FN, C FH FW) = (FN, N OH OW)(N OH OW, C FH FW), in slices
            let size = (filters, n * oh * ow, taps);
            let slice = slice_of(size);
            let slices = size.1.div_ceil(slice);
            let parts = gpu.array("parts of dw", slices * w_len)?;
            let mut work = tiled(&sources::CONV_DW_TILED, [&dout, &x, &parts], size, slice)?;
            let sum = gpu.kernel(&sources::SUM, &[("SLICES", slices), ("LENGTH", w_len)])?;
            work.push(sum.on(gpu, &[&parts, &dw], groups_for(w_len, 64)));
            work
        };
        let bias = gpu.kernel(&sources::CONV_DB, &shape)?.on(gpu, &[&dout, &db], [filters, 1, 1]);
        let bias_gradient = vec![bias];
        Ok(Conv {
            x,
            w,
            dout,
            out,
            dx,
            dw,
            db,
            forward,
            images_gradient,
            filters_gradient,
            bias_gradient,
            out_shape,
        })
    }

    /// The shape of the output, `(N, FN, OH, OW)`.
    pub fn out_shape(&self) -> (usize, usize, usize, usize) {
        self.out_shape
    }
}

/// How long a slice of the sum of a product is: so long that there are some 500
/// workgroups, but at least 256. It depends on the shape alone, not on the GPU, and
/// so do the bits.
fn slice_of((rows, depth, columns): (usize, usize, usize)) -> usize {
    let [across, down, _] = tiles_for(rows, columns, 1);
    let slices = (512 / (across * down)).max(1);
    depth.div_ceil(slices).max(256).next_multiple_of(16)
}

/// `x (N, C, H, W)` seen through the filters `w (FN, C, FH, FW)`:
/// `out (N, FN, OH, OW)`. Everything is carried to the GPU and back.
///
/// # Errors
/// If the shapes do not fit, the GPU has not the memory, or it was lost.
pub fn forward<F: Real>(
    gpu: &Gpu,
    x: &ArrayRef4<F>,
    w: &ArrayRef4<F>,
    window: Window,
) -> Result<Array4<F>> {
    let conv = Conv::new(gpu, x.dim(), w.dim(), window, Way::Suited)?;
    conv.x.write(gpu, 0, &floats(x));
    conv.w.write(gpu, 0, &floats(w));
    gpu.submit(&conv.forward, |_| ())?;
    read(gpu, &conv.out, conv.out_shape)
}

/// The gradients `dx (N, C, H, W)` and `dw (FN, C, FH, FW)` from
/// `dout (N, FN, OH, OW)` and what [`forward`] saw; `dw` is **summed** over the
/// batch.
///
/// # Errors
/// As [`forward`].
///
/// # Panics
/// If `dout` does not have the shape of the output.
pub fn backward<F: Real>(
    gpu: &Gpu,
    dout: &ArrayRef4<F>,
    x: &ArrayRef4<F>,
    w: &ArrayRef4<F>,
    window: Window,
) -> Result<(Array4<F>, Array4<F>)> {
    let conv = Conv::new(gpu, x.dim(), w.dim(), window, Way::Suited)?;
    assert!(dout.dim() == conv.out_shape, "dout {:?}, out {:?}", dout.dim(), conv.out_shape);
    conv.x.write(gpu, 0, &floats(x));
    conv.w.write(gpu, 0, &floats(w));
    conv.dout.write(gpu, 0, &floats(dout));
    gpu.submit(conv.images_gradient.iter().chain(&conv.filters_gradient), |_| ())?;
    Ok((read(gpu, &conv.dx, x.dim())?, read(gpu, &conv.dw, w.dim())?))
}

/// The numbers of `array` in `shape`. Waits.
///
/// # Errors
/// If the GPU was lost.
///
/// # Panics
/// If they are not as many.
pub fn read<F: Real>(gpu: &Gpu, array: &DeviceArray, shape: Shape) -> Result<Array4<F>> {
    let numbers = array.read(gpu)?.into_iter().map(Into::<F>::into).collect();
    Ok(Array4::from_shape_vec(shape, numbers).expect("as many numbers as the shape has"))
}
