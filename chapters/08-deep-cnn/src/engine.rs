//! What trains: the network of [`network`](crate::network), or of any layers, many times
//! as fast; not needed to follow the lesson. In reading order: `fast_pool`, `convolution`,
//! which ends with a max pool, and `dense` for affine layers.
//!
//! All parameters are one slice, `w`, and all gradients another, `dw`, so that an
//! optimiser is a loop over two slices. Nothing is allocated after [`Network::new`].

mod convolution;
mod dense;
pub mod fast_pool;

use std::ops::Range;

use cnn_im2col::fast::Conv;
use common::{Real, Result, Rng, accuracy, cross_entropy_from_logits, init};
use ndarray::{Array2, ArrayRef2, ArrayView2, Axis};
use rayon::prelude::*;

use crate::engine::convolution::Convolution;
use crate::engine::fast_pool::FastPool;
use crate::layers::{Layer as Spec, Layers, Shape, count};
use crate::parameters::Parameter;
use crate::pool::Pooling::Max;

/// Layers, parameters, gradients and working memory.
pub struct Network<F> {
    /// All parameters.
    pub w: Vec<F>,
    /// Their gradients.
    pub dw: Vec<F>,
    /// The weights and biases layer by layer: their names, places in `w`, and shapes.
    pub named_parameters: Vec<Parameter>,
    batch_size: usize, // the largest
    layers: Vec<Layer<F>>,
}

struct Layer<F> {
    kind: Kind<F>,
    inputs: usize, // numbers for one image
    outputs: usize,
    ranges: [Range<usize>; 2], // of its weights and its biases in `w`
    out: Vec<F>,               // (batch size, outputs)
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
        let (w, dw, named_parameters) = (Vec::new(), Vec::new(), Vec::new());
        let mut network = Network { w, dw, named_parameters, batch_size, layers: Vec::new() };
        let mut rest = layers.with_output(image, classes)?.into_iter().peekable();
        while let Some((layer, input, mut output)) = rest.next() {
            let (kind, ranges) = match layer {
                Spec::Conv { filters, size, window } => {
                    let pool = rest.next_if(|next| matches!(next.0, Spec::Pool { kind: Max, .. }));
                    let pool = pool.map(|(pool, from, to)| FastPool::new(pool, from, to));
                    output = pool.as_ref().map_or(output, |pool| pool.out);
                    let conv = Conv::new(input, (filters, size, size), window)?;
                    let conv = Convolution::new(conv, pool, batch_size);
                    let shape = [filters, input.0, size, size];
                    (Kind::Convolution(conv), network.draw(&shape, filters, rng))
                }
                Spec::Pool { .. } => {
                    let pool = FastPool::new(layer, input, output);
                    (Kind::Pool(pool, vec![0; batch_size * count(output)]), [0..0, 0..0])
                }
                Spec::Affine { units } => {
                    let hidden = rest.peek().is_some();
                    (Kind::Dense { hidden }, network.draw(&[count(input), units], units, rng))
                }
            };
            let (inputs, outputs) = (count(input), count(output));
            let out = vec![F::zero(); batch_size * outputs];
            network.layers.push(Layer { kind, inputs, outputs, ranges, dout: out.clone(), out });
        }
        network.dw = vec![F::zero(); network.w.len()];
        Ok(network)
    }

    /// Adds random weights of this `shape` and `biases` of zero; returns where they are.
    fn draw(&mut self, shape: &[usize], biases: usize, rng: &mut Rng) -> [Range<usize>; 2] {
        let (start, middle) = (self.w.len(), self.w.len() + shape.iter().product::<usize>());
        self.w.extend(init::he::<F>(((middle - start) / biases, biases), rng));
        self.w.resize(middle + biases, F::zero());
        let k = self.named_parameters.len() / 2 + 1;
        let mut name = |letter: &str, range: Range<usize>, shape: &[usize]| {
            let (name, shape) = (format!("{letter}{k}"), shape.to_vec());
            self.named_parameters.push(Parameter { name, range: range.clone(), shape });
            range
        };
        [name("w", start..middle, shape), name("b", middle..middle + biases, &[1, biases])]
    }

    /// Images `x (N, C H W)` to logits `z (N, M)`; what [`Network::backward`] needs
    /// stays here. Panics if the images have another size, are more than the batch
    /// size, or do not lie row by row.
    pub fn forward<'a>(&'a mut self, x: &'a ArrayRef2<F>) -> ArrayView2<'a, F> {
        let mut a = self.images(x);
        let mut shape = x.dim();
        for Layer { kind, inputs, outputs, ranges, out, .. } in &mut self.layers {
            shape.1 = *outputs;
            let [w, b] = ranges.clone().map(|range| &self.w[range]);
            let out = &mut out[..shape.0 * shape.1];
            match kind {
                Kind::Convolution(conv) => conv.forward((w, b), a, out),
                Kind::Dense { hidden } => dense::forward((w, b), a, out, *hidden),
                Kind::Pool(pool, peaks) => {
                    let outs = out.par_chunks_mut(*outputs).zip(peaks.par_chunks_mut(*outputs));
                    let images = a.par_chunks(*inputs).zip(outs);
                    images.for_each(|(x, (out, peaks))| pool.forward(x, out, peaks));
                }
            }
            a = out;
        }
        ArrayView2::from_shape(shape, a).expect("a row of logits for each image")
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
        let first = self.layers.iter().position(|l| !l.ranges[0].is_empty()).unwrap_or(last);
        for k in (first..=last).rev() {
            let (before, rest) = self.layers.split_at_mut(k);
            let Layer { kind, inputs, outputs, ranges: [weights, biases], out, dout } =
                &mut rest[0];
            let (out, dout) = (&out[..n * *outputs], &mut dout[..n * *outputs]);
            let numbers = if k > first { n * *inputs } else { 0 }; // of da
            let (a, da) = match before.last_mut() {
                None => (images, &mut [][..]),
                Some(before) => (&before.out[..n * *inputs], &mut before.dout[..numbers]),
            };
            let w = &self.w[weights.clone()];
            let dw = self.dw[weights.start..biases.end].split_at_mut(w.len()); // of w and b
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

    /// The logits `z (N, M)` of any number of images `x (N, C H W)`, batch by batch.
    pub fn logits(&mut self, x: &ArrayRef2<F>) -> Array2<F> {
        let mut z = Vec::new();
        for x in x.axis_chunks_iter(Axis(0), self.batch_size) {
            z.extend(self.forward(&x).iter());
        }
        let shape = (x.nrows(), z.len() / x.nrows().max(1));
        Array2::from_shape_vec(shape, z).expect("a row of logits for each image")
    }

    /// Cross-entropy, and accuracy in percent, on `x (N, C H W)` and `t (N, M)`.
    pub fn evaluate(&mut self, x: &ArrayRef2<F>, t: &ArrayRef2<F>) -> (f64, f64) {
        let z = self.logits(x); // (N, M)
        (cross_entropy_from_logits(&z, t), accuracy(&z, t))
    }

    /// The images, one after the other.
    fn images<'a>(&self, x: &'a ArrayRef2<F>) -> &'a [F] {
        assert_eq!(x.ncols(), self.layers[0].inputs, "network: pixels of an image");
        assert!(x.nrows() <= self.batch_size, "network: more images than the batch size");
        x.as_slice().expect("images row by row")
    }
}
