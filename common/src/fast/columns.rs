//! A factor of a product: columns of a matrix, or their transpose, without a copy.

// An index stands for a register.
#![allow(clippy::needless_range_loop)]

use ndarray::{ArrayRef2, NdFloat};

use crate::fast::vector::{Eight, LANES, transpose};

/// Some columns of a matrix whose rows lie one after another, to be multiplied as they are
/// or transposed.
#[derive(Clone, Copy)]
pub struct Columns<'a, F> {
    pub(super) data: &'a [F], // the rows
    pub(super) stride: usize, // from one row to the next
    first: usize,             // column
    width: usize,             // columns
    pub(super) transposed: bool,
}

impl<'a, F: Copy> Columns<'a, F> {
    /// All columns of a matrix with rows of `width` numbers.
    pub fn new(data: &'a [F], width: usize) -> Columns<'a, F> {
        Columns { data, stride: width, first: 0, width, transposed: false }
    }

    /// Those from `first`, `width` in number. Panics if the matrix has fewer.
    pub fn only(self, first: usize, width: usize) -> Columns<'a, F> {
        assert!(first + width <= self.width, "columns {first} and on: {width} of {}", self.width);
        Columns { first: self.first + first, width, ..self }
    }

    /// The transpose.
    pub fn t(self) -> Columns<'a, F> {
        Columns { transposed: !self.transposed, ..self }
    }

    /// All of `factor`; `None` if it lies in memory neither row by row nor column by
    /// column, as the transpose of rows.
    pub(super) fn of(factor: &'a ArrayRef2<F>) -> Option<Columns<'a, F>> {
        let (n, d) = factor.dim();
        let rows = factor.as_slice().map(|data| Columns::new(data, d));
        rows.or_else(|| Some(Columns::new(factor.t().to_slice()?, n).t()))
    }

    /// Rows and columns, after the transposition.
    pub(super) fn dim(&self) -> (usize, usize) {
        let n = self.data.len() / self.stride;
        if self.transposed { (self.width, n) } else { (n, self.width) }
    }

    pub(super) fn at(&self, n: usize, column: usize) -> F {
        self.data[n * self.stride + self.first + column]
    }

    /// `n` rows from row `from`.
    pub(super) fn below(&self, from: usize, n: usize) -> Self {
        Columns { data: &self.data[from * self.stride..][..n * self.stride], ..*self }
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = &'a [F]> {
        let columns = self.first..self.first + self.width;
        self.data.chunks_exact(self.stride).map(move |row| &row[columns.clone()])
    }

    /// Rows from row `first`, after the transposition; of each the vectors that begin at the
    /// columns `at`.
    #[inline(always)]
    pub(super) fn load_rows<V: Eight<F>, const P: usize>(
        &self,
        simd: V::Simd,
        first: usize,
        rows: &mut [[V; P]],
        at: [usize; P],
    ) where
        F: NdFloat,
    {
        let n = rows.len();
        if !self.transposed {
            for (to, row) in rows.iter_mut().zip(self.below(first, n).rows()) {
                for p in 0..P {
                    to[p] = V::load(simd, &row[at[p]..][..LANES]);
                }
            }
            return;
        }
        for p in 0..P {
            let row = |l| &self.data[(at[p] + l) * self.stride + self.first + first..][..n];
            let columns: [&[F]; LANES] = std::array::from_fn(row); // of the transpose
            let (eights, rest) = rows.as_chunks_mut::<LANES>();
            let done = eights.len() * LANES;
            for (k, eight) in eights.iter_mut().enumerate() {
                let mut vectors = [V::zero(simd); LANES];
                for l in 0..LANES {
                    vectors[l] = V::load(simd, &columns[l][k * LANES..][..LANES]);
                }
                let vectors = transpose(vectors);
                for l in 0..LANES {
                    eight[l][p] = vectors[l];
                }
            }
            for (k, to) in rest.iter_mut().enumerate() {
                to[p] = V::load(simd, &columns.map(|column| column[done + k]));
            }
        }
    }
}
