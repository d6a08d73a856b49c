//! What happens to images between the pixels and the first affine layer, one
//! stage after the other.
//!
//! A convolution takes its bias, ReLU and the max pool behind it along: what it
//! makes of an image is still in the cache when the pool looks at it, and of
//! four numbers one is kept. Since ReLU and the bias, one for each filter, keep
//! the order of numbers, they come after the pool, where there is less to do:
//!
//! ```text
//! out = max(pool(conv(x, w)) + b, 0)  =  pool(max(conv(x, w) + b, 0))
//! ```

use std::ops::Range;

use cnn_im2col::fast::max_pool_backward::{MaxPoolBackward, pad_filter_rows};
use cnn_im2col::fast::{Conv, Scratch};
use common::Real;

use crate::reduce::Windows;

/// One stage, as it was planned.
#[derive(Clone, Debug)]
#[allow(clippy::large_enum_variant)] // a network has a handful
pub enum Stage {
    /// Convolution, bias, ReLU, and the max pool that follows, if one does.
    Conv {
        /// The convolution.
        conv: Conv,
        /// The windows of the max pool.
        pool: Option<Windows>,
        /// Where its filters `(FN, C, FH, FW)` are among all parameters.
        w: Range<usize>,
        /// Where its biases `(FN)` are.
        b: Range<usize>,
    },
    /// A max pool that follows no convolution.
    Max(Windows),
    /// An average pool.
    Average(Windows),
}

/// What a stage remembers of the images of a chunk, and its working memory.
pub struct Memory<F> {
    /// For a max pool, where in its channel the largest of each window was.
    peaks: Vec<u32>,
    /// What the convolution made of the last image: `(FN, OH, OW)`.
    pub z: Vec<F>,
    scratch: Option<Scratch<F>>,
    list: Option<MaxPoolBackward<F>>,
    /// The filters' gradient, and behind it that of the biases, summed over the
    /// chunk.
    pub dw: Vec<F>,
}

/// Filters as [`MaxPoolBackward`] wants them, made once for all chunks.
pub type Spread<F> = Vec<F>;

impl Stage {
    /// Numbers that go in for one image.
    pub fn inputs(&self) -> usize {
        match self {
            Stage::Conv { conv, .. } => conv.inputs(),
            Stage::Max(windows) | Stage::Average(windows) => windows.inputs(),
        }
    }

    /// Channels, height and width of what comes out for one image.
    pub fn out(&self) -> (usize, usize, usize) {
        match self {
            Stage::Conv { pool: Some(windows), .. } => windows.out,
            Stage::Conv { conv, .. } => conv.out,
            Stage::Max(windows) | Stage::Average(windows) => windows.out,
        }
    }

    /// Numbers that come out for one image.
    pub fn outputs(&self) -> usize {
        let (c, h, w) = self.out();
        c * h * w
    }

    /// Numbers that training changes.
    pub fn parameters(&self) -> usize {
        match self {
            Stage::Conv { w, b, .. } => w.len() + b.len(),
            _ => 0,
        }
    }

    /// The windows of a max pool, with or without a convolution before it.
    fn max(&self) -> Option<&Windows> {
        match self {
            Stage::Conv { pool, .. } => pool.as_ref(),
            Stage::Max(windows) => Some(windows),
            Stage::Average(_) => None,
        }
    }

    /// Memory for `n` images.
    pub fn memory<F: Real>(&self, n: usize) -> Memory<F> {
        let zeros = |n| vec![F::zero(); n];
        let (scratch, z, list) = match self {
            Stage::Conv { conv, pool, .. } => (
                Some(conv.scratch()),
                zeros(conv.outputs()),
                pool.as_ref().and_then(|pool| MaxPoolBackward::new(conv, pool.out.1 * pool.out.2)),
            ),
            _ => (None, Vec::new(), None),
        };
        Memory {
            peaks: vec![0; if self.max().is_some() { n * self.outputs() } else { 0 }],
            z,
            scratch,
            list,
            dw: zeros(self.parameters()),
        }
    }

    /// `w (FN, C, FH, FW)` as [`Stage::backward`] wants it, if it wants it.
    pub fn spread<F: Real>(&self, parameters: &[F], to: &mut Spread<F>) {
        if let Stage::Conv { conv, pool: Some(_), w, .. } = self
            && conv.filters.2 <= common::fast::vector::LANES
        {
            pad_filter_rows(conv, &parameters[w.clone()], to);
        }
    }

    /// Images `x (n, C, H, W)` through the stage, to `out (n, C, H, W)`.
    pub fn forward<F: Real>(
        &self,
        parameters: &[F],
        x: &[F],
        out: &mut [F],
        memory: &mut Memory<F>,
    ) {
        let images = x.chunks_exact(self.inputs());
        let outs = out.chunks_exact_mut(self.outputs());
        match self {
            Stage::Conv { conv, pool: None, w, b } => {
                let (w, b) = (&parameters[w.clone()], &parameters[b.clone()]);
                let scratch = memory.scratch.as_mut().expect("made with the memory");
                for (x, out) in images.zip(outs) {
                    conv.forward(x, w, &mut memory.z, scratch);
                    let zs = memory.z.chunks_exact(conv.positions()).zip(b);
                    for (out, (z, &b)) in out.chunks_exact_mut(conv.positions()).zip(zs) {
                        out.iter_mut().zip(z).for_each(|(out, &z)| *out = relu(z + b));
                    }
                }
            }
            Stage::Conv { conv, pool: Some(pool), w, b } => {
                let (w, b) = (&parameters[w.clone()], &parameters[b.clone()]);
                let scratch = memory.scratch.as_mut().expect("made with the memory");
                let peaks = memory.peaks.chunks_exact_mut(self.outputs());
                for ((x, out), peaks) in images.zip(outs).zip(peaks) {
                    conv.forward(x, w, &mut memory.z, scratch);
                    pool.max(&memory.z, out, peaks);
                    for (out, &b) in out.chunks_exact_mut(pool.of_channel()).zip(b) {
                        out.iter_mut().for_each(|out| *out = relu(*out + b));
                    }
                }
            }
            Stage::Max(pool) => {
                let peaks = memory.peaks.chunks_exact_mut(self.outputs());
                for ((x, out), peaks) in images.zip(outs).zip(peaks) {
                    pool.max(x, out, peaks);
                }
            }
            Stage::Average(pool) => images.zip(outs).for_each(|(x, out)| pool.average(x, out)),
        }
    }

    /// From `out (n, C, H, W)` and its gradient `dout`, which is overwritten, to
    /// the gradient of `x (n, C, H, W)`, if it is wanted; the filters' and
    /// biases' stay in `memory.dw`.
    pub fn backward<F: Real>(
        &self,
        parameters: &[F],
        spread: &Spread<F>,
        (x, mut dx): (&[F], Option<&mut [F]>),
        (out, dout): (&[F], &mut [F]),
        memory: &mut Memory<F>,
    ) {
        let size = self.outputs();
        let images = x.chunks_exact(self.inputs());
        let mut dxs = dx.as_mut().map(|dx| dx.chunks_exact_mut(self.inputs()));
        let mut next_dx = || dxs.as_mut().and_then(Iterator::next);
        match self {
            Stage::Conv { conv, pool, w, .. } => {
                let filters = &parameters[w.clone()];
                let scratch = memory.scratch.as_mut().expect("made with the memory");
                let (dw, db) = memory.dw.split_at_mut(w.len());
                dw.fill(F::zero());
                db.fill(F::zero());
                let channel = size / db.len();
                if let (Some(_), Some(list)) = (pool, &mut memory.list) {
                    let images = images.zip(out.chunks_exact(size));
                    let gradients = dout.chunks_exact(size).zip(memory.peaks.chunks_exact(size));
                    for ((x, out), (dout, peaks)) in images.zip(gradients) {
                        list.clear();
                        for (f, db) in db.iter_mut().enumerate() {
                            let of = f * channel..(f + 1) * channel;
                            *db +=
                                list.push_filter(&peaks[of.clone()], &dout[of.clone()], &out[of]);
                        }
                        list.accumulate_dw(conv, x);
                        if let Some(dx) = next_dx() {
                            list.dx(conv, spread, dx);
                        }
                    }
                    return list.add_dw(conv, dw);
                }
                // ReLU: dz = dout where out > 0, else 0
                for (d, &out) in dout.iter_mut().zip(out) {
                    *d = if out > F::zero() { *d } else { F::zero() };
                }
                // db = the sum of dz over images and positions
                for dout in dout.chunks_exact(size) {
                    for (db, dout) in db.iter_mut().zip(dout.chunks_exact(channel)) {
                        *db += sum(dout);
                    }
                }
                match pool {
                    None => {
                        conv.add_dw(dout, x, dw, scratch);
                        for dout in dout.chunks_exact(size) {
                            let Some(dx) = next_dx() else { break };
                            conv.dx(dout, filters, dx, scratch);
                        }
                    }
                    // Filters too wide for the list: the gradient of every output.
                    Some(pool) => {
                        let gradients = dout.chunks_exact(size);
                        let peaks = memory.peaks.chunks_exact(size);
                        for ((x, dout), peaks) in images.zip(gradients).zip(peaks) {
                            pool.scatter(dout, peaks, &mut memory.z);
                            conv.add_dw(&memory.z, x, dw, scratch);
                            if let Some(dx) = next_dx() {
                                conv.dx(&memory.z, filters, dx, scratch);
                            }
                        }
                    }
                }
            }
            Stage::Max(pool) => {
                let peaks = memory.peaks.chunks_exact(size);
                for (dout, peaks) in dout.chunks_exact(size).zip(peaks) {
                    let Some(dx) = next_dx() else { break };
                    pool.scatter(dout, peaks, dx);
                }
            }
            Stage::Average(pool) => {
                for dout in dout.chunks_exact(size) {
                    let Some(dx) = next_dx() else { break };
                    pool.share(dout, dx);
                }
            }
        }
    }
}

/// `max(v, 0)`; NaN stays NaN.
pub fn relu<F: Real>(v: F) -> F {
    if v < F::zero() { F::zero() } else { v }
}

/// The sum of all, eight at a time, so that the compiler makes vectors of it.
fn sum<F: Real>(values: &[F]) -> F {
    let (eights, rest) = values.as_chunks::<8>();
    let mut sums = [F::zero(); 8];
    for eight in eights {
        sums.iter_mut().zip(eight).for_each(|(sum, &v)| *sum += v);
    }
    sums.iter().chain(rest).fold(F::zero(), |sum, &v| sum + v)
}
