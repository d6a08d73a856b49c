//! Any network of `Layers` in plain loops: slow, and the judge of the fast one.
//!
//! Every layer leaves its values as rows, `(N, C H W)`, channel after channel.
//! The parameters of all layers lie one behind the other: of a convolution its
//! filters `(FN, C, FH, FW)` and a bias for each filter `(FN,)`, of an affine
//! layer its weights `(D, M)` and biases `(M,)`, of a pool nothing.

use cnn_naive::conv;
use common::{Real, Result, affine, dot, relu, relu_grad, sum_rows};
use ndarray::{Array2, Array4, ArrayRef2, ArrayView2, ArrayView4, Axis};

use crate::layers::Shape;
use crate::{Layer, Layers, pool};

/// A network: what its layers are and what they see.
#[derive(Clone, Debug)]
pub struct Naive {
    /// All layers, the output layer last.
    layers: Vec<Layer>,
    /// What each layer sees, and at the end what the last one makes.
    shapes: Vec<Shape>,
    /// Where the parameters of each layer begin, and where the last ones end.
    starts: Vec<usize>,
}

impl Naive {
    /// The network of `layers` and an output layer of `classes` units, for
    /// images of the shape `image`.
    ///
    /// # Errors
    /// If a layer does not fit; see [`Layers::shapes`].
    pub fn new(layers: &Layers, image: Shape, classes: usize) -> Result<Naive> {
        let mut shapes = vec![image];
        shapes.extend(layers.shapes(image)?);
        shapes.push((classes, 1, 1));
        let mut layers = layers.layers().to_vec();
        layers.push(Layer::Affine { units: classes });
        let mut starts = vec![0];
        for (k, layer) in layers.iter().enumerate() {
            starts.push(starts[k] + layer.parameters(shapes[k]));
        }
        Ok(Naive { layers, shapes, starts })
    }

    /// How many parameters there are.
    pub fn parameters(&self) -> usize {
        self.starts[self.layers.len()]
    }

    /// The values before and after every layer, for images `x (N, C H W)`: `x`
    /// first, the logits `(N, classes)` last.
    ///
    /// # Panics
    /// If `x` or `w` is not as long as it must be.
    pub fn forward<F: Real>(&self, w: &[F], x: &ArrayRef2<F>) -> Vec<Array2<F>> {
        let mut values = vec![x.to_owned()];
        for (k, layer) in self.layers.iter().enumerate() {
            let (x, w) = (&values[k], self.of_layer(w, k));
            let last = k + 1 == self.layers.len();
            values.push(match *layer {
                Layer::Conv { window, .. } => {
                    let (w, b) = self.filters(w, k);
                    let mut z = conv::forward(&self.images(x, k), &w, window); // (N, FN, OH, OW)
                    for (mut z, &b) in z.axis_iter_mut(Axis(1)).zip(b) {
                        z += b; // one bias for a whole map
                    }
                    relu(&rows(z))
                }
                Layer::Pool { kind, size, stride } => {
                    rows(pool::forward(kind, &self.images(x, k), size, stride))
                }
                Layer::Affine { units } => {
                    let (w, b) = weights(w, units);
                    let z = affine(x, &w, &b); // (N, M) = (N, D)(D, M) + (1, M)
                    if last { z } else { relu(&z) }
                }
            });
        }
        values
    }

    /// The gradients of all parameters, in their order, from the `values` of
    /// [`Naive::forward`] and the gradient `dz (N, classes)` of the logits.
    ///
    /// # Panics
    /// If the shapes do not fit.
    pub fn backward<F: Real>(&self, w: &[F], values: &[Array2<F>], dz: &ArrayRef2<F>) -> Vec<F> {
        let mut dw = vec![F::zero(); w.len()];
        let mut dh = dz.to_owned(); // the gradient of what a layer makes
        for (k, layer) in self.layers.iter().enumerate().rev() {
            let (x, h) = (&values[k], &values[k + 1]);
            let last = k + 1 == self.layers.len();
            let w = self.of_layer(w, k);
            let to = &mut dw[self.starts[k]..self.starts[k + 1]];
            dh = match *layer {
                Layer::Conv { window, .. } => {
                    let (w, b) = self.filters(w, k);
                    // dz = dh where h > 0, else 0
                    let dz = dh * relu_grad(h); // (N, FN OH OW)
                    let dz = self.images(&dz, k + 1); // (N, FN, OH, OW)
                    let (dx, dw) = conv::backward(&dz, &self.images(x, k), &w, window);
                    // db = the sum of dz over the batch and over the map
                    let (to_w, to_b) = to.split_at_mut(to.len() - b.len());
                    copy(to_w, dw.iter());
                    for (db, dz) in to_b.iter_mut().zip(dz.axis_iter(Axis(1))) {
                        *db = dz.sum();
                    }
                    rows(dx)
                }
                Layer::Pool { kind, size, stride } => {
                    let (dout, x) = (self.images(&dh, k + 1), self.images(x, k));
                    rows(pool::backward(kind, &dout, &x, size, stride))
                }
                Layer::Affine { units } => {
                    let (w, _) = weights(w, units);
                    let dz = if last { dh } else { dh * relu_grad(h) }; // (N, M)
                    let (to_w, to_b) = to.split_at_mut(to.len() - units);
                    // dw = xT dz
                    copy(to_w, dot(&x.t(), &dz).iter()); // (D, M) = (D, N)(N, M)
                    // db = the sum of dz over the batch
                    copy(to_b, sum_rows(&dz).iter()); // (1, M)
                    // dx = dz wT
                    dot(&dz, &w.t()) // (N, D) = (N, M)(M, D)
                }
            };
        }
        dw
    }

    /// The parameters of layer `k`.
    fn of_layer<'a, F>(&self, w: &'a [F], k: usize) -> &'a [F] {
        assert!(
            w.len() == self.parameters(),
            "Naive: {} parameters, not {}",
            w.len(),
            self.parameters()
        );
        &w[self.starts[k]..self.starts[k + 1]]
    }

    /// Filters `(FN, C, FH, FW)` and biases `(FN,)` of layer `k`.
    fn filters<'a, F>(&self, w: &'a [F], k: usize) -> (ArrayView4<'a, F>, &'a [F]) {
        let Layer::Conv { filters, size, .. } = self.layers[k] else {
            unreachable!("only convolutions have filters")
        };
        let (w, b) = w.split_at(w.len() - filters);
        let shape = (filters, self.shapes[k].0, size, size);
        (ArrayView4::from_shape(shape, w).expect("so many weights"), b)
    }

    /// Rows `(N, C H W)` as the images `(N, C, H, W)` that layer `k` sees.
    fn images<'a, F>(&self, x: &'a ArrayRef2<F>, k: usize) -> ArrayView4<'a, F> {
        let (c, h, w) = self.shapes[k];
        x.view().into_shape_with_order((x.nrows(), c, h, w)).unwrap_or_else(|_| {
            panic!("Naive: {:?} must be whole rows of {:?}", x.dim(), self.shapes[k])
        })
    }
}

/// Weights `(D, M)` and biases `(1, M)` of an affine layer of `units`.
fn weights<F>(w: &[F], units: usize) -> (ArrayView2<'_, F>, ArrayView2<'_, F>) {
    let (w, b) = w.split_at(w.len() - units);
    let w = ArrayView2::from_shape((w.len() / units, units), w).expect("so many weights");
    (w, ArrayView2::from_shape((1, units), b).expect("so many biases"))
}

/// Images `(N, C, H, W)` as rows `(N, C H W)`.
fn rows<F: Real>(images: Array4<F>) -> Array2<F> {
    let n = images.dim().0;
    let numbers = images.len() / n;
    images.into_shape_with_order((n, numbers)).expect("the same numbers")
}

fn copy<'a, F: Real>(to: &mut [F], from: impl ExactSizeIterator<Item = &'a F>) {
    assert_eq!(to.len(), from.len(), "Naive: a gradient as long as its parameters");
    to.iter_mut().zip(from).for_each(|(to, &from)| *to = from);
}
