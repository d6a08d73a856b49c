//! The article's network on the GPU, one filter of 5 x 5: two dispatches a step, many
//! steps a submission.

use std::ops::Range;

use cnn_naive::network::{CLASSES, FILTER, POSITIONS};
use common::{Float, Real, Result};
use ndarray::{Array2, ArrayRef2};

use crate::array::{DeviceArray, to_f32};
use crate::dataset::{DeviceDataset, MAX_STEPS, NETWORK_WGSL, Stats, read_stats, write_rows};
use crate::gpu::Gpu;
use crate::kernel::{Dispatch, Kernel};

const MEMORY: &str = include_str!("kernels/one_filter.wgsl"); // in front of both
const FORWARD_BACKWARD: &str = include_str!("kernels/one_filter_forward_backward.wgsl");
const UPDATE: &str = include_str!("kernels/one_filter_update.wgsl");
/// Workgroups of the update: 16 positions to each, and one for the rest.
const UPDATE_GROUPS: usize = POSITIONS / 16 + 1;

// Where what lies in the memory of `one_filter.wgsl`: f, bc, wo and bo from 0 on.
const PARAMETERS: usize = FILTER * FILTER + POSITIONS + POSITIONS * CLASSES + CLASSES;
const RATES: usize = PARAMETERS; // two of them
const STEP: usize = RATES + 2;
const STATS: usize = STEP + 1; // losses, then accuracies
/// Where in the memory the numbers of single images begin.
pub const IMAGES: usize = STATS + 2 * MAX_STEPS;
/// Numbers of an image: h, dzo, df, its loss, whether it is right.
const IMAGE_LEN: usize = POSITIONS + CLASSES + FILTER * FILTER + 2;

/// The network and its training state on the GPU.
pub struct OneFilterNetwork {
    /// Everything that the kernels write, as in `one_filter.wgsl`.
    pub memory: DeviceArray,
    rows: DeviceArray,   // (MAX_STEPS, N)
    step: [Dispatch; 2], // forward and backward, update
}

impl OneFilterNetwork {
    /// Memory and kernels for steps of `batch` images of `dataset`.
    pub fn new(gpu: &Gpu, dataset: &DeviceDataset, batch: usize) -> Result<OneFilterNetwork> {
        let memory = gpu.array("the network", IMAGES + batch * IMAGE_LEN)?;
        let rows = gpu.array("row numbers", MAX_STEPS * batch)?;
        let kernel = |name, text, arrays: &[&DeviceArray], groups| {
            let kernel = Kernel(name, &[NETWORK_WGSL, MEMORY, text]);
            kernel.dispatch(gpu, &[("BATCH", batch)], arrays, [groups, 1, 1])
        };
        let all = [&memory, &dataset.words, &rows];
        let step = [
            kernel("one_filter_forward_backward", FORWARD_BACKWARD, &all, batch)?,
            kernel("one_filter_update", UPDATE, &[&memory], UPDATE_GROUPS)?,
        ];
        Ok(OneFilterNetwork { memory, rows, step })
    }

    /// Uploads `[f, bc, wo, bo]`, and the learning rates of f with bc and of wo with bo
    /// for gradients summed over the batch. Panics if a shape does not fit.
    pub fn set_parameters(
        &self,
        gpu: &Gpu,
        parameters: [&ArrayRef2<Float>; 4],
        rates: (Float, Float),
    ) {
        let mut numbers: Vec<f32> = parameters.into_iter().flat_map(to_f32).collect();
        assert!(numbers.len() == PARAMETERS, "{} parameters", numbers.len());
        numbers.extend([rates.0, rates.1].map(|rate| f64::from(rate) as f32));
        self.memory.write(gpu, 0, &numbers);
    }

    /// A step for each batch of `rows (steps, N)`, up to [`MAX_STEPS`], in one submission.
    /// Waits for the GPU.
    pub fn train(&self, gpu: &Gpu, rows: &[usize]) -> Result<Stats> {
        let steps = self.submit(gpu, rows, 0..2)?;
        read_stats(gpu, &self.memory, STATS, steps)
    }

    /// Submits the dispatches `part` of the two of each step, and does not wait. Returns
    /// the number of steps.
    pub fn submit(&self, gpu: &Gpu, rows: &[usize], part: Range<usize>) -> Result<usize> {
        let steps = write_rows(gpu, &self.rows, rows);
        self.memory.write(gpu, STEP, &[0_u32]);
        gpu.submit((0..steps).flat_map(|_| &self.step[part.clone()]))?;
        Ok(steps)
    }

    /// `[f (5, 5), bc (1, 576), wo (576, 10), bo (1, 10)]` as they are now. Waits for the
    /// GPU.
    pub fn parameters(&self, gpu: &Gpu) -> Result<[Array2<Float>; 4]> {
        let numbers: Vec<f32> = self.memory.read_range(gpu, 0..PARAMETERS)?;
        let mut numbers = numbers.into_iter().map(|v| Float::of(f64::from(v)));
        let shapes = [(FILTER, FILTER), (1, POSITIONS), (POSITIONS, CLASSES), (1, CLASSES)];
        Ok(shapes.map(|shape| {
            Array2::from_shape_simple_fn(shape, || numbers.next().expect("PARAMETERS numbers"))
        }))
    }
}
