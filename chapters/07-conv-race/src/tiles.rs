//! The memory of rungs 4 and 5: made once, and then nothing is asked for.

use std::sync::Mutex;

use cnn_im2col::fast::{Conv, Scratch};
use common::Float;
use rayon::prelude::*;

use crate::layer::{Layer, numbers, numbers_mut};
use crate::shape::Shape;

/// Images that a thread takes at a time. Fixed, so that sums over the batch have
/// the same bits for any number of threads.
const CHUNK: usize = 10;

/// Rung 4: patches of one image at a time, and products, on one thread.
pub struct Alone {
    conv: Conv,
    scratch: Scratch<Float>,
}

/// Rung 5: tiles that read the image where it lies, on all threads.
pub struct Shared {
    conv: Conv,
    /// One for each thread.
    scratch: Vec<Mutex<Scratch<Float>>>,
    /// A `dw (FN, C, FH, FW)` for each chunk of images.
    dw: Vec<Vec<Float>>,
}

impl Alone {
    fn new(shape: &Shape) -> Alone {
        let conv = conv(shape).with_im2col();
        Alone { scratch: conv.scratch(), conv }
    }

    /// `out` of a layer, image by image.
    pub fn forward(layer: &mut Layer) {
        let Layer { shape, x, w, out, alone, .. } = layer;
        let Alone { conv, scratch } = alone.get_or_insert_with(|| Alone::new(shape));
        let images = numbers(x).chunks(conv.inputs());
        for (x, out) in images.zip(numbers_mut(out).chunks_mut(conv.outputs())) {
            conv.forward(x, numbers(w), out, scratch);
        }
    }

    /// `dx` and `dw` of a layer, image by image.
    pub fn backward(layer: &mut Layer) {
        let Layer { shape, x, w, dout, dx, dw, alone, .. } = layer;
        let Alone { conv, scratch } = alone.get_or_insert_with(|| Alone::new(shape));
        dw.fill(0.0);
        let images = numbers(x).chunks(conv.inputs()).zip(numbers(dout).chunks(conv.outputs()));
        for ((x, dout), dx) in images.zip(numbers_mut(dx).chunks_mut(conv.inputs())) {
            conv.dx(dout, numbers(w), dx, scratch);
            conv.add_dw(dout, x, numbers_mut(dw), scratch);
        }
    }
}

impl Shared {
    fn new(shape: &Shape) -> Shared {
        let conv = conv(shape);
        let scratch = (0..rayon::current_num_threads()).map(|_| Mutex::new(conv.scratch()));
        let dw = vec![0.0; shape.filters * shape.taps()];
        Shared { scratch: scratch.collect(), dw: vec![dw; shape.batch.div_ceil(CHUNK)], conv }
    }

    /// `out` of a layer, the images shared out over the threads.
    pub fn forward(layer: &mut Layer) {
        let Layer { shape, x, w, out, shared, .. } = layer;
        let Shared { conv, scratch, .. } = shared.get_or_insert_with(|| Shared::new(shape));
        let images = numbers(x).par_chunks(CHUNK * conv.inputs());
        let outs = numbers_mut(out).par_chunks_mut(CHUNK * conv.outputs());
        images.zip(outs).for_each(|(x, out)| {
            with(scratch, |scratch| {
                for (x, out) in x.chunks(conv.inputs()).zip(out.chunks_mut(conv.outputs())) {
                    conv.forward(x, numbers(w), out, scratch);
                }
            });
        });
    }

    /// `dx` and `dw` of a layer, the images shared out over the threads.
    pub fn backward(layer: &mut Layer) {
        let Layer { shape, x, w, dout, dx, dw, shared, .. } = layer;
        let Shared { conv, scratch, dw: parts } = shared.get_or_insert_with(|| Shared::new(shape));
        let images = numbers(x).par_chunks(CHUNK * conv.inputs());
        let images = images.zip(numbers(dout).par_chunks(CHUNK * conv.outputs()));
        let images = images.zip(numbers_mut(dx).par_chunks_mut(CHUNK * conv.inputs()));
        images.zip(&mut *parts).for_each(|(((x, dout), dx), dw)| {
            with(scratch, |scratch| {
                for (dout, dx) in dout.chunks(conv.outputs()).zip(dx.chunks_mut(conv.inputs())) {
                    conv.dx(dout, numbers(w), dx, scratch);
                }
                dw.fill(0.0);
                conv.add_dw(dout, x, dw, scratch);
            });
        });
        dw.fill(0.0);
        for part in &*parts {
            // In the order of the chunks, whichever thread was first.
            dw.iter_mut().zip(part).for_each(|(dw, &part)| *dw += part);
        }
    }
}

/// The working memory of the thread that asks. Nobody else wants it, so the lock
/// costs a few nanoseconds and never waits.
fn with(scratch: &[Mutex<Scratch<Float>>], work: impl FnOnce(&mut Scratch<Float>)) {
    let thread = rayon::current_thread_index().unwrap_or(0);
    work(&mut scratch[thread].lock().expect("no thread has panicked"));
}

fn conv(shape: &Shape) -> Conv {
    let Shape { channels, size, filters, kernel, window, .. } = *shape;
    let conv = Conv::new((channels, size, size), (filters, kernel, kernel), window);
    conv.unwrap_or_else(|error| panic!("{error}"))
}
