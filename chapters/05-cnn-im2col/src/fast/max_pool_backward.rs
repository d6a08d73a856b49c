//! Backward through a convolution whose outputs went into a max pool.
//!
//! A max pool hands its gradient on to one output of each window, the peak, and
//! ReLU stops what was not positive. Of four gradients at least three are zero,
//! and a list of the others says all there is to say. With it the filters'
//! gradient is a sum of few patches, and the image's a sum of few filters:
//!
//! ```text
//! dw[f]        += d x[patch at p]        for every peak (p, d) of f
//! dx[patch at p] += d w[f]               for every peak (f, d) at p
//! ```
//!
//! A row of a patch, up to eight pixels, is one vector, read from the image
//! where it lies.

use common::Real;
use common::fast::vector::{LANES, Plain, Vector, not_zero};
use multiversion::multiversion;
use multiversion::target::target_cfg_f;

use crate::fast::convolution::Conv;
use crate::fast::tile::arrays;

/// Rows of a patch that are summed together, twice: for even and odd peaks.
const ROWS: usize = 5;
/// Bits in a word.
const WORD: usize = 64;

/// The gradients of one image that are not zero, and working memory for one
/// thread.
#[derive(Clone, Debug)]
pub struct MaxPoolBackward<F> {
    /// Where the patch of each output begins, in the image with its padding.
    patches: Vec<u32>,
    /// Where the rows of a patch are, from its beginning; the last one repeated
    /// until blocks of [`ROWS`] are full.
    rows: Vec<usize>,
    /// Position and gradient, filter after filter.
    peaks: Vec<(u32, F)>,
    /// Where the peaks of each filter begin, and where the last ones end.
    filters: Vec<usize>,
    /// Filter and gradient, position after position.
    sorted: Vec<(u32, F)>,
    /// Where the peaks of each position begin, and where the last ones end.
    positions: Vec<usize>,
    /// An image with its padding, and a vector behind it.
    padded: Vec<F>,
    /// The filters' gradient so far, every row in a vector of its own.
    dw: Vec<F>,
}

impl<F: Real> MaxPoolBackward<F> {
    /// For images of `conv` with at most `most` peaks among a filter's outputs:
    /// as many as the pool has windows. `None` if a row of a filter is longer
    /// than a vector.
    pub fn new(conv: &Conv, most: usize) -> Option<MaxPoolBackward<F>> {
        let (fw, (_, oh, ow)) = (conv.filters.2, conv.out);
        let ((_, row), stride) = (conv.padded(), conv.window.stride);
        if fw > LANES {
            return None;
        }
        let at = |p| ((p / ow * row + p % ow) * stride) as u32;
        let mut rows: Vec<usize> = conv.offsets().iter().step_by(fw).copied().collect();
        rows.resize(rows.len().next_multiple_of(ROWS), rows[rows.len() - 1]);
        let peaks = vec![(0, F::zero()); conv.out.0 * most + 1];
        let dw = vec![F::zero(); conv.out.0 * rows.len() * LANES];
        Some(MaxPoolBackward {
            dw,
            patches: (0..oh * ow).map(at).collect(),
            rows,
            sorted: peaks.clone(),
            peaks,
            filters: Vec::with_capacity(conv.out.0 + 1),
            positions: vec![0; conv.positions() + 2],
            padded: vec![F::zero(); conv.padded_len() + LANES],
        })
    }

    /// Forgets the last image.
    pub fn clear(&mut self) {
        self.filters.clear();
        self.filters.push(0);
    }

    /// The peaks of the next filter: `positions` among its `OH OW` outputs and
    /// the `gradients` of what ReLU made of them, `outs`. Those that ReLU
    /// stopped are left out. Returns the sum of the others: what
    /// the image contributes to the gradient of the filter's bias.
    ///
    /// # Panics
    /// If they are more than there is room for, or not as many of each.
    pub fn push_filter(&mut self, positions: &[u32], gradients: &[F], outs: &[F]) -> F {
        assert!(
            positions.len() == gradients.len() && outs.len() == gradients.len(),
            "MaxPoolBackward::push_filter: {} positions, {} gradients and {} outputs",
            positions.len(),
            gradients.len(),
            outs.len()
        );
        let from = self.filters[self.filters.len() - 1];
        let end = from + kept(positions, gradients, outs, &mut self.peaks[from..]);
        self.filters.push(end);
        // One sum would have to wait for each addition before the next.
        let mut sums = [F::zero(); LANES];
        let (eights, rest) = self.peaks[from..end].as_chunks::<LANES>();
        for eight in eights {
            sums.iter_mut().zip(eight).for_each(|(sum, peak)| *sum += peak.1);
        }
        sums.into_iter().chain(rest.iter().map(|peak| peak.1)).fold(F::zero(), |sum, d| sum + d)
    }

    /// Keeps what the image `x (C, H, W)` contributes to the filters' gradient.
    ///
    /// # Panics
    /// If there are not the peaks of `FN` filters, if one is at no position, or
    /// if a slice has another length.
    pub fn accumulate_dw(&mut self, conv: &Conv, x: &[F]) {
        self.check(conv, x.len() == conv.inputs());
        conv.pad(x, &mut self.padded);
        sums_of_patches(self);
    }

    /// Adds what has been kept to `dw (FN, C, FH, FW)`, and starts from zero.
    ///
    /// # Panics
    /// If `dw` has another length.
    pub fn add_dw(&mut self, conv: &Conv, dw: &mut [F]) {
        let (taps, fw) = (conv.taps(), conv.filters.2);
        assert!(
            dw.len() == conv.out.0 * taps,
            "MaxPoolBackward::add_dw: dw has {} numbers",
            dw.len()
        );
        let filters = self.dw.chunks_exact(self.rows.len() * LANES);
        for (sums, dw) in filters.zip(dw.chunks_exact_mut(taps)) {
            for (sums, dw) in sums.chunks_exact(LANES).zip(dw.chunks_exact_mut(fw)) {
                dw.iter_mut().zip(sums).for_each(|(dw, &sum)| *dw += sum);
            }
        }
        self.dw.fill(F::zero());
    }

    /// The gradient `dx (C, H, W)` of the image, from `w (FN, C, FH, FW)` as
    /// [`pad_filter_rows`] leaves it.
    ///
    /// # Panics
    /// As [`MaxPoolBackward::accumulate_dw`].
    pub fn dx(&mut self, conv: &Conv, w: &[F], dx: &mut [F]) {
        let right = dx.len() == conv.inputs() && w.len() == conv.out.0 * self.rows.len() * LANES;
        self.check(conv, right);
        self.sort();
        self.padded.fill(F::zero());
        sums_of_filters(self, w);
        conv.crop(&self.padded, dx);
    }

    fn check(&self, conv: &Conv, right: bool) {
        let last = self.filters.last().copied().unwrap_or(0);
        let known = self.peaks[..last].iter().all(|&(p, _)| (p as usize) < self.patches.len());
        assert!(
            right && known && self.filters.len() == conv.out.0 + 1,
            "MaxPoolBackward: the peaks of {} filters, or the slices, are not of {conv:?}",
            self.filters.len().saturating_sub(1)
        );
    }

    /// The same peaks, position after position: counted first, then each put in
    /// its place.
    fn sort(&mut self) {
        let peaks = &self.peaks[..self.filters[self.filters.len() - 1]];
        self.positions.fill(0);
        // Counted two places on, so that after placing them the beginnings are
        // where they belong.
        for &(p, _) in peaks {
            self.positions[p as usize + 2] += 1;
        }
        for i in 2..self.positions.len() {
            self.positions[i] += self.positions[i - 1];
        }
        for (f, range) in self.filters.windows(2).enumerate() {
            for &(p, d) in &self.peaks[range[0]..range[1]] {
                let place = &mut self.positions[p as usize + 1];
                self.sorted[*place] = (f as u32, d);
                *place += 1;
            }
        }
    }
}

/// Positions and gradients where `outs` is not zero, into `to`; returns how
/// many. Compiled twice, as [`sums_of_patches`].
#[multiversion(targets("x86_64+avx2+fma+bmi1+popcnt"))]
fn kept<F: Real>(positions: &[u32], gradients: &[F], outs: &[F], to: &mut [(u32, F)]) -> usize {
    if target_cfg_f!(target_feature = "fma") {
        each_kept::<F, F::Wide>(positions, gradients, outs, to)
    } else {
        each_kept::<F, Plain<F>>(positions, gradients, outs, to)
    }
}

#[inline(always)]
fn each_kept<F: Real, V: Vector<F>>(
    positions: &[u32],
    gradients: &[F],
    outs: &[F],
    to: &mut [(u32, F)],
) -> usize {
    let mut count = 0;
    let places = positions.chunks(WORD).zip(gradients.chunks(WORD));
    for ((positions, gradients), outs) in places.zip(outs.chunks(WORD)) {
        let mut bits = not_zero::<F, V>(outs);
        let to = &mut to[count..count + bits.count_ones() as usize];
        count += to.len();
        for to in to {
            let i = bits.trailing_zeros() as usize;
            *to = (positions[i], gradients[i]);
            bits &= bits - 1;
        }
    }
    count
}

/// Filters `w (FN, C, FH, FW)` with every row in a vector of its own, zeros
/// behind it, and whole blocks of rows, into `spread`, which is made as long as
/// it has to be.
pub fn pad_filter_rows<F: Real>(conv: &Conv, w: &[F], spread: &mut Vec<F>) {
    let fw = conv.filters.2;
    let filter = (conv.taps() / fw).next_multiple_of(ROWS) * LANES;
    spread.resize(conv.out.0 * filter, F::zero());
    for (w, to) in w.chunks_exact(conv.taps()).zip(spread.chunks_exact_mut(filter)) {
        for (w, to) in w.chunks_exact(fw).zip(to.chunks_exact_mut(LANES)) {
            to[..fw].copy_from_slice(w);
        }
    }
}

/// `dw[f] += d x[patch at p]` for every peak `(p, d)` of `f`. Compiled twice: for
/// processors with AVX2 and FMA, and for the others.
#[multiversion(targets("x86_64+avx2+fma"))]
fn sums_of_patches<F: Real>(peaks: &mut MaxPoolBackward<F>) {
    if target_cfg_f!(target_feature = "fma") {
        each_filter::<F, F::Wide>(peaks);
    } else {
        each_filter::<F, Plain<F>>(peaks);
    }
}

#[inline(always)]
fn each_filter<F: Real, V: Vector<F>>(all: &mut MaxPoolBackward<F>) {
    let blocks = all.rows.as_chunks::<ROWS>().0;
    let filters = all.dw.chunks_exact_mut(all.rows.len() * LANES);
    for (range, dw) in all.filters.windows(2).zip(filters) {
        let peaks = &all.peaks[range[0]..range[1]];
        for (rows, dw) in blocks.iter().zip(dw.as_chunks_mut::<LANES>().0.chunks_exact_mut(ROWS)) {
            // SAFETY: every peak has a patch, and behind the last patch of an
            // image there are eight numbers more.
            let sums =
                unsafe { weighted::<F, V>(peaks, &all.padded, |p| all.patches[p] as usize, rows) };
            add(dw, sums);
        }
    }
}

/// Adds vectors to rows.
#[inline(always)]
fn add<F: Real, V: Vector<F>>(rows: &mut [[F; LANES]], sums: [V; ROWS]) {
    for (row, sums) in rows.iter_mut().zip(&arrays([sums])[0]) {
        for l in 0..LANES {
            row[l] += sums[l];
        }
    }
}

/// `dx[patch at p] += d w[f]` for every peak `(f, d)` at `p`, in the image with
/// its padding. Compiled twice, as [`sums_of_patches`].
#[multiversion(targets("x86_64+avx2+fma"))]
fn sums_of_filters<F: Real>(peaks: &mut MaxPoolBackward<F>, w: &[F]) {
    if target_cfg_f!(target_feature = "fma") {
        each_position::<F, F::Wide>(peaks, w);
    } else {
        each_position::<F, Plain<F>>(peaks, w);
    }
}

#[inline(always)]
fn each_position<F: Real, V: Vector<F>>(all: &mut MaxPoolBackward<F>, w: &[F]) {
    let filter = all.rows.len() * LANES;
    for (range, &patch) in all.positions.windows(2).zip(&all.patches) {
        let peaks = &all.sorted[range[0]..range[1]];
        if peaks.is_empty() {
            continue;
        }
        for (block, rows) in all.rows.as_chunks::<ROWS>().0.iter().enumerate() {
            let first: [usize; ROWS] = std::array::from_fn(|r| (block * ROWS + r) * LANES);
            // SAFETY: `dx` has checked that `w` holds so many rows of all filters.
            let sums = unsafe { weighted::<F, V>(peaks, w, |f| f * filter, &first) };
            for (row, sums) in rows.iter().zip(&arrays([sums])[0]) {
                // Behind a filter's row there are zeros, which may be added to
                // whatever comes next; so are the rows that fill the last block.
                let dx = &mut all.padded[patch as usize + row..][..LANES];
                dx.iter_mut().zip(sums).for_each(|(dx, &sum)| *dx += sum);
            }
        }
    }
}

/// The sums of `d x[start(k) + row]` over the pairs `(k, d)`, a vector for each
/// of the `rows`.
///
/// # Safety
/// All of these vectors lie inside `x`.
#[inline(always)]
unsafe fn weighted<F: Real, V: Vector<F>>(
    pairs: &[(u32, F)],
    x: &[F],
    start: impl Fn(usize) -> usize,
    rows: &[usize; ROWS],
) -> [V; ROWS] {
    let mut sums = [[V::zero(); ROWS]; 2];
    let (twos, last) = pairs.as_chunks::<2>();
    for two in twos {
        for half in 0..2 {
            let (start, d) = (start(two[half].0 as usize), V::splat(two[half].1));
            for r in 0..ROWS {
                debug_assert!(start + rows[r] + LANES <= x.len());
                // SAFETY: the caller's promise.
                let x = unsafe { V::load(x.as_ptr().add(start + rows[r])) };
                sums[half][r] = d.mul_add(x, sums[half][r]);
            }
        }
    }
    let [mut sums, odd] = sums;
    let one = V::splat(F::one());
    for r in 0..ROWS {
        sums[r] = one.mul_add(odd[r], sums[r]);
    }
    for &(k, d) in last {
        let (start, d) = (start(k as usize), V::splat(d));
        for r in 0..ROWS {
            // SAFETY: the caller's promise.
            let x = unsafe { V::load(x.as_ptr().add(start + rows[r])) };
            sums[r] = d.mul_add(x, sums[r]);
        }
    }
    sums
}
