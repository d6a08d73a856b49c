//! A network of convolutions, pools and affine layers, as fast as the machine.
//!
//! The way of a batch, forward and back:
//!
//! ```text
//! images ->  stages, a chunk of images on each thread  ->  features (N, D)
//!                                    affine layers, the whole batch  ->  z (N, M)
//! ```
//!
//! All parameters lie one behind the other in `w`, all gradients in `dw`, so an
//! optimiser is a loop over two slices. Memory is asked for once.

use std::ops::Range;

use cnn_im2col::fast::Conv;
use common::{Real, Result, Rng, init};
use ndarray::{Array3, ArrayRef1, ArrayRef2, ArrayView2};
use rayon::prelude::*;

use crate::head::Affine;
use crate::layers::{Layer, Layers, Pooling};
use crate::reduce::Windows;
use crate::stage::{Memory, Spread, Stage, relu};

/// Images that go through the stages together. Fixed, so that gradients have
/// the same bits for any number of threads.
const CHUNK: usize = 10;

/// Plan, parameters, gradients and working memory.
pub struct Network<F> {
    /// All parameters.
    pub w: Vec<F>,
    /// Their gradients.
    pub dw: Vec<F>,
    pieces: Vec<Piece>,
    stages: Vec<Stage>,
    affine: Vec<Affine<F>>,
    /// The memory of each chunk of images.
    chunks: Vec<Chunk<F>>,
    /// For each stage, its filters as its backward wants them.
    spread: Vec<Spread<F>>,
    /// What comes out of the stages, `(N, D)`, and its gradient.
    features: Vec<F>,
    dfeatures: Vec<F>,
    batch: usize,
    inputs: usize,
}

/// The memory of a chunk of images.
struct Chunk<F> {
    /// Of each stage.
    memories: Vec<Memory<F>>,
    /// What came out of each stage but the last, `(n, C, H, W)`, and its gradient.
    between: Vec<(Vec<F>, Vec<F>)>,
}

/// Some of the parameters: the weights or the biases of one layer.
#[derive(Clone, Debug)]
pub struct Piece {
    /// `w1`, `b1`, `w2` ..., counted over convolutions and affine layers.
    pub name: String,
    /// Where they are.
    pub range: Range<usize>,
    /// `(FN, C, FH, FW)` for filters, `(D, M)` for weights, `(1, M)` for biases.
    pub shape: Vec<usize>,
}

impl<F: Real> Network<F> {
    /// The network of `layers` and a last affine layer to `classes`, for images
    /// `(C, H, W)` and batches of up to `batch`. Weights are drawn from `rng` as
    /// He et al. (2015) have it, N(0, 2 / inputs); biases begin at zero.
    ///
    /// # Errors
    /// If a layer does not fit what the one before it gives.
    pub fn new(
        layers: &Layers,
        image: (usize, usize, usize),
        classes: usize,
        batch: usize,
        rng: &mut Rng,
    ) -> Result<Network<F>> {
        let shapes = layers.shapes(image)?;
        let (mut w, mut pieces) = (Vec::new(), Vec::new());
        let (mut stages, mut affine) = (Vec::new(), Vec::new());
        let mut from = image;
        let mut add = |shape: &[usize], inputs: usize, pieces: &mut Vec<Piece>| {
            // One column of weights for each output, as `init::he` counts them.
            let units = shape.iter().product::<usize>() / inputs;
            let first = w.len();
            w.extend(init::he::<F>((inputs, units), rng));
            let biases = w.len();
            w.resize(biases + units, F::zero());
            let k = pieces.len() / 2 + 1;
            for (name, range, shape) in [
                (format!("w{k}"), first..biases, shape.to_vec()),
                (format!("b{k}"), biases..biases + units, vec![1, units]),
            ] {
                pieces.push(Piece { name, range, shape });
            }
            (first..biases, biases..biases + units)
        };
        for (layer, &to) in layers.layers().iter().zip(&shapes) {
            let (c, h, width) = from;
            match *layer {
                Layer::Conv { filters, size, window } => {
                    let conv = Conv::new(from, (filters, size, size), window)?;
                    let shape = [filters, c, size, size];
                    let (w, b) = add(&shape, c * size * size, &mut pieces);
                    stages.push(Stage::Conv { conv, pool: None, w, b });
                }
                Layer::Pool { kind, size, stride } => {
                    let windows = Windows { image: from, out: to, size, stride };
                    match (kind, stages.last_mut()) {
                        (Pooling::Max, Some(Stage::Conv { pool: pool @ None, .. })) => {
                            *pool = Some(windows);
                        }
                        (Pooling::Max, _) => stages.push(Stage::Max(windows)),
                        (Pooling::Average, _) => stages.push(Stage::Average(windows)),
                    }
                }
                Layer::Affine { units } => {
                    let d = c * h * width;
                    let (w, b) = add(&[d, units], d, &mut pieces);
                    affine.push(Affine::new(d, units, (w, b), batch));
                }
            }
            from = to;
        }
        let d = from.0 * from.1 * from.2;
        let (last_w, last_b) = add(&[d, classes], d, &mut pieces);
        affine.push(Affine::new(d, classes, (last_w, last_b), batch));

        let features = stages.last().map_or(0, |stage: &Stage| batch * stage.outputs());
        let zeros = |stage: &Stage| vec![F::zero(); CHUNK * stage.outputs()];
        let inner = &stages[..stages.len().saturating_sub(1)];
        let chunk = || Chunk {
            memories: stages.iter().map(|stage| stage.memory(CHUNK)).collect(),
            between: inner.iter().map(|stage| (zeros(stage), zeros(stage))).collect(),
        };
        Ok(Network {
            dw: vec![F::zero(); w.len()],
            chunks: (0..batch.div_ceil(CHUNK)).map(|_| chunk()).collect(),
            spread: vec![Vec::new(); stages.len()],
            features: vec![F::zero(); features],
            dfeatures: vec![F::zero(); features],
            inputs: image.0 * image.1 * image.2,
            w,
            pieces,
            stages,
            affine,
            batch,
        })
    }

    /// How many numbers training changes.
    pub fn parameters(&self) -> usize {
        self.w.len()
    }

    /// The parameters of every layer, in order.
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// Images `x (N, C H W)` to logits `z (N, M)`. What [`Network::backward`]
    /// needs stays here.
    ///
    /// # Panics
    /// If the images have another size, are too many, or do not lie row by row.
    pub fn forward(&mut self, x: &ArrayRef2<F>) -> ArrayView2<'_, F> {
        let n = x.nrows();
        let images = self.images(x);
        let Network { w, stages, affine, chunks, features, .. } = self;
        let mut a = images;
        if let Some(last) = stages.last() {
            let size = CHUNK * last.outputs();
            let work = images.par_chunks(CHUNK * x.ncols()).zip(chunks.par_iter_mut());
            let outs = features[..n * last.outputs()].par_chunks_mut(size);
            work.zip(outs).for_each(|((x, chunk), out)| chunk.forward(stages, w, x, out));
            a = &features[..n * last.outputs()];
        }
        let hidden = affine.len() - 1;
        for i in 0..=hidden {
            let (before, layer) = affine.split_at_mut(i);
            let a = before.last().map_or(a, |before| &before.out[..n * before.units]);
            layer[0].forward(w, a, i < hidden);
        }
        let z = &affine[hidden];
        ArrayView2::from_shape((n, z.units), &z.out[..n * z.units]).expect("so many numbers")
    }

    /// From the gradient `dz (N, M)` of the logits to those of all parameters,
    /// in `dw`, summed over the images `x (N, C H W)` of the last
    /// [`Network::forward`].
    ///
    /// # Panics
    /// If the shapes do not fit.
    pub fn backward(&mut self, x: &ArrayRef2<F>, dz: &ArrayRef2<F>) {
        let n = x.nrows();
        let images = self.images(x);
        let Network { w, dw, stages, affine, chunks, spread, features, dfeatures, .. } = self;
        let last = affine.len() - 1;
        assert!(
            dz.dim() == (n, affine[last].units),
            "network: dz {:?} is not ({n}, {})",
            dz.dim(),
            affine[last].units
        );
        affine[last].dout.iter_mut().zip(dz).for_each(|(to, &d)| *to = d);
        let size = stages.last().map_or(0, Stage::outputs);
        let learns = stages.iter().any(|stage| stage.parameters() > 0);
        for i in (0..=last).rev() {
            let (before, layer) = affine.split_at_mut(i);
            match before.last_mut() {
                Some(before) => {
                    let size = n * before.units;
                    layer[0].backward(w, &before.out[..size], dw, Some(&mut before.dout));
                    // ReLU: dz = da where a > 0, else 0
                    for (d, &a) in before.dout[..size].iter_mut().zip(&before.out) {
                        *d = if a > F::zero() { *d } else { F::zero() };
                    }
                }
                None if size == 0 => layer[0].backward(w, images, dw, None),
                None => {
                    let da = learns.then_some(&mut dfeatures[..n * size]);
                    layer[0].backward(w, &features[..n * size], dw, da);
                }
            }
        }
        if !learns {
            return;
        }
        for (stage, spread) in stages.iter().zip(spread.iter_mut()) {
            stage.spread(w, spread);
        }
        let work = images.par_chunks(CHUNK * x.ncols()).zip(chunks.par_iter_mut());
        let outs = features[..n * size].par_chunks(CHUNK * size);
        let douts = dfeatures[..n * size].par_chunks_mut(CHUNK * size);
        work.zip(outs.zip(douts)).for_each(|((x, chunk), out)| {
            chunk.backward(stages, w, spread, x, out);
        });
        // Added in the order of the chunks, whichever thread was first.
        for (s, stage) in stages.iter().enumerate() {
            let Stage::Conv { w, b, .. } = stage else { continue };
            let dw = &mut dw[w.start..b.end];
            dw.fill(F::zero());
            for chunk in &chunks[..n.div_ceil(CHUNK)] {
                dw.iter_mut().zip(&chunk.memories[s].dw).for_each(|(dw, &part)| *dw += part);
            }
        }
    }

    /// What comes out of every layer for one image `x (C H W)`, to look at:
    /// convolutions after ReLU. What was there for [`Network::backward`] is lost.
    pub fn stages(&mut self, x: &ArrayRef1<F>) -> Vec<(String, Array3<F>)> {
        let x = x.to_vec();
        let Network { w, stages, chunks, features, .. } = self;
        let Some(last) = stages.last() else { return Vec::new() };
        let chunk = &mut chunks[0];
        chunk.forward(stages, w, &x, &mut features[..last.outputs()]);
        let outs = chunk.between.iter().map(|(out, _)| out).chain([&*features]);
        let map = |(c, h, w), values: &[F]| {
            Array3::from_shape_vec((c, h, w), values[..c * h * w].to_vec()).expect("so many")
        };
        let (mut seen, mut convolutions, mut pools) = (Vec::new(), 0, 0);
        for ((stage, memory), out) in stages.iter().zip(&chunk.memories).zip(outs) {
            if let Stage::Conv { conv, b, .. } = stage {
                convolutions += 1;
                let mut z = map(conv.out, &memory.z);
                for (mut z, &b) in z.outer_iter_mut().zip(&w[b.clone()]) {
                    z.mapv_inplace(|z| relu(z + b));
                }
                seen.push((format!("convolution {convolutions}"), z));
            }
            if !matches!(stage, Stage::Conv { pool: None, .. }) {
                pools += 1;
                seen.push((format!("pool {pools}"), map(stage.out(), out)));
            }
        }
        seen
    }

    /// The images, one behind the other.
    fn images<'a>(&self, x: &'a ArrayRef2<F>) -> &'a [F] {
        assert!(
            x.ncols() == self.inputs && x.nrows() <= self.batch,
            "network: images {:?} are not up to {} of {} pixels",
            x.dim(),
            self.batch,
            self.inputs
        );
        x.as_slice().expect("images lie row by row")
    }
}

impl<F: Real> Chunk<F> {
    /// Images `x` through all stages, to `out`.
    fn forward(&mut self, stages: &[Stage], w: &[F], x: &[F], out: &mut [F]) {
        let n = x.len() / stages[0].inputs();
        let last = stages.len() - 1;
        for (s, (stage, memory)) in stages.iter().zip(&mut self.memories).enumerate() {
            let (before, after) = self.between.split_at_mut(s);
            let x = before.last().map_or(x, |(out, _)| &out[..n * stage.inputs()]);
            let out = if s == last { &mut *out } else { &mut after[0].0[..n * stage.outputs()] };
            stage.forward(w, x, out, memory);
        }
    }

    /// From what came out and its gradient back through all stages, down to the
    /// first that learns.
    fn backward(
        &mut self,
        stages: &[Stage],
        w: &[F],
        spread: &[Spread<F>],
        x: &[F],
        (out, dout): (&[F], &mut [F]),
    ) {
        let n = x.len() / stages[0].inputs();
        let last = stages.len() - 1;
        let first = stages.iter().position(|stage| stage.parameters() > 0).unwrap_or(0);
        for s in (first..=last).rev() {
            let (inputs, outputs) = (n * stages[s].inputs(), n * stages[s].outputs());
            let (before, after) = self.between.split_at_mut(s);
            let x = match before.last_mut() {
                None => (x, None),
                Some((x, dx)) => (&x[..inputs], (s > first).then_some(&mut dx[..inputs])),
            };
            let out = match after.first_mut() {
                None => (out, &mut *dout),
                Some((out, dout)) => (&out[..outputs], &mut dout[..outputs]),
            };
            stages[s].backward(w, &spread[s], x, out, &mut self.memories[s]);
        }
    }
}
