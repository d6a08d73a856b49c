//! A convolution with its bias, ReLU and the max pool behind it.
//!
//! The pool runs on each image while the convolution's output is still in the cache.
//! Bias and ReLU come last: both keep the order of numbers, and after the pool there
//! are a quarter as many.
//!
//! ```text
//! out = max(pool(conv(x, w)) + b, 0)  =  pool(max(conv(x, w) + b, 0))
//! ```

use cnn_im2col::fast::max_pool_backward::{MaxPoolBackward, pad_filter_rows};
use cnn_im2col::fast::{Conv, Scratch};
use common::Real;
use rayon::prelude::*;

use crate::engine::fast_pool::FastPool;
use crate::layers::count;

/// Images that a thread takes at a time. Fixed, so that gradients have the same bits
/// for any number of threads.
const CHUNK: usize = 10;

/// Values and their gradients.
pub type Values<'a, F> = (&'a [F], &'a mut [F]);
/// The gradients of weights and biases.
pub type Gradients<'a, F> = (&'a mut [F], &'a mut [F]);

/// What is computed, and the memory for it.
pub struct Convolution<F> {
    conv: Conv,
    pool: Option<FastPool>,
    outputs: usize,         // for one image
    padded_filters: Vec<F>, // as [`MaxPoolBackward`] needs them
    chunks: Vec<Chunk<F>>,
}

/// Working memory for one chunk of images.
struct Chunk<F> {
    peaks: Vec<u32>, // positions of the maxima, (CHUNK, FN, OH, OW)
    z: Vec<F>,       // what the pool takes from the convolution, of one image
    scratch: Scratch<F>,
    sparse: Option<MaxPoolBackward<F>>, // with a pool, unless its filters are too wide
    dw: Vec<F>,                         // summed over the chunk
    db: Vec<F>,
}

impl<F: Real> Convolution<F> {
    /// For batches of up to `batch_size`.
    pub fn new(conv: Conv, pool: Option<FastPool>, batch_size: usize) -> Convolution<F> {
        let zeros = |n| vec![F::zero(); n];
        let out = pool.as_ref().map_or(conv.out, |pool| pool.out);
        let pooled = |n| if pool.is_some() { n } else { 0 };
        let chunk = |_| Chunk {
            peaks: vec![0; pooled(CHUNK * count(out))],
            z: zeros(pooled(conv.outputs())),
            scratch: conv.scratch(),
            sparse: pool.as_ref().and_then(|_| MaxPoolBackward::new(&conv, out.1 * out.2)),
            dw: zeros(conv.out.0 * conv.taps()),
            db: zeros(conv.out.0),
        };
        let chunks = (0..batch_size.div_ceil(CHUNK)).map(chunk).collect();
        Convolution { conv, pool, outputs: count(out), padded_filters: Vec::new(), chunks }
    }

    /// Images `x (N, C, H, W)` to `out (N, FN, OH, OW)`.
    pub fn forward(&mut self, (w, b): (&[F], &[F]), x: &[F], out: &mut [F]) {
        let Convolution { conv, pool, chunks, .. } = self;
        let (inputs, outputs) = (conv.inputs(), self.outputs);
        let outs = out.par_chunks_mut(CHUNK * outputs).zip(chunks);
        x.par_chunks(CHUNK * inputs).zip(outs).for_each(|(x, (out, chunk))| {
            let mut peaks = chunk.peaks.chunks_exact_mut(outputs);
            for (x, out) in x.chunks_exact(inputs).zip(out.chunks_exact_mut(outputs)) {
                if let (Some(pool), Some(peaks)) = (&pool, peaks.next()) {
                    conv.forward(x, w, &mut chunk.z, &mut chunk.scratch);
                    pool.forward(&chunk.z, out, peaks);
                } else {
                    conv.forward(x, w, out, &mut chunk.scratch);
                }
                for (out, &b) in out.chunks_exact_mut(outputs / b.len()).zip(b) {
                    out.iter_mut().for_each(|out| *out = relu(*out + b));
                }
            }
        });
    }

    /// From `out (N, FN, OH, OW)` and its gradient, which is overwritten, to the
    /// gradient of `x (N, C, H, W)`, unless it is empty, and of filters and biases.
    pub fn backward(&mut self, w: &[F], (x, dx): Values<F>, out: Values<F>, dw: Gradients<F>) {
        let Convolution { conv, pool, outputs, padded_filters, chunks } = self;
        let (images, outs) = (CHUNK * conv.inputs(), CHUNK * *outputs);
        if chunks[0].sparse.is_some() {
            pad_filter_rows(conv, w, padded_filters);
        }
        let chunks = &mut chunks[..x.len().div_ceil(images)];
        let no_dx = (0..chunks.len()).into_par_iter().map(|_| <&mut [F]>::default());
        let x = x.par_chunks(images).zip(dx.par_chunks_mut(images).chain(no_dx));
        let out = out.0.par_chunks(outs).zip(out.1.par_chunks_mut(outs));
        chunks.par_iter_mut().zip(x).zip(out).for_each(|((chunk, x), out)| {
            chunk.backward((conv, pool.as_ref()), (w, padded_filters), x, out);
        });
        // Summed in the order of the chunks, whichever thread was first.
        let (dw, db) = dw;
        dw.fill(F::zero());
        db.fill(F::zero());
        for chunk in chunks {
            dw.iter_mut().zip(&chunk.dw).for_each(|(sum, &part)| *sum += part);
            db.iter_mut().zip(&chunk.db).for_each(|(sum, &part)| *sum += part);
        }
    }
}

impl<F: Real> Chunk<F> {
    fn backward(
        &mut self,
        (conv, pool): (&Conv, Option<&FastPool>),
        (w, padded_filters): (&[F], &[F]),
        (x, dx): Values<F>,
        (out, dout): Values<F>,
    ) {
        let Chunk { peaks, z, scratch, sparse, dw, db } = self;
        let (filters, images) = (db.len(), x.chunks_exact(conv.inputs()));
        let size = out.len() / images.len(); // outputs for one image
        let map = size / filters;
        let mut dxs = dx.chunks_exact_mut(conv.inputs());
        let peaks = peaks.chunks_exact(size);
        dw.fill(F::zero());
        db.fill(F::zero());
        if let Some(sparse) = sparse {
            let outs = out.chunks_exact(size).zip(dout.chunks_exact(size));
            for ((x, (out, dout)), peaks) in images.zip(outs).zip(peaks) {
                // An image without a gradient adds nothing.
                if dout.iter().all(|d| *d == F::zero()) {
                    dxs.next().into_iter().for_each(|dx| dx.fill(F::zero()));
                    continue;
                }
                sparse.clear();
                let maps = out.chunks_exact(map).zip(dout.chunks_exact(map));
                for ((db, peaks), (out, dout)) in
                    db.iter_mut().zip(peaks.chunks_exact(map)).zip(maps)
                {
                    *db += sparse.push_filter(peaks, dout, out);
                }
                sparse.accumulate_dw(conv, x);
                if let Some(dx) = dxs.next() {
                    sparse.dx(conv, padded_filters, dx);
                }
            }
            return sparse.add_dw(conv, dw);
        }
        // ReLU: dz = dout where out > 0, else 0
        relu_backward(out, dout);
        // db = the sum of dz over images and positions
        dout.chunks_exact(map).enumerate().for_each(|(i, dz)| db[i % filters] += sum(dz));
        let dzs = dout.chunks_exact(size);
        let Some(pool) = pool else {
            conv.add_dw(dout, x, dw, scratch);
            return dzs.zip(dxs).for_each(|(dz, dx)| conv.dx(dz, w, dx, scratch));
        };
        for ((x, dz), peaks) in images.zip(dzs).zip(peaks) {
            pool.backward(dz, peaks, z);
            conv.add_dw(z, x, dw, scratch);
            if let Some(dx) = dxs.next() {
                conv.dx(z, w, dx, scratch);
            }
        }
    }
}

/// `max(v, 0)`; NaN stays NaN.
pub fn relu<F: Real>(v: F) -> F {
    if v < F::zero() { F::zero() } else { v }
}

/// `dz = dh` where `h > 0`, else 0, in place.
pub fn relu_backward<F: Real>(h: &[F], dh: &mut [F]) {
    for (d, &h) in dh.iter_mut().zip(h) {
        *d = if h > F::zero() { *d } else { F::zero() };
    }
}

/// The sum of all, eight at a time, so that the compiler uses vectors.
fn sum<F: Real>(values: &[F]) -> F {
    let (eights, rest) = values.as_chunks::<8>();
    let mut sums = [F::zero(); 8];
    for eight in eights {
        sums.iter_mut().zip(eight).for_each(|(sum, &v)| *sum += v);
    }
    sums.iter().chain(rest).fold(F::zero(), |sum, &v| sum + v)
}
