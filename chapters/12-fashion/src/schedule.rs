//! What both networks are trained with: the same images in the same batches in the same
//! order, and the same rise and fall of the learning rate.

use common::batch::{shuffled_batches, take_rows};
use common::{Real, Rng};
use datasets::images::SIDE;
use deep_cnn::schedule;
use ndarray::{Array2, ArrayRef2};
use rand::Rng as _;

const WARM: f64 = 0.2; // the share of the training in which the learning rate rises

/// Images, the batches of every epoch, and the learning rate of every step.
#[derive(Clone, Debug)]
pub struct Schedule<'a, F> {
    /// Images `(N, 784)` and targets `(N, 10)`; `epochs` has those to train on.
    pub train: (&'a ArrayRef2<F>, &'a ArrayRef2<F>),
    /// Validation images `(V, 784)` and targets `(V, 10)`, none of them in `epochs`.
    pub validation: (&'a ArrayRef2<F>, &'a ArrayRef2<F>),
    /// For each epoch its batches, for each batch rows of `train`; row `N + k` is image `k`
    /// flipped.
    pub epochs: Vec<Vec<Vec<usize>>>,
    /// Steps of the whole training, for the learning rate.
    pub steps: usize,
}

/// The batches of `count` epochs: each time all `rows` in a new order, in batches of `size`.
pub fn epochs(rows: &[usize], count: usize, size: usize, rng: &mut Rng) -> Vec<Vec<Vec<usize>>> {
    let to_rows = |batch: Vec<usize>| batch.into_iter().map(|k| rows[k]).collect();
    let epoch = |_| shuffled_batches(rows.len(), size, rng).into_iter().map(to_rows).collect();
    (0..count).map(epoch).collect()
}

/// Flips each image of `epochs` with probability 1/2: left and right are exchanged. `images`
/// is the number of all images.
pub fn random_flips(epochs: &mut [Vec<Vec<usize>>], images: usize, rng: &mut Rng) {
    for row in epochs.iter_mut().flatten().flatten() {
        *row += if rng.random() { images } else { 0 };
    }
}

impl<F: Real> Schedule<'_, F> {
    /// Images `(n, 784)` and targets `(n, 10)` of a batch.
    pub fn batch(&self, rows: &[usize]) -> (Array2<F>, Array2<F>) {
        let (x, t) = self.train;
        let images = x.nrows();
        let unflipped: Vec<usize> = rows.iter().map(|row| row % images).collect();
        let (mut x, t) = (take_rows(x, &unflipped), take_rows(t, &unflipped));
        for (mut image, &row) in x.rows_mut().into_iter().zip(rows) {
            if row >= images {
                let pixels = image.as_slice_mut().expect("images lie row by row");
                pixels.chunks_exact_mut(SIDE).for_each(<[F]>::reverse);
            }
        }
        (x, t)
    }

    /// The learning rate of step `i`, counted from 1: from a tenth of `max_rate` up to it,
    /// then down to 0.
    pub fn rate(&self, i: usize, max_rate: f64) -> F {
        F::of(max_rate * schedule::one_cycle((i - 1) as f64 / self.steps as f64, WARM))
    }

    /// Batches of all epochs.
    pub fn batches(&self) -> usize {
        self.epochs.iter().map(Vec::len).sum()
    }

    /// The first `steps` steps as one epoch, at the same rates.
    pub fn first(&self, steps: usize) -> Self {
        let batches = self.epochs.iter().flatten().take(steps).cloned().collect();
        Schedule { epochs: vec![batches], ..self.clone() }
    }
}
