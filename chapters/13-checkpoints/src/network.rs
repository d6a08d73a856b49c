//! The article's network, forward and backward, and Adam for all of its parameters.
//!
//! ```text
//! h1 = max(conv(x, w1) + b1, 0)     (N, 10, 9, 9)   4 x 4, stride 3
//! p1 = the largest of 3 x 3         (N, 10, 4, 4) = (N, 160)   stride 2: they overlap
//! a1 = p1 m1                        (N, 160)   dropout: m1 is 0 or 1 / keep
//! h2 = max(a1 w2 + b2, 0)           (N, 40)
//! a2 = h2 m2                        (N, 40)
//! z  = a2 w3 + b3                   (N, 10)
//! ```

use clap::ValueEnum;
use cnn_im2col::conv;
use cnn_im2col::im2col::im2col;
use cnn_naive::Window;
use common::params::Params;
use common::{Float, Real, Rng, affine, dot, relu, relu_grad, sum_rows};
use datasets::images::{CLASSES, SIDE};
use deep_cnn::pool::{self, Pooling};
use dropout_adam::adam::Adam;
use ndarray::{Array, Array2, Array4, ArrayRef2, ArrayViewD, ArrayViewMutD, Axis, CowArray};
use ndarray::{Dimension, Ix4, IxDyn, ShapeBuilder};
use ndarray_rand::rand_distr::{Distribution, StandardNormal};
use serde::{Deserialize, Serialize};

const FILTERS: usize = 10;
const SIZE: usize = 4; // height and width of a filter
const WINDOW: Window = Window { stride: 3, padding: 0 };
const MAP: usize = 9; // height and width of a feature map: (28 - 4) / 3 + 1
const POOL: (usize, usize) = (3, 2); // height and width of a pool window, stride
/// Inputs of the hidden layer: 10 pooled maps of 4 x 4.
pub const FEATURES: usize = 160;
/// Units of the hidden layer.
pub const HIDDEN: usize = 40;
const DEVIATION: f64 = 0.1; // of random weights, the article's
const BIAS: f64 = 0.1; // initial, the article's; for the filters it is our choice

/// Images that pass through the network together; a larger batch comes in parts. Fixed,
/// so that sums over a batch have the same bits on any machine.
pub const CHUNK: usize = 1_000;

/// The network as a line, which every manifest repeats.
pub const ARCHITECTURE: &str = "1x28x28, conv 10 of 4x4 stride 3, ReLU, max pool 3x3 stride 2, \
    dropout, affine 160 to 40, ReLU, dropout, affine 40 to 10, softmax";

/// The initial weights of the affine layers; the filters always start at random.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Start {
    /// All zero, as in the article
    Zero,
    /// As the filters, from a normal distribution with its tails cut off
    Random,
}

/// All parameters, or their gradients.
#[derive(Clone, Debug, PartialEq)]
pub struct Network<F> {
    /// Filters, `(10, 1, 4, 4)`.
    pub w1: Array4<F>,
    /// A bias for each filter, `(1, 10)`.
    pub b1: Array2<F>,
    /// Features to hidden units, `(160, 40)`.
    pub w2: Array2<F>,
    /// `(1, 40)`.
    pub b2: Array2<F>,
    /// Hidden units to classes, `(40, 10)`.
    pub w3: Array2<F>,
    /// `(1, 10)`.
    pub b3: Array2<F>,
}

/// What [`Network::forward`] computes and [`Network::backward`] needs, for `N` images.
pub struct Cache<F> {
    h1: Array4<F>, // (N, 10, 9, 9), feature maps after ReLU
    a1: Array2<F>, // (N, 160), pooled maps after dropout
    h2: Array2<F>, // (N, 40), hidden units
    a2: Array2<F>, // (N, 40), hidden units after dropout
}

impl<F: Real> Network<F> {
    /// The network before its first step.
    pub fn new(start: Start, rng: &mut Rng) -> Network<F> {
        let w1 = truncated_normal((FILTERS, 1, SIZE, SIZE), rng);
        let mut affine = |shape| match start {
            Start::Zero => Array2::zeros(shape),
            Start::Random => truncated_normal(shape, rng),
        };
        let bias = |units| Array2::from_elem((1, units), F::of(BIAS));
        Network {
            w1,
            b1: bias(FILTERS),
            w2: affine((FEATURES, HIDDEN)),
            b2: bias(HIDDEN),
            w3: affine((HIDDEN, CLASSES)),
            b3: bias(CLASSES),
        }
    }

    /// Logits `z (N, 10)` of images `x (N, 784)`, in training with the dropout masks
    /// `m1 (N, 160)` and `m2 (N, 40)`, in a test without.
    pub fn forward(
        &self,
        x: &ArrayRef2<F>,
        masks: Option<[&Array2<F>; 2]>,
    ) -> (Array2<F>, Cache<F>) {
        let n = x.nrows();
        let mut h1 = conv::forward(&images(x), &self.w1, WINDOW); // (N, 10, 9, 9)
        for (mut map, &b) in h1.axis_iter_mut(Axis(1)).zip(&self.b1) {
            map.mapv_inplace(|z| if z + b < F::zero() { F::zero() } else { z + b }); // (N, 9, 9)
        }
        let p1 = pool::forward(Pooling::Max, &h1, POOL.0, POOL.1); // (N, 10, 4, 4)
        let mut a1 = p1.into_shape_with_order((n, FEATURES)).expect("10 x 4 x 4 are 160");
        if let Some([m1, _]) = masks {
            a1 *= m1; // (N, 160)
        }
        let h2 = relu(&affine(&a1, &self.w2, &self.b2)); // (N, 40) = (N, 160)(160, 40) + (1, 40)
        let mut a2 = h2.clone();
        if let Some([_, m2]) = masks {
            a2 *= m2; // (N, 40)
        }
        let z = affine(&a2, &self.w3, &self.b3); // (N, 10) = (N, 40)(40, 10) + (1, 10)
        (z, Cache { h1, a1, h2, a2 })
    }

    /// Logits `(N, 10)` of any number of images `x (N, 784)`, without dropout.
    pub fn logits(&self, x: &ArrayRef2<F>) -> Array2<F> {
        let mut z = Vec::with_capacity(x.nrows() * CLASSES);
        for x in x.axis_chunks_iter(Axis(0), CHUNK) {
            z.extend(self.forward(&x, None).0);
        }
        Array2::from_shape_vec((x.nrows(), CLASSES), z).expect("ten for each image")
    }

    /// Gradients of all parameters, summed over the batch, from that of the logits,
    /// `dz (N, 10)`, and the images, cache and masks of [`Network::forward`].
    pub fn backward(
        &self,
        x: &ArrayRef2<F>,
        Cache { h1, a1, h2, a2 }: &Cache<F>,
        [m1, m2]: [&Array2<F>; 2],
        dz: &ArrayRef2<F>,
    ) -> Network<F> {
        // dw3 = a2T dz
        let dw3 = dot(&a2.t(), dz); // (40, 10) = (40, N)(N, 10)
        // db3 = sum of dz over the batch
        let db3 = sum_rows(dz); // (1, 10)
        // da2 = dz w3T
        let da2 = dot(dz, &self.w3.t()); // (N, 40) = (N, 10)(10, 40)
        // dh2 = da2 m2
        let dh2 = da2 * m2; // (N, 40)
        // dz2 = dh2 where h2 > 0, else 0
        let dz2 = relu_grad(h2) * dh2; // (N, 40)
        // dw2 = a1T dz2
        let dw2 = dot(&a1.t(), &dz2); // (160, 40) = (160, N)(N, 40)
        // db2 = sum of dz2 over the batch
        let db2 = sum_rows(&dz2); // (1, 40)
        // da1 = dz2 w2T
        let da1 = dot(&dz2, &self.w2.t()); // (N, 160) = (N, 40)(40, 160)
        // dp1 = da1 m1
        let dp1 = (da1 * m1).into_shape_with_order((x.nrows(), FILTERS, 4, 4)); // (N, 10, 4, 4)
        let dp1 = dp1.expect("160 are 10 x 4 x 4");
        // dh1 = dp1 at the maximum of each window, added up where windows overlap
        let mut dz1 = pool::backward(Pooling::Max, &dp1, h1, POOL.0, POOL.1); // (N, 10, 9, 9)
        // dz1 = dh1 where h1 > 0, else 0
        dz1.zip_mut_with(h1, |d, &h| *d = if h > F::zero() { *d } else { F::zero() });
        let dz1 = dz1.permuted_axes([0, 2, 3, 1]); // (N, 9, 9, 10)
        let dz1 = dz1.to_shape((x.nrows() * MAP * MAP, FILTERS)).expect("as many numbers"); // (N 81, 10)
        // dw1 = dz1T cols; the gradient of the images is not needed
        let cols = im2col(&images(x), (SIZE, SIZE), WINDOW); // (N 81, 16), the patches of lesson 05
        let dw1 = dot(&dz1.t(), &cols); // (10, 16) = (10, N 81)(N 81, 16)
        let dw1 = dw1.into_shape_with_order((FILTERS, 1, SIZE, SIZE)).expect("16 are 4 x 4");
        // db1 = sum of dz1 over images and positions
        let db1 = sum_rows(&dz1); // (1, 10)
        Network { w1: dw1, b1: db1, w2: dw2, b2: db2, w3: dw3, b3: db3 }
    }

    /// All parameters with their names, in the order of the files.
    pub fn parameters(&self) -> [(&'static str, ArrayViewD<'_, F>); 6] {
        let Network { w1, b1, w2, b2, w3, b3 } = self;
        let [b1, w2, b2, w3, b3] = [b1, w2, b2, w3, b3].map(|w| w.view().into_dyn());
        let w1 = w1.view().into_dyn();
        [("w1", w1), ("b1", b1), ("w2", w2), ("b2", b2), ("w3", w3), ("b3", b3)]
    }

    /// [`Network::parameters`], to write to.
    pub fn parameters_mut(&mut self) -> [(&'static str, ArrayViewMutD<'_, F>); 6] {
        let Network { w1, b1, w2, b2, w3, b3 } = self;
        let [b1, w2, b2, w3, b3] = [b1, w2, b2, w3, b3].map(|w| w.view_mut().into_dyn());
        let w1 = w1.view_mut().into_dyn();
        [("w1", w1), ("b1", b1), ("w2", w2), ("b2", b2), ("w3", w3), ("b3", b3)]
    }

    /// Zeros in the same shapes.
    pub fn zeros_like(&self) -> Network<F> {
        let mut zeros = self.clone();
        zeros.parameters_mut().into_iter().for_each(|(_, mut w)| w.fill(F::zero()));
        zeros
    }

    /// Adds the gradients of another part of a batch.
    pub fn add(&mut self, part: &Network<F>) {
        for ((_, mut sum), (_, part)) in self.parameters_mut().into_iter().zip(part.parameters()) {
            sum += &part;
        }
    }

    /// Whether no parameter is NaN or infinite.
    pub fn is_finite(&self) -> bool {
        self.parameters().iter().all(|(_, w)| w.iter().all(|v| v.is_finite()))
    }
}

impl Network<Float> {
    /// The parameters as a file.
    pub fn params(&self) -> Params<Float> {
        self.parameters().iter().fold(Params::new(), |params, (name, w)| params.with(name, w))
    }
}

/// Adam for every parameter, in the order of [`Network::parameters`].
#[derive(Clone, Debug, PartialEq)]
pub struct Optimiser<F> {
    /// The two running means of each.
    pub adam: [Adam<F, IxDyn>; 6],
}

impl<F: Real> Optimiser<F> {
    /// All means at zero.
    pub fn new(network: &Network<F>) -> Optimiser<F> {
        Optimiser { adam: network.parameters().map(|(_, w)| Adam::new(&w)) }
    }

    /// Step `i`, counted from 1, of every parameter against its gradient.
    pub fn step(&mut self, network: &mut Network<F>, gradient: &Network<F>, i: usize, rate: F) {
        let parameters = network.parameters_mut().into_iter().zip(gradient.parameters());
        for (adam, ((_, mut w), (_, dw))) in self.adam.iter_mut().zip(parameters) {
            adam.step(&mut w, &dw, i, rate);
        }
    }
}

/// Images `x (N, 784)` as `(N, 1, 28, 28)`.
fn images<F: Real>(x: &ArrayRef2<F>) -> CowArray<'_, F, Ix4> {
    x.to_shape((x.nrows(), 1, SIDE, SIDE)).expect("28 x 28 are 784")
}

/// Numbers from N(0, 0.1^2), those beyond two deviations drawn again.
fn truncated_normal<F: Real, D: Dimension>(
    shape: impl ShapeBuilder<Dim = D>,
    rng: &mut Rng,
) -> Array<F, D> {
    let mut normal = StandardNormal.sample_iter(rng).filter(|v: &f64| v.abs() <= 2.0);
    Array::from_shape_simple_fn(shape, || F::of(DEVIATION * normal.next().expect("endless")))
}
