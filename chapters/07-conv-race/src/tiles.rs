//! Convolution on rungs 4 and 5, in memory that is allocated once.

use std::sync::{Mutex, MutexGuard};

use cnn_im2col::fast::rows::{slice, slice_mut};
use cnn_im2col::fast::{Conv, Scratch};
use common::Float;
use rayon::prelude::*;

use crate::network::Network;
use crate::shape::Shape;

/// A convolution and its memory. Its images are shared out over the threads in chunks.
pub struct Tiles {
    conv: Conv,
    /// Images in a chunk. Fixed, so that sums over the batch have the same bits for any
    /// number of threads.
    chunk: usize,
    /// One for each thread.
    scratch: Vec<Mutex<Scratch<Float>>>,
    /// `dw (FN, C, FH, FW)` of each chunk.
    dws: Vec<Vec<Float>>,
}

impl Tiles {
    /// Rung 4: im2col and a product for one image at a time, all of them on one thread.
    pub fn with_im2col(shape: &Shape) -> Tiles {
        Tiles::new(conv(shape).with_im2col(), shape, shape.batch)
    }

    /// Rung 5: tiles that read the image itself, without patches, on all threads.
    pub fn fused(shape: &Shape) -> Tiles {
        Tiles::new(conv(shape), shape, 10)
    }

    fn new(conv: Conv, shape: &Shape, chunk: usize) -> Tiles {
        let scratch = (0..rayon::current_num_threads()).map(|_| Mutex::new(conv.scratch()));
        let dw = vec![0.0; shape.filters * shape.taps()];
        let dws = vec![dw; shape.batch.div_ceil(chunk)];
        Tiles { scratch: scratch.collect(), dws, chunk, conv }
    }
}

/// `out`, by the tiles that `new` makes in the first run.
pub fn forward(a: &mut Network, new: fn(&Shape) -> Tiles) {
    let Network { shape, x, w, out, workspace, .. } = a;
    let Tiles { conv, chunk, scratch, .. } = workspace.get(|| new(shape));
    let chunks = slice(x).par_chunks(*chunk * conv.inputs());
    let chunks = chunks.zip(slice_mut(out).par_chunks_mut(*chunk * conv.outputs()));
    chunks.for_each(|(x, out)| {
        let scratch = &mut *scratch_of_this_thread(scratch);
        for (x, out) in x.chunks(conv.inputs()).zip(out.chunks_mut(conv.outputs())) {
            conv.forward(x, slice(w), out, scratch);
        }
    });
}

/// `dx` and `dw`, by the tiles that `new` makes in the first run.
pub fn backward(a: &mut Network, new: fn(&Shape) -> Tiles) {
    let Network { shape, x, w, dout, dx, dw, workspace, .. } = a;
    let Tiles { conv, chunk, scratch, dws } = workspace.get(|| new(shape));
    let chunks = slice(x).par_chunks(*chunk * conv.inputs());
    let chunks = chunks.zip(slice(dout).par_chunks(*chunk * conv.outputs()));
    let chunks = chunks.zip(slice_mut(dx).par_chunks_mut(*chunk * conv.inputs()));
    chunks.zip(&mut *dws).for_each(|(((x, dout), dx), dw)| {
        let scratch = &mut *scratch_of_this_thread(scratch);
        for (dout, dx) in dout.chunks(conv.outputs()).zip(dx.chunks_mut(conv.inputs())) {
            conv.dx(dout, slice(w), dx, scratch);
        }
        dw.fill(0.0);
        conv.add_dw(dout, x, dw, scratch);
    });
    dw.fill(0.0);
    for chunk in &*dws {
        // In the order of the chunks, whichever thread was first.
        dw.iter_mut().zip(chunk).for_each(|(dw, &chunk)| *dw += chunk);
    }
}

/// The scratch memory of the calling thread. No other thread uses it, so the lock
/// costs a few nanoseconds and never waits.
fn scratch_of_this_thread(scratch: &[Mutex<Scratch<Float>>]) -> MutexGuard<'_, Scratch<Float>> {
    let thread = rayon::current_thread_index().unwrap_or(0);
    scratch[thread].lock().expect("no thread has panicked")
}

/// The convolution of one image of this shape. Panics if the window does not fit it.
pub fn conv(shape: &Shape) -> Conv {
    let Shape { channels, size, filters, kernel, window, .. } = *shape;
    let conv = Conv::new((channels, size, size), (filters, kernel, kernel), window);
    conv.unwrap_or_else(|error| panic!("{error}"))
}
