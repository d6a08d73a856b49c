//! An affine layer for a whole batch:
//!
//! ```text
//! out = max(a w + b, 0)      without the maximum in the output layer
//! ```

use cnn_im2col::fast::product::{DEPTH, Matrix, Store, product};
use common::Real;
use common::fast::columns::Columns;
use common::fast::sparse::add_product;
use common::fast::vector::LANES;
use rayon::prelude::*;

use crate::engine::convolution::{Gradients, Values, relu, relu_backward};

/// Rows of a gradient that are computed together: few enough that their inputs stay
/// in a core's cache.
const ROWS: usize = 192;

/// `a (N, D)` to `out (N, M)`, with ReLU if the layer is `hidden`; weights `(D, M)`.
pub fn forward<F: Real>((w, b): (&[F], &[F]), a: &[F], out: &mut [F], hidden: bool) {
    let (d, m) = (w.len() / b.len(), b.len());
    let rows = rows_per_thread(out.len() / m);
    out.par_chunks_mut(rows * m).zip(a.par_chunks(rows * d)).for_each(|(out, a)| {
        out.chunks_exact_mut(m).for_each(|out| out.copy_from_slice(b));
        if m < LANES {
            let size = (out.len() / m, d, m);
            product(size, Matrix::new(a, d), Matrix::new(w, m), Store::Add, out);
        } else {
            add_product(Columns::new(a, d), Columns::new(w, m), out);
        }
        if hidden {
            out.iter_mut().for_each(|out| *out = relu(*out));
        }
    });
}

/// From `out (N, M)` and its gradient, which is overwritten, to the gradient of `a (N, D)`,
/// unless it is empty, and of weights and biases, summed over the batch.
pub fn backward<F: Real>(
    w: &[F],
    (a, da): Values<F>,
    (out, dout): Values<F>,
    (dw, db): Gradients<F>,
    hidden: bool,
) {
    let (d, m) = (w.len() / db.len(), db.len());
    let n = out.len() / m;
    if hidden {
        relu_backward(out, dout);
    }
    let dz = &*dout;
    // dw = aT dz
    dw.par_chunks_mut(ROWS * m).enumerate().for_each(|(i, dw)| {
        let (first, width) = (i * ROWS, dw.len() / m);
        if m < LANES {
            let a = Matrix::new(&a[first..], d).t();
            product((width, n, m), a, Matrix::new(dz, m), Store::Overwrite, dw);
        } else {
            dw.fill(F::zero());
            add_product(Columns::new(a, d).only(first, width).t(), Columns::new(dz, m), dw);
        }
    });
    // db = the sum of dz over the batch
    db.fill(F::zero());
    for dz in dz.chunks_exact(m) {
        db.iter_mut().zip(dz).for_each(|(db, &dz)| *db += dz);
    }
    // da = dz wT. Half of a hidden layer's units have passed no gradient through ReLU. Beyond
    // `DEPTH` terms `product` begins another sum, so the bits are its own either way.
    let skipping = if hidden && d >= LANES { m.min(DEPTH) } else { 0 };
    let rows = rows_per_thread(n);
    da.par_chunks_mut(rows * d).zip(dz.par_chunks(rows * m)).for_each(|(da, dz)| {
        da.fill(F::zero());
        if skipping > 0 {
            let [dz, w] = [dz, w].map(|a| Columns::new(a, m).only(0, skipping));
            add_product(dz, w.t(), da);
        }
        let [dz, w] = [dz, w].map(|a| Matrix::new(&a[skipping..], m));
        product((da.len() / d, m - skipping, d), dz, w.t(), Store::Add, da);
    });
}

/// May depend on the number of threads: a row has the same bits wherever it is computed.
fn rows_per_thread(n: usize) -> usize {
    n.div_ceil(rayon::current_num_threads()).max(1)
}
