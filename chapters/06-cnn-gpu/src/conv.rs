//! Convolution on the GPU, with the signature of lessons 04 and 05 and the GPU in
//! front.
//!
//! ```text
//! forward(gpu, x, w, window)        -> out         x (N, C, H, W), w (FN, C, FH, FW)
//! backward(gpu, dout, x, w, window) -> (dx, dw)    dout, out (N, FN, OH, OW)
//! ```

use std::iter::zip;

use cnn_naive::Window;
use cnn_naive::conv::{Shape, output_shape};
use common::{Real, Result};
use ndarray::{Array4, ArrayRef4};

use crate::array::{DeviceArray, to_f32};
use crate::gpu::Gpu;
use crate::kernel::{Dispatch, Kernel, groups_for};
use crate::matmul::{TILE, TILE_WGSL, tiled};

const SHAPE: &str = include_str!("kernels/conv.wgsl"); // in front of each
const FORWARD: &str = include_str!("kernels/conv_forward.wgsl");
const FORWARD_TILED: &str = include_str!("kernels/conv_forward_tiled.wgsl");
const DX: &str = include_str!("kernels/conv_dx.wgsl");
const DX_TILED: &str = include_str!("kernels/conv_dx_tiled.wgsl");
const DW: &str = include_str!("kernels/conv_dw.wgsl");
const DW_TILED: &str = include_str!("kernels/conv_dw_tiled.wgsl");
const SUM_SLICES: &str = include_str!("kernels/sum_slices.wgsl");
const DB: &str = include_str!("kernels/conv_db.wgsl");

/// Which kernels: plain loops with a thread for each number of the result, or products in
/// tiles. `Auto` is tiled, but naive where a tile of 64 rows would have fewer than 16: few
/// filters for `out`, few channels for `dx`.
#[allow(missing_docs)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    Naive,
    Tiled,
    Auto,
}

/// A convolution whose arrays stay on the GPU.
#[allow(missing_docs)]
pub struct Conv {
    pub x: DeviceArray,            // (N, C, H, W), the images
    pub w: DeviceArray,            // (FN, C, FH, FW), the filters
    pub dout: DeviceArray,         // (N, FN, OH, OW)
    pub out: DeviceArray,          // (N, FN, OH, OW)
    pub dx: DeviceArray,           // (N, C, H, W)
    pub dw: DeviceArray,           // (FN, C, FH, FW), summed over the batch
    pub db: DeviceArray,           // (FN), of a bias for each filter, summed over the batch
    pub forward: Dispatch,         // out from x and w
    pub backward_x: Dispatch,      // dx from dout and w
    pub backward_w: Vec<Dispatch>, // dw from dout and x
    pub backward_b: Dispatch,      // db from dout
}

impl Conv {
    /// Arrays and kernels for images of shape `x` and filters of shape `w`.
    pub fn new(
        gpu: &Gpu,
        x: Shape,
        w: Shape,
        window: Window,
        algorithm: Algorithm,
    ) -> Result<Conv> {
        let out = output_shape(x, w, window)?;
        let ((n, c, height, width), (filters, _, fh, fw), (_, _, oh, ow)) = (x, w, out);
        let taps = c * fh * fw;
        let names = ["N", "C", "H", "W", "FN", "FH", "FW", "STRIDE", "PADDING", "OH", "OW"];
        let (stride, padding) = (window.stride, window.padding);
        let values = [n, c, height, width, filters, fh, fw, stride, padding, oh, ow];
        let constants: Vec<_> = zip(names, values).collect();
        let array = |name, (a, b, c, d): Shape| gpu.array(name, a * b * c * d);
        let (x, w) = (array("x", x)?, array("w", w)?);
        let (dout, out) = (array("dout", out)?, array("out", out)?);
        let (dx, dw) = (gpu.array("dx", x.len)?, gpu.array("dw", w.len)?);
        let db = gpu.array("db", filters)?;

        let naive = |name, text, arrays: [&DeviceArray; 3]| {
            let groups = groups_for(arrays[2].len, 64);
            Kernel(name, &[SHAPE, text]).dispatch(gpu, &constants, &arrays, groups)
        };
        let tiled = |name, text, size, slice, arrays: [&DeviceArray; 3]| {
            let kernel = Kernel(name, &[SHAPE, TILE_WGSL, text]);
            tiled(gpu, &kernel, size, slice, &constants, &arrays)
        };
        let in_tiles = |rows| match algorithm {
            Algorithm::Naive => false,
            Algorithm::Tiled => true,
            Algorithm::Auto => rows >= 16, // a quarter of a tile
        };
        let forward = if in_tiles(filters) {
            // (FN, N OH OW) = (FN, C FH FW)(C FH FW, N OH OW)
            let size = (filters, taps, n * oh * ow);
            tiled("conv_forward_tiled", FORWARD_TILED, size, taps, [&x, &w, &out])?
        } else {
            naive("conv_forward", FORWARD, [&x, &w, &out])?
        };
        let backward_x = if in_tiles(c) {
            // (C, N H W) = (C, FN FH FW)(FN FH FW, N H W)
            let size = (c, filters * fh * fw, n * height * width);
            tiled("conv_dx_tiled", DX_TILED, size, size.1, [&dout, &w, &dx])?
        } else {
            naive("conv_dx", DX, [&dout, &w, &dx])?
        };
        let backward_w = if algorithm == Algorithm::Naive {
            vec![naive("conv_dw", DW, [&dout, &x, &dw])?]
        } else {
            // (FN, C FH FW) = (FN, N OH OW)(N OH OW, C FH FW)
            let size = (filters, n * oh * ow, taps);
            // Enough slices for 512 workgroups, but none below 256. They follow from the
            // shape alone, so every GPU adds in the same order.
            let slices = 512 / (filters.div_ceil(TILE) * taps.div_ceil(TILE));
            let slice = size.1.div_ceil(slices.max(1)).max(256).next_multiple_of(16);
            let slices = size.1.div_ceil(slice);
            let parts = gpu.array("parts of dw", slices * w.len)?;
            let sum = Kernel("sum_slices", &[SUM_SLICES]);
            let constants = [("SLICES", slices), ("LENGTH", w.len)];
            vec![
                tiled("conv_dw_tiled", DW_TILED, size, slice, [&dout, &x, &parts])?,
                sum.dispatch(gpu, &constants, &[&parts, &dw], groups_for(w.len, 64))?,
            ]
        };
        let bias = Kernel("conv_db", &[SHAPE, DB]);
        let backward_b = bias.dispatch(gpu, &constants, &[&dout, &db], [filters, 1, 1])?;
        Ok(Conv { x, w, dout, out, dx, dw, db, forward, backward_x, backward_w, backward_b })
    }

    /// `dx`, then `dw`.
    pub fn backward(&self) -> impl Iterator<Item = &Dispatch> {
        [&self.backward_x].into_iter().chain(&self.backward_w)
    }
}

/// `out (N, FN, OH, OW)`: the images `x (N, C, H, W)` convolved with the filters
/// `w (FN, C, FH, FW)`; uploaded and read back. Shapes that do not fit are an error.
pub fn forward<F: Real>(
    gpu: &Gpu,
    x: &ArrayRef4<F>,
    w: &ArrayRef4<F>,
    window: Window,
) -> Result<Array4<F>> {
    let conv = Conv::new(gpu, x.dim(), w.dim(), window, Algorithm::Auto)?;
    conv.x.write(gpu, 0, &to_f32(x));
    conv.w.write(gpu, 0, &to_f32(w));
    gpu.submit([&conv.forward])?;
    read(gpu, &conv.out, output_shape(x.dim(), w.dim(), window)?)
}

/// The gradients `dx (N, C, H, W)` and `dw (FN, C, FH, FW)` from
/// `dout (N, FN, OH, OW)` and the inputs of [`forward`]; `dw` is **summed** over the
/// batch. Panics if `dout` does not have the shape of the output.
pub fn backward<F: Real>(
    gpu: &Gpu,
    dout: &ArrayRef4<F>,
    x: &ArrayRef4<F>,
    w: &ArrayRef4<F>,
    window: Window,
) -> Result<(Array4<F>, Array4<F>)> {
    let out = output_shape(x.dim(), w.dim(), window)?;
    assert!(dout.dim() == out, "dout {:?}, out {out:?}", dout.dim());
    let conv = Conv::new(gpu, x.dim(), w.dim(), window, Algorithm::Auto)?;
    conv.x.write(gpu, 0, &to_f32(x));
    conv.w.write(gpu, 0, &to_f32(w));
    conv.dout.write(gpu, 0, &to_f32(dout));
    gpu.submit(conv.backward())?;
    Ok((read(gpu, &conv.dx, x.dim())?, read(gpu, &conv.dw, w.dim())?))
}

/// The numbers of `array` in `shape`. Waits for the GPU. Panics if they are not as many.
pub fn read<F: Real>(gpu: &Gpu, array: &DeviceArray, shape: Shape) -> Result<Array4<F>> {
    let numbers = array.read(gpu)?.into_iter().map(Into::<F>::into).collect();
    Ok(Array4::from_shape_vec(shape, numbers).expect("as many numbers as the shape has"))
}
