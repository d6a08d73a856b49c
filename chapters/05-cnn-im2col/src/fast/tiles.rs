//! Blocks of sums that stay in registers until they are finished: the innermost loops
//! of the convolution, which read the image itself, and of the product.
//!
//! A processor multiplies and adds two vectors in the time in which it loads two. A
//! sum that is stored after each addition and loaded for the next costs more than
//! that. So a tile has twelve vectors of sums, which leaves four of sixteen
//! registers for the factors, and uses each factor several times.

// An index stands for a register.
#![allow(clippy::needless_range_loop)]

use common::Real;
use common::fast::Simd;
use common::fast::simd_level::in_halves;
use common::fast::vector::{Eight, LANES, Vector, sum_lanes};
use common::fast::vector_pair::{Pair, Two};
use common::vectorize;

use crate::fast::plan::{Conv, Segment};

/// Filters of a tile, where there are so many.
pub const FILTERS: usize = 6;
/// Vectors of sums for each filter of such a tile.
pub const VECTORS: usize = 2;
/// Taps whose inner products are computed together, for two or three filters and
/// for one.
const TAPS: usize = 4;
const TAPS_OF_ONE: usize = 9;

/// `M` rows of a product, `S` pairs of vectors each: `sum over k of a[m, k] b[k, s]`.
///
/// `a[m, k]` is at index `m * strides.0 + k * strides.1` of `a`, for `k` below `depth`, and
/// `b(k)` reads row `k` of the other factor.
///
/// # Safety
/// All of these are inside `a`.
#[inline(always)]
pub unsafe fn tile<F: Real, P: Pair<F>, const M: usize, const S: usize>(
    simd: P::Simd,
    a: &[F],
    strides: (usize, usize),
    depth: usize,
    b: impl Fn(usize) -> [P; S],
) -> [[P; S]; M] {
    let mut sums = [[P::zero(simd); S]; M];
    for k in 0..depth {
        let factors = b(k);
        for m in 0..M {
            debug_assert!(m * strides.0 + k * strides.1 < a.len());
            // SAFETY: the caller's promise.
            let a = P::splat(simd, unsafe { *a.get_unchecked(m * strides.0 + k * strides.1) });
            for s in 0..S {
                sums[m][s] = a.mul_add(factors[s], sums[m][s]);
            }
        }
    }
    sums
}

/// Vectors or pairs as arrays. Registers cannot be indexed: if a loop that is not unrolled
/// indexed the vectors themselves, they would have been in memory all along. Loops
/// as short as these are unrolled.
#[inline(always)]
pub fn to_arrays<V: Copy, A: Copy, const M: usize, const S: usize>(
    vectors: [[V; S]; M],
    to_array: impl Fn(V) -> A,
) -> [[A; S]; M] {
    let mut numbers = [[to_array(vectors[0][0]); S]; M];
    for m in 0..M {
        for s in 0..S {
            numbers[m][s] = to_array(vectors[m][s]);
        }
    }
    numbers
}

/// The numbers of a pair.
#[inline(always)]
pub fn sixteen<F: Real, P: Pair<F>>(pair: P) -> [[F; LANES]; 2] {
    pair.eights().map(P::Eight::to_array)
}

vectorize! {
    /// `out = w x`, where `x` is a padded image followed by eight numbers.
    pub fn convolve<F: Real>(conv: &Conv, w: &[F], x: &[F], out: &mut [F]) = each_width;
}

/// Filling one register from two places takes longer than from one. With few filters there
/// are few products for each; segments that are not full have to be taken apart again; and a
/// processor that computes in halves gains nothing for it, if rows are too short for a pair.
#[inline(always)]
fn each_width<F: Real, S: Simd>(simd: S, conv: &Conv, w: &[F], x: &[F], out: &mut [F]) {
    let worthwhile = conv.out.2 >= 2 * LANES || !in_halves();
    if F::Sixteen::<S>::ONE_REGISTER && worthwhile && conv.out.0 > 3 && conv.full_segments() {
        each_tile::<F, F::Sixteen<S>, 2>(simd, conv, w, x, out);
    } else {
        each_tile::<F, Two<F::Eight<S>>, 1>(simd, conv, w, x, out);
    }
}

/// Tiles with at least `R` pairs of sums for each filter.
#[inline(always)]
fn each_tile<F: Real, P: Pair<F>, const R: usize>(
    simd: P::Simd,
    conv: &Conv,
    w: &[F],
    x: &[F],
    out: &mut [F],
) {
    let mut f = 0;
    for tiles in (1..=conv.out.0.div_ceil(FILTERS)).rev() {
        let filters = (conv.out.0 - f).div_ceil(tiles); // as even as possible
        let w = &w[f * conv.taps()..];
        let out = &mut out[f * conv.positions()..];
        // Twelve registers of sums, or as near as the filters allow.
        match filters {
            FILTERS => each_segment::<F, P, FILTERS, R>(simd, conv, w, x, out),
            5 => each_segment::<F, P, 5, R>(simd, conv, w, x, out),
            4 => each_segment::<F, P, 4, R>(simd, conv, w, x, out),
            3 => each_segment::<F, P, 3, 2>(simd, conv, w, x, out),
            2 => each_segment::<F, P, 2, 2>(simd, conv, w, x, out),
            _ => each_segment::<F, P, 1, 4>(simd, conv, w, x, out),
        }
        f += filters;
    }
}

/// `M` filters over a whole image, `S` pairs of segments at a time.
#[inline(always)]
fn each_segment<F: Real, P: Pair<F>, const M: usize, const S: usize>(
    simd: P::Simd,
    conv: &Conv,
    w: &[F],
    x: &[F],
    out: &mut [F],
) {
    let (taps, positions, full) = (conv.taps(), conv.positions(), conv.full_segments());
    let (offsets, last) = (&conv.offsets[..taps], conv.segments.len() - 1);
    for s in (0..=last).step_by(2 * S) {
        // Beyond the last segment, the last one is computed again.
        let segments: [[Segment; 2]; S] =
            std::array::from_fn(|i| [0, 1].map(|j| conv.segments[last.min(s + 2 * i + j)]));
        let from = segments.map(|pair| pair.map(|segment| segment.from));
        let neighbours = P::ONE_REGISTER && from.iter().all(|[low, high]| *high == low + LANES);
        // SAFETY: `w` holds at least `M` filters. Full segments read the padded
        // image; the others at most seven numbers beyond, and eight follow.
        let sums: [[P; S]; M] = unsafe {
            // `move`, or the innermost loop would read `offsets` and `x` again and again.
            if neighbours {
                tile(simd, w, (taps, 1), taps, move |k| {
                    let (row, mut pairs) = (offsets[k], [P::zero(simd); S]);
                    for s in 0..S {
                        pairs[s] = P::load_at(simd, x, row + from[s][0]);
                    }
                    pairs
                })
            } else {
                tile(simd, w, (taps, 1), taps, move |k| {
                    let (row, mut pairs) = (offsets[k], [P::zero(simd); S]);
                    for s in 0..S {
                        let [low, high] = from[s];
                        let low = P::Eight::load_at(simd, x, row + low);
                        pairs[s] = P::of(low, P::Eight::load_at(simd, x, row + high));
                    }
                    pairs
                })
            }
        };
        if full {
            for (m, sums) in sums.iter().enumerate() {
                for (pair, segments) in sums.iter().zip(&segments) {
                    for (eight, segment) in pair.eights().into_iter().zip(segments) {
                        // SAFETY: `out` holds at least `M` rows, and a full segment is
                        // inside its row.
                        unsafe { eight.store_at(out, m * positions + segment.to) };
                    }
                }
            }
        } else {
            for (m, sums) in to_arrays(sums, sixteen::<F, P>).iter().enumerate() {
                for (segment, sums) in segments.as_flattened().iter().zip(sums.as_flattened()) {
                    let out = &mut out[m * positions + segment.to..][..segment.len];
                    out.copy_from_slice(&sums[..segment.len]);
                }
            }
        }
    }
}

vectorize! {
    /// Adds to `dw` the inner products of the gradients of `n` images with the images,
    /// both in full vectors.
    pub fn inner_products<F: Real>(conv: &Conv, n: usize, dout: &[F], x: &[F], dw: &mut [F])
        = each_filter;
}

#[inline(always)]
fn each_filter<F: Real, S: Simd>(
    simd: S,
    conv: &Conv,
    n: usize,
    dout: &[F],
    x: &[F],
    dw: &mut [F],
) {
    let pairs = &conv.pairs[..n * conv.segments.len()];
    let mut f = 0;
    for tiles in (1..=conv.out.0.div_ceil(3)).rev() {
        let filters = (conv.out.0 - f).div_ceil(tiles); // 3, or as many as are left
        let dout = &dout[f * conv.full_row()..];
        let dw = &mut dw[f * conv.taps()..];
        match filters {
            3 => each_tap::<F, F::Eight<S>, 3, TAPS>(simd, conv, pairs, dout, x, dw),
            2 => each_tap::<F, F::Eight<S>, 2, TAPS>(simd, conv, pairs, dout, x, dw),
            _ => each_tap::<F, F::Eight<S>, 1, TAPS_OF_ONE>(simd, conv, pairs, dout, x, dw),
        }
        f += filters;
    }
}

/// `M` filters and all taps, `K` at a time. For a pair `(from, to)`, a vector of
/// pixels begins at `from` plus the offset of the tap, and one of gradients at `to`.
#[inline(always)]
fn each_tap<F: Real, V: Eight<F>, const M: usize, const K: usize>(
    simd: V::Simd,
    conv: &Conv,
    pairs: &[(usize, usize)],
    dout: &[F],
    x: &[F],
    dw: &mut [F],
) {
    let (taps, row) = (conv.taps(), conv.full_row());
    for k in (0..taps).step_by(K) {
        // Beyond the last tap, the last one again; its result is not used.
        let offsets: [usize; K] = std::array::from_fn(|i| conv.offsets[(taps - 1).min(k + i)]);
        let mut sums = [[V::zero(simd); K]; M];
        for &(from, to) in pairs {
            let mut factors = [V::zero(simd); M];
            for m in 0..M {
                // SAFETY: `pairs` were planned for these images and at least `M` rows
                // of their gradients, here and below.
                factors[m] = unsafe { V::load_at(simd, dout, m * row + to) };
            }
            for i in 0..K {
                let x = unsafe { V::load_at(simd, x, offsets[i] + from) };
                for m in 0..M {
                    sums[m][i] = factors[m].mul_add(x, sums[m][i]);
                }
            }
        }
        for (m, sums) in to_arrays(sums, V::to_array).into_iter().enumerate() {
            let dw = &mut dw[m * taps + k..(m + 1) * taps];
            dw.iter_mut().zip(sums).for_each(|(dw, sum)| *dw += sum_lanes(sum));
        }
    }
}
