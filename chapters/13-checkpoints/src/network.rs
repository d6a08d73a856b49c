//! The article's network, forward and back.
//!
//! ```text
//! h1 = max(conv(x, w1) + b1, 0)     (N, 10, 9, 9)   4 x 4, stride 3
//! p1 = the largest of 3 x 3         (N, 10, 4, 4) = (N, 160)   stride 2: they overlap
//! a1 = p1 m1                        (N, 160)   dropout: m1 is 0 or 1 / keep
//! h2 = max(a1 w2 + b2, 0)           (N, 40)
//! a2 = h2 m2                        (N, 40)
//! z  = a2 w3 + b3                   (N, 10)
//! ```

use cnn_im2col::conv;
use cnn_im2col::im2col::im2col;
use cnn_naive::Window;
use common::params::Params;
use common::{Float, Real, Rng, affine, dot, relu, relu_grad, sum_rows};
use deep_cnn::pool::{self, Pooling};
use dropout_adam::adam::Adam;
use ndarray::{Array2, Array4, ArrayRef2, Axis, Ix2, Ix4};
use ndarray_rand::rand_distr::{Distribution, StandardNormal};

/// Height and width of an image.
pub const SIDE: usize = 28;
/// Filters, and channels of what they make.
pub const FILTERS: usize = 10;
/// Height and width of a filter.
pub const SIZE: usize = 4;
/// Three pixels from one place of a filter to the next, no padding.
pub const WINDOW: Window = Window { stride: 3, padding: 0 };
/// Height and width of what a filter makes: (28 - 4) / 3 + 1.
pub const MAP: usize = 9;
/// Height and width of a window of the pool, and the way from one to the next.
pub const POOL: (usize, usize) = (3, 2);
/// What the pool leaves of ten maps: 10 x 4 x 4.
pub const FEATURES: usize = 160;
/// Hidden units.
pub const HIDDEN: usize = 40;
/// The digits 0 to 9.
pub const CLASSES: usize = 10;
/// The standard deviation of what is drawn at random, the article's.
const DEVIATION: f64 = 0.1;
/// Where every bias begins, the article's; that of the filters is our choice.
const BIAS: f64 = 0.1;

/// The network as a line, the one that checkpoints are known by.
pub const ARCHITECTURE: &str = "1x28x28, conv 10 of 4x4 stride 3, ReLU, max pool 3x3 stride 2, \
    dropout, affine 160 to 40, ReLU, dropout, affine 40 to 10, softmax";

/// Where the weights of the affine layers begin; the filters begin at random.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Start {
    /// All at zero, as in the article
    Zero,
    /// As the filters, from a normal distribution with its tails cut off
    Random,
}

/// All parameters, or the gradient of each in its place.
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

/// What the way forward leaves for the way back, of `N` images.
#[derive(Clone, Debug)]
pub struct Seen<F> {
    /// The maps after ReLU, `(N, 10, 9, 9)`.
    pub h1: Array4<F>,
    /// What the pool leaves, after dropout, `(N, 160)`.
    pub a1: Array2<F>,
    /// The hidden units, `(N, 40)`.
    pub h2: Array2<F>,
    /// The same after dropout, `(N, 40)`.
    pub a2: Array2<F>,
    /// The logits, `(N, 10)`.
    pub z: Array2<F>,
}

impl<F: Real> Network<F> {
    /// The network before its first step.
    pub fn new(start: Start, rng: &mut Rng) -> Network<F> {
        let w1 = truncated_normal((FILTERS, SIZE * SIZE), rng);
        let mut affine = |shape| match start {
            Start::Zero => Array2::zeros(shape),
            Start::Random => truncated_normal(shape, rng),
        };
        let bias = |units| Array2::from_elem((1, units), F::of(BIAS));
        Network {
            w1: w1.into_shape_with_order((FILTERS, 1, SIZE, SIZE)).expect("as many numbers"),
            b1: bias(FILTERS),
            w2: affine((FEATURES, HIDDEN)),
            b2: bias(HIDDEN),
            w3: affine((HIDDEN, CLASSES)),
            b3: bias(CLASSES),
        }
    }

    /// Images `x (N, 784)` to logits, and what is needed to come back. In
    /// training with the masks `m1 (N, 160)` and `m2 (N, 40)` of dropout, in a
    /// test with none.
    ///
    /// # Panics
    /// If the shapes do not fit.
    pub fn forward(&self, x: &ArrayRef2<F>, masks: Option<[&Array2<F>; 2]>) -> Seen<F> {
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
        Seen { h1, a1, h2, a2, z }
    }

    /// From the gradient `dz (N, 10)` of the logits to those of all parameters,
    /// summed over the batch, with what [`Network::forward`] saw and made.
    ///
    /// # Panics
    /// If the shapes do not fit.
    pub fn backward(
        &self,
        x: &ArrayRef2<F>,
        seen: &Seen<F>,
        [m1, m2]: [&Array2<F>; 2],
        dz: &ArrayRef2<F>,
    ) -> Network<F> {
        // dw3 = a2T dz
        let dw3 = dot(&seen.a2.t(), dz); // (40, 10) = (40, N)(N, 10)
        // db3 = the sum of dz over the batch
        let db3 = sum_rows(dz); // (1, 10)
        // da2 = dz w3T
        let da2 = dot(dz, &self.w3.t()); // (N, 40) = (N, 10)(10, 40)
        // dh2 = da2 m2: a unit that was silent has no part in the loss
        let dh2 = da2 * m2; // (N, 40)
        // dz2 = dh2 where h2 > 0, else 0: the slope of ReLU
        let dz2 = relu_grad(&seen.h2) * dh2; // (N, 40)
        // dw2 = a1T dz2
        let dw2 = dot(&seen.a1.t(), &dz2); // (160, 40) = (160, N)(N, 40)
        // db2 = the sum of dz2 over the batch
        let db2 = sum_rows(&dz2); // (1, 40)
        // da1 = dz2 w2T
        let da1 = dot(&dz2, &self.w2.t()); // (N, 160) = (N, 40)(40, 160)
        // dp1 = da1 m1
        let dp1 = (da1 * m1).into_shape_with_order((x.nrows(), FILTERS, 4, 4)); // (N, 10, 4, 4)
        let dp1 = dp1.expect("160 are 10 x 4 x 4");
        // dh1 = dp1 at the peak of each window, added up where windows overlap
        let mut dz1 = pool::backward(Pooling::Max, &dp1, &seen.h1, POOL.0, POOL.1); // (N, 10, 9, 9)
        // dz1 = dh1 where h1 > 0, else 0
        dz1.zip_mut_with(&seen.h1, |d, &h| *d = if h > F::zero() { *d } else { F::zero() });
        let dz1 = dz1.permuted_axes([0, 2, 3, 1]); // (N, 9, 9, 10)
        let dz1 = dz1.to_shape((x.nrows() * MAP * MAP, FILTERS)).expect("as many numbers"); // (N 81, 10)
        // dw1 = dz1T cols, and no gradient of the images: nobody asks for it
        let cols = im2col(&images(x), (SIZE, SIZE), WINDOW); // (N 81, 16), the patches of lesson 05
        let dw1 = dot(&dz1.t(), &cols); // (10, 16) = (10, N 81)(N 81, 16)
        let dw1 = dw1.into_shape_with_order((FILTERS, 1, SIZE, SIZE)).expect("16 are 4 x 4");
        // db1 = the sum of dz1 over images and places
        let db1 = sum_rows(&dz1); // (1, 10)
        Network { w1: dw1, b1: db1, w2: dw2, b2: db2, w3: dw3, b3: db3 }
    }

    /// Zeros in its shapes.
    pub fn zeros(&self) -> Network<F> {
        let Network { w1, b1, w2, b2, w3, b3 } = self;
        Network {
            w1: Array4::zeros(w1.raw_dim()),
            b1: Array2::zeros(b1.raw_dim()),
            w2: Array2::zeros(w2.raw_dim()),
            b2: Array2::zeros(b2.raw_dim()),
            w3: Array2::zeros(w3.raw_dim()),
            b3: Array2::zeros(b3.raw_dim()),
        }
    }

    /// Adds what another part of a batch contributes to a gradient.
    pub fn add(&mut self, part: &Network<F>) {
        self.w1 += &part.w1;
        self.b1 += &part.b1;
        self.w2 += &part.w2;
        self.b2 += &part.b2;
        self.w3 += &part.w3;
        self.b3 += &part.b3;
    }

    /// Whether every parameter is a number.
    pub fn is_finite(&self) -> bool {
        let Network { w1, b1, w2, b2, w3, b3 } = self;
        let matrices = [b1, w2, b2, w3, b3].into_iter().flatten();
        w1.iter().chain(matrices).all(|v| v.is_finite())
    }
}

/// What Adam remembers of each parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct Moments<F> {
    /// Of the filters.
    pub w1: Adam<F, Ix4>,
    /// Of their biases.
    pub b1: Adam<F, Ix2>,
    /// Of the weights to the hidden units.
    pub w2: Adam<F, Ix2>,
    /// Of the hidden units' biases.
    pub b2: Adam<F, Ix2>,
    /// Of the weights to the classes.
    pub w3: Adam<F, Ix2>,
    /// Of the classes' biases.
    pub b3: Adam<F, Ix2>,
}

impl<F: Real> Moments<F> {
    /// Nothing yet.
    pub fn new(of: &Network<F>) -> Moments<F> {
        Moments {
            w1: Adam::new(&of.w1),
            b1: Adam::new(&of.b1),
            w2: Adam::new(&of.w2),
            b2: Adam::new(&of.b2),
            w3: Adam::new(&of.w3),
            b3: Adam::new(&of.b3),
        }
    }

    /// Step `i` of all parameters `w` against their gradients `d`.
    pub fn step(&mut self, w: &mut Network<F>, d: &Network<F>, i: usize, rate: F) {
        self.w1.step(&mut w.w1, &d.w1, i, rate); // (10, 1, 4, 4)
        self.b1.step(&mut w.b1, &d.b1, i, rate); // (1, 10)
        self.w2.step(&mut w.w2, &d.w2, i, rate); // (160, 40)
        self.b2.step(&mut w.b2, &d.b2, i, rate); // (1, 40)
        self.w3.step(&mut w.w3, &d.w3, i, rate); // (40, 10)
        self.b3.step(&mut w.b3, &d.b3, i, rate); // (1, 10)
    }
}

/// Images `x (N, 784)` as `(N, 1, 28, 28)`.
fn images<F: Real>(x: &ArrayRef2<F>) -> ndarray::CowArray<'_, F, Ix4> {
    x.to_shape((x.nrows(), 1, SIDE, SIDE)).expect("28 x 28 are 784")
}

/// Numbers from N(0, 0.1^2), those beyond two deviations drawn again.
fn truncated_normal<F: Real>(shape: (usize, usize), rng: &mut Rng) -> Array2<F> {
    Array2::from_shape_simple_fn(shape, || {
        loop {
            let v: f64 = StandardNormal.sample(rng);
            if v.abs() <= 2.0 {
                return F::of(DEVIATION * v);
            }
        }
    })
}

impl Network<Float> {
    /// The parameters by name, for a file.
    pub fn params(&self) -> Params<Float> {
        let Network { w1, b1, w2, b2, w3, b3 } = self;
        let params = Params::new().with("w1", w1).with("b1", b1).with("w2", w2);
        params.with("b2", b2).with("w3", w3).with("b3", b3)
    }
}
