//! A training step of the article's network: forward, loss, backward and update for a
//! chunk of images while its numbers are in the cache, the chunks shared among the
//! threads, and no memory allocated. About a tenth of the time of the plain lines.

use cnn_naive::network::{CLASSES, FILTER, POSITIONS, SIDE};
use common::batch::prefetched_rows;
use common::{Real, accuracy, article_loss, softmax_in_place, update};
use ndarray::{Array2, ArrayRef2, s};
use rayon::prelude::*;

use crate::fast::one_filter;
use crate::fast::product::{Matrix, Store, product};
use crate::fast::rows::{slice, slice_mut};

/// Images in a chunk for one thread. Fixed, so that the bits do not depend on the
/// number of threads, and few enough that their numbers stay in a core's cache.
const CHUNK: usize = 25;

/// The memory of a training step, allocated once.
pub struct TrainStep<F> {
    chunks: Vec<Chunk<F>>,
    wo_t: Array2<F>, // (10, 576), the transposed output weights
}

/// The values of a chunk of `n` images, and its results.
struct Chunk<F> {
    h: Array2<F>,              // (n, 576), after ReLU
    y: Array2<F>,              // (n, 10), probabilities; then dzo
    t: Array2<F>,              // (n, 10), targets
    dz: Array2<F>,             // (n, 576)
    gradients: [Array2<F>; 4], // df, dbc, dwo and dbo, summed over the chunk
    loss: f64,
    correct: f64,
}

/// The parameters: the filter `f (5, 5)`, its biases `bc (1, 576)`, and the output
/// layer's `wo (576, 10)` and `bo (1, 10)`.
pub type Parameters<'a, F> =
    (&'a mut Array2<F>, &'a mut Array2<F>, &'a mut Array2<F>, &'a mut Array2<F>);

/// Their shapes.
const SHAPES: [(usize, usize); 4] =
    [(FILTER, FILTER), (1, POSITIONS), (POSITIONS, CLASSES), (1, CLASSES)];

impl<F: Real> TrainStep<F> {
    /// For batches of up to `batch_size` images.
    pub fn new(batch_size: usize) -> TrainStep<F> {
        let chunk = |_| Chunk {
            h: Array2::zeros((CHUNK, POSITIONS)),
            y: Array2::zeros((CHUNK, CLASSES)),
            t: Array2::zeros((CHUNK, CLASSES)),
            dz: Array2::zeros((CHUNK, POSITIONS)),
            gradients: SHAPES.map(Array2::zeros),
            loss: 0.0,
            correct: 0.0,
        };
        let chunks = (0..batch_size.div_ceil(CHUNK)).map(chunk).collect();
        TrainStep { chunks, wo_t: Array2::zeros((CLASSES, POSITIONS)) }
    }

    /// One step with the images `rows` of `x (N, 784)` and their targets in
    /// `t (N, 10)`. `rates` are the learning rates of the filter with its biases,
    /// and of the output layer, as from `Gradients::rates` of chapter 04. Returns
    /// the article's loss and the accuracy in percent, before the step. Panics if
    /// shapes do not fit, a row does not exist, or there are too many.
    pub fn run(
        &mut self,
        (x, t): (&ArrayRef2<F>, &ArrayRef2<F>),
        rows: &[usize],
        (f, bc, wo, bo): Parameters<F>,
        rates: (F, F),
    ) -> (f64, f64) {
        let shapes = [f.dim(), bc.dim(), wo.dim(), bo.dim()];
        assert!(
            x.ncols() == SIDE * SIDE
                && t.ncols() == CLASSES
                && shapes == SHAPES
                && rows.len() <= self.chunks.len() * CHUNK,
            "step: x {:?}, t {:?}, f, bc, wo, bo {shapes:?} or {} rows do not fit",
            x.dim(),
            t.dim(),
            rows.len()
        );
        self.wo_t.assign(&wo.t());
        let (images, wo_t, parameters) = (slice(x), slice(&self.wo_t), [&*f, bc, wo, bo]);
        let chunks = rows.par_chunks(CHUNK).zip(&mut self.chunks);
        chunks.for_each(|(rows, chunk)| {
            chunk.forward(images, rows, parameters);
            chunk.loss(t, rows);
            chunk.backward(images, rows, wo_t);
        });
        // In the order of the chunks, whichever thread was first: p = p - rate dp
        let chunks = &self.chunks[..rows.len().div_ceil(CHUNK)];
        let parameters = [(f, rates.0), (bc, rates.0), (wo, rates.1), (bo, rates.1)];
        for (i, (p, rate)) in parameters.into_iter().enumerate() {
            chunks.iter().for_each(|chunk| update(p, rate, &chunk.gradients[i]));
        }
        let mean = |sum: f64| sum / rows.len() as f64;
        (
            mean(chunks.iter().map(|chunk| chunk.loss).sum()),
            mean(chunks.iter().map(|chunk| chunk.correct).sum()),
        )
    }
}

impl<F: Real> Chunk<F> {
    /// `h = max(conv(x, f) + bc, 0)`, `y = softmax(h wo + bo)`.
    fn forward(&mut self, images: &[F], rows: &[usize], [f, bc, wo, bo]: [&Array2<F>; 4]) {
        let images = prefetched_rows(images, SIDE * SIDE, rows);
        for (image, h) in images.zip(slice_mut(&mut self.h).chunks_exact_mut(POSITIONS)) {
            one_filter::forward(image, slice(f), slice(bc), h);
        }
        let size = (rows.len(), POSITIONS, CLASSES);
        let (h, wo) = (Matrix::new(slice(&self.h), POSITIONS), Matrix::new(slice(wo), CLASSES));
        product(size, h, wo, Store::Overwrite, slice_mut(&mut self.y)); // (n, 10)
        let mut y = self.y.slice_mut(s![..rows.len(), ..]);
        y += bo; // (n, 10) + (1, 10)
        softmax_in_place(&mut y);
    }

    /// Copies the targets; the loss and the accuracy, times `n`.
    fn loss(&mut self, t: &ArrayRef2<F>, rows: &[usize]) {
        let from = prefetched_rows(slice(t), CLASSES, rows);
        for (t, to) in from.zip(slice_mut(&mut self.t).chunks_exact_mut(CLASSES)) {
            to.copy_from_slice(t);
        }
        let [y, t] = [&self.y, &self.t].map(|a| a.slice(s![..rows.len(), ..]));
        self.loss = article_loss(&y, &t) * rows.len() as f64;
        self.correct = accuracy(&y, &t) * rows.len() as f64;
    }

    /// The gradients, summed over the chunk.
    fn backward(&mut self, images: &[F], rows: &[usize], wo_t: &[F]) {
        let n = rows.len();
        let [df, dbc, dwo, dbo] = &mut self.gradients;
        // dzo = y - t, in the memory of y
        self.y -= &self.t; // (n, 10)
        let (h, dzo) =
            (Matrix::new(slice(&self.h), POSITIONS), Matrix::new(slice(&self.y), CLASSES));
        // dwo = hT dzo
        product((POSITIONS, n, CLASSES), h.t(), dzo, Store::Overwrite, slice_mut(dwo)); // (576, 10)
        // dz = dzo woT where h > 0, else 0
        let (wo_t, dz) = (Matrix::new(wo_t, POSITIONS), slice_mut(&mut self.dz));
        product((n, CLASSES, POSITIONS), dzo, wo_t, Store::Overwrite, dz); // (n, 576)
        for (dz, &h) in dz.iter_mut().zip(slice(&self.h)) {
            *dz = if h > F::zero() { *dz } else { F::zero() };
        }
        // dbo, dbc = the sums of dzo and dz over the chunk
        for (sum, a) in [(dbo, &self.y), (dbc, &self.dz)] {
            let sum = slice_mut(sum);
            sum.fill(F::zero());
            for row in slice(a).chunks_exact(sum.len()).take(n) {
                sum.iter_mut().zip(row).for_each(|(sum, &v)| *sum += v);
            }
        }
        // df = the images convolved with dz
        df.fill(F::zero());
        for (&row, dz) in rows.iter().zip(slice(&self.dz).chunks_exact(POSITIONS)) {
            one_filter::add_df(image(images, row), dz, slice_mut(df));
        }
    }
}

fn image<F>(images: &[F], row: usize) -> &[F] {
    &images[row * SIDE * SIDE..][..SIDE * SIDE]
}
