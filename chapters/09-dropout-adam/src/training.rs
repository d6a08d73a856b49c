//! The lesson's training loop as a function, for experiments that hold back a sixth of
//! the training images for validation.

use common::batch::{shuffled_batches, take_rows};
use common::{Float, Rng, cross_entropy_from_logits, seeded};
use datasets::Dataset;
use ndarray::Array2;

use crate::dropout::mask;
use crate::network::{Parameters, backward, forward};

/// Hyperparameters.
#[derive(Clone, Copy)]
pub struct Setting {
    /// Passes over the training images.
    pub epochs: usize,
    /// Images in a batch.
    pub batch_size: usize,
    /// Adam's learning rate.
    pub learning_rate: Float,
    /// The share of hidden units that is dropped.
    pub dropout: Float,
}

/// Draws `images` of the row numbers `0..n` and splits them: five sixths to train on,
/// one sixth for validation.
pub fn hold_out(n: usize, images: usize, seed: u64) -> (Vec<usize>, Vec<usize>) {
    let mut validation = shuffled_batches(n, n, &mut seeded(seed)).concat();
    validation.truncate(images);
    let train = validation.split_off(images / 6);
    (train, validation)
}

/// Trains `parameters` on the training images `rows` of `data`. Step `i`, counted from 1, calls
/// `update(k, w, dw, i)` for each of the four arrays. Returns the loss of every batch.
pub fn train(
    data: &Dataset<Float>,
    rows: &[usize],
    parameters: &mut Parameters<Float>,
    setting: Setting,
    rng: &mut Rng,
    mut update: impl FnMut(usize, &mut Array2<Float>, &Array2<Float>, usize),
) -> Vec<f64> {
    let hidden = parameters[1].ncols();
    let mut losses = Vec::new();
    for _ in 0..setting.epochs {
        for batch in shuffled_batches(rows.len(), setting.batch_size, rng) {
            let batch: Vec<usize> = batch.iter().map(|&k| rows[k]).collect();
            let (x, t) = (take_rows(&data.train.x, &batch), take_rows(&data.train.t, &batch)); // (N, 784), (N, 10)
            let m = mask((batch.len(), hidden), setting.dropout, rng); // (N, H)
            let (h, z) = forward(&x, parameters.each_ref(), Some(&m)); // (N, H), (N, 10)
            losses.push(cross_entropy_from_logits(&z, &t));
            let gradients = backward(&x, &parameters[2], &m, &h, &z, &t);
            for (k, (w, dw)) in parameters.iter_mut().zip(&gradients).enumerate() {
                update(k, w, dw, losses.len());
            }
        }
    }
    losses
}
