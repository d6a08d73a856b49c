//! A matrix product into existing memory. `common::dot` allocates its result, and the
//! libraries under it buffers for both factors. On the small products of a training
//! step this one is as fast as they are.

use common::Real;
use common::fast::vector::{LANES, Vector};
use common::vectorize;

use crate::fast::tiles::{tile, to_arrays};

/// Columns of `b` that are multiplied together: two vectors.
const PANEL: usize = 2 * LANES;
/// Rows of `b` that are copied together: with `PANEL` columns they fill half of the
/// L1 cache.
const DEPTH: usize = 256;
/// Rows of `a` that are multiplied together: 6 times 2 vectors of sums.
const ROWS: usize = 6;

/// A matrix in a slice: element `(i, j)` is at index `i * rows + j * columns`.
#[derive(Clone, Copy, Debug)]
pub struct Matrix<'a, F> {
    data: &'a [F],
    rows: usize,
    columns: usize,
}

impl<'a, F> Matrix<'a, F> {
    /// A matrix in row-major order, with rows of `width` numbers.
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

/// Whether a product overwrites `c` or is added to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Store {
    /// `c = a b`.
    Overwrite,
    /// `c = c + a b`.
    Add,
}

vectorize! {
    /// `c = a b` or `c += a b`: `(N, D)(D, M) -> (N, M)`, with `size` = `(N, D, M)` and
    /// `c` in row-major order, on the calling thread. Allocates nothing. Panics if a
    /// matrix is too small for `size`.
    pub fn product<F: Real>(
        size: (usize, usize, usize), a: Matrix<F>, b: Matrix<F>, store: Store, c: &mut [F]
    ) = each_block;
}

#[inline(always)]
fn each_block<F: Real, V: Vector<F>>(
    (n, d, m): (usize, usize, usize),
    a: Matrix<F>,
    b: Matrix<F>,
    store: Store,
    c: &mut [F],
) {
    assert!(
        a.holds(n, d) && b.holds(d, m) && c.len() >= n * m,
        "product: {} numbers, {} numbers and {} numbers are too few for {n} by {d} by {m}",
        a.data.len(),
        b.data.len(),
        c.len()
    );
    if d == 0 && store == Store::Overwrite {
        c[..n * m].fill(F::zero());
    }
    let mut panel = [F::zero(); PANEL * DEPTH];
    for k in (0..d).step_by(DEPTH) {
        let depth = DEPTH.min(d - k);
        let store = if k == 0 { store } else { Store::Add };
        for j in (0..m).step_by(PANEL) {
            let width = PANEL.min(m - j);
            pack(b, (k, depth), (j, width), &mut panel);
            let mut i = 0;
            for tiles in (1..=n.div_ceil(ROWS)).rev() {
                let rows = (n - i).div_ceil(tiles); // as even as possible
                let a = Matrix { data: &a.data[i * a.rows + k * a.columns..], ..a };
                let c = &mut c[i * m + j..];
                match rows {
                    6 => rows_of::<F, V, 6>(a, depth, &panel, width, store, c, m),
                    5 => rows_of::<F, V, 5>(a, depth, &panel, width, store, c, m),
                    4 => rows_of::<F, V, 4>(a, depth, &panel, width, store, c, m),
                    3 => rows_of::<F, V, 3>(a, depth, &panel, width, store, c, m),
                    2 => rows_of::<F, V, 2>(a, depth, &panel, width, store, c, m),
                    _ => rows_of::<F, V, 1>(a, depth, &panel, width, store, c, m),
                }
                i += rows;
            }
        }
    }
}

/// Copies `depth` rows of `b` from row `k` and `width` columns from column `j` into
/// `panel`, with rows of `PANEL` numbers, filled up with zeros.
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

/// `M` rows of the product with a panel of `width` columns, into `c`, whose rows are
/// `stride` apart.
#[inline(always)]
fn rows_of<F: Real, V: Vector<F>, const M: usize>(
    a: Matrix<F>,
    depth: usize,
    panel: &[F],
    width: usize,
    store: Store,
    c: &mut [F],
    stride: usize,
) {
    debug_assert!(a.holds(M, depth) && depth * PANEL <= panel.len());
    // SAFETY: `product` has checked the size of `a`, and the panel has `depth` rows.
    let sums: [[V; 2]; M] =
        unsafe { tile(a.data, (a.rows, a.columns), depth, panel, |k| k * PANEL, [0, LANES]) };
    for (m, sums) in to_arrays(sums).iter().enumerate() {
        let c = &mut c[m * stride..][..width];
        let (vectors, rest) = c.as_chunks_mut::<LANES>();
        let last = vectors.len();
        for (c, sums) in vectors.iter_mut().zip(sums) {
            match store {
                Store::Overwrite => *c = *sums,
                Store::Add => c.iter_mut().zip(sums).for_each(|(c, &sum)| *c += sum),
            }
        }
        for (c, &sum) in rest.iter_mut().zip(sums.get(last).into_iter().flatten()) {
            *c = if store == Store::Add { *c + sum } else { sum };
        }
    }
}
