//! Products with ten columns, one for each class.
//!
//! Ten columns do not fill vectors of eight. So eight neighbours in a row of the
//! first factor are multiplied together, and skipped if all are zero, as most
//! pixels of MNIST are.

use ndarray::{Array2, ArrayRef2};
use rayon::prelude::*;

use fearless_simd::Simd;

use crate::fast::element::Element;
use crate::fast::sparse::Columns;
use crate::fast::vector::{Eight, LANES, Vector, sum_lanes};
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

/// `b (D, 10)`, eight rows at a time: element `[k][c][l]` is `b[8 k + l][c]`, and
/// zero beyond the last row.
fn transpose_eights<F: Element>(b: &[F]) -> Vec<[[F; LANES]; M]> {
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

vectorize! {
    /// `out = a b` for as many rows of `a (N, D)` as `out` holds.
    fn along_rows<F: Element>(a: &[F], d: usize, columns: &[[[F; LANES]; M]], out: &mut [F])
        = each_row;
}

/// Eight numbers of a row times the same eight of each column; the eight sums are
/// added at the end.
#[inline(always)]
fn each_row<F: Element, S: Simd>(
    simd: S,
    a: &[F],
    d: usize,
    columns: &[[[F; LANES]; M]],
    out: &mut [F],
) {
    for (row, out) in a.chunks_exact(d).zip(out.chunks_exact_mut(M)) {
        let (eights, rest) = row.as_chunks::<LANES>();
        let mut last = [F::zero(); LANES];
        last[..rest.len()].copy_from_slice(rest);
        let mut sums = [F::Eight::<S>::zero(simd); M];
        for (eights, columns) in eights.chunks(64).zip(columns.chunks(64)) {
            let mut bits = any_not_zero::<F, F::Eight<S>>(simd, eights.len(), |i| &eights[i]);
            while bits != 0 {
                let i = bits.trailing_zeros() as usize;
                add_products(simd, &eights[i], &columns[i], &mut sums);
                bits &= bits - 1;
            }
        }
        if !rest.is_empty() {
            add_products(simd, &last, &columns[d / LANES], &mut sums);
        }
        for c in 0..M {
            out[c] = sum_lanes(sums[c].to_array());
        }
    }
}

/// A bit for each of up to 64 eights: set unless all its numbers are zero.
#[inline(always)]
fn any_not_zero<'a, F: Element, V: Eight<F>>(
    simd: V::Simd,
    count: usize,
    eight: impl Fn(usize) -> &'a [F; LANES],
) -> u64 {
    let mut bits = 0;
    for i in (0..count).rev() {
        bits = bits << 1 | u64::from(V::load(simd, eight(i)).zeros() != u8::MAX);
    }
    bits
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
    for (k, out) in eights.iter_mut().enumerate() {
        write(sums::<F, F::Eight<S>>(simd, &a[from + k * LANES..], n, b), out);
    }
    if !rest.is_empty() {
        let mut columns = vec![F::zero(); a.len() / n * LANES];
        for (to, row) in columns.chunks_exact_mut(LANES).zip(a.chunks_exact(n)) {
            to[..n - last].copy_from_slice(&row[last..]);
        }
        write(sums::<F, F::Eight<S>>(simd, &columns, LANES, b), rest);
    }
}

/// For eight columns of `a`, whose rows are `stride` apart, and each of the ten
/// columns of `b`: the sum of the products over all rows. `a` begins with the first of
/// the eight and ends with the last row, so that eight numbers follow the beginning of
/// each row (and `stride` is eight or more): `eight` never fails.
#[inline(always)]
fn sums<F: Element, V: Eight<F>>(simd: V::Simd, a: &[F], stride: usize, b: &[F]) -> [V; M] {
    let mut sums = [V::zero(simd); M];
    for (a, b) in a.chunks(64 * stride).zip(b.chunks(64 * M)) {
        let (b, _) = b.as_chunks::<M>();
        let eight = |i: usize| a[i * stride..].first_chunk().expect("eight in each row");
        let bits = any_not_zero::<F, V>(simd, b.len(), eight);
        // Five at a time: ten sums and ten factors are too many for the registers.
        for half in [0, M / 2] {
            let mut five = [V::zero(simd); M / 2];
            let mut bits = bits;
            while bits != 0 {
                let i = bits.trailing_zeros() as usize;
                bits &= bits - 1;
                // SAFETY: `any_not_zero` has read the same eight.
                let eight = unsafe { V::load_at(simd, a, i * stride) };
                // `half` is 0 or 5, so five of the ten numbers follow.
                let b: &[F; M / 2] = b[i][half..].first_chunk().expect("five");
                for c in 0..M / 2 {
                    five[c] = eight.mul_add(V::splat(simd, b[c]), five[c]);
                }
            }
            for c in 0..M / 2 {
                sums[half + c] = five[c].mul_add(V::splat(simd, F::one()), sums[half + c]);
            }
        }
    }
    sums
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
