//! The gradients that ReLU and a max pool let through, as two lists: filter by filter, and
//! position by position.

use common::Real;
use common::fast::Simd;
use common::fast::nonzero_bits::{WORD, not_zero};
use common::fast::vector::LANES;
use common::vectorize;

/// The gradients of one image that are not zero.
#[derive(Clone, Debug)]
pub(super) struct NonzeroGradients<F> {
    by_filter: Vec<(u32, F)>,       // (position, gradient), filter after filter
    pub(super) filters: Vec<usize>, // where those of each filter begin, and the last ones end
    by_position: Vec<(u32, F)>,     // (filter, gradient), position after position
    positions: Vec<usize>,          // where those of each position begin, and the last ones end
}

impl<F: Real> NonzeroGradients<F> {
    /// For so many filters, with `most` gradients each, and so many positions.
    pub(super) fn new(filters: usize, most: usize, positions: usize) -> NonzeroGradients<F> {
        let pairs = vec![(0, F::zero()); filters * most];
        let (filters, positions) = (vec![0; filters + 1], vec![0; positions + 2]);
        NonzeroGradients { by_filter: pairs.clone(), filters, by_position: pairs, positions }
    }

    /// Begins a new image.
    pub(super) fn clear(&mut self) {
        self.filters.truncate(1);
    }

    /// Those of the next filter, as `MaxPoolBackward::push_filter`.
    pub(super) fn push_filter(&mut self, positions: &[u32], gradients: &[F], outs: &[F]) -> F {
        let from = self.filters[self.filters.len() - 1];
        let end = from + list(self, from, positions, gradients, outs);
        self.filters.push(end);
        // Eight sums, since a single one would wait for each addition.
        let mut sums = [F::zero(); LANES];
        let (eights, rest) = self.by_filter[from..end].as_chunks::<LANES>();
        for eight in eights {
            sums.iter_mut().zip(eight).for_each(|(sum, &(_, d))| *sum += d);
        }
        sums.into_iter().chain(rest.iter().map(|&(_, d)| d)).fold(F::zero(), |sum, d| sum + d)
    }

    /// `(position, gradient)`, a list for each filter.
    pub(super) fn of_filters(&self) -> impl Iterator<Item = &[(u32, F)]> {
        self.filters.windows(2).map(|range| &self.by_filter[range[0]..range[1]])
    }

    /// `(filter, gradient)`, a list for each position, after [`Self::sort_by_position`].
    pub(super) fn of_positions(&self) -> impl Iterator<Item = &[(u32, F)]> {
        self.positions.windows(2).map(|range| &self.by_position[range[0]..range[1]])
    }

    /// A counting sort.
    pub(super) fn sort_by_position(&mut self) {
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

vectorize! {
    /// Lists the gradients where `outs` is not zero, from number `from` on; returns how many.
    fn list<F: Real>(
        all: &mut NonzeroGradients<F>, from: usize, positions: &[u32], gradients: &[F], outs: &[F]
    ) -> usize = each_word;
}

/// The processor would often predict a branch for each output wrongly.
#[inline(always)]
fn each_word<F: Real, S: Simd>(
    simd: S,
    all: &mut NonzeroGradients<F>,
    from: usize,
    positions: &[u32],
    gradients: &[F],
    outs: &[F],
) -> usize {
    let lengths = [positions.len(), gradients.len(), outs.len()];
    let last = positions.iter().fold(0, |last, &p| p.max(last)) as usize;
    assert!(
        lengths == [outs.len(); 3] && last + 2 < all.positions.len(),
        "MaxPoolBackward::push_filter: {lengths:?} positions, gradients and outputs"
    );
    let mut pairs = all.by_filter[from..].iter_mut();
    let mut count = 0;
    let words = positions.chunks(WORD).zip(gradients.chunks(WORD)).zip(outs.chunks(WORD));
    for ((positions, gradients), outs) in words {
        let mut bits = not_zero(simd, outs);
        count += bits.count_ones() as usize;
        while bits != 0 {
            let i = bits.trailing_zeros() as usize;
            *pairs.next().expect("room for all") = (positions[i], gradients[i]);
            bits &= bits - 1;
        }
    }
    count
}
