//! A whole training step of the article's network in one go: nothing is copied
//! that can be read where it is, no memory is asked for, and the batch is shared
//! out over the threads.

use std::hint::black_box;

use cnn_naive::network::{CLASSES, FILTER, POSITIONS, SIDE};
use common::{Real, accuracy, article_loss, softmax_in_place};
use ndarray::{Array2, ArrayRef2, ArrayView2, ArrayViewMut2};
use rayon::prelude::*;

use crate::fast::one_filter;
use crate::fast::product::{Matrix, Store, product};

/// Images that a thread takes at a time. Fixed, so that the bits do not depend
/// on the threads, and few enough that all they need stays in a core's cache.
const CHUNK: usize = 25;

/// The memory of a training step, to be made once and used in each.
pub struct TrainStep<F> {
    chunks: Vec<Chunk<F>>,
    /// The output weights on their side, `(10, 576)`.
    wo_t: Vec<F>,
}

/// What a chunk of `n` images needs, and what it finds out.
struct Chunk<F> {
    h: Vec<F>,   // (n, 576), after ReLU
    y: Vec<F>,   // (n, 10), probabilities
    t: Vec<F>,   // (n, 10), targets
    dzo: Vec<F>, // (n, 10)
    dz: Vec<F>,  // (n, 576)
    df: Vec<F>,  // (5, 5), as all that follow summed over the chunk
    dbc: Vec<F>, // (1, 576)
    dwo: Vec<F>, // (576, 10)
    dbo: Vec<F>, // (1, 10)
    loss: f64,
    right: f64,
}

/// What training changes: the filter `f (5, 5)`, its biases `bc (1, 576)`, and
/// the output layer's `wo (576, 10)` and `bo (1, 10)`.
pub type Parameters<'a, F> =
    (&'a mut Array2<F>, &'a mut Array2<F>, &'a mut Array2<F>, &'a mut Array2<F>);

impl<F: Real> TrainStep<F> {
    /// The memory for batches of up to `batch_size` images.
    pub fn new(batch_size: usize) -> TrainStep<F> {
        let zeros = |n: usize| vec![F::zero(); n];
        let chunk = || Chunk {
            h: zeros(CHUNK * POSITIONS),
            y: zeros(CHUNK * CLASSES),
            t: zeros(CHUNK * CLASSES),
            dzo: zeros(CHUNK * CLASSES),
            dz: zeros(CHUNK * POSITIONS),
            df: zeros(FILTER * FILTER),
            dbc: zeros(POSITIONS),
            dwo: zeros(POSITIONS * CLASSES),
            dbo: zeros(CLASSES),
            loss: 0.0,
            right: 0.0,
        };
        let chunks = (0..batch_size.div_ceil(CHUNK)).map(|_| chunk()).collect();
        TrainStep { chunks, wo_t: zeros(CLASSES * POSITIONS) }
    }

    /// One step with the images `rows` of `x (N, 784)` and their targets in
    /// `t (N, 10)`: forward, loss, backward, update. `rates` are those of the
    /// filter with its biases, and of the output layer, for gradients summed
    /// over the batch: see `Gradients::rates` of chapter 04.
    /// Returns the article's loss and the accuracy in percent, before the step.
    ///
    /// # Panics
    /// If shapes do not fit, a row is not there, or there are more of them than
    /// this memory is for.
    pub fn run(
        &mut self,
        (x, t): (&ArrayRef2<F>, &ArrayRef2<F>),
        rows: &[usize],
        (f, bc, wo, bo): Parameters<F>,
        rates: (F, F),
    ) -> (f64, f64) {
        assert!(
            x.ncols() == SIDE * SIDE
                && t.ncols() == CLASSES
                && f.dim() == (FILTER, FILTER)
                && bc.dim() == (1, POSITIONS)
                && wo.dim() == (POSITIONS, CLASSES)
                && bo.dim() == (1, CLASSES)
                && rows.len() <= self.chunks.len() * CHUNK,
            "step: x {:?}, t {:?}, f {:?}, bc {:?}, wo {:?}, bo {:?} or {} rows do not fit",
            x.dim(),
            t.dim(),
            f.dim(),
            bc.dim(),
            wo.dim(),
            bo.dim(),
            rows.len()
        );
        let images = whole(x);
        for (p, wo) in whole(wo).as_chunks::<CLASSES>().0.iter().enumerate() {
            for (k, &w) in wo.iter().enumerate() {
                self.wo_t[k * POSITIONS + p] = w; // read along its rows by every chunk
            }
        }
        let wo_t = &self.wo_t;
        let parts = rows.par_chunks(CHUNK).zip(&mut self.chunks);
        parts.for_each(|(rows, chunk)| {
            chunk.forward(images, rows, (whole(f), whole(bc), whole(wo), whole(bo)));
            chunk.targets(t, rows);
            chunk.backward(images, rows, wo_t);
        });
        // Added in the order of the chunks, whichever thread was first.
        let parts = &self.chunks[..rows.len().div_ceil(CHUNK)];
        descend(f, parts, |part| &part.df, rates.0);
        descend(bc, parts, |part| &part.dbc, rates.0);
        descend(wo, parts, |part| &part.dwo, rates.1);
        descend(bo, parts, |part| &part.dbo, rates.1);
        let mean = |sum: f64| sum / rows.len() as f64;
        (
            mean(parts.iter().map(|part| part.loss).sum()),
            mean(parts.iter().map(|part| part.right).sum()),
        )
    }
}

impl<F: Real> Chunk<F> {
    /// `h = max(conv(x, f) + bc, 0)`, `y = softmax(h wo + bo)`.
    fn forward(&mut self, images: &[F], rows: &[usize], (f, bc, wo, bo): (&[F], &[F], &[F], &[F])) {
        touch(images, rows);
        for (&row, h) in rows.iter().zip(self.h.chunks_exact_mut(POSITIONS)) {
            one_filter::forward(image(images, row), f, bc, h);
        }
        let size = (rows.len(), POSITIONS, CLASSES);
        let (h, wo) = (Matrix::new(&self.h, POSITIONS), Matrix::new(wo, CLASSES));
        product(size, h, wo, Store::Overwrite, &mut self.y); // (n, 10) = (n, 576)(576, 10)
        for y in self.y.chunks_exact_mut(CLASSES) {
            y.iter_mut().zip(bo).for_each(|(y, &b)| *y += b);
        }
        softmax_in_place(&mut matrix_mut(&mut self.y, rows.len(), CLASSES));
    }

    /// The targets of the chunk, its loss and how many it gets right.
    fn targets(&mut self, t: &ArrayRef2<F>, rows: &[usize]) {
        for (&row, to) in rows.iter().zip(self.t.chunks_exact_mut(CLASSES)) {
            to.iter_mut().zip(t.row(row)).for_each(|(to, &t)| *to = t);
        }
        let (n, y, t) = (rows.len(), &self.y, &self.t);
        let (y, t) = (matrix(y, n, CLASSES), matrix(t, n, CLASSES));
        self.loss = article_loss(&y, &t) * n as f64;
        self.right = accuracy(&y, &t) * n as f64;
    }

    /// The gradients, summed over the chunk.
    fn backward(&mut self, images: &[F], rows: &[usize], wo_t: &[F]) {
        let n = rows.len();
        // dzo = y - t
        let yt = self.y.iter().zip(&self.t);
        self.dzo.iter_mut().zip(yt).for_each(|(dzo, (&y, &t))| *dzo = y - t);
        let dzo = Matrix::new(&self.dzo, CLASSES);
        // dwo = hT dzo
        let h = Matrix::new(&self.h, POSITIONS);
        product((POSITIONS, n, CLASSES), h.t(), dzo, Store::Overwrite, &mut self.dwo); // (576, 10)
        // dbo = the sum of dzo over the chunk
        sum_rows(&self.dzo[..n * CLASSES], &mut self.dbo);
        // dz = dzo woT where h > 0, else 0
        let wo_t = Matrix::new(wo_t, POSITIONS);
        product((n, CLASSES, POSITIONS), dzo, wo_t, Store::Overwrite, &mut self.dz); // (n, 576)
        for (dz, &h) in self.dz.iter_mut().zip(&self.h) {
            *dz = if h > F::zero() { *dz } else { F::zero() };
        }
        // dbc = the sum of dz over the chunk
        sum_rows(&self.dz[..n * POSITIONS], &mut self.dbc);
        // df = the images, seen through dz
        self.df.fill(F::zero());
        for (&row, dz) in rows.iter().zip(self.dz.chunks_exact(POSITIONS)) {
            one_filter::add_df(image(images, row), dz, &mut self.df);
        }
    }
}

/// `p = p - rate (the sum of the parts' gradients)`.
fn descend<F: Real>(
    p: &mut Array2<F>,
    parts: &[Chunk<F>],
    gradient: impl Fn(&Chunk<F>) -> &Vec<F>,
    rate: F,
) {
    let p = p.as_slice_mut().expect("parameters lie row by row");
    for part in parts {
        p.iter_mut().zip(gradient(part)).for_each(|(p, &d)| *p -= rate * d);
    }
}

/// The sum over the rows of `a (n, M)` into `sum (1, M)`.
fn sum_rows<F: Real>(a: &[F], sum: &mut [F]) {
    sum.fill(F::zero());
    for row in a.chunks_exact(sum.len()) {
        sum.iter_mut().zip(row).for_each(|(sum, &v)| *sum += v);
    }
}

/// Looks at one number of every 64 bytes of each image, to have the memory fetch
/// them all at the same time: they lie far apart, and waiting for one after the
/// other would be a good part of a step.
fn touch<F: Copy>(images: &[F], rows: &[usize]) {
    for column in (0..SIDE * SIDE).step_by(64 / size_of::<F>()) {
        for &row in rows {
            black_box(image(images, row)[column]);
        }
    }
}

fn image<F>(images: &[F], row: usize) -> &[F] {
    &images[row * SIDE * SIDE..][..SIDE * SIDE]
}

fn whole<F>(a: &ArrayRef2<F>) -> &[F] {
    a.as_slice().expect("images and parameters lie row by row")
}

fn matrix<F>(a: &[F], n: usize, m: usize) -> ArrayView2<'_, F> {
    ArrayView2::from_shape((n, m), &a[..n * m]).expect("so many numbers")
}

fn matrix_mut<F>(a: &mut [F], n: usize, m: usize) -> ArrayViewMut2<'_, F> {
    ArrayViewMut2::from_shape((n, m), &mut a[..n * m]).expect("so many numbers")
}
