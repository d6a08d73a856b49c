//! The convolution as fast as the machine: tiles of sums in registers, straight
//! from the image.
//!
//! The matrix of patches has a row for each tap of a filter, and that row is
//! the image itself, read from another place: `x[offset(c, i, j) + position]`.
//! So with a stride of 1 the matrix need not be made. A tile takes up to six
//! filters and vectors of eight neighbouring outputs, and reads the image where
//! it lies in the cache.
//!
//! [`Conv`] works on one image, on the calling thread, and asks for no memory:
//! a network keeps an image in the cache through all of its layers.
//! [`forward`] and [`backward`] share a batch out over the threads.

use cnn_naive::Window;
use cnn_naive::conv::output_shape;
use common::fast::vector::{LANES, Plain, Vector};
use common::{Real, Result};
use multiversion::multiversion;
use multiversion::target::target_cfg_f;
use ndarray::{Array4, ArrayRef4, CowArray, Ix4};
use rayon::prelude::*;

use crate::conv::check_dout;
use crate::fast::product::{Matrix, Store, product};
use crate::fast::tile::{arrays, dots, tile};
use crate::im2col::fitting;

/// Images that a thread takes at a time. Fixed, so that the sums over a batch
/// have the same bits for any number of threads.
const CHUNK: usize = 10;
/// Filters of a tile, where there are so many.
const ROWS: usize = 6;
/// Taps whose inner products are found together, with three filters and with a
/// single one.
const TAPS: usize = 4;
const TAPS_OF_ONE: usize = 9;
/// Inner products should run over this many vectors before they leave the
/// registers, so small images are taken several at a time.
const LONG: usize = 80;

/// A convolution with everything that can be known before the first image.
#[derive(Clone, Debug)]
pub struct Conv {
    /// Channels, height and width of an image.
    pub image: (usize, usize, usize),
    /// How many filters, their height and width.
    pub filters: (usize, usize, usize),
    /// Filters, height and width of what comes out.
    pub out: (usize, usize, usize),
    /// Stride and padding.
    pub window: Window,
    /// Height and width of the image with its padding.
    padded: (usize, usize),
    /// Whether the tiles read the image itself, and not its patches.
    direct: bool,
    /// Where the image holds what a tap `(c, i, j)` sees first.
    offsets: Vec<usize>,
    /// Outputs in vectors, row after row.
    segments: Vec<Segment>,
    /// Where inner products find the vectors of `group` images: in the images,
    /// and in the gradients.
    pairs: Vec<(usize, usize)>,
    /// Images that inner products run over before they leave the registers.
    group: usize,
}

/// Up to eight neighbouring outputs.
#[derive(Clone, Copy, Debug)]
struct Segment {
    /// What the first tap sees of them, in the image.
    from: usize,
    /// The first of them, among the outputs.
    to: usize,
    /// How many they are.
    len: usize,
}

/// Working memory for one thread; between two calls it means nothing.
#[derive(Clone, Debug)]
pub struct Scratch<F> {
    /// Images with their padding, or the patches of one, a row for each tap.
    laid: Vec<F>,
    /// Gradients of outputs, in whole vectors.
    dout: Vec<F>,
    /// Gradients of patches: `(C FH FW, OH OW)`.
    dcols: Vec<F>,
    /// The gradient of an image with its padding.
    dx: Vec<F>,
}

impl Conv {
    /// A convolution of images `(C, H, W)` with `filters = (FN, FH, FW)`.
    ///
    /// # Errors
    /// If the window does not fit the image; see [`Window::outputs`].
    pub fn new(
        image: (usize, usize, usize),
        filters: (usize, usize, usize),
        window: Window,
    ) -> Result<Conv> {
        let ((c, h, w), (count, fh, fw)) = (image, filters);
        let (_, _, oh, ow) = output_shape((1, c, h, w), (count, c, fh, fw), window)?;
        let padded = (h + 2 * window.padding, w + 2 * window.padding);
        // A row of 24 outputs is three vectors; one of 9 would be two, half empty.
        let direct = window.stride == 1 && ow.next_multiple_of(LANES) * 4 <= ow * 5;
        let offsets = taps(c, fh, fw).map(|(c, i, j)| (c * padded.0 + i) * padded.1 + j);
        let offsets: Vec<usize> = offsets.collect();
        let starts = (0..oh).flat_map(|y| (0..ow).step_by(LANES).map(move |x| (y, x)));
        let segment =
            |(y, x)| Segment { from: y * padded.1 + x, to: y * ow + x, len: LANES.min(ow - x) };
        let segments: Vec<Segment> = starts.map(segment).collect();
        let group = if direct { (LONG / segments.len()).clamp(1, CHUNK) } else { 1 };
        let out = (count, oh, ow);
        let pairs = Vec::new();
        let mut conv =
            Conv { image, filters, out, window, padded, direct, offsets, segments, pairs, group };
        let (laid, dout) = (conv.laid(), conv.out.0 * conv.dout_row());
        for n in 0..group {
            for (s, segment) in conv.segments.iter().enumerate() {
                let to = if conv.whole() { segment.to } else { s * LANES };
                conv.pairs.push((n * laid + segment.from, n * dout + to));
            }
        }
        Ok(conv)
    }

    /// The same through the patches of an image and a product, whether or not
    /// there is a better way: to measure what the better way gains.
    pub fn with_im2col(self) -> Conv {
        Conv { direct: false, group: 1, ..self }
    }

    /// Numbers that a filter multiplies: `C FH FW`.
    pub fn taps(&self) -> usize {
        self.offsets.len()
    }

    /// Outputs of a filter for one image: `OH OW`.
    pub fn positions(&self) -> usize {
        self.out.1 * self.out.2
    }

    /// Numbers of one image: `C H W`.
    pub fn inputs(&self) -> usize {
        self.image.0 * self.image.1 * self.image.2
    }

    /// Numbers that come out for one image: `FN OH OW`.
    pub fn outputs(&self) -> usize {
        self.out.0 * self.positions()
    }

    /// Whether every vector of outputs is full.
    fn whole(&self) -> bool {
        self.out.2.is_multiple_of(LANES)
    }

    /// Whether the tiles can read an image where it is: it needs no padding, and
    /// the last vector of its last row does not look beyond its end.
    fn in_place(&self) -> bool {
        self.direct && self.window.padding == 0 && self.whole()
    }

    /// Numbers of one image as the tiles read it.
    fn laid(&self) -> usize {
        match self.direct {
            true if self.in_place() => self.inputs(),
            true => self.padded_len() + LANES,
            false => self.taps() * self.positions(),
        }
    }

    /// Numbers of a filter's gradients as inner products read them.
    fn dout_row(&self) -> usize {
        if self.whole() { self.positions() } else { self.segments.len() * LANES }
    }

    /// Working memory for one thread.
    pub fn scratch<F: Real>(&self) -> Scratch<F> {
        let zeros = |n| vec![F::zero(); n];
        Scratch {
            laid: zeros(if self.in_place() { 0 } else { self.group * self.laid() }),
            dout: zeros(if self.whole() { 0 } else { self.group * self.out.0 * self.dout_row() }),
            dcols: zeros(self.taps() * self.positions()),
            dx: zeros(self.padded_len()),
        }
    }

    /// One image: `x (C, H, W)` and `w (FN, C, FH, FW)` to `out (FN, OH, OW)`.
    ///
    /// # Panics
    /// If a slice has another length.
    pub fn forward<F: Real>(&self, x: &[F], w: &[F], out: &mut [F], scratch: &mut Scratch<F>) {
        self.check("forward", x.len(), w.len(), out.len());
        let laid = self.lay(x, &mut scratch.laid);
        if self.direct {
            tiles(self, w, laid, out);
        } else {
            let size = (self.out.0, self.taps(), self.positions());
            let cols = Matrix::new(laid, self.positions());
            product(size, Matrix::new(w, self.taps()), cols, Store::Overwrite, out);
        }
    }

    /// Adds to `dw (FN, C, FH, FW)` what one image or several contribute, from
    /// `dout (n, FN, OH, OW)` and `x (n, C, H, W)`:
    /// `dw[f, k] += sum over n, p of dout[n, f, p] x[n, p + k]`.
    ///
    /// # Panics
    /// If a slice has another length.
    pub fn add_dw<F: Real>(&self, dout: &[F], x: &[F], dw: &mut [F], scratch: &mut Scratch<F>) {
        let (inputs, outputs) = (self.inputs(), self.outputs());
        let n = x.len() / inputs;
        self.check("add_dw", x.len() / n.max(1), dw.len(), dout.len() / n.max(1));
        let groups = x.chunks(self.group * inputs).zip(dout.chunks(self.group * outputs));
        for (x, dout) in groups {
            let laid = self.lay(x, &mut scratch.laid);
            if !self.direct {
                // dw += dout colsT
                let size = (self.out.0, self.positions(), self.taps());
                let cols = Matrix::new(laid, self.positions());
                product(size, Matrix::new(dout, self.positions()), cols.t(), Store::Add, dw);
                continue;
            }
            let images = x.len() / inputs;
            if self.whole() {
                inner_products(self, images, dout, laid, dw);
            } else {
                self.in_whole_vectors(dout, &mut scratch.dout);
                inner_products(self, images, &scratch.dout, laid, dw);
            }
        }
    }

    /// The gradient of one image, `dx (C, H, W)`, from `dout (FN, OH, OW)` and
    /// `w (FN, C, FH, FW)`: the gradients of its patches, `wT dout`, each added
    /// where the patch came from.
    ///
    /// # Panics
    /// If a slice has another length.
    pub fn dx<F: Real>(&self, dout: &[F], w: &[F], dx: &mut [F], scratch: &mut Scratch<F>) {
        self.check("dx", dx.len(), w.len(), dout.len());
        // dcols = wT dout
        let size = (self.taps(), self.out.0, self.positions());
        let w = Matrix::new(w, self.taps());
        let dout = Matrix::new(dout, self.positions());
        product(size, w.t(), dout, Store::Overwrite, &mut scratch.dcols); // (C FH FW, OH OW)
        // dx = col2im(dcols)
        if self.window.padding == 0 {
            self.fold(&scratch.dcols, dx);
        } else {
            self.fold(&scratch.dcols, &mut scratch.dx);
            self.crop(&scratch.dx, dx);
        }
    }

    fn check(&self, what: &str, x: usize, w: usize, out: usize) {
        let right = (self.inputs(), self.out.0 * self.taps(), self.outputs());
        assert!(
            (x, w, out) == right,
            "Conv::{what}: image, filters and outputs have {:?} numbers, not {right:?}",
            (x, w, out)
        );
    }

    /// Where row `y` of the image, counted through all channels, begins in the
    /// image with its padding.
    fn inside(&self, y: usize) -> usize {
        let ((_, h, _), (rows, row)) = (self.image, self.padded);
        (y / h * rows + self.window.padding + y % h) * row + self.window.padding
    }

    /// Images as the tiles read them: where they are, or with their padding, or
    /// their patches.
    fn lay<'a, F: Real>(&self, x: &'a [F], scratch: &'a mut [F]) -> &'a [F] {
        if self.in_place() {
            return x;
        }
        for (x, laid) in x.chunks_exact(self.inputs()).zip(scratch.chunks_exact_mut(self.laid())) {
            if self.direct {
                self.pad(x, laid);
            } else {
                self.unroll(x, laid);
            }
        }
        scratch
    }

    /// An image with its padding.
    pub(crate) fn pad<F: Real>(&self, x: &[F], padded: &mut [F]) {
        if self.window.padding == 0 {
            return padded[..x.len()].copy_from_slice(x);
        }
        padded.fill(F::zero());
        for (y, x) in x.chunks_exact(self.image.2).enumerate() {
            padded[self.inside(y)..][..x.len()].copy_from_slice(x);
        }
    }

    /// Where an image with its padding holds what each tap sees first.
    pub(crate) fn offsets(&self) -> &[usize] {
        &self.offsets
    }

    /// An image without its padding.
    pub(crate) fn crop<F: Real>(&self, padded: &[F], x: &mut [F]) {
        for (y, x) in x.chunks_exact_mut(self.image.2).enumerate() {
            x.copy_from_slice(&padded[self.inside(y)..][..x.len()]);
        }
    }

    /// Numbers of an image with its padding.
    pub(crate) fn padded_len(&self) -> usize {
        self.image.0 * self.padded.0 * self.padded.1
    }

    /// Height and width of an image with its padding.
    pub(crate) fn padded(&self) -> (usize, usize) {
        self.padded
    }

    /// im2col for one image, on its side: a row for each tap, `(C FH FW, OH OW)`.
    fn unroll<F: Real>(&self, x: &[F], cols: &mut [F]) {
        let ((c, h, w), (_, fh, fw), (_, oh, ow)) = (self.image, self.filters, self.out);
        let Window { stride, padding } = self.window;
        for ((c, i, j), row) in taps(c, fh, fw).zip(cols.chunks_exact_mut(oh * ow)) {
            // Outputs that see a pixel, not padding: 0 <= ox stride + j - padding < w.
            let first = padding.saturating_sub(j).div_ceil(stride).min(ow);
            let end = (w + padding).saturating_sub(j).div_ceil(stride).clamp(first, ow);
            for (oy, row) in row.chunks_exact_mut(ow).enumerate() {
                let y = (oy * stride + i).wrapping_sub(padding);
                if y >= h || first == end {
                    row.fill(F::zero());
                    continue;
                }
                row[..first].fill(F::zero());
                row[end..].fill(F::zero());
                let x = &x[(c * h + y) * w + first * stride + j - padding..];
                if stride == 1 {
                    row[first..end].copy_from_slice(&x[..end - first]);
                } else {
                    let seen = x.iter().step_by(stride);
                    row[first..end].iter_mut().zip(seen).for_each(|(row, &x)| *row = x);
                }
            }
        }
    }

    /// col2im for one image: adds every gradient where its patch came from, in
    /// an image with its padding.
    fn fold<F: Real>(&self, dcols: &[F], dx: &mut [F]) {
        let ((c, ..), (_, fh, fw), (_, oh, ow)) = (self.image, self.filters, self.out);
        let (stride, (rows, row)) = (self.window.stride, self.padded);
        dx.fill(F::zero());
        for ((c, i, j), dcols) in taps(c, fh, fw).zip(dcols.chunks_exact(oh * ow)) {
            let dx = &mut dx[(c * rows + i) * row + j..];
            for (oy, dcols) in dcols.chunks_exact(ow).enumerate() {
                let dx = &mut dx[oy * stride * row..];
                if stride == 1 {
                    dx[..ow].iter_mut().zip(dcols).for_each(|(dx, &d)| *dx += d);
                } else {
                    dx.iter_mut().step_by(stride).zip(dcols).for_each(|(dx, &d)| *dx += d);
                }
            }
        }
    }

    /// `dout (n, FN, OH, OW)` with zeros behind each segment that is not full.
    fn in_whole_vectors<F: Real>(&self, dout: &[F], to: &mut [F]) {
        let rows = dout.chunks_exact(self.positions()).zip(to.chunks_exact_mut(self.dout_row()));
        for (dout, row) in rows {
            let vectors = row.as_chunks_mut::<LANES>().0.iter_mut();
            for (vector, segment) in vectors.zip(&self.segments) {
                vector[..segment.len].copy_from_slice(&dout[segment.to..][..segment.len]);
                vector[segment.len..].fill(F::zero());
            }
        }
    }
}

/// All taps `(c, i, j)` of a filter, `j` fastest.
fn taps(c: usize, fh: usize, fw: usize) -> impl Iterator<Item = (usize, usize, usize)> {
    (0..c * fh * fw).map(move |k| (k / (fh * fw), k / fw % fh, k % fw))
}

/// `out = w x` in tiles, where `x` is an image with its padding and eight
/// numbers behind it. Compiled twice: with the processor's fused multiply-add,
/// and without.
#[multiversion(targets("x86_64+avx2+fma"))]
fn tiles<F: Real>(conv: &Conv, w: &[F], x: &[F], out: &mut [F]) {
    if target_cfg_f!(target_feature = "fma") {
        each_tile::<F, F::Wide>(conv, w, x, out);
    } else {
        each_tile::<F, Plain<F>>(conv, w, x, out);
    }
}

#[inline(always)]
fn each_tile<F: Real, V: Vector<F>>(conv: &Conv, w: &[F], x: &[F], out: &mut [F]) {
    let mut f = 0;
    for tiles in (1..=conv.out.0.div_ceil(ROWS)).rev() {
        let filters = (conv.out.0 - f).div_ceil(tiles); // as even as can be
        let w = &w[f * conv.taps()..];
        let out = &mut out[f * conv.positions()..];
        // Twelve vectors of sums, or as near as the filters allow.
        match filters {
            6 => each_segment::<F, V, 6, 2>(conv, w, x, out),
            5 => each_segment::<F, V, 5, 2>(conv, w, x, out),
            4 => each_segment::<F, V, 4, 2>(conv, w, x, out),
            3 => each_segment::<F, V, 3, 4>(conv, w, x, out),
            2 => each_segment::<F, V, 2, 4>(conv, w, x, out),
            _ => each_segment::<F, V, 1, 8>(conv, w, x, out),
        }
        f += filters;
    }
}

/// `M` filters over a whole image, `S` vectors at a time.
#[inline(always)]
fn each_segment<F: Real, V: Vector<F>, const M: usize, const S: usize>(
    conv: &Conv,
    w: &[F],
    x: &[F],
    out: &mut [F],
) {
    let (taps, positions, whole) = (conv.taps(), conv.positions(), conv.whole());
    let last = conv.segments.len() - 1;
    for s in (0..=last).step_by(S) {
        // Behind the last segment the last once more: the same outputs again.
        let segments: [Segment; S] = std::array::from_fn(|i| conv.segments[last.min(s + i)]);
        let from = segments.map(|segment| segment.from);
        // SAFETY: `w` holds `M` filters and more. The outputs of a full segment
        // see the image or its padding; the others see at most seven numbers
        // more, and then the image has eight behind it.
        let sums: [[V; S]; M] = unsafe { tile(w, (taps, 1), taps, x, |k| conv.offsets[k], from) };
        if whole {
            for (m, sums) in sums.iter().enumerate() {
                for i in 0..S {
                    let at = m * positions + segments[i].to;
                    debug_assert!(at + LANES <= out.len());
                    // SAFETY: `out` holds `M` rows and more, a full segment lies
                    // inside its row.
                    unsafe { sums[i].store(out.as_mut_ptr().add(at)) };
                }
            }
        } else {
            for (m, sums) in arrays(sums).iter().enumerate() {
                for (segment, sums) in segments.iter().zip(sums) {
                    let out = &mut out[m * positions + segment.to..][..segment.len];
                    out.copy_from_slice(&sums[..segment.len]);
                }
            }
        }
    }
}

/// Adds to `dw` the inner products of the gradients with the images, both laid
/// out in whole vectors. Compiled twice, as [`tiles`].
#[multiversion(targets("x86_64+avx2+fma"))]
fn inner_products<F: Real>(conv: &Conv, images: usize, dout: &[F], x: &[F], dw: &mut [F]) {
    if target_cfg_f!(target_feature = "fma") {
        each_filter::<F, F::Wide>(conv, images, dout, x, dw);
    } else {
        each_filter::<F, Plain<F>>(conv, images, dout, x, dw);
    }
}

#[inline(always)]
fn each_filter<F: Real, V: Vector<F>>(
    conv: &Conv,
    images: usize,
    dout: &[F],
    x: &[F],
    dw: &mut [F],
) {
    let mut f = 0;
    for tiles in (1..=conv.out.0.div_ceil(3)).rev() {
        let filters = (conv.out.0 - f).div_ceil(tiles); // 3, as long as there are so many
        let dout = &dout[f * conv.dout_row()..];
        let dw = &mut dw[f * conv.taps()..];
        match filters {
            3 => each_tap::<F, V, 3, TAPS>(conv, images, dout, x, dw),
            2 => each_tap::<F, V, 2, TAPS>(conv, images, dout, x, dw),
            _ => each_tap::<F, V, 1, TAPS_OF_ONE>(conv, images, dout, x, dw),
        }
        f += filters;
    }
}

/// `M` filters with all taps, `K` at a time.
#[inline(always)]
fn each_tap<F: Real, V: Vector<F>, const M: usize, const K: usize>(
    conv: &Conv,
    images: usize,
    dout: &[F],
    x: &[F],
    dw: &mut [F],
) {
    let taps = conv.taps();
    let pairs = &conv.pairs[..images * conv.segments.len()];
    for k in (0..taps).step_by(K) {
        // Behind the last tap the last once more; what it gives is not used.
        let offsets = std::array::from_fn(|i| conv.offsets[(taps - 1).min(k + i)]);
        // SAFETY: `pairs` are made for so many images, laid out like these, and
        // for `M` rows and more of their gradients in whole vectors.
        let sums = unsafe { dots::<F, V, M, K>(dout, conv.dout_row(), x, offsets, pairs) };
        for m in 0..M {
            for i in 0..K.min(taps - k) {
                dw[m * taps + k + i] += sums[m][i];
            }
        }
    }
}

/// `x (N, C, H, W)` and `w (FN, C, FH, FW)` to `out (N, FN, OH, OW)`, the images
/// shared out over rayon's threads.
///
/// # Panics
/// If the shapes do not fit.
pub fn forward<F: Real>(x: &ArrayRef4<F>, w: &ArrayRef4<F>, window: Window) -> Array4<F> {
    let conv = of_shapes(x.dim(), w.dim(), window);
    let (x, w) = (x.as_standard_layout(), w.as_standard_layout());
    let x_chunks = slice(&x).par_chunks(CHUNK * conv.inputs());
    let mut out = vec![F::zero(); x.dim().0 * conv.outputs()];
    let out_chunks = out.par_chunks_mut(CHUNK * conv.outputs());
    out_chunks.zip(x_chunks).for_each(|(out, x)| {
        let mut scratch = conv.scratch();
        for (out, x) in out.chunks_mut(conv.outputs()).zip(x.chunks(conv.inputs())) {
            conv.forward(x, slice(&w), out, &mut scratch);
        }
    });
    let (count, oh, ow) = conv.out;
    Array4::from_shape_vec((x.dim().0, count, oh, ow), out).expect("outputs for every image")
}

/// From `dout (N, FN, OH, OW)` and what [`forward`] saw to `dx (N, C, H, W)` and
/// `dw (FN, C, FH, FW)`, the images shared out over rayon's threads.
///
/// # Panics
/// If the shapes do not fit.
pub fn backward<F: Real>(
    dout: &ArrayRef4<F>,
    x: &ArrayRef4<F>,
    w: &ArrayRef4<F>,
    window: Window,
) -> (Array4<F>, Array4<F>) {
    let conv = of_shapes(x.dim(), w.dim(), window);
    let (count, oh, ow) = conv.out;
    check_dout(dout.dim(), (x.dim().0, count, oh, ow));
    let (dout, x, w) = (dout.as_standard_layout(), x.as_standard_layout(), w.as_standard_layout());
    let mut dx = vec![F::zero(); x.len()];
    let chunks = dx.par_chunks_mut(CHUNK * conv.inputs());
    let chunks = chunks.zip(slice(&x).par_chunks(CHUNK * conv.inputs()));
    let chunks = chunks.zip(slice(&dout).par_chunks(CHUNK * conv.outputs()));
    // Every chunk of images has a dw of its own ...
    let parts = chunks.map(|((dx, x), dout)| {
        let mut scratch = conv.scratch();
        for (dx, dout) in dx.chunks_mut(conv.inputs()).zip(dout.chunks(conv.outputs())) {
            conv.dx(dout, slice(&w), dx, &mut scratch);
        }
        let mut dw = Array4::zeros(w.dim());
        conv.add_dw(dout, x, dw.as_slice_mut().expect("a new array"), &mut scratch);
        dw
    });
    let parts: Vec<Array4<F>> = parts.collect();
    // ... and they are added in order, whichever thread made them.
    let dw = parts.iter().fold(Array4::zeros(w.dim()), |sum, part| sum + part);
    (Array4::from_shape_vec(x.dim(), dx).expect("a gradient for every pixel"), dw)
}

type Shape = (usize, usize, usize, usize);

fn of_shapes(x: Shape, w: Shape, window: Window) -> Conv {
    fitting(x, w, window);
    let ((_, c, height, width), (filters, _, fh, fw)) = (x, w);
    Conv::new((c, height, width), (filters, fh, fw), window)
        .unwrap_or_else(|error| panic!("{error}"))
}

fn slice<'a, F>(a: &'a CowArray<F, Ix4>) -> &'a [F] {
    a.as_slice().expect("the layout is standard")
}
