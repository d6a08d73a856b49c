//! What trains: the network of [`network`](crate::network), or of any layers, many
//! times as fast; not needed to follow the lesson. First comes `fast_pool`, then
//! `convolution`, which ends with a max pool, and `dense` for affine layers.
//!
//! All parameters are one slice, `w`, and all gradients another, `dw`, so that an
//! optimiser is a loop over two slices. Nothing is allocated after [`Network::new`].

mod convolution;
mod dense;
mod fast_pool;

use std::ops::Range;

use cnn_im2col::fast::Conv;
use common::{Real, Result, Rng, init};
use ndarray::{ArrayRef2, ArrayView2};
use rayon::prelude::*;

use crate::engine::convolution::Convolution;
use crate::engine::fast_pool::FastPool;
use crate::layers::{Layer as Spec, Layers, Shape, count};
use crate::parameters::Parameter;
use crate::pool::Pooling;

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
    layers: Vec<Layer<F>>,
}

struct Layer<F> {
    kind: Kind<F>,
    inputs: usize, // numbers for one image
    outputs: usize,
    range: Range<usize>, // its weights and biases among all parameters
    biases: usize,       // how many of them are biases
    out: Vec<F>,         // (batch size, outputs)
    dout: Vec<F>,
}

#[allow(clippy::large_enum_variant)] // a network has a handful
enum Kind<F> {
    /// With the max pool that follows, if one does, and ReLU.
    Convolution(Convolution<F>),
    /// A pool that does not follow a convolution, or an average; positions of the maxima.
    Pool(FastPool, Vec<u32>),
    /// An affine layer; with ReLU if it is hidden.
    Dense { hidden: bool },
}

impl<F: Real> Network<F> {
    /// The network of `layers` and an output layer of `classes` units, for images of
    /// the shape `image` and batches of up to `batch_size`. Weights are drawn from
    /// N(0, 2 / inputs), as He et al. (2015); biases start at zero. An error if a layer
    /// does not fit its input.
    pub fn new(
        layers: &Layers,
        image: Shape,
        classes: usize,
        batch_size: usize,
        rng: &mut Rng,
    ) -> Result<Network<F>> {
        let (mut w, mut named_parameters) = (Vec::new(), Vec::new());
        let mut network_layers = Vec::new();
        let mut rest = layers.with_output(image, classes)?.into_iter().peekable();
        while let Some((layer, input, mut output)) = rest.next() {
            let (kind, shape, biases) = match layer {
                Spec::Conv { filters, size, window } => {
                    let conv = Conv::new(input, (filters, size, size), window)?;
                    let mut pool = None;
                    if let Some(&(Spec::Pool { kind: Pooling::Max, size, stride }, from, to)) =
                        rest.peek()
                    {
                        pool = Some(FastPool::new(Pooling::Max, (size, stride), from, to));
                        (_, _, output) = rest.next().expect("the pool");
                    }
                    let shape = vec![filters, input.0, size, size];
                    (Kind::Convolution(Convolution::new(conv, pool, batch_size)), shape, filters)
                }
                Spec::Affine { units } => {
                    let hidden = rest.peek().is_some();
                    (Kind::Dense { hidden }, vec![count(input), units], units)
                }
                Spec::Pool { kind, size, stride } => {
                    let pool = FastPool::new(kind, (size, stride), input, output);
                    (Kind::Pool(pool, vec![0; batch_size * count(output)]), Vec::new(), 0)
                }
            };
            let start = w.len();
            let weights: usize = shape.iter().product();
            if let Some(inputs) = weights.checked_div(biases) {
                w.extend(init::he::<F>((inputs, biases), rng));
                w.resize(w.len() + biases, F::zero());
                let (k, middle) = (named_parameters.len() / 2 + 1, start + weights);
                let mut name = |name: &str, range, shape| {
                    named_parameters.push(Parameter { name: format!("{name}{k}"), range, shape });
                };
                name("w", start..middle, shape);
                name("b", middle..w.len(), vec![1, biases]);
            }
            let out = vec![F::zero(); batch_size * count(output)];
            network_layers.push(Layer {
                kind,
                inputs: count(input),
                outputs: count(output),
                range: start..w.len(),
                biases,
                dout: out.clone(),
                out,
            });
        }
        let dw = vec![F::zero(); w.len()];
        Ok(Network { w, dw, named_parameters, batch_size, layers: network_layers })
    }

    /// Number of parameters.
    pub fn parameters(&self) -> usize {
        self.w.len()
    }

    /// Images `x (N, C H W)` to logits `z (N, M)`; what [`Network::backward`] needs
    /// stays here. Panics if the images have another size, are more than the batch
    /// size, or do not lie row by row.
    pub fn forward(&mut self, x: &ArrayRef2<F>) -> ArrayView2<'_, F> {
        let n = x.nrows();
        let mut a = self.images(x);
        for Layer { kind, inputs, outputs, range, biases, out, .. } in &mut self.layers {
            let w = self.w[range.clone()].split_at(range.len() - *biases); // weights, biases
            let out = &mut out[..n * *outputs];
            match kind {
                Kind::Convolution(conv) => conv.forward(w, a, out),
                Kind::Dense { hidden } => dense::forward(w, a, out, *hidden),
                Kind::Pool(pool, peaks) => {
                    let outs = out.par_chunks_mut(*outputs).zip(peaks.par_chunks_mut(*outputs));
                    let images = a.par_chunks(*inputs).zip(outs);
                    images.for_each(|(x, (out, peaks))| pool.forward(x, out, peaks));
                }
            }
            a = out;
        }
        let Layer { outputs, out, .. } = &self.layers[self.layers.len() - 1];
        ArrayView2::from_shape((n, *outputs), &out[..n * outputs]).expect("n rows of units")
    }

    /// From the gradient `dz (N, M)` of the logits to those of all parameters, in
    /// `dw`, summed over the images `x (N, C H W)` of the last [`Network::forward`].
    /// Panics if the shapes do not fit.
    pub fn backward(&mut self, x: &ArrayRef2<F>, dz: &ArrayRef2<F>) {
        let n = x.nrows();
        let images = self.images(x);
        let last = self.layers.len() - 1;
        let Layer { outputs: classes, dout, .. } = &mut self.layers[last];
        assert_eq!(dz.dim(), (n, *classes), "network: the shape of dz");
        dout.iter_mut().zip(dz).for_each(|(to, &d)| *to = d);
        // Pools in front of the first parameters need no gradient.
        let first = self.layers.iter().position(|layer| layer.biases > 0).unwrap_or(last);
        for k in (first..=last).rev() {
            let (before, rest) = self.layers.split_at_mut(k);
            let Layer { kind, inputs, outputs, range, biases, out, dout } = &mut rest[0];
            let (out, dout) = (&out[..n * *outputs], &mut dout[..n * *outputs]);
            let numbers = if k > first { n * *inputs } else { 0 }; // of da
            let (a, da) = match before.last_mut() {
                None => (images, &mut [][..]),
                Some(before) => (&before.out[..n * *inputs], &mut before.dout[..numbers]),
            };
            let (w, _) = self.w[range.clone()].split_at(range.len() - *biases);
            let dw = self.dw[range.clone()].split_at_mut(w.len());
            match kind {
                Kind::Convolution(conv) => conv.backward(w, (a, da), (out, dout), dw),
                Kind::Dense { hidden } => dense::backward(w, (a, da), (out, dout), dw, *hidden),
                Kind::Pool(pool, peaks) => {
                    let douts = dout.par_chunks(*outputs).zip(peaks.par_chunks(*outputs));
                    let images = da.par_chunks_mut(*inputs).zip(douts);
                    images.for_each(|(dx, (dout, peaks))| pool.backward(dout, peaks, dx));
                }
            }
        }
    }

    /// The images, one after the other.
    fn images<'a>(&self, x: &'a ArrayRef2<F>) -> &'a [F] {
        assert_eq!(x.ncols(), self.layers[0].inputs, "network: pixels of an image");
        assert!(x.nrows() <= self.batch_size, "network: more images than the batch size");
        x.as_slice().expect("images row by row")
    }
}
