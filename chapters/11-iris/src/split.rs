//! Some flowers to learn from, the others to test: as many of each species in
//! proportion, and measured by the first alone.

use common::batch::take_rows;
use common::{Real, Rng};
use datasets::Iris;
use ndarray::{Array1, Array2, ArrayRef2};
use rand::seq::SliceRandom;

/// Flowers, standardised.
#[derive(Clone, Debug)]
pub struct Part<F> {
    /// Their numbers in the table, in the order of the rows below.
    pub rows: Vec<usize>,
    /// The four lengths in standard deviations from the mean, `(N, 4)`.
    pub x: Array2<F>,
    /// Species as one-hot rows, `(N, 3)`.
    pub t: Array2<F>,
    /// Species, 0 to 2, `(N,)`.
    pub labels: Array1<usize>,
}

impl<F> Part<F> {
    /// How many flowers.
    #[expect(clippy::len_without_is_empty, reason = "a part is never empty")]
    pub fn len(&self) -> usize {
        self.rows.len()
    }
}

/// Two parts of the flowers, and the scale that the first of them sets.
#[derive(Clone, Debug)]
pub struct Split<F> {
    /// To learn from.
    pub train: Part<F>,
    /// To test.
    pub test: Part<F>,
    /// Means of the four lengths in the training part, in cm, `(4,)`.
    pub mean: Array1<F>,
    /// Their standard deviations there, in cm, `(4,)`.
    pub deviation: Array1<F>,
}

impl<F: Real> Split<F> {
    /// About `test` of the flowers to test (see [`stratified`]), the others to
    /// learn from. The scale is that of the training part, for both.
    pub fn draw(flowers: &Iris<F>, test: usize, rng: &mut Rng) -> Split<F> {
        let (train, test) = stratified(&flowers.labels, test, rng);
        let (mean, deviation) = scale(&take_rows(&flowers.x, &train));
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

/// The numbers of the flowers to learn from and of those to test. Of each species
/// with `n` of the `N` flowers, `test n / N` are tested, rounded, at least one and
/// at most all but one; which, is drawn.
///
/// # Panics
/// If there is a species with a single flower.
pub fn stratified(labels: &Array1<usize>, test: usize, rng: &mut Rng) -> (Vec<usize>, Vec<usize>) {
    let (mut learnt, mut tested) = (Vec::new(), Vec::new());
    let species = labels.iter().max().map_or(0, |last| last + 1);
    for species in 0..species {
        let mut rows: Vec<usize> = (0..labels.len()).filter(|&i| labels[i] == species).collect();
        if rows.is_empty() {
            continue;
        }
        assert!(rows.len() > 1, "stratified: a single flower cannot be learnt and tested");
        rows.shuffle(rng);
        let share = (test as f64 * rows.len() as f64 / labels.len() as f64).round() as usize;
        let (to_test, to_learn) = rows.split_at(share.clamp(1, rows.len() - 1));
        tested.extend(to_test);
        learnt.extend(to_learn);
    }
    (learnt, tested)
}

/// Mean and standard deviation (divided by N) of each column of `x (N, 4)`, `(4,)`
/// each. A column that never changes says nothing; its deviation counts as 1, so
/// that it becomes zeros.
pub fn scale<F: Real>(x: &ArrayRef2<F>) -> (Array1<F>, Array1<F>) {
    let columns = x.columns().into_iter().map(|column| {
        let n = column.len() as f64;
        let mean = column.iter().map(|&v| v.into()).sum::<f64>() / n;
        let squares = column.iter().map(|&v| (v.into() - mean) * (v.into() - mean)).sum::<f64>();
        let deviation = (squares / n).sqrt();
        (F::of(mean), F::of(if deviation > 0.0 { deviation } else { 1.0 }))
    });
    let (mean, deviation): (Vec<F>, Vec<F>) = columns.unzip();
    (mean.into(), deviation.into())
}
