//! A matrix product into existing memory. `common::dot` allocates its result, and the
//! libraries under it buffers for both factors. On the small products of a training
//! step this one is as fast as they are.

use common::Real;
use common::fast::Simd;
use common::fast::simd_level::in_halves;
use common::fast::vector::LANES;
use common::fast::vector_pair::{Pair, Two};
use common::vectorize;

use crate::fast::tiles::{sixteen, tile, to_arrays};

/// Numbers of a pair of vectors.
const PAIR: usize = 2 * LANES;
/// Rows of `b` that are copied together: with one pair of columns they take 16 KB, half of
/// the smallest L1 caches, with two pairs 32. However wide the vectors are, a sum is
/// interrupted after so many terms, so that it has the same bits.
pub const DEPTH: usize = 256;
/// Rows of `a` that are multiplied together: 6 times 2 registers of sums.
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
fn each_block<F: Real, S: Simd>(
    simd: S,
    size: (usize, usize, usize),
    a: Matrix<F>,
    b: Matrix<F>,
    store: Store,
    c: &mut [F],
) {
    // Where vectors of 16 are computed in halves, wider panels would only need more memory.
    if !F::Sixteen::<S>::ONE_REGISTER || in_halves() {
        each_panel::<F, Two<F::Eight<S>>, 1>(simd, size, a, b, store, c);
    } else if size.2 > PAIR {
        each_panel::<F, F::Sixteen<S>, 2>(simd, size, a, b, store, c);
    } else {
        each_panel::<F, F::Sixteen<S>, 1>(simd, size, a, b, store, c);
    }
}

/// In panels of `S` pairs of columns.
#[inline(always)]
fn each_panel<F: Real, P: Pair<F>, const S: usize>(
    simd: P::Simd,
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
    let mut panel = [[[F::zero(); PAIR]; S]; DEPTH];
    for k in (0..d).step_by(DEPTH) {
        let depth = DEPTH.min(d - k);
        let store = if k == 0 { store } else { Store::Add };
        for j in (0..m).step_by(S * PAIR) {
            let width = (S * PAIR).min(m - j);
            let panel = panel.as_flattened_mut().as_flattened_mut();
            pack(b, (k, depth), (j, width), S * PAIR, panel);
            let mut i = 0;
            for tiles in (1..=n.div_ceil(ROWS)).rev() {
                let rows = (n - i).div_ceil(tiles); // as even as possible
                let a = Matrix { data: &a.data[i * a.rows + k * a.columns..], ..a };
                let c = &mut c[i * m + j..];
                match rows {
                    6 => rows_of::<F, P, 6, S>(simd, a, depth, (panel, width), store, c, m),
                    5 => rows_of::<F, P, 5, S>(simd, a, depth, (panel, width), store, c, m),
                    4 => rows_of::<F, P, 4, S>(simd, a, depth, (panel, width), store, c, m),
                    3 => rows_of::<F, P, 3, S>(simd, a, depth, (panel, width), store, c, m),
                    2 => rows_of::<F, P, 2, S>(simd, a, depth, (panel, width), store, c, m),
                    _ => rows_of::<F, P, 1, S>(simd, a, depth, (panel, width), store, c, m),
                }
                i += rows;
            }
        }
    }
}

/// Copies `depth` rows of `b` from row `k` and `width` columns from column `j` into
/// `panel`, with rows of `full` numbers, filled up with zeros.
#[inline(always)]
fn pack<F: Real>(
    b: Matrix<F>,
    (k, depth): (usize, usize),
    (j, width): (usize, usize),
    full: usize,
    panel: &mut [F],
) {
    if width < full {
        panel[..depth * full].fill(F::zero());
    }
    let from = &b.data[k * b.rows + j * b.columns..];
    if b.columns == 1 {
        for (i, row) in panel.chunks_exact_mut(full).take(depth).enumerate() {
            if width == full {
                row.copy_from_slice(&from[i * b.rows..][..full]);
            } else {
                row[..width].copy_from_slice(&from[i * b.rows..][..width]);
            }
        }
    } else {
        for l in 0..width {
            let column = from[l * b.columns..].iter().step_by(b.rows);
            let to = panel[l..].iter_mut().step_by(full);
            to.zip(column.take(depth)).for_each(|(to, &v)| *to = v);
        }
    }
}

/// `M` rows of the product with a panel of `width` columns, into `c`, whose rows are
/// `stride` apart.
#[inline(always)]
fn rows_of<F: Real, P: Pair<F>, const M: usize, const S: usize>(
    simd: P::Simd,
    a: Matrix<F>,
    depth: usize,
    (panel, width): (&[F], usize),
    store: Store,
    c: &mut [F],
    stride: usize,
) {
    let full = S * PAIR;
    debug_assert!(a.holds(M, depth) && depth * full <= panel.len());
    let columns: [usize; S] = std::array::from_fn(|s| s * PAIR);
    // SAFETY: `product` has checked the size of `a`, and the panel has `depth` rows.
    let sums: [[P; S]; M] = unsafe {
        let row = |k| columns.map(|column| P::load_at(simd, panel, k * full + column));
        tile(simd, a.data, (a.rows, a.columns), depth, row)
    };
    for (m, sums) in to_arrays(sums, sixteen::<F, P>).iter().enumerate() {
        let sums = sums.as_flattened();
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
