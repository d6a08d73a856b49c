//! Blocks of sums that stay in registers until they are finished; the innermost loops
//! of the convolution and of the product.
//!
//! A processor multiplies and adds two vectors in the time in which it loads two. A
//! sum that is stored after each addition and loaded for the next costs more than
//! that. So a tile has twelve vectors of sums, which leaves four of sixteen
//! registers for the factors, and uses each factor several times.

// An index stands for a register.
#![allow(clippy::needless_range_loop)]

use common::Real;
use common::fast::vector::{LANES, Vector, sum_lanes};

/// `M` rows of a product, `S` vectors each: `sum over k of a[m, k] b[k, s]`.
///
/// `a[m, k]` is at index `m * strides.0 + k * strides.1` of `a`, for `k` below
/// `depth`. The vector `b[k, s]` begins at `row(k) + segments[s]` of `b`.
///
/// # Safety
/// All of these are inside `a` and `b`, including all eight numbers of the vectors.
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
            // SAFETY: the caller's promise, as everywhere here. Checks would cost as
            // much as the multiplications.
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

/// `M` times `K` inner products: `sum of d[m, p] x[k, p]` over the positions `p` of
/// all `segments`.
///
/// For a segment `(from, to)`, a vector of `x[k]` begins at `offsets[k] + from` of
/// `x`, and one of `d[m]` at `m * stride + to` of `d`.
///
/// # Safety
/// All of these are inside `d` and `x`, including all eight numbers of the vectors.
#[inline(always)]
pub unsafe fn inner_products<F: Real, V: Vector<F>, const M: usize, const K: usize>(
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
    to_arrays(sums).map(|sums| sums.map(sum_lanes))
}

/// Vectors as arrays. Registers cannot be indexed: if a loop that is not unrolled
/// indexed the vectors themselves, they would have been in memory all along. Loops
/// as short as these are unrolled.
#[inline(always)]
pub fn to_arrays<F: Real, V: Vector<F>, const M: usize, const S: usize>(
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
