//! Backward through a convolution whose outputs went into ReLU and a max pool.
//!
//! A max pool passes its gradient to one output of each window, and ReLU passes it
//! only where the output is positive. So of four gradients at least three are zero,
//! and a list of the others is enough. The gradients are then sums of few patches and
//! few filters, several times less work than with dense gradients:
//!
//! ```text
//! dw[f]          += d x[patch at p]      for each non-zero (p, d) of f
//! dx[patch at p] += d w[f]               for each non-zero (f, d) at p
//! ```
//!
//! A row of a patch, up to eight pixels, is one vector, read from the padded image.

// An index stands for a register.
#![allow(clippy::needless_range_loop)]

use common::Real;
use common::fast::Simd;
use common::fast::vector::{LANES, Vector};
use common::vectorize;

use crate::fast::nonzero_gradients::NonzeroGradients;
use crate::fast::plan::Conv;

/// Rows of a patch that are summed together, in two sets: for even and odd entries of
/// a list.
const ROWS: usize = 5;

/// The non-zero gradients of one image, and working memory for one thread.
#[derive(Clone, Debug)]
pub struct MaxPoolBackward<F> {
    nonzeros: NonzeroGradients<F>,
    patches: Vec<usize>, // where the patch of each output begins in the padded image
    /// Where each row of a patch begins; the last one repeated up to a multiple of [`ROWS`].
    rows: Vec<usize>,
    padded: Vec<F>, // an image or its gradient, followed by a vector
    dw: Vec<F>,     // of the filters so far, every row in its own vector
}

impl<F: Real> MaxPoolBackward<F> {
    /// For images of `conv` with at most `most` non-zero gradients of each filter: the
    /// number of windows of the pool. `None` if the rows of the filters are longer than
    /// a vector.
    pub fn new(conv: &Conv, most: usize) -> Option<MaxPoolBackward<F>> {
        let (fw, (count, oh, ow)) = (conv.filters.2, conv.out);
        let ((_, row), stride) = (conv.padded, conv.window.stride);
        if fw > LANES {
            return None;
        }
        let mut rows: Vec<usize> = conv.offsets.iter().step_by(fw).copied().collect();
        rows.resize(rows.len().next_multiple_of(ROWS), rows[rows.len() - 1]);
        Some(MaxPoolBackward {
            nonzeros: NonzeroGradients::new(count, most, oh * ow),
            patches: (0..oh * ow).map(|p| (p / ow * row + p % ow) * stride).collect(),
            dw: vec![F::zero(); count * rows.len() * LANES],
            rows,
            padded: vec![F::zero(); conv.padded_len + LANES],
        })
    }

    /// Begins a new image.
    pub fn clear(&mut self) {
        self.nonzeros.clear();
    }

    /// The gradients of the next filter: `positions` among its `OH OW` outputs, the
    /// `gradients` there, and the outputs after ReLU, `outs`. Returns the sum of the
    /// gradients where `outs` is not zero: the gradient of the bias. Panics if they
    /// are too many or not of the same number, or a position does not exist.
    pub fn push_filter(&mut self, positions: &[u32], gradients: &[F], outs: &[F]) -> F {
        self.nonzeros.push_filter(positions, gradients, outs)
    }

    /// Accumulates the gradient of the filters for the image `x (C, H, W)`. Panics
    /// if there are not `FN` filters, or `x` has another length.
    pub fn accumulate_dw(&mut self, conv: &Conv, x: &[F]) {
        self.check(conv, x.len() == conv.inputs());
        conv.pad(x, &mut self.padded);
        sum_patches(self);
    }

    /// Adds what was accumulated to `dw (FN, C, FH, FW)`, and resets it to zero.
    /// Panics if `dw` has another length.
    pub fn add_dw(&mut self, conv: &Conv, dw: &mut [F]) {
        let (taps, fw) = (conv.taps(), conv.filters.2);
        assert!(dw.len() == conv.out.0 * taps, "MaxPoolBackward::add_dw: the length of dw");
        let filters = self.dw.chunks_exact(self.rows.len() * LANES);
        for (sums, dw) in filters.zip(dw.chunks_exact_mut(taps)) {
            for (sums, dw) in sums.chunks_exact(LANES).zip(dw.chunks_exact_mut(fw)) {
                dw.iter_mut().zip(sums).for_each(|(dw, &sum)| *dw += sum);
            }
        }
        self.dw.fill(F::zero());
    }

    /// The gradient `dx (C, H, W)` of the image, from `w (FN, C, FH, FW)` as made by
    /// [`pad_filter_rows`]. Panics if there are not `FN` filters, or a slice has
    /// another length.
    pub fn dx(&mut self, conv: &Conv, w: &[F], dx: &mut [F]) {
        let right = dx.len() == conv.inputs() && w.len() == conv.out.0 * self.rows.len() * LANES;
        self.check(conv, right);
        self.nonzeros.sort_by_position();
        self.padded.fill(F::zero());
        sum_filters(self, w);
        conv.crop(&self.padded, dx);
    }

    fn check(&self, conv: &Conv, right: bool) {
        let filters = self.nonzeros.filters.len() - 1;
        assert!(
            right && filters == conv.out.0,
            "MaxPoolBackward: the gradients of {filters} filters, or the slices, are not of {conv:?}"
        );
    }
}

/// Copies filters `w (FN, C, FH, FW)` to `to`, every row into its own vector, filled up
/// with zeros, and the number of rows to a multiple of `ROWS`. Resizes `to`.
pub fn pad_filter_rows<F: Real>(conv: &Conv, w: &[F], to: &mut Vec<F>) {
    let fw = conv.filters.2;
    let filter = (conv.taps() / fw).next_multiple_of(ROWS) * LANES;
    to.resize(conv.out.0 * filter, F::zero());
    for (w, to) in w.chunks_exact(conv.taps()).zip(to.chunks_exact_mut(filter)) {
        for (w, to) in w.chunks_exact(fw).zip(to.chunks_exact_mut(LANES)) {
            to[..fw].copy_from_slice(w);
        }
    }
}

vectorize! {
    /// `dw[f] += d x[patch at p]` for each non-zero `(p, d)` of `f`.
    fn sum_patches<F: Real>(all: &mut MaxPoolBackward<F>) = each_filter;
}

#[inline(always)]
fn each_filter<F: Real, S: Simd>(simd: S, all: &mut MaxPoolBackward<F>) {
    let MaxPoolBackward { nonzeros, patches, rows, padded, dw } = all;
    let (padded, patches) = (&padded[..], &patches[..]);
    let one = F::Eight::<S>::splat(simd, F::one());
    let filters = dw.chunks_exact_mut(rows.len() * LANES);
    for (dw, list) in filters.zip(nonzeros.of_filters()) {
        let dw = dw.as_chunks_mut::<LANES>().0.chunks_exact_mut(ROWS);
        for (&rows, dw) in rows.as_chunks::<ROWS>().0.iter().zip(dw) {
            // SAFETY: `push_filter` has checked the positions, and eight numbers follow
            // the last patch of an image.
            let sums: [F::Eight<S>; ROWS] =
                unsafe { weighted_sums(simd, list, padded, move |p| patches[p], rows) };
            for r in 0..ROWS {
                one.mul_add(sums[r], F::Eight::load(simd, &dw[r])).store(&mut dw[r]);
            }
        }
    }
}

vectorize! {
    /// `dx[patch at p] += d w[f]` for each non-zero `(f, d)` at `p`, in the padded image.
    fn sum_filters<F: Real>(all: &mut MaxPoolBackward<F>, w: &[F]) = each_position;
}

#[inline(always)]
fn each_position<F: Real, S: Simd>(simd: S, all: &mut MaxPoolBackward<F>, w: &[F]) {
    let MaxPoolBackward { nonzeros, patches, rows, padded, .. } = all;
    let padded = &mut padded[..]; // its address stays in a register, as it would not in `Vec`
    let (filter, one) = (rows.len() * LANES, F::Eight::<S>::splat(simd, F::one()));
    for (&patch, list) in patches.iter().zip(nonzeros.of_positions()) {
        if list.is_empty() {
            continue;
        }
        for (block, rows) in rows.as_chunks::<ROWS>().0.iter().enumerate() {
            let first: [usize; ROWS] = std::array::from_fn(|r| (block * ROWS + r) * LANES);
            // SAFETY: `dx` has checked the length of `w`, and eight numbers follow the
            // last patch of an image.
            unsafe {
                let sums: [F::Eight<S>; ROWS] =
                    weighted_sums(simd, list, w, move |f| f * filter, first);
                for r in 0..ROWS {
                    // The zeros behind a row of a filter are added to the next pixels, and
                    // rows of zeros to the last row again.
                    let at = patch + rows[r];
                    let dx = F::Eight::load_at(simd, padded, at);
                    one.mul_add(sums[r], dx).store_at(padded, at);
                }
            }
        }
    }
}

/// The sums of `d x[start(k) + row]` over the pairs `(k, d)`, a vector for each of the
/// `rows`.
///
/// # Safety
/// All of these vectors are inside `x`.
#[inline(always)]
unsafe fn weighted_sums<F: Real, V: Vector<F>>(
    simd: V::Simd,
    pairs: &[(u32, F)],
    x: &[F],
    start: impl Fn(usize) -> usize,
    rows: [usize; ROWS],
) -> [V; ROWS] {
    let mut sums = [[V::zero(simd); ROWS]; 2];
    let (twos, last) = pairs.as_chunks::<2>();
    for two in twos {
        for half in 0..2 {
            let (k, d) = two[half];
            // SAFETY: the caller's promise, here and below.
            unsafe { add_rows(simd, d, x, start(k as usize), &rows, &mut sums[half]) };
        }
    }
    let [mut sums, odd] = sums;
    let one = V::splat(simd, F::one());
    for r in 0..ROWS {
        sums[r] = one.mul_add(odd[r], sums[r]);
    }
    for &(k, d) in last {
        unsafe { add_rows(simd, d, x, start(k as usize), &rows, &mut sums) };
    }
    sums
}

/// Adds the terms of one pair.
#[inline(always)]
unsafe fn add_rows<F: Real, V: Vector<F>>(
    simd: V::Simd,
    d: F,
    x: &[F],
    start: usize,
    rows: &[usize; ROWS],
    sums: &mut [V; ROWS],
) {
    let d = V::splat(simd, d);
    for r in 0..ROWS {
        // SAFETY: the caller's promise.
        let x = unsafe { V::load_at(simd, x, start + rows[r]) };
        sums[r] = d.mul_add(x, sums[r]);
    }
}
