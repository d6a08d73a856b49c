//! A data set on the GPU: uploaded once, as bytes.

use cnn_naive::network::{CLASSES, SIDE};
use common::{Real, Result, predict};
use ndarray::ArrayRef2;

use crate::array::DeviceArray;
use crate::gpu::Gpu;

/// Words of an image: four pixels in each, and the label in the last.
pub const WORDS: usize = SIDE * SIDE / 4 + 1;

/// Images with their labels, a byte a pixel: a quarter of what they would be as
/// numbers. The kernels make numbers of them.
pub struct Digits {
    /// [`WORDS`] for each image.
    pub words: DeviceArray,
    /// How many images.
    pub len: usize,
}

impl Digits {
    /// Uploads images `x (N, 784)`, from 0 to 1, and their targets `t (N, 10)`.
    ///
    /// # Errors
    /// If the GPU has not the memory.
    ///
    /// # Panics
    /// If the shapes do not fit.
    pub fn upload<F: Real>(gpu: &Gpu, x: &ArrayRef2<F>, t: &ArrayRef2<F>) -> Result<Digits> {
        let digits = Digits { words: gpu.array("data set", x.nrows() * WORDS)?, len: x.nrows() };
        digits.replace(gpu, x, t);
        Ok(digits)
    }

    /// Uploads others in their place.
    ///
    /// # Panics
    /// If the shapes do not fit.
    pub fn replace<F: Real>(&self, gpu: &Gpu, x: &ArrayRef2<F>, t: &ArrayRef2<F>) {
        assert!(
            x.dim() == (self.len, SIDE * SIDE) && t.dim() == (self.len, CLASSES),
            "digits: x {:?} and t {:?} must be ({}, 784) and ({}, 10)",
            x.dim(),
            t.dim(),
            self.len,
            self.len
        );
        let byte = |v: &F| (255.0 * (*v).into()).round() as u8; // what it was in the file
        let labels = predict(t);
        let mut words = Vec::with_capacity(self.len * WORDS);
        for (x, &label) in x.rows().into_iter().zip(&labels) {
            let bytes: Vec<u8> = x.iter().map(byte).collect();
            let four = bytes.as_chunks().0.iter();
            words.extend(four.map(|&four| u32::from_le_bytes(four))); // the first is the lowest
            words.push(label as u32);
        }
        self.words.write_words(gpu, 0, &words);
    }
}
