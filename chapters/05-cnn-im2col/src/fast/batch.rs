//! Convolution of a batch on all threads, with the signature of every convolution of
//! the course.

use cnn_naive::Window;
use cnn_naive::conv::{Shape, check_dout, checked_shape};
use common::Real;
use ndarray::{Array4, ArrayRef4};
use rayon::prelude::*;

use crate::fast::plan::Conv;
use crate::fast::rows::{slice, slice_mut};

/// Images in a chunk for one thread. Fixed, so that the sums over a batch have the
/// same bits with any number of threads.
const CHUNK: usize = 10;

/// `x (N, C, H, W)` and `w (FN, C, FH, FW)` to `out (N, FN, OH, OW)`. Panics if the
/// shapes do not fit.
pub fn forward<F: Real>(x: &ArrayRef4<F>, w: &ArrayRef4<F>, window: Window) -> Array4<F> {
    let (conv, shape) = plan(x.dim(), w.dim(), window);
    let (x, w) = (x.as_standard_layout(), w.as_standard_layout());
    let mut out = Array4::zeros(shape);
    let chunks = slice_mut(&mut out).par_chunks_mut(CHUNK * conv.outputs());
    chunks.zip(slice(&x).par_chunks(CHUNK * conv.inputs())).for_each(|(out, x)| {
        let mut scratch = conv.scratch();
        for (out, x) in out.chunks_mut(conv.outputs()).zip(x.chunks(conv.inputs())) {
            conv.forward(x, slice(&w), out, &mut scratch);
        }
    });
    out
}

/// The gradients `dx (N, C, H, W)` and `dw (FN, C, FH, FW)` from
/// `dout (N, FN, OH, OW)` and the inputs of [`forward`]; `dw` is **summed** over the
/// batch. Panics if the shapes do not fit.
pub fn backward<F: Real>(
    dout: &ArrayRef4<F>,
    x: &ArrayRef4<F>,
    w: &ArrayRef4<F>,
    window: Window,
) -> (Array4<F>, Array4<F>) {
    let (conv, shape) = plan(x.dim(), w.dim(), window);
    check_dout(dout.dim(), shape);
    let (dout, x, w) = (dout.as_standard_layout(), x.as_standard_layout(), w.as_standard_layout());
    let mut dx = Array4::zeros(x.dim());
    let chunks = slice_mut(&mut dx).par_chunks_mut(CHUNK * conv.inputs());
    let chunks = chunks.zip(slice(&x).par_chunks(CHUNK * conv.inputs()));
    let chunks = chunks.zip(slice(&dout).par_chunks(CHUNK * conv.outputs()));
    // Every chunk of images has its own dw ...
    let parts = chunks.map(|((dx, x), dout)| {
        let mut scratch = conv.scratch();
        for (dx, dout) in dx.chunks_mut(conv.inputs()).zip(dout.chunks(conv.outputs())) {
            conv.dx(dout, slice(&w), dx, &mut scratch);
        }
        let mut dw = Array4::zeros(w.dim());
        conv.add_dw(dout, x, slice_mut(&mut dw), &mut scratch);
        dw
    });
    let parts: Vec<Array4<F>> = parts.collect();
    // ... and they are added in the order of the chunks.
    (dx, parts.iter().fold(Array4::zeros(w.dim()), |sum, part| sum + part))
}

/// The plan, and the shape of the output.
fn plan((n, c, height, width): Shape, w: Shape, window: Window) -> (Conv, Shape) {
    let shape = checked_shape((n, c, height, width), w, window);
    let conv = Conv::new((c, height, width), (w.0, w.2, w.3), window);
    (conv.unwrap_or_else(|error| panic!("{error}")), shape)
}
