//! A matrix product into memory that is there already.
//!
//! `common::dot` makes a new matrix each time, and the libraries under it copy
//! both factors into buffers that they ask the system for. A training step that
//! is repeated ten thousand times can do without.

use common::Real;
use common::fast::vector::{LANES, Plain, Vector};
use multiversion::multiversion;
use multiversion::target::target_cfg_f;

use crate::fast::tile::{arrays, tile};

/// Columns of `b` that are multiplied together: two vectors.
const PANEL: usize = 2 * LANES;
/// Rows of `b` that are copied together: with `PANEL` columns they fill half of
/// the fastest cache, and all rows of `a` pass over them.
const DEPTH: usize = 256;
/// Rows of `a` that are multiplied together: 6 times 2 vectors of sums.
const ROWS: usize = 6;

/// A matrix in a slice: element `(i, j)` stands at `i * rows + j * columns`.
#[derive(Clone, Copy, Debug)]
pub struct Matrix<'a, F> {
    /// Where the elements are.
    pub data: &'a [F],
    /// From one row to the next.
    pub rows: usize,
    /// From one column to the next.
    pub columns: usize,
}

impl<'a, F> Matrix<'a, F> {
    /// A matrix that lies row by row, each `width` long.
    pub fn new(data: &'a [F], width: usize) -> Matrix<'a, F> {
        Matrix { data, rows: width, columns: 1 }
    }

    /// The transpose, without a copy.
    pub fn t(self) -> Matrix<'a, F> {
        Matrix { data: self.data, rows: self.columns, columns: self.rows }
    }

    fn holds(&self, n: usize, m: usize) -> bool {
        n == 0 || m == 0 || (n - 1) * self.rows + (m - 1) * self.columns < self.data.len()
    }
}

/// What to do with what `c` holds before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Store {
    /// `c = a b`: it is overwritten.
    Overwrite,
    /// `c = c + a b`.
    Add,
}

/// `c = a b` or `c += a b`: `(N, D)(D, M) -> (N, M)`, with `size` = `(N, D, M)`;
/// `c` lies row by row, each row `M` numbers long. On the calling thread, and
/// without asking for memory.
///
/// # Panics
/// If a matrix is too small for `size`.
pub fn product<F: Real>(
    size: (usize, usize, usize),
    a: Matrix<F>,
    b: Matrix<F>,
    into: Store,
    c: &mut [F],
) {
    let (n, d, m) = size;
    assert!(
        a.holds(n, d) && b.holds(d, m) && c.len() >= n * m,
        "product: {} numbers, {} numbers and {} numbers are too few for {n} by {d} by {m}",
        a.data.len(),
        b.data.len(),
        c.len()
    );
    if d == 0 && into == Store::Overwrite {
        c[..n * m].fill(F::zero());
    }
    blocks(size, a, b, into, c);
}

/// Compiled twice: with the processor's fused multiply-add, and without.
#[multiversion(targets("x86_64+avx2+fma"))]
fn blocks<F: Real>(
    size: (usize, usize, usize),
    a: Matrix<F>,
    b: Matrix<F>,
    into: Store,
    c: &mut [F],
) {
    if target_cfg_f!(target_feature = "fma") {
        each_block::<F, F::Wide>(size, a, b, into, c);
    } else {
        each_block::<F, Plain<F>>(size, a, b, into, c);
    }
}

#[inline(always)]
fn each_block<F: Real, V: Vector<F>>(
    (n, d, m): (usize, usize, usize),
    a: Matrix<F>,
    b: Matrix<F>,
    into: Store,
    c: &mut [F],
) {
    let mut panel = [F::zero(); PANEL * DEPTH];
    for k in (0..d).step_by(DEPTH) {
        let depth = DEPTH.min(d - k);
        // What the first rows of b have put in place, the others add to.
        let into = if k == 0 { into } else { Store::Add };
        for j in (0..m).step_by(PANEL) {
            let width = PANEL.min(m - j);
            pack(b, (k, depth), (j, width), &mut panel);
            let mut i = 0;
            for tiles in (1..=n.div_ceil(ROWS)).rev() {
                let rows = (n - i).div_ceil(tiles); // as even as can be
                let a = Matrix { data: &a.data[i * a.rows + k * a.columns..], ..a };
                let c = &mut c[i * m + j..];
                match rows {
                    6 => rows_of::<F, V, 6>(a, depth, &panel, width, into, c, m),
                    5 => rows_of::<F, V, 5>(a, depth, &panel, width, into, c, m),
                    4 => rows_of::<F, V, 4>(a, depth, &panel, width, into, c, m),
                    3 => rows_of::<F, V, 3>(a, depth, &panel, width, into, c, m),
                    2 => rows_of::<F, V, 2>(a, depth, &panel, width, into, c, m),
                    _ => rows_of::<F, V, 1>(a, depth, &panel, width, into, c, m),
                }
                i += rows;
            }
        }
    }
}

/// Copies `depth` rows of `b` from row `k`, `width` columns from column `j`,
/// into `panel`, `PANEL` numbers a row, zeros behind the last column.
#[inline(always)]
fn pack<F: Real>(
    b: Matrix<F>,
    (k, depth): (usize, usize),
    (j, width): (usize, usize),
    panel: &mut [F],
) {
    if width < PANEL {
        panel[..depth * PANEL].fill(F::zero());
    }
    let from = &b.data[k * b.rows + j * b.columns..];
    if b.columns == 1 {
        for (i, row) in panel.as_chunks_mut::<PANEL>().0.iter_mut().take(depth).enumerate() {
            if width == PANEL {
                row.copy_from_slice(&from[i * b.rows..][..PANEL]);
            } else {
                row[..width].copy_from_slice(&from[i * b.rows..][..width]);
            }
        }
    } else {
        for l in 0..width {
            let column = from[l * b.columns..].iter().step_by(b.rows);
            let to = panel[l..].iter_mut().step_by(PANEL);
            to.zip(column.take(depth)).for_each(|(to, &v)| *to = v);
        }
    }
}

/// `M` rows of the product with a panel, `width` numbers each, into `c`, whose
/// rows are `stride` apart.
#[inline(always)]
fn rows_of<F: Real, V: Vector<F>, const M: usize>(
    a: Matrix<F>,
    depth: usize,
    panel: &[F],
    width: usize,
    into: Store,
    c: &mut [F],
    stride: usize,
) {
    debug_assert!(a.holds(M, depth) && depth * PANEL <= panel.len());
    // A panel holds `depth` rows of two vectors; the last one of a matrix may
    // have no use for the second.
    if width > LANES {
        write::<F, V, M, 2>(a, depth, panel, width, into, c, stride);
    } else {
        write::<F, V, M, 1>(a, depth, panel, width, into, c, stride);
    }
}

/// The same with the number of vectors known.
#[inline(always)]
fn write<F: Real, V: Vector<F>, const M: usize, const S: usize>(
    a: Matrix<F>,
    depth: usize,
    panel: &[F],
    width: usize,
    into: Store,
    c: &mut [F],
    stride: usize,
) {
    let segments: [usize; S] = std::array::from_fn(|s| s * LANES);
    // SAFETY: `product` has checked that `a` holds every row and column, and
    // the panel holds `depth` rows.
    let sums: [[V; S]; M] =
        unsafe { tile(a.data, (a.rows, a.columns), depth, panel, |k| k * PANEL, segments) };
    for (m, sums) in arrays(sums).iter().enumerate() {
        let c = &mut c[m * stride..][..width];
        let (vectors, rest) = c.as_chunks_mut::<LANES>();
        let last = vectors.len();
        for (c, sums) in vectors.iter_mut().zip(sums) {
            match into {
                Store::Overwrite => *c = *sums,
                Store::Add => c.iter_mut().zip(sums).for_each(|(c, &sum)| *c += sum),
            }
        }
        for (c, &sum) in rest.iter_mut().zip(sums.get(last).into_iter().flatten()) {
            *c = if into == Store::Add { *c + sum } else { sum };
        }
    }
}
