//! The article's network on the GPU: two dispatches a step, many steps a
//! submission.

use cnn_naive::network::{CLASSES, FILTER, POSITIONS};
use common::{Float, Real, Result};
use ndarray::{Array2, ArrayRef2};

use crate::array::DeviceArray;
use crate::digits::Digits;
use crate::gpu::{Dispatch, Gpu};
use crate::{floats, sources};

/// Steps that a submission may have; `article.wgsl` has room for the losses of so
/// many.
pub const MOST_STEPS: usize = 250;

/// f, bc, wo and bo, one behind the other.
const PARAMETERS: usize = FILTER * FILTER + POSITIONS + POSITIONS * CLASSES + CLASSES;
const RATES: usize = PARAMETERS; // two of them, and the step
const SAID: usize = RATES + 3; // losses, then accuracies
/// Where in the memory begins what images leave from one half of a step to the other.
pub const IMAGES: usize = SAID + 2 * MOST_STEPS;
/// What an image leaves for the update: h, dzo, df, its loss, whether it is right.
const OF_IMAGE: usize = POSITIONS + CLASSES + FILTER * FILTER + 2;

/// Workgroups of the update: 16 positions to each, and one for the rest.
const UPDATE_GROUPS: usize = POSITIONS / 16 + 1;

/// The network, with all that its training needs, on the GPU.
pub struct Training {
    /// All that is written, as `article.wgsl` has it.
    pub memory: DeviceArray,
    rows: DeviceArray,
    /// A step: both halves.
    pub step: [Dispatch; 2],
    batch: usize,
}

/// The filter `f (5, 5)`, its biases `bc (1, 576)`, and the output layer's
/// `wo (576, 10)` and `bo (1, 10)`.
pub type Parameters = (Array2<Float>, Array2<Float>, Array2<Float>, Array2<Float>);

impl Training {
    /// Memory and kernels for steps of `batch` images of `digits`.
    ///
    /// # Errors
    /// If the GPU has not the memory.
    pub fn new(gpu: &Gpu, digits: &Digits, batch: usize) -> Result<Training> {
        let memory = gpu.array("the network", IMAGES + batch * OF_IMAGE)?;
        let rows = gpu.array("row numbers", MOST_STEPS * batch)?;
        let arrays = [&digits.words, &rows, &memory];
        let constants = [("BATCH", batch)];
        let images = gpu.kernel(&sources::ARTICLE_IMAGES, &constants)?;
        let update = gpu.kernel(&sources::ARTICLE_UPDATE, &constants)?;
        let step = [
            images.on(gpu, &arrays, [batch, 1, 1]),
            update.on(gpu, &arrays, [UPDATE_GROUPS, 1, 1]),
        ];
        Ok(Training { memory, rows, step, batch })
    }

    /// Uploads parameters, and the rates of the filter with its biases and of the
    /// output layer, for gradients summed over the batch: see `Gradients::rates` of
    /// lesson 04.
    ///
    /// # Panics
    /// If a shape does not fit.
    pub fn start(
        &self,
        gpu: &Gpu,
        (f, bc, wo, bo): (
            &ArrayRef2<Float>,
            &ArrayRef2<Float>,
            &ArrayRef2<Float>,
            &ArrayRef2<Float>,
        ),
        rates: (Float, Float),
    ) {
        let mut numbers = Vec::with_capacity(PARAMETERS + 2);
        for parameter in [f, bc, wo, bo] {
            numbers.extend_from_slice(&floats(parameter));
        }
        assert!(numbers.len() == PARAMETERS, "{} parameters", numbers.len());
        numbers.extend([rates.0, rates.1].map(|rate| f64::from(rate) as f32));
        self.memory.write(gpu, 0, &numbers);
    }

    /// A step for each batch of `rows`, row numbers `(steps, N)` one behind the
    /// other, in one submission. Returns `[loss, accuracy in percent]` of each batch,
    /// before its step. Waits.
    ///
    /// # Errors
    /// If the GPU was lost.
    ///
    /// # Panics
    /// If there are more than [`MOST_STEPS`], or part of a batch.
    pub fn steps(&self, gpu: &Gpu, rows: &[usize]) -> Result<Vec<[f64; 2]>> {
        let steps = self.submit(gpu, rows)?;
        let said = self.memory.read_part(gpu, SAID..SAID + 2 * MOST_STEPS)?;
        let of_step = |i: usize| [said[i], said[MOST_STEPS + i]].map(f64::from);
        Ok((0..steps).map(of_step).collect())
    }

    /// The same without waiting and without an answer. Returns the number of steps.
    ///
    /// # Errors
    /// If the GPU was lost.
    ///
    /// # Panics
    /// As [`Training::steps`].
    pub fn submit(&self, gpu: &Gpu, rows: &[usize]) -> Result<usize> {
        let steps = self.prepare(gpu, rows);
        gpu.submit((0..steps).flat_map(|_| &self.step), |_| ())?;
        Ok(steps)
    }

    /// Uploads the row numbers of a submission. Returns the number of its steps.
    fn prepare(&self, gpu: &Gpu, rows: &[usize]) -> usize {
        let steps = rows.len() / self.batch;
        assert!(
            steps <= MOST_STEPS && steps * self.batch == rows.len(),
            "{} rows are not up to {MOST_STEPS} batches of {}",
            rows.len(),
            self.batch
        );
        let rows: Vec<u32> = rows.iter().map(|&row| row as u32).collect();
        self.rows.write_words(gpu, 0, &rows);
        self.memory.write_words(gpu, RATES + 2, &[0]); // the first of the submission
        steps
    }

    /// Only `work`, part of a step, so many times over, without waiting: to time it.
    ///
    /// # Errors
    /// If the GPU was lost.
    pub fn repeat(&self, gpu: &Gpu, rows: &[usize], work: &[&Dispatch], times: usize) -> Result {
        self.prepare(gpu, &rows[..times * self.batch]);
        gpu.submit((0..times).flat_map(|_| work.iter().copied()), |_| ())
    }

    /// The parameters as they are now. Waits.
    ///
    /// # Errors
    /// If the GPU was lost.
    pub fn parameters(&self, gpu: &Gpu) -> Result<Parameters> {
        let numbers = self.memory.read_part(gpu, 0..PARAMETERS)?;
        let mut numbers = numbers.into_iter().map(|v| Float::of(f64::from(v)));
        let mut take = |shape: (usize, usize)| {
            Array2::from_shape_simple_fn(shape, || {
                numbers.next().expect("as many numbers as parameters")
            })
        };
        let f = take((FILTER, FILTER));
        let bc = take((1, POSITIONS));
        let wo = take((POSITIONS, CLASSES));
        let bo = take((1, CLASSES));
        Ok((f, bc, wo, bo))
    }
}
