//! A second network on the GPU, thirty filters and a hidden layer, trained by Adam:
//! six dispatches a step, many steps a submission.
//!
//! ```text
//! p  = maxpool2(max(conv(x, w1) + b1, 0))   (N, 4320), 30 maps of 12 x 12
//! h  = max(p w2 + b2, 0)                    (N, 100) = (N, 4320)(4320, 100) + (1, 100)
//! y  = softmax(h w3 + b3)                   (N, 10) = (N, 100)(100, 10) + (1, 10)
//! ```
//!
//! What pools and Adam are is told in lessons 08 and 09; here they are work for a
//! GPU that is worth its launch.

use cnn_naive::network::CLASSES;
use common::{Real, Result, Rng, init};

use crate::array::DeviceArray;
use crate::digits::Digits;
use crate::gpu::{Dispatch, Gpu};
use crate::kernel::tiles_for;
use crate::sources;

/// Steps that a submission may have, as `simple.wgsl` has it.
pub const MOST_STEPS: usize = 250;

const FILTERS: usize = 30;
const TAPS: usize = 25;
const PLACES: usize = 12 * 12;
const POOLED: usize = FILTERS * PLACES;
const HIDDEN: usize = 100;
/// Images that `simple_back.wgsl` takes together.
const TOGETHER: usize = 8;

/// All parameters: w1 `(30, 25)`, b1, w2 `(4320, 100)`, b2, w3 `(100, 10)`, b3, one
/// behind the other.
pub const PARAMETERS: usize =
    FILTERS * TAPS + FILTERS + POOLED * HIDDEN + HIDDEN + HIDDEN * CLASSES + CLASSES;
const NEXT: usize = 3 * PARAMETERS; // behind w, v and s
const RATES: usize = NEXT + 2;
const SAID: usize = RATES + 2 * MOST_STEPS; // losses, then accuracies
/// Where in the memory begins what images leave from one dispatch to the next.
pub const IMAGES: usize = SAID + 2 * MOST_STEPS;
/// What an image leaves: p, peaks, parts, h, dh, dz, dw1, its loss, whether it is right.
const OF_IMAGE: usize = 2 * POOLED + FILTERS * HIDDEN + 2 * HIDDEN + CLASSES + FILTERS * 26 + 2;

/// Workgroups of `simple_rest.wgsl`: 16 sums to each, two sums that are no parameters.
const REST_GROUPS: usize = (PARAMETERS - POOLED * HIDDEN + 2).div_ceil(16);

/// How much of its two means Adam keeps at each step.
const BETAS: [f64; 2] = [0.9, 0.999];

/// The network, with all that its training needs, on the GPU.
pub struct Training {
    /// All that is written, as `simple.wgsl` has it: the parameters first, then
    /// Adam's means of the gradients and of their squares.
    pub memory: DeviceArray,
    rows: DeviceArray,
    /// A step: convolution and pool, hidden layer, head, back to the filters, and two
    /// updates.
    pub step: [Dispatch; 6],
    batch: usize,
    steps_so_far: usize,
}

/// Where training starts, `(PARAMETERS)`: weights from N(0, 2 / inputs) as He et al.
/// (2015) have it, biases zero.
pub fn start<F: Real>(rng: &mut Rng) -> Vec<F> {
    let mut w = Vec::with_capacity(PARAMETERS);
    for (inputs, units) in [(TAPS, FILTERS), (POOLED, HIDDEN), (HIDDEN, CLASSES)] {
        w.extend(init::he::<F>((inputs, units), rng));
        w.resize(w.len() + units, F::zero());
    }
    w
}

impl Training {
    /// Memory and kernels for steps of `batch` images of `digits`, from the
    /// parameters `w (PARAMETERS)`.
    ///
    /// # Errors
    /// If the GPU has not the memory.
    ///
    /// # Panics
    /// If `w` is of another length.
    pub fn new(gpu: &Gpu, digits: &Digits, batch: usize, w: &[f32]) -> Result<Training> {
        assert!(w.len() == PARAMETERS, "{} of {PARAMETERS} parameters", w.len());
        let memory = gpu.array("the second network", IMAGES + batch * OF_IMAGE)?;
        memory.write(gpu, 0, w);
        let rows = gpu.array("row numbers", MOST_STEPS * batch)?;
        let run = |source, size: Option<(usize, usize, usize, usize)>, groups| {
            let mut constants = vec![("BATCH", batch)];
            if let Some((rows, depth, columns, slice)) = size {
                let product =
                    [("ROWS", rows), ("DEPTH", depth), ("COLUMNS", columns), ("SLICE", slice)];
                constants.extend(product);
            }
            let kernel = gpu.kernel(source, &constants)?;
            Ok::<Dispatch, common::Error>(kernel.on(gpu, &[&digits.words, &rows, &memory], groups))
        };
        // (N, 100) = (N, 4320)(4320, 100), a slice for each filter
        let hidden = (batch, POOLED, HIDDEN, PLACES);
        // (4320, 100) = (4320, N)(N, 100)
        let weights = (POOLED, batch, HIDDEN, batch);
        let step = [
            run(&sources::SIMPLE_CONV, None, [batch, FILTERS / 10, 1])?,
            run(&sources::SIMPLE_HIDDEN, Some(hidden), tiles_for(batch, HIDDEN, FILTERS))?,
            run(&sources::SIMPLE_HEAD, None, [batch, 1, 1])?,
            run(&sources::SIMPLE_BACK, None, [FILTERS, batch.div_ceil(TOGETHER), 1])?,
            run(&sources::SIMPLE_WEIGHTS, Some(weights), tiles_for(POOLED, HIDDEN, 1))?,
            run(&sources::SIMPLE_REST, None, [REST_GROUPS, 1, 1])?,
        ];
        Ok(Training { memory, rows, step, batch, steps_so_far: 0 })
    }

    /// A step of Adam for each batch of `rows`, row numbers `(steps, N)` one behind
    /// the other, in one submission. Returns `[loss, accuracy in percent]` of each
    /// batch, before its step. Waits.
    ///
    /// # Errors
    /// If the GPU was lost.
    ///
    /// # Panics
    /// If there are more than [`MOST_STEPS`], or part of a batch.
    pub fn steps(&mut self, gpu: &Gpu, rows: &[usize], rate: f64) -> Result<Vec<[f64; 2]>> {
        let steps = self.submit(gpu, rows, rate)?;
        self.said(gpu, steps)
    }

    /// The same without waiting and without an answer. Returns the number of steps.
    ///
    /// # Errors
    /// If the GPU was lost.
    ///
    /// # Panics
    /// As [`Training::steps`].
    pub fn submit(&mut self, gpu: &Gpu, rows: &[usize], rate: f64) -> Result<usize> {
        let steps = self.prepare(gpu, rows, rate);
        gpu.submit((0..steps).flat_map(|_| &self.step), |_| ())?;
        Ok(steps)
    }

    /// The share of images that it gets right, in percent, batch by batch of `rows`:
    /// forward, and a step of no length. Adam's means do move, so ask it of a network
    /// that was made from the parameters of another, to test them.
    ///
    /// # Errors
    /// If the GPU was lost.
    ///
    /// # Panics
    /// As [`Training::steps`].
    pub fn test(&mut self, gpu: &Gpu, rows: &[usize]) -> Result<Vec<f64>> {
        let steps = self.prepare(gpu, rows, 0.0);
        let [conv, hidden, head, _, _, rest] = &self.step;
        gpu.submit((0..steps).flat_map(|_| [conv, hidden, head, rest]), |_| ())?;
        Ok(self.said(gpu, steps)?.into_iter().map(|[_, accuracy]| accuracy).collect())
    }

    /// Only the dispatches `which` of a step, so many times over at a rate of 0,
    /// without waiting: to time them.
    ///
    /// # Errors
    /// If the GPU was lost.
    pub fn repeat(&mut self, gpu: &Gpu, rows: &[usize], which: &[usize], times: usize) -> Result {
        self.prepare(gpu, &rows[..times * self.batch], 0.0);
        gpu.submit((0..times).flat_map(|_| which.iter().map(|&k| &self.step[k])), |_| ())
    }

    /// All parameters as they are now. Waits.
    ///
    /// # Errors
    /// If the GPU was lost.
    pub fn parameters(&self, gpu: &Gpu) -> Result<Vec<f32>> {
        self.memory.read_part(gpu, 0..PARAMETERS)
    }

    fn prepare(&mut self, gpu: &Gpu, rows: &[usize], rate: f64) -> usize {
        let steps = rows.len() / self.batch;
        assert!(
            steps <= MOST_STEPS && steps * self.batch == rows.len(),
            "{} rows are not up to {MOST_STEPS} batches of {}",
            rows.len(),
            self.batch
        );
        let rows: Vec<u32> = rows.iter().map(|&row| row as u32).collect();
        self.rows.write_words(gpu, 0, &rows);
        self.memory.write_words(gpu, NEXT, &[0]);
        // 1 - b^i loses its digits in 32 bits, so the processor does it in 64.
        let seen = |beta: f64, step: usize| 1.0 - beta.powf((self.steps_so_far + step + 1) as f64);
        let rates: Vec<f32> = (0..steps).map(|i| (rate / seen(BETAS[0], i)) as f32).collect();
        let scales: Vec<f32> =
            (0..steps).map(|i| (1.0 / seen(BETAS[1], i).sqrt()) as f32).collect();
        self.memory.write(gpu, RATES, &rates);
        self.memory.write(gpu, RATES + MOST_STEPS, &scales);
        self.steps_so_far += steps;
        steps
    }

    fn said(&self, gpu: &Gpu, steps: usize) -> Result<Vec<[f64; 2]>> {
        let said = self.memory.read_part(gpu, SAID..SAID + 2 * MOST_STEPS)?;
        let of_step = |i: usize| [said[i], said[MOST_STEPS + i]].map(f64::from);
        Ok((0..steps).map(of_step).collect())
    }
}
