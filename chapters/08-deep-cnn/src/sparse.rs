//! Two products with a matrix of which much is zero: what comes out of ReLU.
//!
//! ```text
//! out = a w  + out     every a[n,k] takes row k of w  to row n of out
//! dw  = aT dz + dw     every a[n,k] takes row n of dz to row k of dw
//! ```
//!
//! A number that is zero takes nothing anywhere, so more than half of the work
//! need not be done. (Where `a` is zero and the other factor infinite or NaN the
//! product would be NaN; these leave it out.)

// An index says which register; an iterator would hide it from the reader.
#![allow(clippy::needless_range_loop)]

use cnn_im2col::vector::{Fast, LANES, Plain, Vector, not_zero};
use multiversion::multiversion;
use multiversion::target::target_cfg_f;

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

/// `out (n, M) += a (n, D) w (D, M)`, for `M` of at least 8.
///
/// # Panics
/// If the shapes do not fit.
pub fn add_product<F: Fast>(a: Columns<F>, w: &[F], out: &mut [F], m: usize) {
    let n = a.data.len() / a.stride;
    assert!(
        m >= LANES && out.len() == n * m && w.len() == a.width * m,
        "add_product: out {} and w {} for {n}, {}, {m}",
        out.len(),
        w.len(),
        a.width
    );
    each_panel::<F, false>(a, w, out, m);
}

/// `dw (D, M) += aT dz`, with `a (n, D)` and `dz (n, M)`, for `M` of at least 8.
///
/// # Panics
/// If the shapes do not fit.
pub fn add_transposed_product<F: Fast>(a: Columns<F>, dz: &[F], dw: &mut [F], m: usize) {
    let n = a.data.len() / a.stride;
    assert!(
        m >= LANES && dz.len() == n * m && dw.len() == a.width * m,
        "add_transposed_product: dz {} and dw {} for {n}, {}, {m}",
        dz.len(),
        dw.len(),
        a.width
    );
    each_panel::<F, true>(a, dz, dw, m);
}

/// Compiled twice: with the processor's fused multiply-add, and without.
#[multiversion(targets("x86_64+avx2+fma+bmi1"))]
fn each_panel<F: Fast, const T: bool>(a: Columns<F>, b: &[F], c: &mut [F], m: usize) {
    if target_cfg_f!(target_feature = "fma") {
        panels::<F, F::Wide, T>(a, b, c, m);
    } else {
        panels::<F, Plain<F>, T>(a, b, c, m);
    }
}

/// All columns of `b` and `c`, as many at a time as the registers hold, and as
/// evenly as can be.
#[inline(always)]
fn panels<F: Fast, V: Vector<F>, const T: bool>(a: Columns<F>, b: &[F], c: &mut [F], m: usize) {
    let mut from = 0;
    for panels in (1..=m.div_ceil(MOST * LANES)).rev() {
        let width = (m - from).div_ceil(panels);
        match width.div_ceil(LANES) {
            1 => panel::<F, V, T, 1>(a, b, c, m, (from, width)),
            2 => panel::<F, V, T, 2>(a, b, c, m, (from, width)),
            3 => panel::<F, V, T, 3>(a, b, c, m, (from, width)),
            4 => panel::<F, V, T, 4>(a, b, c, m, (from, width)),
            5 => panel::<F, V, T, 5>(a, b, c, m, (from, width)),
            6 => panel::<F, V, T, 6>(a, b, c, m, (from, width)),
            7 => panel::<F, V, T, 7>(a, b, c, m, (from, width)),
            8 => panel::<F, V, T, 8>(a, b, c, m, (from, width)),
            9 => panel::<F, V, T, 9>(a, b, c, m, (from, width)),
            10 => panel::<F, V, T, 10>(a, b, c, m, (from, width)),
            11 => panel::<F, V, T, 11>(a, b, c, m, (from, width)),
            12 => panel::<F, V, T, 12>(a, b, c, m, (from, width)),
            _ => panel::<F, V, T, MOST>(a, b, c, m, (from, width)),
        }
        from += width;
    }
}

/// `P` vectors of every row; the last of them reaches back if they do not come
/// out even, and holds some numbers once more.
#[inline(always)]
fn panel<F: Fast, V: Vector<F>, const T: bool, const P: usize>(
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
fn take<F: Fast, V: Vector<F>, const P: usize>(
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
fn load<F: Fast, V: Vector<F>, const P: usize>(row: &[F], at: [usize; P]) -> [V; P] {
    let mut vectors = [V::zero(); P];
    for p in 0..P {
        let eight: &[F; LANES] = row[at[p]..].first_chunk().expect("eight inside a row");
        // SAFETY: these are eight.
        vectors[p] = unsafe { V::load(eight.as_ptr()) };
    }
    vectors
}

#[inline(always)]
fn store<F: Fast, V: Vector<F>, const P: usize>(vectors: [V; P], row: &mut [F], at: [usize; P]) {
    for p in 0..P {
        let eight: &mut [F; LANES] = row[at[p]..].first_chunk_mut().expect("eight inside a row");
        // SAFETY: these are eight.
        unsafe { vectors[p].store(eight.as_mut_ptr()) };
    }
}
