//! Stratified training and test sets, standardised by the training set.

use common::batch::take_rows;
use common::{Real, Rng};
use datasets::Iris;
use ndarray::{Array1, Array2, ArrayRef2, Axis};
use rand::seq::SliceRandom;

/// The training set or the test set.
#[derive(Clone, Debug)]
pub struct Part<F> {
    /// Row numbers in the table.
    pub rows: Vec<usize>,
    /// The four lengths, standardised, `(N, 4)`.
    pub x: Array2<F>,
    /// Species as one-hot rows, `(N, 3)`.
    pub t: Array2<F>,
    /// Species, 0 to 2, `(N,)`.
    pub labels: Array1<usize>,
}

/// Training and test set, and how they were standardised.
#[derive(Clone, Debug)]
pub struct Split<F> {
    /// The training set.
    pub train: Part<F>,
    /// The test set.
    pub test: Part<F>,
    /// Means of the four lengths in the training set, in cm, `(4,)`.
    pub mean: Array1<F>,
    /// Their standard deviations there, in cm, `(4,)`.
    pub deviation: Array1<F>,
}

impl<F: Real> Split<F> {
    /// A random split with about `test` flowers to test, see [`stratified_split`].
    pub fn draw(flowers: &Iris<F>, test: usize, rng: &mut Rng) -> Split<F> {
        let (train, test) = stratified_split(&flowers.labels, test, rng);
        let (mean, deviation) = mean_and_std(&take_rows(&flowers.x, &train));
        let part = |rows: Vec<usize>| Part {
            // x = (length - mean) / deviation
            x: (take_rows(&flowers.x, &rows) - &mean) / &deviation, // (N, 4)
            t: take_rows(&flowers.t, &rows),                        // (N, 3)
            labels: rows.iter().map(|&row| flowers.labels[row]).collect(),
            rows,
        };
        Split { train: part(train), test: part(test), mean, deviation }
    }
}

/// Row numbers of the training set and of the test set. Of each species with `n` of the
/// `N` flowers, `test n / N` are drawn for the test: rounded, at least one and at most
/// `n - 1`.
/// Panics if a species has a single flower.
pub fn stratified_split(
    labels: &Array1<usize>,
    test: usize,
    rng: &mut Rng,
) -> (Vec<usize>, Vec<usize>) {
    let (mut train_rows, mut test_rows) = (Vec::new(), Vec::new());
    let species = labels.iter().max().map_or(0, |last| last + 1);
    for species in 0..species {
        let mut rows: Vec<usize> = (0..labels.len()).filter(|&i| labels[i] == species).collect();
        if rows.is_empty() {
            continue;
        }
        assert!(rows.len() > 1, "stratified split: a species with a single flower");
        rows.shuffle(rng);
        let share = (test as f64 * rows.len() as f64 / labels.len() as f64).round() as usize;
        let (test, train) = rows.split_at(share.clamp(1, rows.len() - 1));
        test_rows.extend(test);
        train_rows.extend(train);
    }
    (train_rows, test_rows)
}

/// Mean and standard deviation (divided by N) of each column of `x (N, 4)`, `(4,)` each.
/// A deviation of 0 becomes 1, so that a constant column is standardised to zeros.
pub fn mean_and_std<F: Real>(x: &ArrayRef2<F>) -> (Array1<F>, Array1<F>) {
    let n = x.nrows() as f64;
    let x = x.mapv(Into::<f64>::into);
    let mean = x.sum_axis(Axis(0)) / n; // (4,)
    let deviation = ((x - &mean).pow2().sum_axis(Axis(0)) / n).sqrt(); // (4,)
    let positive = |d: f64| if d > 0.0 { d } else { 1.0 };
    (mean.mapv(F::of), deviation.mapv(|d| F::of(positive(d))))
}
