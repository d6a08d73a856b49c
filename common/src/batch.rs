//! Which examples the next step looks at.

use std::hint::black_box;

use ndarray::{Array2, ArrayRef2, ArrayView1};
use rand::Rng as _;
use rand::seq::SliceRandom;

use crate::{Real, Rng};

/// Rows that are fetched from memory together.
const ROWS_AT_ONCE: usize = 16;

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
    let rows = drawn(x.nrows(), size, rng);
    (take(x, &rows), take(t, &rows))
}

/// The numbers of the rows that [`batch`] takes from `n`: `size` of `0..n`, drawn
/// **with replacement**. For a step that reads the rows where they are.
///
/// # Panics
/// If `n` is zero and `size` is not.
pub fn drawn(n: usize, size: usize, rng: &mut Rng) -> Vec<usize> {
    (0..size).map(|_| rng.random_range(0..n)).collect()
}

/// The rows of `a (N, D)` with the numbers `rows`, in that order: `(rows, D)`.
///
/// # Panics
/// If a number is not below `N`.
pub fn take<F: Real>(a: &ArrayRef2<F>, rows: &[usize]) -> Array2<F> {
    let mut taken = Vec::with_capacity(rows.len() * a.ncols());
    for rows in rows.chunks(ROWS_AT_ONCE) {
        let rows: Vec<ArrayView1<F>> = rows.iter().map(|&row| a.row(row)).collect();
        touch(&rows);
        for row in rows {
            match row.as_slice() {
                Some(row) => taken.extend_from_slice(row), // one copy, not 784
                None => taken.extend(row),
            }
        }
    }
    Array2::from_shape_vec((rows.len(), a.ncols()), taken).expect("as many numbers as taken")
}

/// Looks at one number of every 64 bytes of each row, to have the memory fetch
/// all the rows at the same time: they lie far apart, and waiting for one after
/// the other would be a good part of an iteration of chapter 01.
fn touch<F: Real>(rows: &[ArrayView1<F>]) {
    let columns = rows.first().map_or(0, |row| row.len());
    for column in (0..columns).step_by(64 / size_of::<F>()) {
        for row in rows {
            black_box(row[column]);
        }
    }
}

/// One epoch: the numbers `0..n` in random order, cut into batches of `size`,
/// the last one shorter if `size` does not divide `n`. Every example once.
///
/// # Panics
/// If `size` is zero.
pub fn shuffled(n: usize, size: usize, rng: &mut Rng) -> Vec<Vec<usize>> {
    assert!(size > 0, "shuffled: a batch needs at least one example");
    let mut order: Vec<usize> = (0..n).collect();
    order.shuffle(rng);
    order.chunks(size).map(<[usize]>::to_vec).collect()
}
