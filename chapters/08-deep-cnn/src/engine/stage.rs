//! A convolution with its bias, ReLU and max pool, or a pool alone.
//!
//! The pool runs on each image while the convolution's output is still in the cache.
//! Bias and ReLU come last: both keep the order of numbers, and after the pool there
//! are a quarter as many.
//!
//! ```text
//! out = max(pool(conv(x, w)) + b, 0)  =  pool(max(conv(x, w) + b, 0))
//! ```

use std::ops::Range;

use cnn_im2col::fast::max_pool_backward::{MaxPoolBackward, pad_filter_rows};
use cnn_im2col::fast::{Conv, Scratch};
use common::Real;
use common::fast::vector::LANES;

use crate::engine::fast_pool::FastPool;
use crate::layers::{Shape, count};

/// What is computed; the memory for it is apart.
#[derive(Clone, Debug)]
#[allow(clippy::large_enum_variant)] // a network has a handful
pub enum Stage {
    /// Convolution, the max pool that follows, if one does, bias and ReLU.
    Conv {
        conv: Conv,
        pool: Option<FastPool>,
        /// Where filters `(FN, C, FH, FW)` and biases `(FN)` are among all parameters.
        range: Range<usize>,
    },
    /// A pool that does not follow a convolution, or an average.
    Pool(FastPool),
}

/// Working memory of a stage for one chunk of images.
pub struct Memory<F> {
    /// Positions of the maxima: `(n, C, OH, OW)`.
    peaks: Vec<u32>,
    /// What a pool takes from the convolution, of one image: `(FN, OH, OW)`.
    z: Vec<F>,
    scratch: Option<Scratch<F>>,
    /// For a pooled convolution, unless its filters are too wide.
    sparse: Option<MaxPoolBackward<F>>,
    /// The gradients of filters and biases, summed over the chunk.
    pub dw: Vec<F>,
}

impl Stage {
    /// Numbers that go in for one image.
    pub fn inputs(&self) -> usize {
        count(match self {
            Stage::Conv { conv, .. } => conv.image,
            Stage::Pool(pool) => pool.image,
        })
    }

    /// Numbers that come out for one image.
    pub fn outputs(&self) -> usize {
        count(self.out())
    }

    fn out(&self) -> Shape {
        match self {
            Stage::Conv { conv, pool: None, .. } => conv.out,
            Stage::Conv { pool: Some(pool), .. } | Stage::Pool(pool) => pool.out,
        }
    }

    /// Memory for `n` images.
    pub fn memory<F: Real>(&self, n: usize) -> Memory<F> {
        let zeros = |n| vec![F::zero(); n];
        let mut memory =
            Memory { peaks: Vec::new(), z: zeros(0), scratch: None, sparse: None, dw: zeros(0) };
        if let Stage::Conv { conv, range, .. } = self {
            memory.scratch = Some(conv.scratch());
            memory.dw = zeros(range.len());
        }
        if let Stage::Conv { pool: Some(_), .. } | Stage::Pool(_) = self {
            memory.peaks = vec![0; n * self.outputs()];
        }
        if let Stage::Conv { conv, pool: Some(pool), .. } = self {
            memory.z = zeros(conv.outputs());
            memory.sparse = MaxPoolBackward::new(conv, pool.out.1 * pool.out.2);
        }
        memory
    }

    /// The filters as [`MaxPoolBackward`] needs them, every row padded to a vector;
    /// computed once for all chunks.
    pub fn pad_filters<F: Real>(&self, parameters: &[F], padded: &mut Vec<F>) {
        if let Stage::Conv { conv, pool: Some(_), range } = self
            && conv.filters.2 <= LANES
        {
            pad_filter_rows(conv, &parameters[range.start..][..conv.out.0 * conv.taps()], padded);
        }
    }

    /// Images `x (n, C, H, W)` to `out (n, FN, OH, OW)`.
    pub fn forward<F: Real>(
        &self,
        parameters: &[F],
        x: &[F],
        out: &mut [F],
        memory: &mut Memory<F>,
    ) {
        let size = self.outputs();
        let images = x.chunks_exact(self.inputs()).zip(out.chunks_exact_mut(size));
        let mut peaks = memory.peaks.chunks_exact_mut(size);
        match self {
            Stage::Pool(pool) => {
                for ((x, out), peaks) in images.zip(peaks) {
                    pool.forward(x, out, peaks);
                }
            }
            Stage::Conv { conv, pool, range } => {
                let (w, b) = parameters[range.clone()].split_at(conv.out.0 * conv.taps());
                let scratch = memory.scratch.as_mut().expect("made with the memory");
                for (x, out) in images {
                    if let (Some(pool), Some(peaks)) = (pool, peaks.next()) {
                        conv.forward(x, w, &mut memory.z, scratch);
                        pool.forward(&memory.z, out, peaks);
                    } else {
                        conv.forward(x, w, out, scratch);
                    }
                    for (out, &b) in out.chunks_exact_mut(size / b.len()).zip(b) {
                        out.iter_mut().for_each(|out| *out = relu(*out + b));
                    }
                }
            }
        }
    }

    /// From `out (n, FN, OH, OW)` and its gradient `dout`, which is overwritten, to
    /// the gradient `dx` of `x (n, C, H, W)`, unless it is empty, and to those of
    /// filters and biases, in `memory.dw`.
    pub fn backward<F: Real>(
        &self,
        parameters: &[F],
        padded_filters: &[F],
        (x, dx): (&[F], &mut [F]),
        (out, dout): (&[F], &mut [F]),
        memory: &mut Memory<F>,
    ) {
        let size = self.outputs();
        let images = x.chunks_exact(self.inputs());
        let mut dxs = dx.chunks_exact_mut(self.inputs());
        let peaks = memory.peaks.chunks_exact(size);
        let (conv, pool, range) = match self {
            Stage::Conv { conv, pool, range } => (conv, pool, range),
            Stage::Pool(pool) => {
                for ((dout, peaks), dx) in dout.chunks_exact(size).zip(peaks).zip(dxs) {
                    pool.backward(dout, peaks, dx);
                }
                return;
            }
        };
        let (w, b) = parameters[range.clone()].split_at(conv.out.0 * conv.taps());
        let (dw, db) = memory.dw.split_at_mut(w.len());
        dw.fill(F::zero());
        db.fill(F::zero());
        let channel = size / b.len();
        if let Some(sparse) = &mut memory.sparse {
            let outs = out.chunks_exact(size).zip(dout.chunks_exact(size));
            for ((x, (out, dout)), peaks) in images.zip(outs).zip(peaks) {
                sparse.clear();
                for (f, db) in db.iter_mut().enumerate() {
                    let map = f * channel..(f + 1) * channel;
                    *db += sparse.push_filter(&peaks[map.clone()], &dout[map.clone()], &out[map]);
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
        for dout in dout.chunks_exact(size) {
            for (db, dout) in db.iter_mut().zip(dout.chunks_exact(channel)) {
                *db += sum(dout);
            }
        }
        let scratch = memory.scratch.as_mut().expect("made with the memory");
        let douts = dout.chunks_exact(size);
        match pool {
            None => {
                conv.add_dw(dout, x, dw, scratch);
                douts.zip(dxs).for_each(|(dout, dx)| conv.dx(dout, w, dx, scratch));
            }
            Some(pool) => {
                for ((x, dout), peaks) in images.zip(douts).zip(peaks) {
                    pool.backward(dout, peaks, &mut memory.z);
                    conv.add_dw(&memory.z, x, dw, scratch);
                    if let Some(dx) = dxs.next() {
                        conv.dx(&memory.z, w, dx, scratch);
                    }
                }
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
