//! Products with ten columns, one for each class.
//!
//! Ten columns do not fill vectors of eight. So eight neighbours in a row of the
//! first factor are multiplied together, and skipped if all are zero, as most
//! pixels of MNIST are.

use std::ops::Range;

use ndarray::{Array2, ArrayRef2};
use rayon::prelude::*;

use fearless_simd::Simd;

use crate::fast::columns::Columns;
use crate::fast::element::Element;
use crate::fast::nonzero_bits::{WORD, eights_not_zero, transpose};
use crate::fast::vector::{Eight, LANES, Vector, sum_lanes};
use crate::fast::vector_pair::Pair;
use crate::vectorize;

/// Columns of the product: all data sets of the course have ten classes.
const M: usize = 10;
/// Products with fewer multiplications run on the calling thread.
const PARALLEL_FROM: usize = 1 << 23;
/// Rows of the result in a block for one thread: a multiple of eight.
const BLOCK: usize = 256;

/// `a b` for `b (D, 10)`; `None` if `b` has another width, or if `a` lies in
/// memory neither row by row nor column by column.
///
/// The order of additions depends on the shapes and on the zeros of `a` alone.
/// Eight neighbours of `a` that are all zero give zero even where `b` is infinite
/// or NaN.
pub(crate) fn dot<F: Element>(a: &ArrayRef2<F>, b: &ArrayRef2<F>) -> Option<Array2<F>> {
    let (n, d) = a.dim();
    if b.ncols() != M || n == 0 || d == 0 {
        return None;
    }
    let Columns { data: a, transposed, .. } = Columns::of(a)?;
    let b = b.as_standard_layout(); // (D, 10)
    let b = b.as_slice()?;
    let columns = if transposed { Vec::new() } else { transpose_eights(b) };
    let block = if n * d * M < PARALLEL_FROM { n } else { BLOCK };
    let rows = |(i, out): (usize, &mut [F])| {
        if transposed {
            down_columns(a, n, i * block, b, out);
        } else {
            along_rows(&a[i * block * d..], d, &columns, out);
        }
    };
    let mut out = Array2::zeros((n, M));
    let all = out.as_slice_mut()?;
    if block == n {
        rows((0, all));
    } else {
        all.par_chunks_mut(block * M).enumerate().for_each(rows);
    }
    Some(out)
}

/// Eight rows of a factor with ten columns, column by column, in whole cache lines.
#[derive(Clone, Copy)]
#[repr(align(64))]
struct EightRows<F>([[F; LANES]; M]);

/// `b (D, 10)`, eight rows at a time: element `[k][c][l]` is `b[8 k + l][c]`, and
/// zero beyond the last row.
fn transpose_eights<F: Element>(b: &[F]) -> Vec<EightRows<F>> {
    let mut eights = vec![EightRows([[F::zero(); LANES]; M]); b.len().div_ceil(LANES * M)];
    for (rows, EightRows(eight)) in b.chunks(LANES * M).zip(&mut eights) {
        for (l, row) in rows.chunks_exact(M).enumerate() {
            for c in 0..M {
                eight[c][l] = row[c];
            }
        }
    }
    eights
}

vectorize! {
    /// `out = a b` for as many rows of `a (N, D)` as `out` holds.
    fn along_rows<F: Element>(a: &[F], d: usize, columns: &[EightRows<F>], out: &mut [F])
        = each_row;
}

/// Eight numbers of a row times the same eight of each column; the eight sums are
/// added at the end.
#[inline(always)]
fn each_row<F: Element, S: Simd>(
    simd: S,
    a: &[F],
    d: usize,
    columns: &[EightRows<F>],
    out: &mut [F],
) {
    let mut bits = vec![0; (d / LANES).div_ceil(WORD)]; // for the whole eights of a row
    for (row, out) in a.chunks_exact(d).zip(out.chunks_exact_mut(M)) {
        let (eights, rest) = row.as_chunks::<LANES>();
        for (bits, eights) in bits.iter_mut().zip(eights.chunks(WORD)) {
            *bits = eights_not_zero(simd, eights.as_flattened());
        }
        // In a loop of their own, the sums stay in registers.
        let mut sums = [F::Eight::<S>::zero(simd); M];
        let pairs = eights.chunks(WORD).zip(columns.chunks(WORD));
        for ((eights, columns), &bits) in pairs.zip(&bits) {
            let mut bits = bits;
            while bits != 0 {
                let i = bits.trailing_zeros() as usize;
                add_products(simd, &eights[i], &columns[i].0, &mut sums);
                bits &= bits - 1;
            }
        }
        if !rest.is_empty() {
            let mut last = [F::zero(); LANES];
            last[..rest.len()].copy_from_slice(rest);
            add_products(simd, &last, &columns[d / LANES].0, &mut sums);
        }
        for c in 0..M {
            out[c] = sum_lanes(sums[c].to_array());
        }
    }
}

/// `sums[c] += eight columns[c]`, element by element.
#[inline(always)]
fn add_products<F: Element, V: Eight<F>>(
    simd: V::Simd,
    eight: &[F; LANES],
    columns: &[[F; LANES]; M],
    sums: &mut [V; M],
) {
    let eight = V::load(simd, eight);
    for c in 0..M {
        sums[c] = eight.mul_add(V::load(simd, &columns[c]), sums[c]);
    }
}

vectorize! {
    /// Rows `from..` of `out = aT b`, as many as `out` holds, for `a (D, N)` and
    /// `b (D, 10)`.
    fn down_columns<F: Element>(a: &[F], n: usize, from: usize, b: &[F], out: &mut [F])
        = each_eight_columns;
}

/// Eight columns of `a` give eight rows of the product.
#[inline(always)]
fn each_eight_columns<F: Element, S: Simd>(
    simd: S,
    a: &[F],
    n: usize,
    from: usize,
    b: &[F],
    out: &mut [F],
) {
    let (eights, rest) = out.as_chunks_mut::<{ LANES * M }>();
    let last = from + eights.len() * LANES; // from here fewer than eight columns
    let bits = bits_down(simd, a, n, from..last);
    let words = b.len().div_ceil(WORD * M); // of bits, for eight columns
    for ((k, out), bits) in eights.iter_mut().enumerate().zip(bits.chunks_exact(words)) {
        write(sums(simd, &a[from + k * LANES..], n, b, bits), out);
    }
    if !rest.is_empty() {
        let mut columns = vec![F::zero(); a.len() / n * LANES];
        for (to, row) in columns.chunks_exact_mut(LANES).zip(a.chunks_exact(n)) {
            to[..n - last].copy_from_slice(&row[last..]);
        }
        let bits = bits_down(simd, &columns, LANES, 0..LANES);
        write(sums(simd, &columns, LANES, b, &bits), rest);
    }
}

/// For each eight of these columns of `a (D, n)` a bit for each row, set unless its eight
/// numbers are zero. Rows are read one after another, and the bits turned.
#[inline(always)]
fn bits_down<F: Element, S: Simd>(simd: S, a: &[F], n: usize, columns: Range<usize>) -> Vec<u64> {
    let words = (a.len() / n).div_ceil(WORD); // for eight columns
    let mut all = vec![0; columns.len() / LANES * words];
    for (word, rows) in a.chunks(WORD * n).enumerate() {
        for (j, all) in all.chunks_mut(WORD * words).enumerate() {
            let first = columns.start + j * WORD * LANES;
            let width = all.len() / words * LANES;
            let mut bits = [0; WORD];
            for (bits, row) in bits.iter_mut().zip(rows.chunks_exact(n)) {
                *bits = eights_not_zero(simd, &row[first..first + width]);
            }
            transpose(&mut bits);
            for (all, bits) in all.chunks_exact_mut(words).zip(bits) {
                all[word] = bits;
            }
        }
    }
    all
}

/// For eight columns of `a`, whose rows are `stride` apart, and each of the ten columns of
/// `b`: the sum of the products over the rows whose bits are set. `a` begins with the first
/// of the eight and ends with the last row.
#[inline(always)]
fn sums<F: Element, S: Simd>(
    simd: S,
    a: &[F],
    stride: usize,
    b: &[F],
    bits: &[u64],
) -> [F::Eight<S>; M] {
    let mut sums = [F::Eight::zero(simd); M];
    for ((a, b), &bits) in a.chunks(WORD * stride).zip(b.chunks(WORD * M)).zip(bits) {
        let (b, _) = b.as_chunks();
        if F::Sixteen::<S>::ONE_REGISTER {
            add_rows::<F, F::Eight<S>, M>(simd, a, stride, b, bits, 0, &mut sums);
        } else {
            // Processors with narrower vectors have fewer of them: too few for ten sums.
            add_rows::<F, F::Eight<S>, { M / 2 }>(simd, a, stride, b, bits, 0, &mut sums);
            add_rows::<F, F::Eight<S>, { M / 2 }>(simd, a, stride, b, bits, M / 2, &mut sums);
        }
    }
    sums
}

/// Adds the products with `COUNT` columns of `b` from column `from`.
#[inline(always)]
fn add_rows<F: Element, V: Eight<F>, const COUNT: usize>(
    simd: V::Simd,
    a: &[F],
    stride: usize,
    b: &[[F; M]],
    mut bits: u64,
    from: usize,
    sums: &mut [V; M],
) {
    let mut part = [V::zero(simd); COUNT];
    while bits != 0 {
        let i = bits.trailing_zeros() as usize;
        bits &= bits - 1;
        // SAFETY: a bit is set where `bits_down` has read the same eight.
        let eight = unsafe { V::load_at(simd, a, i * stride) };
        let b: &[F; COUNT] = b[i][from..].first_chunk().expect("so many columns");
        for c in 0..COUNT {
            part[c] = eight.mul_add(V::splat(simd, b[c]), part[c]);
        }
    }
    for c in 0..COUNT {
        sums[from + c] = part[c].mul_add(V::splat(simd, F::one()), sums[from + c]);
    }
}

/// Number `l` of `sums[c]` goes to row `l`, column `c` of `out`, which may have
/// fewer than eight rows.
#[inline(always)]
fn write<F: Element, V: Eight<F>>(sums: [V; M], out: &mut [F]) {
    let sums = sums.map(V::to_array);
    for (l, out) in out.chunks_exact_mut(M).enumerate() {
        for c in 0..M {
            out[c] = sums[c][l];
        }
    }
}
