//! Forward and backward of [`crate::network`] in one go: no memory is asked for,
//! zeros are passed over, and the batch is shared out over the threads.

use common::sparse::{Columns, add_product, add_transposed_product};
use common::vector::LANES;
use common::{Real, Rng};
use ndarray::{Array1, Array2, ArrayRef2};
use rayon::prelude::*;

use crate::dropout::fill_mask;
use crate::network::{CLASSES, INPUTS, Parameters};

/// Examples in a chunk of the batch, at least. Chunks depend on the batch alone,
/// and what they come to is added in their order, so the bits do not depend on
/// the threads.
const CHUNK: usize = 64;
/// Chunks at most: each has gradients of its own.
const CHUNKS: usize = 16;

/// The memory of a step, and the gradients that it leaves, each a mean over the
/// batch.
pub struct Step<F> {
    /// `(784, H)`
    pub dw1: Array2<F>,
    /// `(1, H)`
    pub db1: Array2<F>,
    /// `(H, 10)`
    pub dw2: Array2<F>,
    /// `(1, 10)`
    pub db2: Array2<F>,
    chunks: Vec<Chunk<F>>,
    mask: Vec<F>, // (N, H)
    w2_t: Vec<F>, // (10, H)
}

/// What a chunk of `n` examples needs, and what it finds out.
struct Chunk<F> {
    x: Vec<F>,   // (n, 784)
    h: Vec<F>,   // (n, H), after ReLU and mask
    dz: Vec<F>,  // (n, 10), first the logits, then their gradient
    dz1: Vec<F>, // (n, H), first the gradient of h
    dw1: Vec<F>, // (784, H), as all that follow summed over the chunk
    db1: Vec<F>, // (1, H)
    dw2: Vec<F>, // (H, 10)
    db2: Vec<F>, // (1, 10)
    loss: f64,
    right: usize,
}

impl<F: Real> Step<F> {
    /// The memory for `hidden` units and batches of up to `batch_size` examples.
    ///
    /// # Panics
    /// If there are fewer than 8 hidden units.
    pub fn new(hidden: usize, batch_size: usize) -> Step<F> {
        assert!(hidden >= LANES, "step: {hidden} hidden units are fewer than {LANES}");
        let zeros = |n: usize| vec![F::zero(); n];
        let n = chunk_size(batch_size);
        let chunk = || Chunk {
            x: zeros(n * INPUTS),
            h: zeros(n * hidden),
            dz: zeros(n * CLASSES),
            dz1: zeros(n * hidden),
            dw1: zeros(INPUTS * hidden),
            db1: zeros(hidden),
            dw2: zeros(hidden * CLASSES),
            db2: zeros(CLASSES),
            loss: 0.0,
            right: 0,
        };
        Step {
            dw1: Array2::zeros((INPUTS, hidden)),
            db1: Array2::zeros((1, hidden)),
            dw2: Array2::zeros((hidden, CLASSES)),
            db2: Array2::zeros((1, CLASSES)),
            chunks: (0..batch_size.div_ceil(n)).map(|_| chunk()).collect(),
            mask: zeros(batch_size * hidden),
            w2_t: zeros(CLASSES * hidden),
        }
    }

    /// The gradients at the parameters, for the examples `rows` of `x (N, 784)`
    /// and `labels (N,)`, with a fresh mask that drops the share `dropout`.
    /// Returns the cross-entropy and the accuracy in percent of this batch, both
    /// with the mask.
    ///
    /// # Panics
    /// If shapes do not fit, a row is not there, or there are none or more than
    /// this memory is for.
    pub fn gradients(
        &mut self,
        (x, labels): (&ArrayRef2<F>, &Array1<usize>),
        rows: &[usize],
        parameters: Parameters<F>,
        dropout: F,
        rng: &mut Rng,
    ) -> (f64, f64) {
        let hidden = self.db1.len();
        let (w1, b1, w2, b2) = parameters;
        assert!(
            x.ncols() == INPUTS
                && w1.dim() == self.dw1.dim()
                && b1.dim() == self.db1.dim()
                && w2.dim() == self.dw2.dim()
                && b2.dim() == self.db2.dim()
                && (1..=self.mask.len() / hidden).contains(&rows.len()),
            "step: x {:?}, w1 {:?}, b1 {:?}, w2 {:?}, b2 {:?} or {} rows do not fit",
            x.dim(),
            w1.dim(),
            b1.dim(),
            w2.dim(),
            b2.dim(),
            rows.len()
        );
        let mask = &mut self.mask[..rows.len() * hidden];
        fill_mask(mask, dropout, rng);
        for (j, w2) in whole(w2).chunks_exact(CLASSES).enumerate() {
            for (k, &w) in w2.iter().enumerate() {
                self.w2_t[k * hidden + j] = w;
            }
        }
        let w2_t = &self.w2_t;
        let parameters = (whole(w1), whole(b1), whole(w2), whole(b2));
        let size = chunk_size(rows.len());
        let examples = rows.par_chunks(size).zip(mask.par_chunks(size * hidden));
        examples.zip(&mut self.chunks).for_each(|((part, mask), chunk)| {
            chunk.forward(whole(x), part, mask, parameters);
            chunk.loss(labels, part, rows.len());
            chunk.backward(part.len(), mask, w2_t);
        });
        // Added in the order of the chunks, whichever thread was first.
        let chunks = &self.chunks[..rows.len().div_ceil(size)];
        add_up(&mut self.dw1, chunks, |chunk| &chunk.dw1);
        add_up(&mut self.db1, chunks, |chunk| &chunk.db1);
        add_up(&mut self.dw2, chunks, |chunk| &chunk.dw2);
        add_up(&mut self.db2, chunks, |chunk| &chunk.db2);
        let (loss, right) = chunks
            .iter()
            .fold((0.0, 0), |(loss, right), chunk| (loss + chunk.loss, right + chunk.right));
        (loss / rows.len() as f64, 100.0 * right as f64 / rows.len() as f64)
    }
}

impl<F: Real> Chunk<F> {
    /// `h = max(x w1 + b1, 0) m`, `z = h w2 + b2`.
    fn forward(
        &mut self,
        x: &[F],
        rows: &[usize],
        mask: &[F],
        (w1, b1, w2, b2): (&[F], &[F], &[F], &[F]),
    ) {
        let (n, hidden) = (rows.len(), b1.len());
        for (&row, to) in rows.iter().zip(self.x.chunks_exact_mut(INPUTS)) {
            to.copy_from_slice(&x[row * INPUTS..][..INPUTS]);
        }
        let h = &mut self.h[..n * hidden];
        h.chunks_exact_mut(hidden).for_each(|h| h.copy_from_slice(b1));
        add_product(matrix(&self.x, n, INPUTS), w1, h, hidden); // (n, H) = (n, 784)(784, H)
        for (h, &m) in h.iter_mut().zip(mask) {
            *h = if *h < F::zero() { F::zero() } else { *h * m };
        }
        let z = &mut self.dz[..n * CLASSES];
        z.chunks_exact_mut(CLASSES).for_each(|z| z.copy_from_slice(b2));
        add_product(matrix(h, n, hidden), w2, z, CLASSES); // (n, 10) = (n, H)(H, 10)
    }

    /// The loss of the chunk, how many it gets right, and `dz = (y - t) / N` for a
    /// batch of `batch` examples.
    fn loss(&mut self, labels: &Array1<usize>, rows: &[usize], batch: usize) {
        let dz = &mut self.dz[..rows.len() * CLASSES];
        (self.loss, self.right) = (0.0, 0);
        for (z, &row) in dz.chunks_exact_mut(CLASSES).zip(rows) {
            let mut best = 0;
            for k in 1..CLASSES {
                best = if z[k] > z[best] { k } else { best };
            }
            let largest = z[best];
            z.iter_mut().for_each(|z| *z -= largest);
            self.loss -= z[labels[row]].into(); // the other part of the loss is below
            self.right += usize::from(best == labels[row]);
        }
        F::exp_all(dz);
        let share = F::of(1.0 / batch as f64);
        for (y, &row) in dz.chunks_exact_mut(CLASSES).zip(rows) {
            let sum = y.iter().fold(F::zero(), |sum, &y| sum + y);
            self.loss += sum.into().ln(); // E = ln(sum(exp(z))) - z of the label
            y.iter_mut().for_each(|y| *y *= share / sum);
            y[labels[row]] -= share;
        }
    }

    /// The gradients, summed over the chunk, from `dz`.
    fn backward(&mut self, n: usize, mask: &[F], w2_t: &[F]) {
        let hidden = self.db1.len();
        let (h, dz) = (&self.h[..n * hidden], &self.dz[..n * CLASSES]);
        // dw2 = hT dz
        self.dw2.fill(F::zero());
        add_transposed_product(matrix(h, n, hidden), dz, &mut self.dw2, CLASSES); // (H, 10)
        // db2 = the sum of dz over the chunk
        sum_rows(dz, &mut self.db2);
        // dh = dz w2T
        let dz1 = &mut self.dz1[..n * hidden];
        dz1.fill(F::zero());
        add_product(matrix(dz, n, CLASSES), w2_t, dz1, hidden); // (n, H) = (n, 10)(10, H)
        // dz1 = dh m where h > 0, else 0
        for ((dz1, &h), &m) in dz1.iter_mut().zip(h).zip(mask) {
            *dz1 = if h > F::zero() { *dz1 * m } else { F::zero() };
        }
        // dw1 = xT dz1
        self.dw1.fill(F::zero());
        add_transposed_product(matrix(&self.x, n, INPUTS), dz1, &mut self.dw1, hidden); // (784, H)
        // db1 = the sum of dz1 over the chunk
        sum_rows(dz1, &mut self.db1);
    }
}

/// Examples in each chunk of a batch of `batch`.
fn chunk_size(batch: usize) -> usize {
    batch.div_ceil(CHUNKS).max(CHUNK)
}

/// `d = the sum of the chunks' gradients`.
fn add_up<F: Real>(d: &mut Array2<F>, chunks: &[Chunk<F>], of: impl Fn(&Chunk<F>) -> &Vec<F>) {
    let d = d.as_slice_mut().expect("gradients lie row by row");
    let (first, others) = chunks.split_first().expect("a batch has a chunk");
    d.copy_from_slice(of(first));
    for chunk in others {
        d.iter_mut().zip(of(chunk)).for_each(|(d, &part)| *d += part);
    }
}

/// The sum over the rows of `a (n, M)` into `sum (1, M)`.
fn sum_rows<F: Real>(a: &[F], sum: &mut [F]) {
    sum.fill(F::zero());
    for row in a.chunks_exact(sum.len()) {
        sum.iter_mut().zip(row).for_each(|(sum, &v)| *sum += v);
    }
}

/// The first `n` rows of `data (.., width)`.
fn matrix<F>(data: &[F], n: usize, width: usize) -> Columns<'_, F> {
    Columns { data: &data[..n * width], stride: width, first: 0, width }
}

fn whole<F>(a: &ArrayRef2<F>) -> &[F] {
    a.as_slice().expect("images and parameters lie row by row")
}
