//! A second network on the GPU, 30 filters and a hidden layer, trained with Adam (lesson
//! 09): six dispatches a step, many steps a submission.
//!
//! ```text
//! p  = maxpool2(max(conv(x, w1) + b1, 0))   (N, 4320), 30 maps of 12 x 12: lesson 08
//! h  = max(p w2 + b2, 0)                    (N, 100) = (N, 4320)(4320, 100) + (1, 100)
//! y  = softmax(h w3 + b3)                   (N, 10) = (N, 100)(100, 10) + (1, 10)
//! ```

use std::ops::Range;

use cnn_naive::network::CLASSES;
use common::{Real, Result, Rng, init};

use crate::array::DeviceArray;
use crate::dataset::{DeviceDataset, MAX_STEPS, NETWORK_WGSL, Stats, read_stats, write_rows};
use crate::gpu::Gpu;
use crate::kernel::{Dispatch, Kernel};
use crate::matmul::{TILE_WGSL, tiled};

const MEMORY: &str = include_str!("kernels/conv30.wgsl"); // in front of each
const CONV_POOL: &str = include_str!("kernels/conv30_conv_pool.wgsl");
const DENSE: &str = include_str!("kernels/conv30_dense_tiled.wgsl");
const SOFTMAX_LOSS: &str = include_str!("kernels/conv30_softmax_loss.wgsl");
const CONV_BACKWARD: &str = include_str!("kernels/conv30_conv_backward.wgsl");
const DENSE_ADAM: &str = include_str!("kernels/conv30_dense_adam_tiled.wgsl");
const OTHER_ADAM: &str = include_str!("kernels/conv30_other_adam.wgsl");

const FILTERS: usize = 30;
const TAPS: usize = 25;
const PLACES: usize = 12 * 12;
const POOLED: usize = FILTERS * PLACES;
const HIDDEN: usize = 100;
/// Images of a workgroup of `conv30_conv_backward.wgsl`.
const IMAGES_TOGETHER: usize = 8;

// Where what lies in the memory of `conv30.wgsl`.
/// All parameters: w1 `(30, 25)`, b1, w2 `(4320, 100)`, b2, w3 `(100, 10)`, b3.
pub const PARAMETERS: usize =
    FILTERS * TAPS + FILTERS + POOLED * HIDDEN + HIDDEN + HIDDEN * CLASSES + CLASSES;
const STEP: usize = 3 * PARAMETERS; // behind w, v and s
const RATES: usize = STEP + 2;
const STATS: usize = RATES + 2 * MAX_STEPS; // losses, then accuracies
/// Where in the memory the numbers of single images begin.
pub const IMAGES: usize = STATS + 2 * MAX_STEPS;
/// Numbers of an image: p, argmax, parts, h, dh, dz, dw1, its loss, whether it is right.
const IMAGE_LEN: usize = 2 * POOLED + FILTERS * HIDDEN + 2 * HIDDEN + CLASSES + FILTERS * 26 + 2;

/// Workgroups of `conv30_other_adam.wgsl`: 16 sums to each, two of them the loss and the
/// accuracy.
const OTHER_GROUPS: usize = (PARAMETERS - POOLED * HIDDEN + 2).div_ceil(16);
/// The decay of Adam's two means.
const BETAS: [f64; 2] = [0.9, 0.999];

/// The network and its training state on the GPU.
pub struct Conv30Network {
    /// Everything that the kernels write, as in `conv30.wgsl`: the parameters first, then
    /// Adam's means of the gradients and of their squares.
    pub memory: DeviceArray,
    rows: DeviceArray, // (MAX_STEPS, N)
    step: [Dispatch; 6],
    steps_so_far: usize,
}

/// Initial parameters `(PARAMETERS)`: weights from N(0, 2 / inputs) as in He et al.
/// (2015), biases zero.
pub fn start<F: Real>(rng: &mut Rng) -> Vec<F> {
    let mut w = Vec::with_capacity(PARAMETERS);
    for (inputs, outputs) in [(TAPS, FILTERS), (POOLED, HIDDEN), (HIDDEN, CLASSES)] {
        w.extend(init::he::<F>((inputs, outputs), rng));
        w.resize(w.len() + outputs, F::zero());
    }
    w
}

impl Conv30Network {
    /// Memory and kernels for steps of `batch` images of `dataset`, from the parameters
    /// `w (PARAMETERS)`. Panics if `w` has another length.
    pub fn new(gpu: &Gpu, dataset: &DeviceDataset, batch: usize, w: &[f32]) -> Result<Self> {
        assert!(w.len() == PARAMETERS, "{} of {PARAMETERS} parameters", w.len());
        let memory = gpu.array("the second network", IMAGES + batch * IMAGE_LEN)?;
        memory.write(gpu, 0, w);
        let rows = gpu.array("row numbers", MAX_STEPS * batch)?;
        let constants = [("BATCH", batch)];
        let all = &[&memory, &dataset.words, &rows][..];
        let kernel = |name, text, arrays, groups| {
            Kernel(name, &[NETWORK_WGSL, MEMORY, text]).dispatch(gpu, &constants, arrays, groups)
        };
        let tiled = |name, text, size, slice| {
            let kernel = Kernel(name, &[NETWORK_WGSL, MEMORY, TILE_WGSL, text]);
            tiled(gpu, &kernel, size, slice, &constants, &[&memory])
        };
        let dense = (batch, POOLED, HIDDEN); // (N, 100) = (N, 4320)(4320, 100)
        let dense_adam = (POOLED, batch, HIDDEN); // (4320, 100) = (4320, N)(N, 100)
        let backward_groups = [FILTERS, batch.div_ceil(IMAGES_TOGETHER), 1];
        let step = [
            kernel("conv30_conv_pool", CONV_POOL, all, [batch, FILTERS / 10, 1])?,
            tiled("conv30_dense_tiled", DENSE, dense, PLACES)?, // a slice for each filter
            kernel("conv30_softmax_loss", SOFTMAX_LOSS, all, [batch, 1, 1])?,
            kernel("conv30_conv_backward", CONV_BACKWARD, all, backward_groups)?,
            tiled("conv30_dense_adam_tiled", DENSE_ADAM, dense_adam, batch)?,
            kernel("conv30_other_adam", OTHER_ADAM, &[&memory], [OTHER_GROUPS, 1, 1])?,
        ];
        Ok(Conv30Network { memory, rows, step, steps_so_far: 0 })
    }

    /// A step of Adam for each batch of `rows (steps, N)`, up to [`MAX_STEPS`], in one
    /// submission. Waits for the GPU.
    pub fn train(&mut self, gpu: &Gpu, rows: &[usize], rate: f64) -> Result<Stats> {
        let steps = self.submit(gpu, rows, rate, 0..6)?;
        read_stats(gpu, &self.memory, STATS, steps)
    }

    /// Submits the dispatches `part` of the six of each step, and does not wait. Returns
    /// the number of steps.
    pub(crate) fn submit(
        &mut self,
        gpu: &Gpu,
        rows: &[usize],
        rate: f64,
        part: Range<usize>,
    ) -> Result<usize> {
        let steps = write_rows(gpu, &self.rows, rows);
        // 1 - b^i loses its digits in 32 bits, so the processor computes it in 64.
        let correction = |beta: f64, i: usize| 1.0 - beta.powf((self.steps_so_far + i + 1) as f64);
        let rates = (0..steps).map(|i| (rate / correction(BETAS[0], i)) as f32);
        let scales = (0..steps).map(|i| (1.0 / correction(BETAS[1], i).sqrt()) as f32);
        self.memory.write(gpu, STEP, &[0_u32]);
        self.memory.write(gpu, RATES, &rates.collect::<Vec<f32>>());
        self.memory.write(gpu, RATES + MAX_STEPS, &scales.collect::<Vec<f32>>());
        self.steps_so_far += steps;
        gpu.submit((0..steps).flat_map(|_| &self.step[part.clone()]))?;
        Ok(steps)
    }

    /// All parameters as they are now. Waits for the GPU.
    pub fn parameters(&self, gpu: &Gpu) -> Result<Vec<f32>> {
        self.memory.read_range(gpu, 0..PARAMETERS)
    }
}
