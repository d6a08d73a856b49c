//! The innermost loops of the convolution: tiles of sums in registers, read straight
//! from the image. A vector of pixels that is loaded once serves up to six filters;
//! the forward pass of 30 filters runs at the rate of a large matrix product.

use common::Real;
use common::fast::vector::{LANES, Vector};
use common::vectorize;

use crate::fast::plan::{Conv, Segment};
use crate::fast::tile::{inner_products as inner_product_tile, tile, to_arrays};

/// Filters of a tile, where there are so many.
const FILTERS: usize = 6;
/// Taps whose inner products are computed together, for two or three filters and
/// for one.
const TAPS: usize = 4;
const TAPS_OF_ONE: usize = 9;

vectorize! {
    /// `out = w x`, where `x` is a padded image followed by eight numbers.
    pub fn convolve<F: Real>(conv: &Conv, w: &[F], x: &[F], out: &mut [F]) = each_tile;
}

#[inline(always)]
fn each_tile<F: Real, V: Vector<F>>(conv: &Conv, w: &[F], x: &[F], out: &mut [F]) {
    let mut f = 0;
    for tiles in (1..=conv.out.0.div_ceil(FILTERS)).rev() {
        let filters = (conv.out.0 - f).div_ceil(tiles); // as even as possible
        let w = &w[f * conv.taps()..];
        let out = &mut out[f * conv.positions()..];
        // Twelve vectors of sums, or as near as the filters allow.
        match filters {
            6 => each_segment::<F, V, 6, 2>(conv, w, x, out),
            5 => each_segment::<F, V, 5, 2>(conv, w, x, out),
            4 => each_segment::<F, V, 4, 2>(conv, w, x, out),
            3 => each_segment::<F, V, 3, 4>(conv, w, x, out),
            2 => each_segment::<F, V, 2, 4>(conv, w, x, out),
            _ => each_segment::<F, V, 1, 8>(conv, w, x, out),
        }
        f += filters;
    }
}

/// `M` filters over a whole image, `S` segments at a time.
#[inline(always)]
fn each_segment<F: Real, V: Vector<F>, const M: usize, const S: usize>(
    conv: &Conv,
    w: &[F],
    x: &[F],
    out: &mut [F],
) {
    let (taps, positions, full) = (conv.taps(), conv.positions(), conv.full_segments());
    let last = conv.segments.len() - 1;
    for s in (0..=last).step_by(S) {
        // Beyond the last segment, the last one is computed again.
        let segments: [Segment; S] = std::array::from_fn(|i| conv.segments[last.min(s + i)]);
        let from = segments.map(|segment| segment.from);
        // SAFETY: `w` holds at least `M` filters. Full segments read the padded
        // image; the others at most seven numbers beyond, and eight follow.
        let sums: [[V; S]; M] = unsafe { tile(w, (taps, 1), taps, x, |k| conv.offsets[k], from) };
        if full {
            for (m, sums) in sums.iter().enumerate() {
                for i in 0..S {
                    let at = m * positions + segments[i].to;
                    debug_assert!(at + LANES <= out.len());
                    // SAFETY: `out` holds at least `M` rows, and a full segment is
                    // inside its row.
                    unsafe { sums[i].store(out.as_mut_ptr().add(at)) };
                }
            }
        } else {
            for (m, sums) in to_arrays(sums).iter().enumerate() {
                for (segment, sums) in segments.iter().zip(sums) {
                    let out = &mut out[m * positions + segment.to..][..segment.len];
                    out.copy_from_slice(&sums[..segment.len]);
                }
            }
        }
    }
}

vectorize! {
    /// Adds to `dw` the inner products of the gradients with the images, both in full
    /// vectors.
    pub fn inner_products<F: Real>(conv: &Conv, images: usize, dout: &[F], x: &[F], dw: &mut [F])
        = each_filter;
}

#[inline(always)]
fn each_filter<F: Real, V: Vector<F>>(
    conv: &Conv,
    images: usize,
    dout: &[F],
    x: &[F],
    dw: &mut [F],
) {
    let mut f = 0;
    for tiles in (1..=conv.out.0.div_ceil(3)).rev() {
        let filters = (conv.out.0 - f).div_ceil(tiles); // 3, or as many as are left
        let dout = &dout[f * conv.full_row()..];
        let dw = &mut dw[f * conv.taps()..];
        match filters {
            3 => each_tap::<F, V, 3, TAPS>(conv, images, dout, x, dw),
            2 => each_tap::<F, V, 2, TAPS>(conv, images, dout, x, dw),
            _ => each_tap::<F, V, 1, TAPS_OF_ONE>(conv, images, dout, x, dw),
        }
        f += filters;
    }
}

/// `M` filters and all taps, `K` at a time.
#[inline(always)]
fn each_tap<F: Real, V: Vector<F>, const M: usize, const K: usize>(
    conv: &Conv,
    images: usize,
    dout: &[F],
    x: &[F],
    dw: &mut [F],
) {
    let taps = conv.taps();
    let pairs = &conv.pairs[..images * conv.segments.len()];
    for k in (0..taps).step_by(K) {
        // Beyond the last tap, the last one again; its result is not used.
        let offsets = std::array::from_fn(|i| conv.offsets[(taps - 1).min(k + i)]);
        // SAFETY: `pairs` were planned for these images and at least `M` rows of
        // their gradients.
        let sums =
            unsafe { inner_product_tile::<F, V, M, K>(dout, conv.full_row(), x, offsets, pairs) };
        for m in 0..M {
            for i in 0..K.min(taps - k) {
                dw[m * taps + k + i] += sums[m][i];
            }
        }
    }
}
