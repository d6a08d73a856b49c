//! Batches: which examples a training step uses.

use ndarray::{Array2, ArrayRef2, Axis};
use rand::Rng as _;
use rand::seq::SliceRandom;

pub use crate::fast::prefetched_rows;
use crate::{Real, Rng};

/// `size` examples drawn at random **with replacement**, as in the article:
/// `x (N, D)`, `t (N, M)` -> `(size, D)`, `(size, M)`.
/// Panics if `x` and `t` have different numbers of rows, or none.
pub fn batch<F: Real>(
    x: &ArrayRef2<F>,
    t: &ArrayRef2<F>,
    size: usize,
    rng: &mut Rng,
) -> (Array2<F>, Array2<F>) {
    assert!(
        x.nrows() == t.nrows() && x.nrows() > 0,
        "batch: x {:?} and t {:?} must have the same rows, at least one",
        x.dim(),
        t.dim()
    );
    let rows = sample_rows(x.nrows(), size, rng);
    (take_rows(x, &rows), take_rows(t, &rows))
}

/// The row numbers that [`batch`] draws: `size` numbers from `0..n`, **with
/// replacement**.
/// Panics if `n` is zero and `size` is not.
pub fn sample_rows(n: usize, size: usize, rng: &mut Rng) -> Vec<usize> {
    (0..size).map(|_| rng.random_range(0..n)).collect()
}

/// One epoch: the row numbers `0..n` in random order, each once, in batches of
/// `size`; the last one is shorter if `size` does not divide `n`.
/// Panics if `size` is zero.
pub fn shuffled_batches(n: usize, size: usize, rng: &mut Rng) -> Vec<Vec<usize>> {
    assert!(size > 0, "shuffled: a batch needs at least one example");
    let mut order: Vec<usize> = (0..n).collect();
    order.shuffle(rng);
    order.chunks(size).map(<[usize]>::to_vec).collect()
}

/// The rows of `a (N, D)` with the numbers `rows`, in that order: `(rows, D)`.
/// NumPy's `a[rows]`.
/// Panics if a number is not below `N`.
pub fn take_rows<F: Real>(a: &ArrayRef2<F>, rows: &[usize]) -> Array2<F> {
    let columns = a.ncols();
    let Some(all) = a.as_slice() else { return a.select(Axis(0), rows) };
    let mut taken = Vec::with_capacity(rows.len() * columns);
    for row in prefetched_rows(all, columns, rows) {
        taken.extend_from_slice(row);
    }
    Array2::from_shape_vec((rows.len(), columns), taken).expect("as many numbers as taken")
}
