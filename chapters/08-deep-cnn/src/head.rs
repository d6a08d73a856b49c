//! The affine layers behind the convolutions, for a whole batch:
//!
//! ```text
//! a1 = max(a w1 + b1, 0)   ...   z = a w + b
//! ```

use std::ops::Range;

use cnn_im2col::fast::product::{Matrix, Store, product};
use common::Real;
use common::fast::sparse::{Columns, add_product, add_transposed_product};
use common::fast::vector::LANES;
use rayon::prelude::*;

use crate::stage::relu;

/// Rows of a gradient that are made together: few enough that what they are
/// made from stays in a core's cache.
const ROWS: usize = 192;

/// An affine layer, as it was planned, with its memory.
pub struct Affine<F> {
    /// Inputs.
    pub inputs: usize,
    /// Outputs.
    pub units: usize,
    /// Where its weights `(D, M)` are among all parameters.
    pub w: Range<usize>,
    /// Where its biases `(M)` are.
    pub b: Range<usize>,
    /// What came out, after ReLU, unless it is the last: `(N, M)`.
    pub out: Vec<F>,
    /// The gradient of that.
    pub dout: Vec<F>,
}

impl<F: Real> Affine<F> {
    /// A layer from `inputs` to `units`, its weights and biases at these places,
    /// with memory for batches of up to `batch`.
    pub fn new(
        inputs: usize,
        units: usize,
        (w, b): (Range<usize>, Range<usize>),
        batch: usize,
    ) -> Affine<F> {
        let (out, dout) = (vec![F::zero(); batch * units], vec![F::zero(); batch * units]);
        Affine { inputs, units, w, b, out, dout }
    }

    /// `a (N, D)` to `out (N, M)`, with ReLU if
    /// it is `hidden`.
    pub fn forward(&mut self, parameters: &[F], a: &[F], hidden: bool) {
        let (d, m) = (self.inputs, self.units);
        let (w, b) = (&parameters[self.w.clone()], &parameters[self.b.clone()]);
        let n = a.len() / d;
        let rows = share(n);
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

    /// From `self.dout (N, M)`, the gradient in front of ReLU, to that of
    /// `a (N, D)`, if it is wanted; `dparameters` get `dw` and `db`, summed over
    /// the batch.
    pub fn backward(&self, parameters: &[F], a: &[F], dparameters: &mut [F], da: Option<&mut [F]>) {
        let (d, m) = (self.inputs, self.units);
        let n = a.len() / d;
        let dz = &self.dout[..n * m];
        // dw = aT dz
        let dw = dparameters[self.w.clone()].par_chunks_mut(ROWS * m);
        dw.enumerate().for_each(|(i, dw)| {
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
        let db = &mut dparameters[self.b.clone()];
        db.fill(F::zero());
        for dz in dz.chunks_exact(m) {
            db.iter_mut().zip(dz).for_each(|(db, &dz)| *db += dz);
        }
        // da = dz wT
        if let Some(da) = da {
            let (w, rows) = (Matrix::new(&parameters[self.w.clone()], m), share(n));
            let parts = da[..n * d].par_chunks_mut(rows * d).zip(dz.par_chunks(rows * m));
            parts.for_each(|(da, dz)| {
                product((da.len() / d, m, d), Matrix::new(dz, m), w.t(), Store::Overwrite, da);
            });
        }
    }
}

/// Rows for each thread. A row comes out the same whoever computes it and with
/// whichever others, so these may depend on the number of threads.
fn share(n: usize) -> usize {
    n.div_ceil(rayon::current_num_threads()).max(1)
}
