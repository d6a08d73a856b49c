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

use common::Real;
use common::fast::Simd;
use common::fast::vector::{Eight, LANES, Vector};
use common::vectorize;

use crate::fast::plan::Conv;
use crate::fast::tiles::to_arrays;

/// Rows of a patch that are summed together, in two sets: for even and odd entries of
/// a list.
const ROWS: usize = 5;

/// The non-zero gradients of one image, and working memory for one thread.
#[derive(Clone, Debug)]
pub struct MaxPoolBackward<F> {
    /// The non-zeros as `(position, gradient)`, filter after filter.
    by_filter: Vec<(u32, F)>,
    filters: Vec<usize>, // where those of each filter begin, and the last ones end
    /// The non-zeros as `(filter, gradient)`, position after position.
    by_position: Vec<(u32, F)>,
    positions: Vec<usize>, // where those of each position begin, and the last ones end
    patches: Vec<usize>,   // where the patch of each output begins in the padded image
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
        let nonzeros = vec![(0, F::zero()); count * most + 1];
        let mut rows: Vec<usize> = conv.offsets.iter().step_by(fw).copied().collect();
        rows.resize(rows.len().next_multiple_of(ROWS), rows[rows.len() - 1]);
        Some(MaxPoolBackward {
            by_filter: nonzeros.clone(),
            filters: vec![0; count + 1],
            by_position: nonzeros,
            positions: vec![0; oh * ow + 2],
            patches: (0..oh * ow).map(|p| (p / ow * row + p % ow) * stride).collect(),
            dw: vec![F::zero(); count * rows.len() * LANES],
            rows,
            padded: vec![F::zero(); conv.padded_len + LANES],
        })
    }

    /// Begins a new image.
    pub fn clear(&mut self) {
        self.filters.truncate(1);
    }

    /// The gradients of the next filter: `positions` among its `OH OW` outputs, the
    /// `gradients` there, and the outputs after ReLU, `outs`. Returns the sum of the
    /// gradients where `outs` is not zero: the gradient of the bias. Panics if they
    /// are too many or not of the same number, or a position does not exist.
    pub fn push_filter(&mut self, positions: &[u32], gradients: &[F], outs: &[F]) -> F {
        let lengths = [positions.len(), gradients.len(), outs.len()];
        assert!(
            lengths == [outs.len(); 3]
                && positions.iter().all(|&p| (p as usize) < self.patches.len()),
            "MaxPoolBackward::push_filter: {lengths:?} positions, gradients and outputs"
        );
        let from = self.filters[self.filters.len() - 1];
        let mut end = from;
        for ((&p, &d), &out) in positions.iter().zip(gradients).zip(outs) {
            // A zero is overwritten by the next. The processor would often predict a
            // branch wrongly.
            self.by_filter[end] = (p, d);
            end += usize::from(out != F::zero());
        }
        self.filters.push(end);
        // Eight sums, since a single one would wait for each addition.
        let mut sums = [F::zero(); LANES];
        let (eights, rest) = self.by_filter[from..end].as_chunks::<LANES>();
        for eight in eights {
            sums.iter_mut().zip(eight).for_each(|(sum, &(_, d))| *sum += d);
        }
        sums.into_iter().chain(rest.iter().map(|&(_, d)| d)).fold(F::zero(), |sum, d| sum + d)
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
        self.sort_by_position();
        self.padded.fill(F::zero());
        sum_filters(self, w);
        conv.crop(&self.padded, dx);
    }

    fn check(&self, conv: &Conv, right: bool) {
        let filters = self.filters.len() - 1;
        assert!(
            right && filters == conv.out.0,
            "MaxPoolBackward: the gradients of {filters} filters, or the slices, are not of {conv:?}"
        );
    }

    /// A counting sort.
    fn sort_by_position(&mut self) {
        self.positions.fill(0);
        // Counted two places further, so that after the lists are filled every
        // beginning is where it belongs.
        for &(p, _) in &self.by_filter[..self.filters[self.filters.len() - 1]] {
            self.positions[p as usize + 2] += 1;
        }
        for i in 2..self.positions.len() {
            self.positions[i] += self.positions[i - 1];
        }
        for (f, range) in self.filters.windows(2).enumerate() {
            for &(p, d) in &self.by_filter[range[0]..range[1]] {
                let next = &mut self.positions[p as usize + 1];
                self.by_position[*next] = (f as u32, d);
                *next += 1;
            }
        }
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
    let filters = all.dw.chunks_exact_mut(all.rows.len() * LANES);
    for (dw, range) in filters.zip(all.filters.windows(2)) {
        let nonzeros = &all.by_filter[range[0]..range[1]];
        let dw = dw.as_chunks_mut::<LANES>().0.chunks_exact_mut(ROWS);
        for (rows, dw) in all.rows.as_chunks::<ROWS>().0.iter().zip(dw) {
            // SAFETY: `push_filter` has checked the positions, and eight numbers
            // follow the last patch of an image.
            let sums = unsafe {
                weighted_sums::<F, F::Eight<S>>(
                    simd,
                    nonzeros,
                    &all.padded,
                    |p| all.patches[p],
                    rows,
                )
            };
            for (dw, sums) in dw.iter_mut().zip(&to_arrays([sums], F::Eight::to_array)[0]) {
                for l in 0..LANES {
                    dw[l] += sums[l];
                }
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
    let filter = all.rows.len() * LANES;
    for (&patch, range) in all.patches.iter().zip(all.positions.windows(2)) {
        let nonzeros = &all.by_position[range[0]..range[1]];
        if nonzeros.is_empty() {
            continue;
        }
        for (block, rows) in all.rows.as_chunks::<ROWS>().0.iter().enumerate() {
            let first: [usize; ROWS] = std::array::from_fn(|r| (block * ROWS + r) * LANES);
            // SAFETY: `dx` has checked the length of `w`.
            let sums = unsafe {
                weighted_sums::<F, F::Eight<S>>(simd, nonzeros, w, |f| f * filter, &first)
            };
            for (row, sums) in rows.iter().zip(&to_arrays([sums], F::Eight::to_array)[0]) {
                // The zeros behind a row of a filter are added to the next pixels, and
                // rows of zeros to the last row again.
                let dx = &mut all.padded[patch + row..][..LANES];
                dx.iter_mut().zip(sums).for_each(|(dx, &sum)| *dx += sum);
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
    rows: &[usize; ROWS],
) -> [V; ROWS] {
    let mut sums = [[V::zero(simd); ROWS]; 2];
    let (twos, last) = pairs.as_chunks::<2>();
    for two in twos {
        for half in 0..2 {
            // SAFETY: the caller's promise, here and below.
            unsafe { add_rows(simd, two[half], x, &start, rows, &mut sums[half]) };
        }
    }
    let [mut sums, odd] = sums;
    let one = V::splat(simd, F::one());
    for r in 0..ROWS {
        sums[r] = one.mul_add(odd[r], sums[r]);
    }
    for &pair in last {
        unsafe { add_rows(simd, pair, x, &start, rows, &mut sums) };
    }
    sums
}

/// Adds the terms of one pair.
#[inline(always)]
unsafe fn add_rows<F: Real, V: Vector<F>>(
    simd: V::Simd,
    (k, d): (u32, F),
    x: &[F],
    start: &impl Fn(usize) -> usize,
    rows: &[usize; ROWS],
    sums: &mut [V; ROWS],
) {
    let (start, d) = (start(k as usize), V::splat(simd, d));
    for r in 0..ROWS {
        // SAFETY: the caller's promise.
        let x = unsafe { V::load_at(simd, x, start + rows[r]) };
        sums[r] = d.mul_add(x, sums[r]);
    }
}
