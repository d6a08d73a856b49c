//! A product that skips zeros: four of five pixels of MNIST are 0.

use multiversion::multiversion;
use ndarray::{Array2, ArrayRef2, ArrayView2};
use rayon::prelude::*;

use crate::Real;

/// Below this share of non-zeros, skipping beats multiplying everything.
const WORTH_SKIPPING: f64 = 0.3;

/// Fewer columns than this do not repay the search for zeros.
const WORTH_SEARCHING: usize = 32;

/// Multiplications that are worth waking other threads for.
const WORTH_THREADS: usize = 1 << 22;

/// Rows of the result that one thread makes at a time.
const ROWS_A_PIECE: usize = 32;

/// The non-zero numbers of a matrix, row after row.
struct NonZeros<F> {
    /// Row `i` has the entries `starts[i]..starts[i + 1]`.
    starts: Vec<usize>,
    /// Column and value, columns ascending within a row.
    entries: Vec<(u32, F)>,
}

/// `a b` by the non-zeros of `a`, or `None` if `a` has too many of them, is in
/// no order that can be searched quickly, or `b` is too narrow.
///
/// Every element of the result adds up its terms in the order of `a`'s
/// columns. A zero in `a` gives zero even where `b` holds infinity or NaN.
pub(crate) fn dot<F: Real>(a: &ArrayRef2<F>, b: &ArrayRef2<F>) -> Option<Array2<F>> {
    let m = b.ncols();
    if m < WORTH_SEARCHING {
        return None;
    }
    let b = b.as_standard_layout(); // (D, M)
    let b = b.as_slice()?;
    let zeros = if a.is_standard_layout() {
        NonZeros::of_rows(a.view())?
    } else {
        NonZeros::of_columns(a.t())?
    };
    let mut out = Array2::zeros((a.nrows(), m)); // (N, M)
    let rows = out.as_slice_mut()?;
    if zeros.entries.len() * m < WORTH_THREADS {
        zeros.times(b, m, 0, rows);
    } else {
        rows.par_chunks_mut(ROWS_A_PIECE * m)
            .enumerate()
            .for_each(|(i, rows)| zeros.times(b, m, i * ROWS_A_PIECE, rows));
    }
    Some(out)
}

impl<F: Real> NonZeros<F> {
    /// Of a matrix that lies row by row.
    fn of_rows(a: ArrayView2<F>) -> Option<NonZeros<F>> {
        let most = (a.len() as f64 * WORTH_SKIPPING) as usize;
        let mut starts = vec![0];
        let mut entries = vec![(0, F::zero()); most + a.ncols() + 1];
        let mut found = 0;
        for row in a.rows() {
            found += search(row.to_slice()?, &mut entries[found..]);
            if found > most {
                return None;
            }
            starts.push(found);
        }
        entries.truncate(found);
        Some(NonZeros { starts, entries })
    }

    /// Of the transpose of a matrix that lies row by row: a row's entries are
    /// counted first, then each is put in its place.
    fn of_columns(at: ArrayView2<F>) -> Option<NonZeros<F>> {
        let by_column = NonZeros::of_rows(at)?;
        let mut starts = vec![0; at.ncols() + 1];
        for (row, _) in &by_column.entries {
            starts[*row as usize + 1] += 1;
        }
        for i in 1..starts.len() {
            starts[i] += starts[i - 1];
        }
        let mut next = starts.clone();
        let mut entries = vec![(0, F::zero()); by_column.entries.len()];
        for (k, column) in by_column.starts.windows(2).enumerate() {
            for &(row, v) in &by_column.entries[column[0]..column[1]] {
                entries[next[row as usize]] = (k as u32, v);
                next[row as usize] += 1;
            }
        }
        Some(NonZeros { starts, entries })
    }

    /// Rows `first..` of the product with `b (D, m)`, as many as `out` holds.
    fn times(&self, b: &[F], m: usize, first: usize, out: &mut [F]) {
        for (i, out) in out.chunks_exact_mut(m).enumerate() {
            let entries = &self.entries[self.starts[first + i]..self.starts[first + i + 1]];
            row(entries, b, m, out);
        }
    }
}

/// Writes the non-zeros of a row into `entries`, which has room for all and
/// one more; how many there are. Zeros come in long runs, so eight numbers are
/// looked at together first.
#[multiversion(targets("x86_64+avx2"))]
fn search<F: Real>(row: &[F], entries: &mut [(u32, F)]) -> usize {
    let mut found = 0;
    let (blocks, rest) = row.as_chunks::<8>();
    for (i, block) in blocks.iter().enumerate() {
        if block.iter().fold(true, |zeros, &v| zeros & (v == F::zero())) {
            continue;
        }
        // Written in any case, kept if it is not zero: no branch that the
        // processor would have to guess.
        for (j, &v) in block.iter().enumerate() {
            entries[found] = ((8 * i + j) as u32, v);
            found += usize::from(v != F::zero());
        }
    }
    for (j, &v) in rest.iter().enumerate() {
        entries[found] = ((row.len() - rest.len() + j) as u32, v);
        found += usize::from(v != F::zero());
    }
    found
}

/// `out = sum of v b[k]` over the entries `(k, v)`: one row of the product.
/// Columns go in blocks that fit the registers: 100 as 96 and 4 together.
#[multiversion(targets("x86_64+avx2"))]
fn row<F: Real>(entries: &[(u32, F)], b: &[F], m: usize, out: &mut [F]) {
    let mut from = 0;
    while from + 100 <= m {
        block::<F, 96, 4>(entries, b, m, from, out);
        from += 100;
    }
    while from + 48 <= m {
        block::<F, 48, 0>(entries, b, m, from, out);
        from += 48;
    }
    while from + 16 <= m {
        block::<F, 16, 0>(entries, b, m, from, out);
        from += 16;
    }
    while from + 8 <= m {
        block::<F, 8, 0>(entries, b, m, from, out);
        from += 8;
    }
    while from < m {
        block::<F, 1, 0>(entries, b, m, from, out);
        from += 1;
    }
}

/// Columns `from..from + W + V` of a row of the product. Two arrays, for the
/// compiler keeps an array in registers if its length is a multiple of theirs.
#[inline(always)]
fn block<F: Real, const W: usize, const V: usize>(
    entries: &[(u32, F)],
    b: &[F],
    m: usize,
    from: usize,
    out: &mut [F],
) {
    let (mut wide, mut rest) = ([F::zero(); W], [F::zero(); V]);
    for &(k, v) in entries {
        let b = &b[k as usize * m + from..][..W + V];
        for (sum, &b) in wide.iter_mut().zip(&b[..W]) {
            *sum += v * b;
        }
        for (sum, &b) in rest.iter_mut().zip(&b[W..]) {
            *sum += v * b;
        }
    }
    out[from..from + W].copy_from_slice(&wide);
    out[from + W..from + W + V].copy_from_slice(&rest);
}
