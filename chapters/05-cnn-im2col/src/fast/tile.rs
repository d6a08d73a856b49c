//! The two innermost loops of everything fast: small blocks of results that
//! stay in the processor's registers until they are finished.
//!
//! Two vectors can be multiplied and added in the time in which two are loaded.
//! A sum that goes to memory after each addition and comes back for the next
//! spends its time on the way. So a tile has twelve vectors of sums, which
//! leaves four of sixteen registers for the factors, and uses each factor that
//! it loads several times.

// An index says which register; an iterator would hide it from the reader.
#![allow(clippy::needless_range_loop)]

use common::Real;
use common::fast::vector::{LANES, Vector};

/// `M` rows of a product, `S` vectors each: `sum over k of a[m, k] b[k, s]`.
///
/// `a[m, k]` stands at `m * rows + k * columns` of `a`, for `strides = (rows,
/// columns)`, and `k` runs to `depth`. The vector `b[k, s]` stands at `row(k) +
/// segments[s]` of `b`.
///
/// # Safety
/// All of these lie inside `a` and `b`, the vectors to their last number.
#[inline(always)]
pub unsafe fn tile<F: Real, V: Vector<F>, const M: usize, const S: usize>(
    a: &[F],
    strides: (usize, usize),
    depth: usize,
    b: &[F],
    row: impl Fn(usize) -> usize,
    segments: [usize; S],
) -> [[V; S]; M] {
    let mut sums = [[V::zero(); S]; M];
    for k in 0..depth {
        let row = row(k);
        let mut factors = [V::zero(); S];
        for s in 0..S {
            debug_assert!(row + segments[s] + LANES <= b.len());
            // SAFETY: the caller's promise, as everywhere here. Checks would
            // cost as much as the multiplications.
            factors[s] = unsafe { V::load(b.as_ptr().add(row + segments[s])) };
        }
        for m in 0..M {
            debug_assert!(m * strides.0 + k * strides.1 < a.len());
            let a = V::splat(unsafe { *a.get_unchecked(m * strides.0 + k * strides.1) });
            for s in 0..S {
                sums[m][s] = a.mul_add(factors[s], sums[m][s]);
            }
        }
    }
    sums
}

/// `M` times `K` inner products in vectors: `sum of d[m, p] x[k, p]` over the
/// positions `p` of all `segments`.
///
/// A segment is a pair: eight positions of `x[k]` stand at `offsets[k]` plus its
/// first number, those of `d[m]` at `m * stride` plus its second.
///
/// # Safety
/// All of these lie inside `d` and `x`, the vectors to their last number.
#[inline(always)]
pub unsafe fn dots<F: Real, V: Vector<F>, const M: usize, const K: usize>(
    d: &[F],
    stride: usize,
    x: &[F],
    offsets: [usize; K],
    segments: &[(usize, usize)],
) -> [[F; K]; M] {
    let mut sums = [[V::zero(); K]; M];
    for &(from, to) in segments {
        let mut factors = [V::zero(); M];
        for m in 0..M {
            debug_assert!(m * stride + to + LANES <= d.len());
            // SAFETY: the caller's promise, as everywhere here.
            factors[m] = unsafe { V::load(d.as_ptr().add(m * stride + to)) };
        }
        for k in 0..K {
            debug_assert!(offsets[k] + from + LANES <= x.len());
            let x = unsafe { V::load(x.as_ptr().add(offsets[k] + from)) };
            for m in 0..M {
                sums[m][k] = factors[m].mul_add(x, sums[m][k]);
            }
        }
    }
    let vectors = arrays(sums);
    let mut products = [[F::zero(); K]; M];
    for m in 0..M {
        for k in 0..K {
            let v = vectors[m][k]; // added in pairs, always the same ones
            products[m][k] = ((v[0] + v[4]) + (v[2] + v[6])) + ((v[1] + v[5]) + (v[3] + v[7]));
        }
    }
    products
}

/// Vectors as numbers, to be taken by any index. Registers have none: a loop
/// that is not unrolled and goes over the vectors themselves would have kept
/// them in memory all along. Loops as short as these are unrolled.
#[inline(always)]
pub fn arrays<F: Real, V: Vector<F>, const M: usize, const S: usize>(
    vectors: [[V; S]; M],
) -> [[[F; LANES]; S]; M] {
    let mut numbers = [[[F::zero(); LANES]; S]; M];
    for m in 0..M {
        for s in 0..S {
            numbers[m][s] = vectors[m][s].to_array();
        }
    }
    numbers
}
