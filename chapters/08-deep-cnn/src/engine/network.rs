//! All layers of a network: forward, backward, and their memory.
//!
//! ```text
//! images -> stages, a chunk of images on each thread -> features (N, D)
//!        -> dense layers, the whole batch -> z (N, M)
//! ```
//!
//! All parameters are one slice, `w`, and all gradients another, `dw`, so that an
//! optimiser is a loop over two slices. Nothing is allocated after [`Network::new`].

use std::ops::Range;

use cnn_im2col::fast::Conv;
use common::{Real, Result, Rng, init};
use ndarray::{ArrayRef2, ArrayView2};
use rayon::prelude::*;

use crate::engine::dense::Dense;
use crate::engine::fast_pool::FastPool;
use crate::engine::stage::{Memory, Stage, relu_backward};
use crate::layers::{Layer, Layers, Shape, count};
use crate::parameters::Parameter;
use crate::pool::Pooling;

/// Images that go through the stages together. Fixed, so that gradients have the same
/// bits for any number of threads.
const CHUNK: usize = 10;

/// Layers, parameters, gradients and working memory.
pub struct Network<F> {
    /// All parameters.
    pub w: Vec<F>,
    /// Their gradients.
    pub dw: Vec<F>,
    /// Names, places and shapes of the weights and biases, layer by layer.
    pub named_parameters: Vec<Parameter>,
    /// The largest batch.
    pub batch_size: usize,
    stages: Vec<Stage>,
    dense: Vec<Dense<F>>,
    chunks: Vec<Chunk<F>>,
    /// Of each stage, its filters as its backward needs them.
    padded_filters: Vec<Vec<F>>,
    /// The output of the stages, `(N, D)`, and its gradient.
    features: Vec<F>,
    dfeatures: Vec<F>,
    inputs: usize,
}

/// The memory of a chunk of images.
struct Chunk<F> {
    /// Of each stage.
    memories: Vec<Memory<F>>,
    /// The output of each stage but the last, `(n, C, H, W)`, and its gradient.
    between: Vec<(Vec<F>, Vec<F>)>,
}

impl<F: Real> Network<F> {
    /// The network of `layers` and an output layer of `classes` units, for images of
    /// the shape `image` and batches of up to `batch_size`. Weights are drawn from
    /// N(0, 2 / inputs), as He et al. (2015); biases start at zero.
    ///
    /// # Errors
    /// If a layer does not fit its input.
    pub fn new(
        layers: &Layers,
        image: Shape,
        classes: usize,
        batch_size: usize,
        rng: &mut Rng,
    ) -> Result<Network<F>> {
        let (mut w, mut named) = (Vec::new(), Vec::new());
        let (mut stages, mut dense) = (Vec::new(), Vec::new());
        for (layer, input, output) in layers.with_output(image, classes)? {
            match layer {
                Layer::Conv { filters, size, window } => {
                    let conv = Conv::new(input, (filters, size, size), window)?;
                    let shape = [filters, input.0, size, size];
                    let range = add_layer(&shape, filters, &mut w, &mut named, rng);
                    stages.push(Stage::Conv { conv, pool: None, range });
                }
                Layer::Pool { kind, size, stride } => {
                    let new = FastPool::new(kind, input, output, size, stride);
                    match stages.last_mut() {
                        Some(Stage::Conv { pool: pool @ None, .. }) if kind == Pooling::Max => {
                            *pool = Some(new);
                        }
                        _ => stages.push(Stage::Pool(new)),
                    }
                }
                Layer::Affine { units } => {
                    let shape = [count(input), units];
                    let range = add_layer(&shape, units, &mut w, &mut named, rng);
                    dense.push(Dense::new(count(input), units, range, batch_size));
                }
            }
        }
        let zeros = |stage: &Stage, images: usize| vec![F::zero(); images * stage.outputs()];
        let features = stages.last().map_or(Vec::new(), |last| zeros(last, batch_size));
        let before_last = &stages[..stages.len().saturating_sub(1)];
        let pair = |stage: &Stage| (zeros(stage, CHUNK), zeros(stage, CHUNK));
        let chunk = |_| Chunk {
            memories: stages.iter().map(|stage| stage.memory(CHUNK)).collect(),
            between: before_last.iter().map(pair).collect(),
        };
        Ok(Network {
            dw: vec![F::zero(); w.len()],
            chunks: (0..batch_size.div_ceil(CHUNK)).map(chunk).collect(),
            padded_filters: vec![Vec::new(); stages.len()],
            dfeatures: features.clone(),
            features,
            inputs: count(image),
            w,
            named_parameters: named,
            batch_size,
            stages,
            dense,
        })
    }

    /// Number of parameters.
    pub fn parameters(&self) -> usize {
        self.w.len()
    }

    /// Images `x (N, C H W)` to logits `z (N, M)`. What [`Network::backward`] needs
    /// stays here.
    ///
    /// # Panics
    /// If the images have another size, are too many, or are not row by row.
    pub fn forward(&mut self, x: &ArrayRef2<F>) -> ArrayView2<'_, F> {
        let n = x.nrows();
        let images = self.images(x);
        let Network { w, stages, dense, chunks, features, .. } = self;
        let mut a = images;
        if let Some(last) = stages.last() {
            let size = last.outputs();
            let work = images.par_chunks(CHUNK * x.ncols()).zip(chunks.par_iter_mut());
            let outs = features[..n * size].par_chunks_mut(CHUNK * size);
            work.zip(outs).for_each(|((x, chunk), out)| chunk.forward(stages, w, x, out));
            a = &features[..n * size];
        }
        let output = dense.len() - 1;
        for i in 0..=output {
            let (before, layer) = dense.split_at_mut(i);
            let a = before.last().map_or(a, |before| &before.out[..n * before.units]);
            layer[0].forward(w, a, i < output);
        }
        let z = &dense[output];
        ArrayView2::from_shape((n, z.units), &z.out[..n * z.units]).expect("n rows of units")
    }

    /// From the gradient `dz (N, M)` of the logits to those of all parameters, in
    /// `dw`, summed over the images `x (N, C H W)` of the last [`Network::forward`].
    ///
    /// # Panics
    /// If the shapes do not fit.
    pub fn backward(&mut self, x: &ArrayRef2<F>, dz: &ArrayRef2<F>) {
        let n = x.nrows();
        let images = self.images(x);
        let Network { w, dw, stages, dense, chunks, padded_filters, features, dfeatures, .. } =
            self;
        let output = dense.len() - 1;
        assert!(
            dz.dim() == (n, dense[output].units),
            "network: dz {:?} is not ({n}, {})",
            dz.dim(),
            dense[output].units
        );
        dense[output].dout.iter_mut().zip(dz).for_each(|(to, &d)| *to = d);
        // Pools in front of the first convolution have nothing to learn.
        let first = stages.iter().position(|stage| matches!(stage, Stage::Conv { .. }));
        let size = stages.last().map_or(0, Stage::outputs);
        let a = if stages.is_empty() { images } else { &features[..n * size] };
        let da = &mut dfeatures[..if first.is_some() { n * size } else { 0 }];
        for i in (1..=output).rev() {
            let (before, layer) = dense.split_at_mut(i);
            let Dense { out, dout, units, .. } = &mut before[i - 1];
            let (out, dout) = (&out[..n * *units], &mut dout[..n * *units]);
            layer[0].backward(w, out, dw, dout);
            relu_backward(out, dout);
        }
        dense[0].backward(w, a, dw, da);
        let Some(first) = first else { return };
        for (stage, padded) in stages.iter().zip(padded_filters.iter_mut()) {
            stage.pad_filters(w, padded);
        }
        let work = images.par_chunks(CHUNK * x.ncols()).zip(chunks.par_iter_mut());
        let outs = a.par_chunks(CHUNK * size).zip(da.par_chunks_mut(CHUNK * size));
        work.zip(outs).for_each(|((x, chunk), out)| {
            chunk.backward(stages, first, w, padded_filters, x, out);
        });
        // Summed in the order of the chunks, whichever thread was first.
        for (s, stage) in stages.iter().enumerate() {
            let Stage::Conv { range, .. } = stage else { continue };
            let dw = &mut dw[range.clone()];
            dw.fill(F::zero());
            for chunk in &chunks[..n.div_ceil(CHUNK)] {
                dw.iter_mut().zip(&chunk.memories[s].dw).for_each(|(dw, &part)| *dw += part);
            }
        }
    }

    /// The images, one after the other.
    fn images<'a>(&self, x: &'a ArrayRef2<F>) -> &'a [F] {
        assert!(
            x.ncols() == self.inputs && x.nrows() <= self.batch_size,
            "network: images {:?} are not up to {} of {} pixels",
            x.dim(),
            self.batch_size,
            self.inputs
        );
        x.as_slice().expect("images row by row")
    }
}

/// Appends `units` outputs with weights of this `shape` and zero biases to all
/// parameters, and returns where they are.
fn add_layer<F: Real>(
    shape: &[usize],
    units: usize,
    w: &mut Vec<F>,
    named: &mut Vec<Parameter>,
    rng: &mut Rng,
) -> Range<usize> {
    let inputs = shape.iter().product::<usize>() / units;
    let start = w.len();
    w.extend(init::he::<F>((inputs, units), rng));
    let biases = w.len();
    w.resize(biases + units, F::zero());
    let k = named.len() / 2 + 1;
    named.push(Parameter { name: format!("w{k}"), range: start..biases, shape: shape.to_vec() });
    named.push(Parameter { name: format!("b{k}"), range: biases..w.len(), shape: vec![1, units] });
    start..w.len()
}

impl<F: Real> Chunk<F> {
    /// Images `x` through all stages, to `out`.
    fn forward(&mut self, stages: &[Stage], w: &[F], x: &[F], out: &mut [F]) {
        let n = x.len() / stages[0].inputs();
        for (s, (stage, memory)) in stages.iter().zip(&mut self.memories).enumerate() {
            let (before, after) = self.between.split_at_mut(s);
            let x = before.last().map_or(x, |(out, _)| &out[..n * stage.inputs()]);
            let out =
                after.first_mut().map_or(&mut *out, |(out, _)| &mut out[..n * stage.outputs()]);
            stage.forward(w, x, out, memory);
        }
    }

    /// From the output and its gradient back through the stages, down to the `first`
    /// convolution.
    fn backward(
        &mut self,
        stages: &[Stage],
        first: usize,
        w: &[F],
        padded_filters: &[Vec<F>],
        x: &[F],
        (out, dout): (&[F], &mut [F]),
    ) {
        let n = x.len() / stages[0].inputs();
        for s in (first..stages.len()).rev() {
            let (inputs, outputs) = (n * stages[s].inputs(), n * stages[s].outputs());
            let (before, after) = self.between.split_at_mut(s);
            let x = match before.last_mut() {
                None => (x, &mut [][..]),
                Some((x, dx)) => (&x[..inputs], &mut dx[..if s > first { inputs } else { 0 }]),
            };
            let out = match after.first_mut() {
                None => (out, &mut *dout),
                Some((out, dout)) => (&out[..outputs], &mut dout[..outputs]),
            };
            stages[s].backward(w, &padded_filters[s], x, out, &mut self.memories[s]);
        }
    }
}
