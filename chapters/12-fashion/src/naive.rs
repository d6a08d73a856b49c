//! Any network of [`Layers`] in plain loops: slow, and what lesson 08's engine is tested
//! against. The output of every layer is kept as rows, `(N, C H W)`. The parameters of
//! all layers are one slice, weights and biases of each layer in turn.

use cnn_naive::conv;
use common::{Real, Result, affine, dot, relu, relu_grad, sum_rows};
use deep_cnn::layers::{Layer, Layers, Shape};
use deep_cnn::network::{relu_of_maps, sum_of_maps};
use deep_cnn::pool;
use ndarray::{Array2, Array4, ArrayRef2, ArrayView1, ArrayView2, ArrayView4};

/// The layers of a network with their input and output shapes, the output layer last.
pub struct Naive(Vec<(Layer, Shape, Shape)>);

impl Naive {
    /// The network of `layers` and an output layer of `classes` units, for images of
    /// the shape `image`; errors as those of [`Layers::shapes`].
    pub fn new(layers: &Layers, image: Shape, classes: usize) -> Result<Naive> {
        Ok(Naive(layers.with_output(image, classes)?))
    }

    /// Number of parameters.
    pub fn parameters(&self) -> usize {
        self.0.iter().map(|(layer, input, _)| layer.parameters(*input)).sum()
    }

    /// The input `x (N, C H W)` and the output of every layer, the logits
    /// `(N, classes)` last. Panics if `x` or `w` does not fit.
    pub fn forward<F: Real>(&self, mut w: &[F], x: &ArrayRef2<F>) -> Vec<Array2<F>> {
        assert_eq!(w.len(), self.parameters(), "Naive: parameters");
        let mut values = vec![x.to_owned()];
        for (k, &(layer, input, _)) in self.0.iter().enumerate() {
            let (own, rest) = w.split_at(layer.parameters(input));
            let x = &values[k];
            values.push(match layer {
                Layer::Conv { filters, size, window } => {
                    let (w, b) = own.split_at(own.len() - filters);
                    let w = view4(w, filters, (input.0, size, size));
                    let z = conv::forward(&images(x, input), &w, window); // (N, FN, OH, OW)
                    rows(relu_of_maps(z, &ArrayView1::from(b))) // h = max(z + b, 0)
                }
                Layer::Pool { kind, size, stride } => {
                    rows(pool::forward(kind, &images(x, input), size, stride))
                }
                Layer::Affine { units } => {
                    let (w, b) = own.split_at(own.len() - units);
                    let z = affine(x, &view2(w, units), &view2(b, units)); // (N, M)
                    if k + 1 == self.0.len() { z } else { relu(&z) }
                }
            });
            w = rest;
        }
        values
    }

    /// The gradients of all parameters, in their order, from the `values` of
    /// [`Naive::forward`] and the gradient `dz (N, classes)` of the logits. Panics if
    /// the shapes do not fit.
    pub fn backward<F: Real>(
        &self,
        mut w: &[F],
        values: &[Array2<F>],
        dz: &ArrayRef2<F>,
    ) -> Vec<F> {
        let mut gradients = Vec::new(); // of each layer, the last first
        let mut dh = dz.to_owned(); // the gradient of the layer's output
        for (k, &(layer, input, output)) in self.0.iter().enumerate().rev() {
            let (rest, own) = w.split_at(w.len() - layer.parameters(input));
            let (x, h) = (&values[k], &values[k + 1]);
            dh = match layer {
                Layer::Conv { filters, size, window } => {
                    let w = view4(&own[..own.len() - filters], filters, (input.0, size, size));
                    // dz = dh where h > 0, else 0; db = its sum over batch and positions
                    let dz = dh * relu_grad(h); // (N, FN OH OW)
                    let dz = images(&dz, output); // (N, FN, OH, OW)
                    let (dx, dw) = conv::backward(&dz, &images(x, input), &w, window);
                    gradients.push(dw.iter().chain(&sum_of_maps(&dz)).copied().collect());
                    rows(dx)
                }
                Layer::Pool { kind, size, stride } => {
                    let (dh, x) = (images(&dh, output), images(x, input));
                    rows(pool::backward(kind, &dh, &x, size, stride))
                }
                Layer::Affine { units } => {
                    let w = view2(&own[..own.len() - units], units);
                    let dz = if k + 1 == self.0.len() { dh } else { dh * relu_grad(h) }; // (N, M)
                    // dw = xT dz, db = the sum of dz over the batch
                    let (dw, db) = (dot(&x.t(), &dz), sum_rows(&dz)); // (D, M), (1, M)
                    gradients.push(dw.iter().chain(&db).copied().collect::<Vec<F>>());
                    dot(&dz, &w.t()) // dx = dz wT, (N, D) = (N, M)(M, D)
                }
            };
            w = rest;
        }
        gradients.into_iter().rev().flatten().collect()
    }
}

/// Weights `(D, M)`, or biases `(1, M)`, of `units` outputs.
fn view2<F>(w: &[F], units: usize) -> ArrayView2<'_, F> {
    ArrayView2::from_shape((w.len() / units, units), w).expect("whole rows of weights")
}

/// `n` images or filters of the shape `(C, H, W)`.
fn view4<F>(values: &[F], n: usize, (c, h, w): Shape) -> ArrayView4<'_, F> {
    ArrayView4::from_shape((n, c, h, w), values).expect("as many values as the shape has")
}

/// Rows `(N, C H W)` as images `(N, C, H, W)`.
fn images<F: Real>(x: &ArrayRef2<F>, shape: Shape) -> ArrayView4<'_, F> {
    view4(x.as_slice().expect("images row by row"), x.nrows(), shape)
}

/// Images `(N, C, H, W)` as rows `(N, C H W)`.
fn rows<F: Real>(images: Array4<F>) -> Array2<F> {
    let shape = (images.dim().0, images.len() / images.dim().0);
    images.into_shape_with_order(shape).expect("as many values")
}
