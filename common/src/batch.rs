//! Which examples the next step looks at.

use std::hint::black_box;

use ndarray::{Array2, ArrayRef2, Axis};
use rand::Rng as _;
use rand::seq::SliceRandom;

use crate::{Real, Rng};

/// Rows that are fetched from memory together: about as many as the processor
/// recognises as streams of their own.
const ROWS_AT_ONCE: usize = 12;

/// `size` examples drawn at random **with replacement**, as the article draws
/// them: `x (N, D)`, `t (N, M)` -> `(size, D)`, `(size, M)`.
///
/// # Panics
/// If `x` and `t` have different numbers of rows, or none.
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

/// The numbers of the rows that [`batch`] takes from `n`: `size` of `0..n`, drawn
/// **with replacement**. For a step that reads the rows where they are.
///
/// # Panics
/// If `n` is zero and `size` is not.
pub fn sample_rows(n: usize, size: usize, rng: &mut Rng) -> Vec<usize> {
    (0..size).map(|_| rng.random_range(0..n)).collect()
}

/// The rows of `a (N, D)` with the numbers `rows`, in that order: `(rows, D)`.
///
/// # Panics
/// If a number is not below `N`.
pub fn take_rows<F: Real>(a: &ArrayRef2<F>, rows: &[usize]) -> Array2<F> {
    let columns = a.ncols();
    let Some(all) = a.as_slice() else { return a.select(Axis(0), rows) };
    let mut taken = Vec::with_capacity(rows.len() * columns);
    for rows in rows.chunks(ROWS_AT_ONCE) {
        touch(all, columns, rows);
        for &row in rows {
            taken.extend_from_slice(&all[row * columns..(row + 1) * columns]);
        }
    }
    Array2::from_shape_vec((rows.len(), columns), taken).expect("as many numbers as taken")
}

/// Looks at one number of every 64 bytes of each row, to have the memory fetch
/// all the rows at the same time: they lie far apart, and waiting for one after
/// the other would be a good part of an iteration of chapter 01.
fn touch<F: Real>(all: &[F], columns: usize, rows: &[usize]) {
    for column in (0..columns).step_by(64 / size_of::<F>()) {
        for row in rows {
            black_box(all[row * columns + column]);
        }
    }
}

/// One epoch: the numbers `0..n` in random order, cut into batches of `size`,
/// the last one shorter if `size` does not divide `n`. Every example once.
///
/// # Panics
/// If `size` is zero.
pub fn shuffled_batches(n: usize, size: usize, rng: &mut Rng) -> Vec<Vec<usize>> {
    assert!(size > 0, "shuffled: a batch needs at least one example");
    let mut order: Vec<usize> = (0..n).collect();
    order.shuffle(rng);
    order.chunks(size).map(<[usize]>::to_vec).collect()
}
