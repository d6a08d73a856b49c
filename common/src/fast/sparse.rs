//! Products that skip zeros: four of five pixels of MNIST are 0, and half of the
//! outputs of ReLU. The two large products of chapter 02 take less than half the
//! time of dense ones.
//!
//! ```text
//! c = c + a b      row n of c += a[n,k] (row k of b), for each a[n,k] that is not 0
//! c = c + aT b     row k of c += a[n,k] (row n of b), for each a[n,k] that is not 0
//! ```
//!
//! (Where `a` is 0 and `b` infinite or NaN the dense product is NaN; here such
//! terms are left out.)

// An index stands for a register.
#![allow(clippy::needless_range_loop)]

use ndarray::{Array2, ArrayRef2};
use rayon::prelude::*;

use fearless_simd::Simd;

use crate::fast::columns::Columns;
use crate::fast::element::Element;
use crate::fast::nonzero_bits::{WORD, not_zero, transpose};
use crate::fast::vector::{Eight, LANES, Vector};
use crate::vectorize;

/// With fewer non-zeros than this, skipping is faster than multiplying all.
const MAX_DENSITY: f64 = 0.3;
/// Rows that are examined to estimate the density.
const SAMPLE: usize = 16;
/// Sums of so few terms are always computed here.
const FEW_TERMS: usize = 16;
/// With fewer columns than this, finding the zeros costs more than it saves.
const MIN_COLUMNS: usize = 32;
/// Products with fewer multiplications, zeros included, use one thread.
const PARALLEL_FROM: usize = 1 << 24;
/// Rows of the result in a block for one thread.
const BLOCK: usize = 256;
/// Vectors of a row that stay in registers; a few are left for the factors.
const MAX_VECTORS: usize = 13;

/// `a b` from the non-zeros of `a`; `None` if a sample of `a` has too many of them,
/// if one of them lies in memory neither row by row nor column by column, or if `b` has
/// too few columns. The terms of a sum are added in the order of the columns of `a`.
pub(crate) fn dot<F: Element>(a: &ArrayRef2<F>, b: &ArrayRef2<F>) -> Option<Array2<F>> {
    let ((n, d), m) = (a.dim(), b.ncols());
    if n == 0 || d == 0 || m < MIN_COLUMNS {
        return None;
    }
    let (a, b) = (Columns::of(a)?, Columns::of(b)?);
    if d > FEW_TERMS && !mostly_zeros(a.data, a.stride) {
        return None;
    }
    let mut out = Array2::zeros((n, m)); // (N, M)
    let rows = |first: usize, out: &mut [F]| {
        let height = out.len() / m;
        let a = match a.transposed {
            true => a.only(first, height),
            false => a.below(first, height),
        };
        add_product(a, b, out);
    };
    let all = out.as_slice_mut()?;
    if n * d * m < PARALLEL_FROM {
        rows(0, all);
    } else {
        let blocks = all.par_chunks_mut(BLOCK * m);
        blocks.enumerate().for_each(|(i, out)| rows(i * BLOCK, out));
    }
    Some(out)
}

/// Whether a sample of the rows of `a`, `width` numbers each, is mostly zeros.
fn mostly_zeros<F: Element>(a: &[F], width: usize) -> bool {
    let apart = (a.len() / width).div_ceil(SAMPLE);
    let (mut all, mut others) = (0, 0);
    for row in a.chunks_exact(width).step_by(apart) {
        all += width;
        others += count_not_zero(row);
    }
    (others as f64) < MAX_DENSITY * all as f64
}

vectorize! {
    /// How many numbers are not zero.
    fn count_not_zero<F: Element>(a: &[F]) -> usize = count;
}

#[inline(always)]
fn count<F: Element, S: Simd>(simd: S, a: &[F]) -> usize {
    let mut sum = 0;
    for word in a.chunks(WORD) {
        sum += not_zero(simd, word).count_ones() as usize; // in a closure it is not inlined
    }
    sum
}

vectorize! {
    /// `c (N, M) += a (N, D) b (D, M)` from the non-zeros of `a`, for `M` of at least 8, on
    /// the calling thread. Allocates nothing. Panics if the shapes do not fit.
    pub fn add_product<F: Element>(a: Columns<F>, b: Columns<F>, c: &mut [F]) = each_panel;
}

/// The columns of `b` and `c` in panels that fit the registers, as even as possible.
#[inline(always)]
fn each_panel<F: Element, S: Simd>(simd: S, a: Columns<F>, b: Columns<F>, c: &mut [F]) {
    let ((n, d), (rows, m)) = (a.dim(), b.dim());
    assert!(
        m >= LANES && d == rows && c.len() == n * m,
        "add_product: ({n}, {d}) and ({rows}, {m}) into {} numbers, at least {LANES} a row",
        c.len()
    );
    let mut from = 0;
    for panels in (1..=m.div_ceil(MAX_VECTORS * LANES)).rev() {
        let width = (m - from).div_ceil(panels); // m, or one of several that are 52 at least
        // Few sizes, since each is compiled separately; the next larger one
        // computes some columns twice.
        match width.div_ceil(LANES) {
            1 | 2 => panel::<F, F::Eight<S>, 2>(simd, a, b, c, m, (from, width)),
            3 | 4 => panel::<F, F::Eight<S>, 4>(simd, a, b, c, m, (from, width)),
            5..=8 => panel::<F, F::Eight<S>, 8>(simd, a, b, c, m, (from, width)),
            _ => panel::<F, F::Eight<S>, MAX_VECTORS>(simd, a, b, c, m, (from, width)),
        }
        from += width;
    }
}

/// `P` vectors of every row. If the width is no multiple of theirs, the last
/// ones overlap those before.
#[inline(always)]
fn panel<F: Element, V: Eight<F>, const P: usize>(
    simd: V::Simd,
    a: Columns<F>,
    b: Columns<F>,
    c: &mut [F],
    m: usize,
    (from, width): (usize, usize),
) {
    // At most from + width - LANES, so that a vector of a row of m follows.
    let at: [usize; P] = std::array::from_fn(|p| from + (p * LANES).min(width - LANES));
    let mut block = [[V::zero(simd); P]; WORD]; // rows of b, which fit the L1 cache
    let (depth, _) = b.dim();
    for first in (0..depth).step_by(WORD) {
        let rows = WORD.min(depth - first);
        b.load_rows(simd, first, &mut block[..rows], at);
        if a.transposed {
            // A row of c belongs to a column of a, so the bits are transposed.
            let a = a.below(first, rows);
            for (j, c) in c.chunks_mut(WORD * m).enumerate() {
                let j = j * WORD;
                let mut bits = [0; WORD];
                for (bits, row) in bits.iter_mut().zip(a.rows()) {
                    *bits = not_zero(simd, &row[j..j + c.len() / m]);
                }
                transpose(&mut bits);
                for ((i, c), bits) in c.chunks_exact_mut(m).enumerate().zip(bits) {
                    add_rows(simd, bits, |n| a.at(n, j + i), &block, c, at);
                }
            }
        } else {
            // All bits of 64 rows first: the sums of a row would wait for its bits.
            let columns = first..first + rows;
            for (j, c) in c.chunks_mut(WORD * m).enumerate() {
                let a = a.below(j * WORD, c.len() / m);
                let mut bits = [0; WORD];
                for (bits, row) in bits.iter_mut().zip(a.rows()) {
                    *bits = not_zero(simd, &row[columns.clone()]);
                }
                for ((n, c), bits) in c.chunks_exact_mut(m).enumerate().zip(bits) {
                    add_rows(simd, bits, |k| a.at(n, first + k), &block, c, at);
                }
            }
        }
    }
}

/// `c += sum of value(i) block[i]` over the set bits `i`, with `c` in registers.
#[inline(always)]
fn add_rows<F: Element, V: Vector<F>, const P: usize>(
    simd: V::Simd,
    mut bits: u64,
    value: impl Fn(usize) -> F,
    block: &[[V; P]; WORD],
    c: &mut [F],
    at: [usize; P],
) {
    if bits == 0 {
        return;
    }
    let mut sums: [V; P] = load(simd, c, at);
    while bits != 0 {
        let i = bits.trailing_zeros() as usize;
        let v = V::splat(simd, value(i));
        for p in 0..P {
            sums[p] = v.mul_add(block[i][p], sums[p]);
        }
        bits &= bits - 1;
    }
    store(sums, c, at);
}

/// The vectors of a row that begin `at` these columns. [`panel`] takes care that each is
/// inside the row, here and in [`store`]; to check it again would cost a tenth of the time.
#[inline(always)]
fn load<F: Element, V: Vector<F>, const P: usize>(
    simd: V::Simd,
    row: &[F],
    at: [usize; P],
) -> [V; P] {
    let mut vectors = [V::zero(simd); P];
    for p in 0..P {
        // SAFETY: see above.
        vectors[p] = unsafe { V::load_at(simd, row, at[p]) };
    }
    vectors
}

#[inline(always)]
fn store<F: Element, V: Vector<F>, const P: usize>(vectors: [V; P], row: &mut [F], at: [usize; P]) {
    for p in 0..P {
        // SAFETY: as in `load`.
        unsafe { vectors[p].store_at(row, at[p]) };
    }
}
