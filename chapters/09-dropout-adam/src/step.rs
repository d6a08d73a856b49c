//! Forward and backward of [`crate::network`] in one go: pixels without ink are
//! passed over, no memory is asked for, the units are computed eight at a time,
//! and the batch is shared out over the threads.

// An index says which unit of several arrays; iterators would hide it.
#![allow(clippy::needless_range_loop)]

use common::vector::{LANES, Plain, Vector};
use common::{Real, Rng};
use multiversion::{multiversion, target::target_cfg_f};
use ndarray::{Array1, Array2, ArrayRef2};
use rayon::prelude::*;

use crate::dropout::fill_mask;
use crate::ink::Ink;
use crate::network::{CLASSES, INPUTS, Parameters};

/// Examples in a chunk of the batch, at least. Chunks depend on the batch alone,
/// and what they come to is added in their order, so the bits do not depend on
/// the threads.
const CHUNK: usize = 64;
/// Chunks at most: each has gradients of its own.
const CHUNKS: usize = 16;
/// Images that are fetched from memory together.
const TOGETHER: usize = 8;

/// A number for each hidden unit: `P` times eight.
type Units<F, const P: usize> = [[F; LANES]; P];

/// The memory of a step with `8 P` hidden units, `H` in what follows, and the
/// gradients that it leaves, each a mean over the batch.
pub struct Step<F, const P: usize> {
    /// `(784, H)`
    pub dw1: Array2<F>,
    /// `(1, H)`
    pub db1: Array2<F>,
    /// `(H, 10)`
    pub dw2: Array2<F>,
    /// `(1, 10)`
    pub db2: Array2<F>,
    chunks: Vec<Chunk<F, P>>,
    mask: Vec<Units<F, P>>,       // (N, H)
    w2_t: [Units<F, P>; CLASSES], // (10, H)
}

/// What a chunk of `n` examples needs, and what it finds out.
struct Chunk<F, const P: usize> {
    h: Vec<Units<F, P>>,         // (n, H), after ReLU and mask
    dz: Vec<[F; CLASSES]>,       // (n, 10), first the logits, then their gradient
    dw1: Vec<Units<F, P>>,       // (784, H), as all that follow summed over the chunk
    db1: Units<F, P>,            // (1, H)
    dw2: [Units<F, P>; CLASSES], // (10, H), on its side
    db2: [F; CLASSES],           // (1, 10)
    loss: f64,
    right: usize,
}

/// What a chunk looks at: some rows of a batch of `batch`, and the parameters.
struct Task<'a, F, const P: usize> {
    x: &'a Ink<F>,
    labels: &'a Array1<usize>,
    rows: &'a [usize],
    mask: &'a [Units<F, P>],
    batch: usize,
    w1: &'a [Units<F, P>],
    b1: &'a Units<F, P>,
    w2_t: &'a [Units<F, P>; CLASSES],
    b2: &'a [F; CLASSES],
}

impl<F: Real, const P: usize> Step<F, P> {
    /// Hidden units.
    pub const HIDDEN: usize = LANES * P;

    /// The memory for batches of up to `batch_size` examples.
    pub fn new(batch_size: usize) -> Step<F, P> {
        let size = chunk_size(batch_size);
        let units = [[F::zero(); LANES]; P];
        let chunk = || Chunk {
            h: vec![units; size],
            dz: vec![[F::zero(); CLASSES]; size],
            dw1: vec![units; INPUTS],
            db1: units,
            dw2: [units; CLASSES],
            db2: [F::zero(); CLASSES],
            loss: 0.0,
            right: 0,
        };
        Step {
            dw1: Array2::zeros((INPUTS, Self::HIDDEN)),
            db1: Array2::zeros((1, Self::HIDDEN)),
            dw2: Array2::zeros((Self::HIDDEN, CLASSES)),
            db2: Array2::zeros((1, CLASSES)),
            chunks: (0..batch_size.div_ceil(size)).map(|_| chunk()).collect(),
            mask: vec![units; batch_size],
            w2_t: [units; CLASSES],
        }
    }

    /// The gradients at the parameters, for the images `rows` of `x` and of
    /// `labels (N,)`, with a fresh mask that drops the share `dropout`. Returns
    /// the cross-entropy and the accuracy in percent of this batch, both with the
    /// mask.
    ///
    /// # Panics
    /// If shapes do not fit, a row is not there, or there are none or more than
    /// this memory is for.
    pub fn gradients(
        &mut self,
        (x, labels): (&Ink<F>, &Array1<usize>),
        rows: &[usize],
        (w1, b1, w2, b2): Parameters<F>,
        dropout: F,
        rng: &mut Rng,
    ) -> (f64, f64) {
        assert!(
            w1.dim() == self.dw1.dim()
                && b1.dim() == self.db1.dim()
                && w2.dim() == self.dw2.dim()
                && b2.dim() == self.db2.dim()
                && (1..=self.mask.len()).contains(&rows.len()),
            "step: w1 {:?}, b1 {:?}, w2 {:?}, b2 {:?} or {} rows do not fit",
            w1.dim(),
            b1.dim(),
            w2.dim(),
            b2.dim(),
            rows.len()
        );
        let mask = &mut self.mask[..rows.len()];
        fill_mask(mask.as_flattened_mut().as_flattened_mut(), dropout, rng);
        for (k, w2_t) in self.w2_t.iter_mut().enumerate() {
            let to = w2_t.as_flattened_mut();
            to.iter_mut().zip(w2.column(k)).for_each(|(to, &w)| *to = w);
        }
        let (size, batch) = (chunk_size(rows.len()), rows.len());
        let (w1, b1) = (units_of(w1), &units_of(b1)[0]);
        let (w2_t, b2) = (&self.w2_t, &whole(b2).as_chunks().0[0]);
        let parts = rows.par_chunks(size).zip(mask.par_chunks(size)).zip(&mut self.chunks);
        parts.for_each(|((rows, mask), chunk)| {
            work(chunk, &Task { x, labels, rows, mask, batch, w1, b1, w2_t, b2 });
        });
        // Added in the order of the chunks, whichever thread was first.
        let chunks = &self.chunks[..batch.div_ceil(size)];
        add_up(&mut self.dw1, chunks, |chunk| chunk.dw1.as_flattened().as_flattened());
        add_up(&mut self.db1, chunks, |chunk| chunk.db1.as_flattened());
        add_up(&mut self.db2, chunks, |chunk| &chunk.db2);
        self.dw2.fill(F::zero());
        for chunk in chunks {
            for (mut dw2, part) in self.dw2.columns_mut().into_iter().zip(&chunk.dw2) {
                dw2.iter_mut().zip(part.as_flattened()).for_each(|(dw2, &part)| *dw2 += part);
            }
        }
        let loss: f64 = chunks.iter().map(|chunk| chunk.loss).sum();
        let right: usize = chunks.iter().map(|chunk| chunk.right).sum();
        (loss / batch as f64, 100.0 * right as f64 / batch as f64)
    }
}

/// Compiled twice: with the processor's fused multiply-add, and without.
#[multiversion(targets("x86_64+avx2+fma"))]
fn work<F: Real, const P: usize>(chunk: &mut Chunk<F, P>, task: &Task<F, P>) {
    if target_cfg_f!(target_feature = "fma") {
        chunk.work::<F::Wide>(task);
    } else {
        chunk.work::<Plain<F>>(task);
    }
}

impl<F: Real, const P: usize> Chunk<F, P> {
    #[inline(always)]
    fn work<V: Vector<F>>(&mut self, task: &Task<F, P>) {
        for (i, &row) in task.rows.iter().enumerate() {
            if i % TOGETHER == 0 {
                task.x.touch(&task.rows[i..task.rows.len().min(i + TOGETHER)]);
            }
            self.forward::<V>(task, i, row);
        }
        self.loss(task);
        self.dw1.fill([[F::zero(); LANES]; P]);
        self.db1 = [[F::zero(); LANES]; P];
        self.dw2 = [self.db1; CLASSES];
        self.db2 = [F::zero(); CLASSES];
        for (i, &row) in task.rows.iter().enumerate() {
            self.backward::<V>(task, i, row);
        }
    }

    /// `h = max(x w1 + b1, 0) m`, `z = h w2 + b2` of example `i`, image `row`.
    #[inline(always)]
    fn forward<V: Vector<F>>(&mut self, task: &Task<F, P>, i: usize, row: usize) {
        let (pixels, values) = task.x.of_image(row);
        let mut sums: [V; P] = load(task.b1); // (1, H)
        for (&pixel, &x) in pixels.iter().zip(values) {
            add(&mut sums, V::splat(x), &task.w1[usize::from(pixel)]); // += x[pixel] w1[pixel]
        }
        let mut h = [[F::zero(); LANES]; P]; // (1, H)
        for p in 0..P {
            h[p] = sums[p].relu().to_array();
            for l in 0..LANES {
                h[p][l] *= task.mask[i][p][l];
            }
        }
        for k in 0..CLASSES {
            self.dz[i][k] = task.b2[k] + scalar::<F, V, P>(&h, &task.w2_t[k]);
        }
        self.h[i] = h;
    }

    /// The loss of the chunk, how many it gets right, and `dz = (y - t) / N`.
    #[inline(always)]
    fn loss(&mut self, task: &Task<F, P>) {
        let dz = &mut self.dz[..task.rows.len()];
        (self.loss, self.right) = (0.0, 0);
        for (z, &row) in dz.iter_mut().zip(task.rows) {
            let label = task.labels[row];
            let best = (1..CLASSES).fold(0, |best, k| if z[k] > z[best] { k } else { best });
            let largest = z[best];
            z.iter_mut().for_each(|z| *z -= largest);
            self.loss -= z[label].into(); // the rest of it is below
            self.right += usize::from(best == label);
        }
        F::exp_all(dz.as_flattened_mut());
        let share = F::of(1.0 / task.batch as f64);
        for (y, &row) in dz.iter_mut().zip(task.rows) {
            let sum = y.iter().fold(F::zero(), |sum, &y| sum + y);
            self.loss += sum.into().ln(); // E = ln(sum(exp(z))) - z of the label
            y.iter_mut().for_each(|y| *y *= share / sum);
            y[task.labels[row]] -= share;
        }
    }

    /// What example `i`, image `row`, adds to the gradients of the chunk.
    #[inline(always)]
    fn backward<V: Vector<F>>(&mut self, task: &Task<F, P>, i: usize, row: usize) {
        let dz = &self.dz[i];
        let h: [V; P] = load(&self.h[i]); // (1, H)
        let mut dh: [V; P] = [V::zero(); P]; // (1, H)
        for k in 0..CLASSES {
            add(&mut dh, V::splat(dz[k]), &task.w2_t[k]); // dh = dz w2T
            add_to(&mut self.dw2[k], V::splat(dz[k]), &h); // dw2 = hT dz
            self.db2[k] += dz[k];
        }
        let h = &self.h[i];
        // dz1 = dh m where h > 0, else 0
        let mut dz1 = [[F::zero(); LANES]; P]; // (1, H)
        for p in 0..P {
            dz1[p] = dh[p].to_array();
            for l in 0..LANES {
                let slope = if h[p][l] > F::zero() { task.mask[i][p][l] } else { F::zero() };
                dz1[p][l] *= slope;
                self.db1[p][l] += dz1[p][l];
            }
        }
        let dz1: [V; P] = load(&dz1);
        let (pixels, values) = task.x.of_image(row);
        for (&pixel, &x) in pixels.iter().zip(values) {
            add_to(&mut self.dw1[usize::from(pixel)], V::splat(x), &dz1); // dw1 = xT dz1
        }
    }
}

/// `sums += a units`, each with each.
#[inline(always)]
fn add<F: Real, V: Vector<F>, const P: usize>(sums: &mut [V; P], a: V, units: &Units<F, P>) {
    let units: [V; P] = load(units);
    for p in 0..P {
        sums[p] = a.mul_add(units[p], sums[p]);
    }
}

/// `sums += a units`, where the sums stand in memory.
#[inline(always)]
fn add_to<F: Real, V: Vector<F>, const P: usize>(sums: &mut Units<F, P>, a: V, units: &[V; P]) {
    for p in 0..P {
        // SAFETY: these are eight.
        unsafe { a.mul_add(units[p], V::load(sums[p].as_ptr())).store(sums[p].as_mut_ptr()) };
    }
}

/// The sum of the products.
#[inline(always)]
fn scalar<F: Real, V: Vector<F>, const P: usize>(a: &Units<F, P>, b: &Units<F, P>) -> F {
    let (a, b): ([V; P], [V; P]) = (load(a), load(b));
    let mut sums = V::zero();
    for p in 0..P {
        sums = a[p].mul_add(b[p], sums);
    }
    let s = sums.to_array();
    ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]))
}

#[inline(always)]
fn load<F: Real, V: Vector<F>, const P: usize>(units: &Units<F, P>) -> [V; P] {
    let mut vectors = [V::zero(); P];
    for p in 0..P {
        // SAFETY: these are eight.
        vectors[p] = unsafe { V::load(units[p].as_ptr()) };
    }
    vectors
}

/// Examples in each chunk of a batch of `batch`.
fn chunk_size(batch: usize) -> usize {
    batch.div_ceil(CHUNKS).max(CHUNK)
}

/// `d = the sum of the chunks' gradients`.
fn add_up<F: Real, const P: usize>(
    d: &mut Array2<F>,
    chunks: &[Chunk<F, P>],
    of: impl Fn(&Chunk<F, P>) -> &[F],
) {
    let d = d.as_slice_mut().expect("gradients lie row by row");
    let (first, others) = chunks.split_first().expect("a batch has a chunk");
    d.copy_from_slice(of(first));
    for chunk in others {
        d.iter_mut().zip(of(chunk)).for_each(|(d, &part)| *d += part);
    }
}

/// The rows of `a (.., H)`.
fn units_of<F: Real, const P: usize>(a: &ArrayRef2<F>) -> &[Units<F, P>] {
    whole(a).as_chunks().0.as_chunks().0
}

fn whole<F>(a: &ArrayRef2<F>) -> &[F] {
    a.as_slice().expect("parameters lie row by row")
}
