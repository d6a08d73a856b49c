//! Products that skip zeros: four of five pixels of MNIST are 0, and so is half
//! of what comes out of ReLU.
//!
//! ```text
//! c = a b  + c     every a[n,k] takes row k of b to row n of c
//! c = aT b + c     every a[n,k] takes row n of b to row k of c
//! ```
//!
//! A number that is zero takes nothing anywhere. (Where `a` is zero and `b`
//! infinite or NaN the product would be NaN; these leave it out.)

// An index says which register; an iterator would hide it from the reader.
#![allow(clippy::needless_range_loop)]

use multiversion::multiversion;
use multiversion::target::target_cfg_f;
use ndarray::{Array2, ArrayRef2};
use rayon::prelude::*;

use super::Element;
use super::vector::{LANES, Plain, Vector, not_zero};

/// Below this share of non-zeros, skipping beats multiplying everything.
const WORTH_SKIPPING: f64 = 0.3;
/// Rows that are looked at to estimate that share.
const SAMPLE: usize = 16;
/// So few terms in a sum are added here, zeros or not.
const FEW: usize = 16;
/// Fewer columns than this do not repay the search for zeros.
const WORTH_SEARCHING: usize = 32;
/// Multiplications, zeros among them, that are worth waking other threads for.
const WORTH_THREADS: usize = 1 << 24;
/// Rows of the result that one thread makes at a time.
const ROWS_A_PIECE: usize = 256;

/// Vectors of a row that stay in registers; a few are left for the factors.
const MOST: usize = 13;
/// Numbers of `a` that are looked at together, a bit for each. The rows that they
/// take, or fill, fit the fastest cache.
const WORD: usize = 64;

/// Columns `first..first + width` of `a (n, ..)`, whose rows are `stride` apart.
#[derive(Clone, Copy)]
pub struct Columns<'a, F> {
    /// Where the rows are.
    pub data: &'a [F],
    /// From one row to the next.
    pub stride: usize,
    /// The first column.
    pub first: usize,
    /// How many columns.
    pub width: usize,
}

impl<F: Copy> Columns<'_, F> {
    fn at(&self, n: usize, column: usize) -> F {
        self.data[n * self.stride + self.first + column]
    }

    /// `n` rows from row `from`.
    fn below(&self, from: usize, n: usize) -> Self {
        Columns { data: &self.data[from * self.stride..][..n * self.stride], ..*self }
    }

    fn rows(&self) -> impl Iterator<Item = &[F]> {
        self.data.chunks_exact(self.stride).map(|row| &row[self.first..][..self.width])
    }
}

/// `c (n, M) += a (n, D) b (D, M)`, for `M` of at least 8. On the calling thread,
/// and without asking for memory.
///
/// # Panics
/// If the shapes do not fit.
pub fn add_product<F: Element>(a: Columns<F>, b: &[F], c: &mut [F], m: usize) {
    let n = a.data.len() / a.stride;
    assert!(
        m >= LANES && c.len() == n * m && b.len() == a.width * m,
        "add_product: {} and {} numbers for ({n}, {}) and {m} columns, at least {LANES}",
        b.len(),
        c.len(),
        a.width
    );
    each_panel::<F, false>(a, b, c, m);
}

/// `c (D, M) += aT b`, with `a (n, D)` and `b (n, M)`, for `M` of at least 8. On
/// the calling thread, and without asking for memory.
///
/// # Panics
/// If the shapes do not fit.
pub fn add_transposed_product<F: Element>(a: Columns<F>, b: &[F], c: &mut [F], m: usize) {
    let n = a.data.len() / a.stride;
    assert!(
        m >= LANES && b.len() == n * m && c.len() == a.width * m,
        "add_transposed_product: {} and {} numbers for ({n}, {}) and {m} columns, at least {LANES}",
        b.len(),
        c.len(),
        a.width
    );
    each_panel::<F, true>(a, b, c, m);
}

/// `a b` by the non-zeros of `a`, or `None` if `a` seems to have too many, is in
/// no order that can be searched quickly, or `b` is too narrow.
///
/// Every element of the result adds up its terms in the order of `a`'s columns.
pub(crate) fn dot<F: Element>(a: &ArrayRef2<F>, b: &ArrayRef2<F>) -> Option<Array2<F>> {
    let ((n, d), m) = (a.dim(), b.ncols());
    if n == 0 || d == 0 || m < WORTH_SEARCHING {
        return None;
    }
    let turned = a.t();
    let (data, by_rows) = match a.as_slice() {
        Some(a) => (a, true),
        None => (turned.as_slice()?, false),
    };
    let stride = if by_rows { d } else { n };
    if d > FEW && !mostly_zeros(data, stride) {
        return None;
    }
    let b = b.as_standard_layout();
    let b = b.as_slice()?;
    let mut out = Array2::zeros((n, m)); // (N, M)
    let rows = |first: usize, out: &mut [F]| {
        let height = out.len() / m;
        if by_rows {
            let data = &data[first * d..][..height * d];
            add_product(Columns { data, stride, first: 0, width: d }, b, out, m);
        } else {
            add_transposed_product(Columns { data, stride, first, width: height }, b, out, m);
        }
    };
    let all = out.as_slice_mut()?;
    if n * d * m < WORTH_THREADS {
        rows(0, all);
    } else {
        let pieces = all.par_chunks_mut(ROWS_A_PIECE * m);
        pieces.enumerate().for_each(|(i, out)| rows(i * ROWS_A_PIECE, out));
    }
    Some(out)
}

/// Whether a sample of the rows of `a`, `width` numbers each, is mostly zeros.
fn mostly_zeros<F: Element>(a: &[F], width: usize) -> bool {
    let apart = (a.len() / width).div_ceil(SAMPLE);
    let (mut all, mut zeros) = (0, 0);
    for row in a.chunks_exact(width).step_by(apart) {
        all += width;
        zeros += row.iter().filter(|&&v| v == F::zero()).count();
    }
    ((all - zeros) as f64) < WORTH_SKIPPING * all as f64
}

/// Compiled twice: with the processor's fused multiply-add, and without.
#[multiversion(targets("x86_64+avx2+fma+bmi1"))]
fn each_panel<F: Element, const T: bool>(a: Columns<F>, b: &[F], c: &mut [F], m: usize) {
    if target_cfg_f!(target_feature = "fma") {
        panels::<F, F::Wide, T>(a, b, c, m);
    } else {
        panels::<F, Plain<F>, T>(a, b, c, m);
    }
}

/// All columns of `b` and `c`, as many at a time as the registers hold, and as
/// evenly as can be.
#[inline(always)]
fn panels<F: Element, V: Vector<F>, const T: bool>(a: Columns<F>, b: &[F], c: &mut [F], m: usize) {
    let mut from = 0;
    for panels in (1..=m.div_ceil(MOST * LANES)).rev() {
        let width = (m - from).div_ceil(panels);
        // Few sizes, for each is compiled on its own; a size too many computes a
        // vector twice.
        match width.div_ceil(LANES) {
            1 | 2 => panel::<F, V, T, 2>(a, b, c, m, (from, width)),
            3 | 4 => panel::<F, V, T, 4>(a, b, c, m, (from, width)),
            5..=8 => panel::<F, V, T, 8>(a, b, c, m, (from, width)),
            _ => panel::<F, V, T, MOST>(a, b, c, m, (from, width)),
        }
        from += width;
    }
}

/// `P` vectors of every row; the last of them reach back if they do not come out
/// even, and hold some numbers once more.
#[inline(always)]
fn panel<F: Element, V: Vector<F>, const T: bool, const P: usize>(
    a: Columns<F>,
    b: &[F],
    c: &mut [F],
    m: usize,
    (from, width): (usize, usize),
) {
    let at: [usize; P] = std::array::from_fn(|p| from + (p * LANES).min(width - LANES));
    let mut block = [[V::zero(); P]; WORD]; // rows of b, each at the beginning of a vector
    for (k, rows) in b.chunks(WORD * m).enumerate() {
        for (block, row) in block.iter_mut().zip(rows.chunks_exact(m)) {
            *block = load(row, at);
        }
        let first = k * WORD;
        if T {
            // Rows of c belong to columns of a, so the bits have to be turned.
            let a = a.below(first, rows.len() / m);
            for (j, c) in c.chunks_mut(WORD * m).enumerate() {
                let j = j * WORD;
                let mut bits = [0; WORD];
                for (bits, row) in bits.iter_mut().zip(a.rows()) {
                    *bits = not_zero::<F, V>(&row[j..j + c.len() / m]);
                }
                turn(&mut bits);
                for ((i, c), bits) in c.chunks_exact_mut(m).enumerate().zip(bits) {
                    take(bits, |n| a.at(n, j + i), &block, c, at);
                }
            }
        } else {
            for ((n, row), c) in a.rows().enumerate().zip(c.chunks_exact_mut(m)) {
                let bits = not_zero::<F, V>(&row[first..first + rows.len() / m]);
                take(bits, |k| a.at(n, first + k), &block, c, at);
            }
        }
    }
}

/// `c += sum of value(i) block[i]` over the bits `i` that are set, with `c` in
/// the registers.
#[inline(always)]
fn take<F: Element, V: Vector<F>, const P: usize>(
    mut bits: u64,
    value: impl Fn(usize) -> F,
    block: &[[V; P]; WORD],
    c: &mut [F],
    at: [usize; P],
) {
    let mut sums: [V; P] = load(c, at);
    while bits != 0 {
        let i = bits.trailing_zeros() as usize;
        let v = V::splat(value(i));
        for p in 0..P {
            sums[p] = v.mul_add(block[i][p], sums[p]);
        }
        bits &= bits - 1;
    }
    store(sums, c, at);
}

/// A matrix of bits on its side: bit `j` of word `i` becomes bit `i` of word `j`.
/// Quarters change places, and the same within each quarter. H. S. Warren,
/// Hacker's Delight, section 7-3.
fn turn(words: &mut [u64; WORD]) {
    let (mut half, mut mask) = (WORD / 2, u64::MAX >> (WORD / 2));
    while half > 0 {
        for i in (0..WORD).filter(|i| i & half == 0) {
            let other = (words[i] >> half ^ words[i + half]) & mask;
            words[i] ^= other << half;
            words[i + half] ^= other;
        }
        half /= 2;
        mask ^= mask << half;
    }
}

#[inline(always)]
fn load<F: Element, V: Vector<F>, const P: usize>(row: &[F], at: [usize; P]) -> [V; P] {
    let mut vectors = [V::zero(); P];
    for p in 0..P {
        let eight: &[F; LANES] = row[at[p]..].first_chunk().expect("eight inside a row");
        // SAFETY: these are eight.
        vectors[p] = unsafe { V::load(eight.as_ptr()) };
    }
    vectors
}

#[inline(always)]
fn store<F: Element, V: Vector<F>, const P: usize>(vectors: [V; P], row: &mut [F], at: [usize; P]) {
    for p in 0..P {
        let eight: &mut [F; LANES] = row[at[p]..].first_chunk_mut().expect("eight inside a row");
        // SAFETY: these are eight.
        unsafe { vectors[p].store(eight.as_mut_ptr()) };
    }
}
