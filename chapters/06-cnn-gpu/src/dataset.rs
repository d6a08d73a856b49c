//! A data set on the GPU, uploaded once as bytes; and for each submission, the row
//! numbers of its batches.

use cnn_naive::network::{CLASSES, SIDE};
use common::{Real, Result, predict};
use ndarray::ArrayRef2;

use crate::array::DeviceArray;
use crate::gpu::Gpu;

/// The text in front of every kernel of the two networks.
pub const NETWORK_WGSL: &str = include_str!("kernels/network.wgsl");
/// Words of an image: four pixels in each, and the label in the last.
const IMAGE_WORDS: usize = SIDE * SIDE / 4 + 1;
/// Steps that a submission may have: the memory of both networks has room for so many.
pub const MAX_STEPS: usize = 250;

/// Images with their labels, a byte a pixel: a quarter of their size as `f32`. The
/// kernels convert them.
pub struct DeviceDataset {
    pub(crate) words: DeviceArray, // (N, 197)
}

impl DeviceDataset {
    /// Uploads images `x (N, 784)`, from 0 to 1, and their targets `t (N, 10)`.
    pub fn upload<F: Real>(gpu: &Gpu, x: &ArrayRef2<F>, t: &ArrayRef2<F>) -> Result<DeviceDataset> {
        let dataset = DeviceDataset { words: gpu.array("data set", x.nrows() * IMAGE_WORDS)? };
        dataset.replace(gpu, x, t);
        Ok(dataset)
    }

    /// Uploads as many others in their place. Panics if the shapes do not fit.
    pub fn replace<F: Real>(&self, gpu: &Gpu, x: &ArrayRef2<F>, t: &ArrayRef2<F>) {
        let len = self.words.len / IMAGE_WORDS;
        assert!(
            x.dim() == (len, SIDE * SIDE) && t.dim() == (len, CLASSES),
            "data set: x {:?} and t {:?} must be ({len}, 784) and ({len}, 10)",
            x.dim(),
            t.dim()
        );
        let byte = |v: &F| (255.0 * (*v).into()).round() as u8; // what it was in the file
        let mut words = Vec::with_capacity(self.words.len);
        for (x, label) in x.rows().into_iter().zip(predict(t)) {
            let bytes: Vec<u8> = x.iter().map(byte).collect();
            words.extend(bytes.as_chunks().0.iter().map(|&four| u32::from_le_bytes(four)));
            words.push(label as u32);
        }
        self.words.write(gpu, 0, &words);
    }
}

/// Writes the `rows (steps, N)` of a submission's batches to `array (MAX_STEPS, N)`.
/// Returns the number of steps. Panics if there are more than [`MAX_STEPS`], or part of a
/// batch.
pub fn write_rows(gpu: &Gpu, array: &DeviceArray, rows: &[usize]) -> usize {
    let batch = array.len / MAX_STEPS;
    let steps = rows.len() / batch;
    assert!(
        steps <= MAX_STEPS && steps * batch == rows.len(),
        "{} rows are not up to {MAX_STEPS} batches of {batch}",
        rows.len()
    );
    let rows: Vec<u32> = rows.iter().map(|&row| row as u32).collect();
    array.write(gpu, 0, &rows);
    steps
}

/// `[loss, accuracy in percent]` of the batch of each step, before the step.
pub type Stats = Vec<[f64; 2]>;

/// The stats of a submission of `steps` steps, from a network's memory: [`MAX_STEPS`]
/// losses from `at` on, then as many accuracies.
pub fn read_stats(gpu: &Gpu, memory: &DeviceArray, at: usize, steps: usize) -> Result<Stats> {
    let stats: Vec<f32> = memory.read_range(gpu, at..at + 2 * MAX_STEPS)?;
    Ok((0..steps).map(|i| [stats[i], stats[MAX_STEPS + i]].map(f64::from)).collect())
}
