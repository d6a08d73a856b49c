//! The images: what is read, which belong to a batch. Five bugs.

use common::batch::{shuffled_batches, take_rows};
use common::{Real, Rng, seeded};
use datasets::Dataset;
use ndarray::{Array2, Axis, concatenate};

use crate::bug::Bug;

/// Images in a batch; the first layers of both networks are fast with it.
pub const BATCH_SIZE: usize = 100;
/// Classes, the digits 0 to 9.
pub const CLASSES: usize = 10;

/// Images `x (N, 784)` with their targets `t (N, 10)`, for training and for the test.
#[derive(Clone)]
#[allow(missing_docs)]
pub struct Digits<F> {
    pub x: Array2<F>,
    pub t: Array2<F>,
    pub x_test: Array2<F>,
    pub t_test: Array2<F>,
}

/// The first `train` training images of `data` and the first `test` test images, as a
/// program with this bug reads them.
pub fn read<F: Real>(data: &Dataset<F>, (train, test): (usize, usize), bug: Bug) -> Digits<F> {
    let first =
        |a: &Array2<F>, n: usize| take_rows(a, &(0..whole_batches(a, n)).collect::<Vec<_>>());
    let (mut x, mut t) = (first(&data.train.x, train), first(&data.train.t, train));
    let (mut x_test, t_test) = (first(&data.test.x, test), first(&data.test.t, test));
    match bug {
        // the numbers of the file, 0 to 255; healthy: divided by 255
        Bug::Pixels255 => (x, x_test) = (x * F::of(255.0), x_test * F::of(255.0)),
        // a file counts its classes from 1, and the last becomes the first
        Bug::LabelsShifted => {
            let shifted: Vec<usize> = (0..CLASSES).map(|k| (k + CLASSES - 1) % CLASSES).collect();
            t = t.select(Axis(1), &shifted);
        }
        // shuffle(x), and no shuffle of t in the same order
        Bug::ImagesShuffled => {
            let order = shuffled_batches(x.nrows(), x.nrows(), &mut seeded(0)).concat();
            x = take_rows(&x, &order);
        }
        // all files of a folder are read, those of the test too
        Bug::TestInTraining => {
            x = concatenate![Axis(0), x, x_test];
            t = concatenate![Axis(0), t, t_test];
        }
        _ => {}
    }
    Digits { x, t, x_test, t_test }
}

/// At most `n` rows of `a`, and not one more than whole batches: batch norm cannot train
/// on a batch of one.
fn whole_batches<F>(a: &Array2<F>, n: usize) -> usize {
    let n = n.min(a.nrows());
    if n > 1 && n % BATCH_SIZE == 1 { n - 1 } else { n }
}

/// One epoch: which of `n` images are in which batch.
pub fn epoch(n: usize, bug: Bug, rng: &mut Rng) -> Vec<Vec<usize>> {
    let mut batches = shuffled_batches(n, BATCH_SIZE, rng); // the last one may be shorter
    if bug == Bug::LastBatchDropped {
        batches.retain(|rows| rows.len() == BATCH_SIZE);
    }
    batches
}

/// The first image of each class: ten images and their targets, `(10, 784)` and `(10, 10)`.
pub fn one_of_each<F: Real>(digits: &Digits<F>) -> (Array2<F>, Array2<F>) {
    let first = |k: usize| (0..digits.t.nrows()).find(|&i| digits.t[[i, k]] == F::one());
    let rows: Vec<usize> = (0..CLASSES).filter_map(first).collect();
    (take_rows(&digits.x, &rows), take_rows(&digits.t, &rows))
}
