//! A product with ten columns, one for each class.
//!
//! Ten is too few to fill vectors with, so they are filled the other way: eight
//! neighbours in a row of the first factor are multiplied together, and where
//! all eight are zero, as most of MNIST's pixels are, they are passed over.

use std::mem::MaybeUninit;

use multiversion::{multiversion, target::target_cfg_f};
use ndarray::{Array2, ArrayRef2};
use rayon::prelude::*;

use super::Element;
use super::vector::{LANES, Plain, Vector};

/// Columns of the product: the course sorts everything into ten classes.
const M: usize = 10;

/// Multiplications that are worth waking other threads for.
const WORTH_THREADS: usize = 1 << 23;

/// Rows of the result that one thread makes at a time: a multiple of eight.
const ROWS_A_PIECE: usize = 256;

/// `a b` for `b (D, 10)`, or `None` if `b` is of another width or `a` lies in
/// memory neither row by row nor column by column.
///
/// The terms of an element are added in an order that the shapes and the zeros
/// of `a` decide. Eight neighbours in memory that are all zero give zero even
/// where `b` holds infinity or NaN.
pub(crate) fn dot<F: Element>(a: &ArrayRef2<F>, b: &ArrayRef2<F>) -> Option<Array2<F>> {
    let (n, d) = a.dim();
    if b.ncols() != M || n == 0 || d == 0 {
        return None;
    }
    let transposed = a.t();
    let (a, by_rows) = match a.as_slice() {
        Some(a) => (a, true),
        None => (transposed.as_slice()?, false),
    };
    let b = b.as_standard_layout(); // (D, 10)
    let b = b.as_slice()?;
    let columns = if by_rows { in_eights(b) } else { Vec::new() };
    let piece = if n * d * M < WORTH_THREADS { n } else { ROWS_A_PIECE };
    let rows = |(i, out): (usize, &mut [MaybeUninit<F>])| {
        if by_rows {
            along_rows(&a[i * piece * d..], d, &columns, out);
        } else {
            down_columns(a, n, i * piece, b, out);
        }
    };
    let mut out = Array2::uninit((n, M));
    let all = out.as_slice_mut()?;
    if piece == n {
        rows((0, all));
    } else {
        all.par_chunks_mut(piece * M).enumerate().for_each(rows);
    }
    // SAFETY: both functions have written every element.
    Some(unsafe { out.assume_init() })
}

/// `b (D, 10)` eight rows at a time: number `l` of column `c` of the eight `k`
/// is `b[8 k + l][c]`, zero beyond the last row.
fn in_eights<F: Element>(b: &[F]) -> Vec<[[F; LANES]; M]> {
    let mut eights = vec![[[F::zero(); LANES]; M]; b.len().div_ceil(LANES * M)];
    for (rows, eight) in b.chunks(LANES * M).zip(&mut eights) {
        for (l, row) in rows.chunks_exact(M).enumerate() {
            for c in 0..M {
                eight[c][l] = row[c];
            }
        }
    }
    eights
}

/// `out = a b` for as many rows of `a (N, D)` as `out` holds, `b` in `columns`.
#[multiversion(targets("x86_64+avx2+fma"))]
fn along_rows<F: Element>(
    a: &[F],
    d: usize,
    columns: &[[[F; LANES]; M]],
    out: &mut [MaybeUninit<F>],
) {
    if target_cfg_f!(target_feature = "fma") {
        each_row::<F, F::Wide>(a, d, columns, out);
    } else {
        each_row::<F, Plain<F>>(a, d, columns, out);
    }
}

/// Eight numbers of a row are multiplied with the same eight of each column;
/// the eight sums that come of it are added in the end.
#[inline(always)]
fn each_row<F: Element, V: Vector<F>>(
    a: &[F],
    d: usize,
    columns: &[[[F; LANES]; M]],
    out: &mut [MaybeUninit<F>],
) {
    for (row, out) in a.chunks_exact(d).zip(out.chunks_exact_mut(M)) {
        let (eights, rest) = row.as_chunks::<LANES>();
        let mut last = [F::zero(); LANES];
        last[..rest.len()].copy_from_slice(rest);
        let mut sums = [V::zero(); M];
        for (eights, columns) in eights.chunks(64).zip(columns.chunks(64)) {
            let mut bits = not_all_zero::<F, V>(eights);
            while bits != 0 {
                let i = bits.trailing_zeros() as usize;
                add_products(&eights[i], &columns[i], &mut sums);
                bits &= bits - 1;
            }
        }
        if !rest.is_empty() {
            add_products(&last, &columns[d / LANES], &mut sums);
        }
        for c in 0..M {
            let s = sums[c].to_array();
            out[c].write(((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7])));
        }
    }
}

/// A bit for each of up to 64 eights: 0 where all its numbers are zero.
#[inline(always)]
fn not_all_zero<F: Element, V: Vector<F>>(eights: &[[F; LANES]]) -> u64 {
    let mut bits = 0;
    for eight in eights.iter().rev() {
        bits = bits << 1 | u64::from(some::<F, V>(eight));
    }
    bits
}

/// Whether some of the eight are not zero.
#[inline(always)]
fn some<F: Element, V: Vector<F>>(eight: &[F; LANES]) -> bool {
    // SAFETY: these are eight.
    unsafe { V::load(eight.as_ptr()) }.not_zero() != 0
}

/// `sums[c] += eight columns[c]`, each with each.
#[inline(always)]
fn add_products<F: Element, V: Vector<F>>(
    eight: &[F; LANES],
    columns: &[[F; LANES]; M],
    sums: &mut [V; M],
) {
    // SAFETY: these are eight, and so are those below.
    let eight = unsafe { V::load(eight.as_ptr()) };
    for c in 0..M {
        sums[c] = eight.mul_add(unsafe { V::load(columns[c].as_ptr()) }, sums[c]);
    }
}

/// Rows `from..` of `out = aT b`, as many as `out` holds, for `a (D, N)` and
/// `b (D, 10)`.
#[multiversion(targets("x86_64+avx2+fma"))]
fn down_columns<F: Element>(a: &[F], n: usize, from: usize, b: &[F], out: &mut [MaybeUninit<F>]) {
    if target_cfg_f!(target_feature = "fma") {
        each_eight::<F, F::Wide>(a, n, from, b, out);
    } else {
        each_eight::<F, Plain<F>>(a, n, from, b, out);
    }
}

/// Eight columns of `a` make eight rows of the product.
#[inline(always)]
fn each_eight<F: Element, V: Vector<F>>(
    a: &[F],
    n: usize,
    from: usize,
    b: &[F],
    out: &mut [MaybeUninit<F>],
) {
    let (eights, rest) = out.as_chunks_mut::<{ LANES * M }>();
    let last = from + eights.len() * LANES; // fewer than eight columns are left here
    for (k, out) in eights.iter_mut().enumerate() {
        write::<F, V>(sums::<F, V>(&a[from + k * LANES..], n, b), out);
    }
    if !rest.is_empty() {
        let mut columns = vec![F::zero(); a.len() / n * LANES];
        for (to, row) in columns.chunks_exact_mut(LANES).zip(a.chunks_exact(n)) {
            to[..n - last].copy_from_slice(&row[last..]);
        }
        write::<F, V>(sums::<F, V>(&columns, LANES, b), rest);
    }
}

/// The sums of the products of eight numbers in each row of `a`, where a row
/// begins every `step`, with each of the ten in a row of `b`.
#[inline(always)]
fn sums<F: Element, V: Vector<F>>(a: &[F], step: usize, b: &[F]) -> [V; M] {
    let mut sums = [V::zero(); M];
    for (a, b) in a.chunks(64 * step).zip(b.chunks(64 * M)) {
        let (b, _) = b.as_chunks::<M>();
        let mut bits = 0;
        for i in (0..b.len()).rev() {
            let eight: &[F; LANES] = a[i * step..].first_chunk().expect("eight in each row");
            bits = bits << 1 | u64::from(some::<F, V>(eight));
        }
        // Five at a time: ten sums and ten factors are too many for the registers.
        for half in [0, M / 2] {
            let mut five = [V::zero(); M / 2];
            let mut bits = bits;
            while bits != 0 {
                let i = bits.trailing_zeros() as usize;
                bits &= bits - 1;
                // SAFETY: there were eight above.
                let eight = unsafe { V::load(a.as_ptr().add(i * step)) };
                let b: &[F; M / 2] = b[i][half..].first_chunk().expect("five");
                for c in 0..M / 2 {
                    five[c] = eight.mul_add(V::splat(b[c]), five[c]);
                }
            }
            for c in 0..M / 2 {
                sums[half + c] = five[c].mul_add(V::splat(F::one()), sums[half + c]);
            }
        }
    }
    sums
}

/// Sum `l` of column `c` goes to row `l` of `out`, of which there may be fewer
/// than eight.
#[inline(always)]
fn write<F: Element, V: Vector<F>>(sums: [V; M], out: &mut [MaybeUninit<F>]) {
    let sums = sums.map(V::to_array);
    for (l, out) in out.chunks_exact_mut(M).enumerate() {
        for c in 0..M {
            out[c].write(sums[c][l]);
        }
    }
}
