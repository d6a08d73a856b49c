//! Convolution on rungs 4 and 5, in memory that is allocated once.

use std::sync::{Mutex, MutexGuard};

use cnn_im2col::fast::rows::{slice, slice_mut};
use cnn_im2col::fast::{Conv, Scratch};
use common::Float;
use rayon::prelude::*;

use crate::network::Network;
use crate::shape::Shape;

/// Images that a thread takes at a time. Fixed, so that sums over the batch have the
/// same bits for any number of threads.
const CHUNK: usize = 10;

/// Rung 4: im2col and a product for one image at a time, on one thread.
pub struct TiledConv {
    pub conv: Conv,
    pub scratch: Scratch<Float>,
}

impl TiledConv {
    /// With the memory for one image.
    pub fn new(shape: &Shape) -> TiledConv {
        let conv = conv(shape).with_im2col();
        TiledConv { scratch: conv.scratch(), conv }
    }

    /// `out`, image by image.
    pub fn forward(a: &mut Network) {
        let Network { shape, x, w, out, workspace, .. } = a;
        let TiledConv { conv, scratch } = workspace.get(|| TiledConv::new(shape));
        let images = slice(x).chunks(conv.inputs());
        for (x, out) in images.zip(slice_mut(out).chunks_mut(conv.outputs())) {
            conv.forward(x, slice(w), out, scratch);
        }
    }

    /// `dx` and `dw`, image by image.
    pub fn backward(a: &mut Network) {
        let Network { shape, x, w, dout, dx, dw, workspace, .. } = a;
        let TiledConv { conv, scratch } = workspace.get(|| TiledConv::new(shape));
        dw.fill(0.0);
        let images = slice(x).chunks(conv.inputs()).zip(slice(dout).chunks(conv.outputs()));
        for ((x, dout), dx) in images.zip(slice_mut(dx).chunks_mut(conv.inputs())) {
            conv.dx(dout, slice(w), dx, scratch);
            conv.add_dw(dout, x, slice_mut(dw), scratch);
        }
    }
}

/// Rung 5: tiles that read the image itself, without patches, on all threads.
pub struct FusedConv {
    conv: Conv,
    /// One for each thread.
    scratch: Vec<Mutex<Scratch<Float>>>,
    /// `dw (FN, C, FH, FW)` of each chunk of images.
    dws: Vec<Vec<Float>>,
}

impl FusedConv {
    fn new(shape: &Shape) -> FusedConv {
        let conv = conv(shape);
        let scratch = (0..rayon::current_num_threads()).map(|_| Mutex::new(conv.scratch()));
        let dw = vec![0.0; shape.filters * shape.taps()];
        let dws = vec![dw; shape.batch.div_ceil(CHUNK)];
        FusedConv { scratch: scratch.collect(), dws, conv }
    }

    /// `out`, the images shared out over the threads.
    pub fn forward(a: &mut Network) {
        let Network { shape, x, w, out, workspace, .. } = a;
        let FusedConv { conv, scratch, .. } = workspace.get(|| FusedConv::new(shape));
        let chunks = slice(x).par_chunks(CHUNK * conv.inputs());
        let chunks = chunks.zip(slice_mut(out).par_chunks_mut(CHUNK * conv.outputs()));
        chunks.for_each(|(x, out)| {
            let scratch = &mut *scratch_of_this_thread(scratch);
            for (x, out) in x.chunks(conv.inputs()).zip(out.chunks_mut(conv.outputs())) {
                conv.forward(x, slice(w), out, scratch);
            }
        });
    }

    /// `dx` and `dw`, the images shared out over the threads.
    pub fn backward(a: &mut Network) {
        let Network { shape, x, w, dout, dx, dw, workspace, .. } = a;
        let FusedConv { conv, scratch, dws } = workspace.get(|| FusedConv::new(shape));
        let chunks = slice(x).par_chunks(CHUNK * conv.inputs());
        let chunks = chunks.zip(slice(dout).par_chunks(CHUNK * conv.outputs()));
        let chunks = chunks.zip(slice_mut(dx).par_chunks_mut(CHUNK * conv.inputs()));
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
}

/// The scratch memory of the calling thread. No other thread uses it, so the lock
/// costs a few nanoseconds and never waits.
fn scratch_of_this_thread(scratch: &[Mutex<Scratch<Float>>]) -> MutexGuard<'_, Scratch<Float>> {
    let thread = rayon::current_thread_index().unwrap_or(0);
    scratch[thread].lock().expect("no thread has panicked")
}

fn conv(shape: &Shape) -> Conv {
    let Shape { channels, size, filters, kernel, window, .. } = *shape;
    let conv = Conv::new((channels, size, size), (filters, kernel, kernel), window);
    conv.unwrap_or_else(|error| panic!("{error}"))
}
