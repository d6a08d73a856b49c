//! An affine layer for a whole batch:
//!
//! ```text
//! out = max(a w + b, 0)      without the maximum in the output layer
//! ```

use std::ops::Range;

use cnn_im2col::fast::product::{Matrix, Store, product};
use common::Real;
use common::fast::sparse::{Columns, add_product, add_transposed_product};
use common::fast::vector::LANES;
use rayon::prelude::*;

use crate::engine::stage::relu;

/// Rows of a gradient that are computed together: few enough that their inputs stay
/// in a core's cache.
const ROWS: usize = 192;

/// An affine layer with its memory.
pub struct Dense<F> {
    /// Number of inputs, `D`.
    pub inputs: usize,
    /// Number of outputs, `M`.
    pub units: usize,
    /// Where weights `(D, M)` and biases `(M)` are among all parameters.
    range: Range<usize>,
    /// The output `(N, M)` and its gradient.
    pub out: Vec<F>,
    pub dout: Vec<F>,
}

impl<F: Real> Dense<F> {
    /// A layer from `inputs` to `units` for batches of up to `batch`, with its weights
    /// and biases at `range`.
    pub fn new(inputs: usize, units: usize, range: Range<usize>, batch: usize) -> Dense<F> {
        let zeros = || vec![F::zero(); batch * units];
        Dense { inputs, units, range, out: zeros(), dout: zeros() }
    }

    /// `a (N, D)` to `out (N, M)`, with ReLU if the layer is `hidden`.
    pub fn forward(&mut self, parameters: &[F], a: &[F], hidden: bool) {
        let (d, m) = (self.inputs, self.units);
        let (w, b) = parameters[self.range.clone()].split_at(d * m);
        let n = a.len() / d;
        let rows = rows_per_thread(n);
        let outs = self.out[..n * m].par_chunks_mut(rows * m);
        outs.zip(a.par_chunks(rows * d)).for_each(|(out, a)| {
            out.chunks_exact_mut(m).for_each(|out| out.copy_from_slice(b));
            if m < LANES {
                let size = (out.len() / m, d, m);
                product(size, Matrix::new(a, d), Matrix::new(w, m), Store::Add, out);
            } else {
                add_product(Columns { data: a, stride: d, first: 0, width: d }, w, out, m);
            }
            if hidden {
                out.iter_mut().for_each(|out| *out = relu(*out));
            }
        });
    }

    /// From `dout (N, M)`, the gradient before ReLU, to `da (N, D)`, unless it is
    /// empty, and to `dw` and `db` in `dparameters`, summed over the batch.
    pub fn backward(&self, parameters: &[F], a: &[F], dparameters: &mut [F], da: &mut [F]) {
        let (d, m) = (self.inputs, self.units);
        let n = a.len() / d;
        let dz = &self.dout[..n * m];
        let (dw, db) = dparameters[self.range.clone()].split_at_mut(d * m);
        // dw = aT dz
        dw.par_chunks_mut(ROWS * m).enumerate().for_each(|(i, dw)| {
            let (first, width) = (i * ROWS, dw.len() / m);
            if m < LANES {
                let a = Matrix::new(&a[first..], d).t();
                product((width, n, m), a, Matrix::new(dz, m), Store::Overwrite, dw);
            } else {
                dw.fill(F::zero());
                add_transposed_product(Columns { data: a, stride: d, first, width }, dz, dw, m);
            }
        });
        // db = the sum of dz over the batch
        db.fill(F::zero());
        for dz in dz.chunks_exact(m) {
            db.iter_mut().zip(dz).for_each(|(db, &dz)| *db += dz);
        }
        // da = dz wT
        let w = Matrix::new(&parameters[self.range.clone()], m).t();
        let rows = rows_per_thread(n);
        da.par_chunks_mut(rows * d).zip(dz.par_chunks(rows * m)).for_each(|(da, dz)| {
            product((da.len() / d, m, d), Matrix::new(dz, m), w, Store::Overwrite, da);
        });
    }
}

/// It may depend on the number of threads, since a row has the same bits wherever it
/// is computed.
fn rows_per_thread(n: usize) -> usize {
    n.div_ceil(rayon::current_num_threads()).max(1)
}
