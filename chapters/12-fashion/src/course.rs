//! What both networks learn from: the same images, in the same batches, in the
//! same order. A comparison in which these differ compares them, and not the
//! networks.

use common::batch::{shuffled_batches, take_rows};
use common::{Real, Rng};
use datasets::images::SIDE;
use deep_cnn::schedule;
use ndarray::{Array2, ArrayRef2};
use rand::Rng as _;

/// The share of the training in which the learning rate still rises.
const WARM: f64 = 0.2;

/// Images, their order, and how the learning rate rises and falls.
#[derive(Clone, Debug)]
pub struct Course<'a, F> {
    /// Images to learn from `(N, 784)`; `epochs` says which of them.
    pub x: &'a ArrayRef2<F>,
    /// Their classes, one-hot `(N, 10)`.
    pub t: &'a ArrayRef2<F>,
    /// Images to choose by `(V, 784)`, none of them in `epochs`.
    pub x_held: &'a ArrayRef2<F>,
    /// Their classes `(V, 10)`.
    pub t_held: &'a ArrayRef2<F>,
    /// Of each epoch its batches, of each batch the rows of `x`; row `60000 + k` is
    /// image `k` in the mirror.
    pub epochs: Vec<Vec<Vec<usize>>>,
    /// Steps that the learning rates are spread over: those of all epochs.
    pub steps: usize,
}

/// `count` epochs over the rows `learnt`: each time all of them, in a new random
/// order, cut into batches of `size`.
///
/// # Panics
/// If `size` is zero.
pub fn epochs(learnt: &[usize], count: usize, size: usize, rng: &mut Rng) -> Vec<Vec<Vec<usize>>> {
    let of_learnt = |batch: Vec<usize>| batch.into_iter().map(|k| learnt[k]).collect();
    let epoch = |_| shuffled_batches(learnt.len(), size, rng).into_iter().map(of_learnt).collect();
    (0..count).map(epoch).collect()
}

/// Hangs a mirror: half of the time, by chance, an image of `epochs` is shown with
/// left and right exchanged. `images` is how many rows `x` has.
pub fn mirror(epochs: &mut [Vec<Vec<usize>>], images: usize, rng: &mut Rng) {
    for row in epochs.iter_mut().flatten().flatten() {
        *row += if rng.random() { images } else { 0 };
    }
}

impl<F: Real> Course<'_, F> {
    /// Images `(n, 784)` and targets `(n, 10)` of a batch.
    pub fn batch(&self, rows: &[usize]) -> (Array2<F>, Array2<F>) {
        let images = self.x.nrows();
        let of_x: Vec<usize> = rows.iter().map(|row| row % images).collect();
        let (mut x, t) = (take_rows(self.x, &of_x), take_rows(self.t, &of_x));
        for (mut image, &row) in x.rows_mut().into_iter().zip(rows) {
            if row >= images {
                let pixels = image.as_slice_mut().expect("images lie row by row");
                pixels.chunks_exact_mut(SIDE).for_each(<[F]>::reverse);
            }
        }
        (x, t)
    }

    /// The learning rate of step `i`, counted from 1: from a tenth of `largest` up
    /// to it, then down to nothing.
    pub fn rate(&self, i: usize, largest: f64) -> F {
        F::of(largest * schedule::one_cycle((i - 1) as f64 / self.steps as f64, WARM))
    }

    /// Batches of all epochs.
    pub fn length(&self) -> usize {
        self.epochs.iter().map(Vec::len).sum()
    }

    /// Batches of an epoch.
    pub fn batches(&self) -> usize {
        self.epochs.first().map_or(0, Vec::len)
    }

    /// Images of the largest batch.
    pub fn batch_size(&self) -> usize {
        self.epochs.iter().flatten().map(Vec::len).max().unwrap_or(0)
    }

    /// The first `steps` steps of the same course: as one epoch, at the same rates.
    pub fn first(&self, steps: usize) -> Self {
        let batches = self.epochs.iter().flatten().take(steps).cloned().collect();
        Course { epochs: vec![batches], ..self.clone() }
    }
}
