//! The gradients of one image that a max pool and ReLU let through, as lists: at most
//! one of each window of the pool, so with windows of 2 by 2 at most a quarter.

use common::Real;
use common::fast::vector::{LANES, Vector, not_zero};
use common::vectorize;

/// Numbers that are examined together, a bit for each.
const WORD: usize = 64;

/// Gradients that are not zero, sorted by filter and by position. Memory is allocated
/// once.
#[derive(Clone, Debug)]
pub(super) struct Nonzeros<F> {
    /// `(position, gradient)`, filter after filter.
    by_filter: Vec<(u32, F)>,
    /// Where the list of each filter begins, and where the last one ends.
    filters: Vec<usize>,
    /// `(filter, gradient)`, position after position.
    by_position: Vec<(u32, F)>,
    /// Where the list of each position begins, and where the last one ends.
    positions: Vec<usize>,
}

impl<F: Real> Nonzeros<F> {
    /// For at most `most` gradients of each filter.
    pub fn new(filters: usize, positions: usize, most: usize) -> Nonzeros<F> {
        let list = vec![(0, F::zero()); filters * most + 1];
        Nonzeros {
            by_filter: list.clone(),
            filters: Vec::with_capacity(filters + 1),
            by_position: list,
            positions: vec![0; positions + 2],
        }
    }

    /// Removes all gradients.
    pub fn clear(&mut self) {
        self.filters.clear();
        self.filters.push(0);
    }

    /// Filters whose gradients are listed.
    pub fn filters(&self) -> usize {
        self.filters.len().saturating_sub(1)
    }

    /// Adds the next filter: the gradients at `positions` where `outs` is not zero.
    /// Returns their sum.
    pub fn push_filter(&mut self, positions: &[u32], gradients: &[F], outs: &[F]) -> F {
        let from = self.filters[self.filters()];
        let count = select_nonzeros(positions, gradients, outs, &mut self.by_filter[from..]);
        self.filters.push(from + count);
        // Eight sums, since a single one would wait for each addition.
        let mut sums = [F::zero(); LANES];
        let (eights, rest) = self.by_filter[from..from + count].as_chunks::<LANES>();
        for eight in eights {
            sums.iter_mut().zip(eight).for_each(|(sum, &(_, d))| *sum += d);
        }
        sums.into_iter().chain(rest.iter().map(|&(_, d)| d)).fold(F::zero(), |sum, d| sum + d)
    }

    /// `(position, gradient)` of filter `f`.
    pub fn of_filter(&self, f: usize) -> &[(u32, F)] {
        &self.by_filter[self.filters[f]..self.filters[f + 1]]
    }

    /// `(filter, gradient)` at position `p`, after [`Nonzeros::sort_by_position`].
    pub fn at_position(&self, p: usize) -> &[(u32, F)] {
        &self.by_position[self.positions[p]..self.positions[p + 1]]
    }

    /// Whether every position is below `positions`.
    pub fn positions_below(&self, positions: usize) -> bool {
        let last = self.filters.last().copied().unwrap_or(0);
        self.by_filter[..last].iter().all(|&(p, _)| (p as usize) < positions)
    }

    /// A counting sort by position.
    pub fn sort_by_position(&mut self) {
        self.positions.fill(0);
        // Counted two places further, so that after the lists are filled every
        // beginning is where it belongs.
        for &(p, _) in &self.by_filter[..self.filters[self.filters()]] {
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

vectorize! {
    /// Copies positions and gradients where `outs` is not zero to `to`; returns how
    /// many.
    fn select_nonzeros<F: Real>(
        positions: &[u32], gradients: &[F], outs: &[F], to: &mut [(u32, F)]
    ) -> usize = each_nonzero;
}

#[inline(always)]
fn each_nonzero<F: Real, V: Vector<F>>(
    positions: &[u32],
    gradients: &[F],
    outs: &[F],
    to: &mut [(u32, F)],
) -> usize {
    let mut count = 0;
    let words = positions.chunks(WORD).zip(gradients.chunks(WORD)).zip(outs.chunks(WORD));
    for ((positions, gradients), outs) in words {
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
