//! [`pool`](crate::pool) for one image, without allocating.

use common::{Real, with_vectors};

use crate::layers::{Layer, Shape};
use crate::pool::Pooling;

/// A pool with everything that can be computed before the first image.
pub struct FastPool {
    kind: Pooling,
    image: Shape,
    /// Channels, height and width of the output.
    pub out: Shape,
    is_max_2x2: bool,
    firsts: Vec<usize>,  // the first pixel of each window of a channel
    offsets: Vec<usize>, // all pixels of a window, from its first on
}

impl FastPool {
    /// A pool from `image` to `out`; panics if `layer` is of another kind.
    pub fn new(layer: Layer, image: Shape, out: Shape) -> FastPool {
        let Layer::Pool { kind, size, stride } = layer else { panic!("{layer} is no pool") };
        let pixels = |rows: usize, columns: usize, step: usize| {
            let row = move |i| (0..columns).map(move |j| (i * image.2 + j) * step);
            (0..rows).flat_map(row).collect()
        };
        let (firsts, offsets) = (pixels(out.1, out.2, stride), pixels(size, size, 1));
        let is_max_2x2 = (kind, size, stride) == (Pooling::Max, 2, 2);
        FastPool { kind, image, out, is_max_2x2, firsts, offsets }
    }

    /// `x (C, H, W)` to `out (C, OH, OW)`; of a maximum also its position within the
    /// channel, into `peaks`. Of several equal maxima the first, row by row; NaN counts
    /// as larger than every number.
    pub fn forward<F: Real>(&self, x: &[F], out: &mut [F], peaks: &mut [u32]) {
        if self.is_max_2x2 {
            return max_2x2(self, x, out, peaks);
        }
        let (channel, windows) = (self.image.1 * self.image.2, self.firsts.len());
        let share = F::one() / F::of(self.offsets.len() as f64);
        let outs = out.chunks_exact_mut(windows).zip(peaks.chunks_exact_mut(windows));
        for (x, (out, peaks)) in x.chunks_exact(channel).zip(outs) {
            for ((out, peak), &first) in out.iter_mut().zip(peaks).zip(&self.firsts) {
                let window = self.offsets.iter().map(|offset| first + offset);
                if self.kind == Pooling::Average {
                    *out = window.fold(F::zero(), |sum, at| sum + x[at]) * share;
                    continue;
                }
                (*out, *peak) = (x[first], first as u32);
                for at in window {
                    if is_larger(x[at], *out) {
                        (*out, *peak) = (x[at], at as u32);
                    }
                }
            }
        }
    }

    /// The gradient `dx (C, H, W)` from `dout (C, OH, OW)`: the peak of a maximum
    /// takes all of it, each pixel of a mean an equal share.
    pub fn backward<F: Real>(&self, dout: &[F], peaks: &[u32], dx: &mut [F]) {
        let (channel, windows) = (self.image.1 * self.image.2, self.firsts.len());
        let share = F::one() / F::of(self.offsets.len() as f64);
        dx.fill(F::zero());
        let douts = dout.chunks_exact(windows).zip(peaks.chunks_exact(windows));
        for (dx, (dout, peaks)) in dx.chunks_exact_mut(channel).zip(douts) {
            if self.kind == Pooling::Max {
                dout.iter().zip(peaks).for_each(|(&d, &peak)| dx[peak as usize] += d);
                continue;
            }
            for (&d, &first) in dout.iter().zip(&self.firsts) {
                self.offsets.iter().for_each(|&offset| dx[first + offset] += d * share);
            }
        }
    }
}

/// Whether `v` is larger than `best`; NaN counts as larger than every number. Not `v > best`
/// or else: this takes two comparisons of vectors, and no branch.
#[allow(clippy::neg_cmp_op_on_partial_ord)]
#[inline(always)]
fn is_larger<F: Real>(v: F, best: F) -> bool {
    !(v <= best) & !best.is_nan()
}

/// Maxima of windows of 2 by 2, compiled for each kind of vectors.
fn max_2x2<F: Real>(pool: &FastPool, x: &[F], out: &mut [F], peaks: &mut [u32]) {
    with_vectors!(_simd => each_row(pool, x, out, peaks));
}

#[inline(always)]
fn each_row<F: Real>(pool: &FastPool, x: &[F], out: &mut [F], peaks: &mut [u32]) {
    let ((_, _, w), (_, oh, ow)) = (pool.image, pool.out);
    let outs = out.chunks_exact_mut(ow).zip(peaks.chunks_exact_mut(ow));
    for (row, (x, (out, peaks))) in x.chunks_exact(2 * w).zip(outs).enumerate() {
        let first = 2 * (row % oh) * w; // within the channel
        match ow {
            8.. => blocks::<F, 8>(x, first, out, peaks),
            4.. => blocks::<F, 4>(x, first, out, peaks),
            _ => blocks::<F, 1>(x, first, out, peaks),
        }
    }
}

/// `B` windows at a time of two rows `x`, which begin at `first`; the last ones overlap if
/// `B` does not divide their number.
#[inline(always)]
fn blocks<F: Real, const B: usize>(x: &[F], first: usize, out: &mut [F], peaks: &mut [u32]) {
    let (w, last) = (x.len() / 2, out.len() - B);
    for from in (0..out.len()).step_by(B).map(|from| from.min(last)) {
        // Pairs of neighbours, which the compiler turns into vectors.
        let upper: &[[F; 2]; B] = x[2 * from..w].as_chunks().0.first_chunk().expect("2 B");
        let lower: &[[F; 2]; B] = x[w + 2 * from..].as_chunks().0.first_chunk().expect("2 B");
        let out: &mut [F; B] = out[from..].first_chunk_mut().expect("B windows");
        let peaks: &mut [u32; B] = peaks[from..].first_chunk_mut().expect("B windows");
        let (mut best, mut at) = (upper.map(|pair| pair[0]), [0; B]);
        for (row, side, place) in [(upper, 1, 1), (lower, 0, w as u32), (lower, 1, w as u32 + 1)] {
            for j in 0..B {
                let larger = is_larger(row[j][side], best[j]);
                best[j] = if larger { row[j][side] } else { best[j] };
                at[j] = if larger { place } else { at[j] };
            }
        }
        *out = best;
        for j in 0..B {
            peaks[j] = (first + 2 * from + 2 * j) as u32 + at[j];
        }
    }
}
