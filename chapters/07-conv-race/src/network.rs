//! A small network with the convolution in front, and all that a rung reads and writes.
//!
//! ```text
//! out = conv(x, w)             (N, FN, OH, OW), P = FN OH OW numbers an image
//! h   = max(out + b, 0)        (N, P) = (N, P) + (1, P)
//! y   = softmax(h wo + bo)     (N, 10) = (N, P)(P, 10) + (1, 10)
//! ```

use std::any::Any;
use std::hint::black_box;
use std::mem;

use cnn_im2col::fast;
use cnn_im2col::fast::rows::slice;
use cnn_im2col::fast::train_step::Parameters;
use cnn_naive::network::{self, CLASSES, FILTER, SIDE};
use common::{Float, Rng, affine, article_loss, dot, init, relu, relu_grad, softmax, sum_rows};
use common::{seeded, update};
use ndarray::{Array, Array2, Array4, ArrayRef2, ArrayView2};
use ndarray::{Axis, Dimension, RemoveAxis, ShapeArg, Slice};

use crate::shape::{Pass, Shape};

/// A network and a batch.
#[allow(missing_docs)]
pub struct Network {
    pub shape: Shape,        // of the convolution
    pub x: Array4<Float>,    // (N, C, H, W), the images
    pub w: Array4<Float>,    // (FN, C, FH, FW), the filters
    pub out: Array4<Float>,  // (N, FN, OH, OW)
    pub dout: Array4<Float>, // (N, FN, OH, OW)
    pub dx: Array4<Float>,   // (N, C, H, W)
    pub dw: Array4<Float>,   // (FN, C, FH, FW), summed over the batch
    pub rate: Float,         // the learning rate, for gradients summed over the batch
    pub workspace: Workspace,
    b: Array2<Float>,  // (1, P), a bias for each position, as in the article
    wo: Array2<Float>, // (P, 10)
    bo: Array2<Float>, // (1, 10)
    t: Array2<Float>,  // (N, 10), one-hot
}

/// Images `x (N, 784)` and targets `t (N, 10)`.
pub type Batch<'a> = (&'a ArrayRef2<Float>, &'a ArrayRef2<Float>);

impl Network {
    /// For `Pass::Article` its network with the first images of `digits`, `x (N, 784)`
    /// and `t (N, 10)`; for other passes random numbers from N(0, 1). Panics if the window
    /// does not fit the image.
    pub fn new(
        (pass, shape): (Pass, Shape),
        digits: (&Array2<Float>, &Array2<Float>),
        seed: u64,
    ) -> Network {
        let out_shape = shape.outputs().unwrap_or_else(|error| panic!("{error}"));
        let (n, filters, oh, ow) = out_shape;
        let positions = filters * oh * ow;
        let mut rng = seeded(seed);
        let (x, t, w, mut b, wo, bo, dout) = if pass == Pass::Article {
            let (x, t) = (first(digits.0, n), first(digits.1, n));
            let (f, bc, wo, bo) = network::init_params(&mut rng);
            let (x, w) = (reshaped(x, shape.images()), reshaped(f, shape.weights()));
            (x, t, w, bc, wo, bo, Array4::zeros(out_shape))
        } else {
            let x = normal(shape.images(), &mut rng);
            let w = normal(shape.weights(), &mut rng);
            let dout = normal(out_shape, &mut rng);
            let wo = init::xavier((positions, CLASSES), &mut rng);
            let t = Array2::from_shape_fn((n, CLASSES), |(i, k)| Float::from(i % CLASSES == k));
            let (b, bo) = (Array2::zeros((1, positions)), Array2::zeros((1, CLASSES)));
            (x, t, w, b, wo, bo, dout)
        };
        avoid_kink(&flat(&fast::forward(&x, &w, shape.window)), &mut b);
        Network::with(shape, (x, t, dout), (w, b, wo, bo))
    }

    /// The same with the first `n` images only.
    pub fn first(&self, n: usize) -> Network {
        let (x, t, dout) = (first(&self.x, n), first(&self.t, n), first(&self.dout, n));
        let parameters = (self.w.clone(), self.b.clone(), self.wo.clone(), self.bo.clone());
        Network::with(Shape { batch: n, ..self.shape }, (x, t, dout), parameters)
    }

    fn with(
        shape: Shape,
        (x, t, dout): (Array4<Float>, Array2<Float>, Array4<Float>),
        (w, b, wo, bo): (Array4<Float>, Array2<Float>, Array2<Float>, Array2<Float>),
    ) -> Network {
        let nan = |shape| Array4::from_elem(shape, Float::NAN); // not computed yet
        let (out, dx, dw) = (nan(dout.dim()), nan(x.dim()), nan(w.dim()));
        let (rate, workspace) = (0.0, Workspace::default());
        Network { shape, x, w, dout, out, dx, dw, rate, workspace, b, wo, bo, t }
    }

    /// A training step with the convolution of a rung. `backward` computes `dw`, and `dx`
    /// too unless this is the first layer.
    pub fn step(&mut self, forward: fn(&mut Network), backward: fn(&mut Network)) {
        forward(self); // out (N, FN, OH, OW)
        let h = relu(&(&flat(&self.out) + &self.b)); // (N, P)
        let y = softmax(&affine(&h, &self.wo, &self.bo)); // (N, 10)
        black_box(article_loss(&y, &self.t)); // every program of the article's prints it
        let dzo = &y - &self.t; // (N, 10)
        let dz = relu_grad(&h) * dot(&dzo, &self.wo.t()); // (N, P)
        let db = sum_rows(&dz); // (1, P)
        self.dout = reshaped(dz, self.dout.dim());
        backward(self); // dx (N, C, H, W), dw (FN, C, FH, FW)
        update(&mut self.w, self.rate, &self.dw);
        update(&mut self.b, self.rate, &db);
        update(&mut self.wo, self.rate, &dot(&h.t(), &dzo)); // dwo = hT dzo
        update(&mut self.bo, self.rate, &sum_rows(&dzo));
    }

    /// A training step of the article's network by a program that takes the learning
    /// rates of the filter with its biases and of the output layer.
    pub fn article_step(
        &mut self,
        step: impl FnOnce(Batch, Parameters<Float>, (Float, Float), &mut Workspace),
    ) {
        let Network { x, t, w, b, wo, bo, rate, workspace, .. } = self;
        let x = x.view().into_shape_with_order((t.nrows(), SIDE * SIDE)).expect("28 x 28 = 784");
        let mut f = reshaped(mem::take(w), (FILTER, FILTER)); // not copied
        step((&x, t), (&mut f, b, wo, bo), (*rate, *rate), workspace);
        *w = reshaped(f, (1, 1, FILTER, FILTER));
    }

    /// What a step changes: `w`, `b`, `wo` and `bo`.
    pub fn parameters(&self) -> [&[Float]; 4] {
        [slice(&self.w), slice(&self.b), slice(&self.wo), slice(&self.bo)]
    }
}

/// Memory that a rung allocates in its first run on a network and keeps.
#[derive(Default)]
pub struct Workspace(Option<Box<dyn Any + Send + Sync>>);

impl Workspace {
    /// Whether no rung has run on this network.
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// The memory that `allocate` made in the first run. Panics if another rung has run on
    /// this network.
    pub fn get<T: Send + Sync + 'static>(&mut self, allocate: impl FnOnce() -> T) -> &mut T {
        let memory = self.0.get_or_insert_with(|| Box::new(allocate()));
        memory.downcast_mut().expect("each rung runs on a network of its own")
    }
}

/// Shifts the biases `b (1, P)` a little, until no sum of `c (N, P)` and `b` is within
/// rounding of zero. ReLU has a kink there, and two correct rungs could differ by a
/// whole gradient.
pub fn avoid_kink(c: &ArrayRef2<Float>, b: &mut ArrayRef2<Float>) {
    let largest = c.iter().fold(1.0 as Float, |largest, c| largest.max(c.abs()));
    let near = largest * 100.0 * Float::EPSILON;
    for (c, b) in c.columns().into_iter().zip(b.iter_mut()) {
        while c.iter().any(|c| (c + *b).abs() < near) {
            *b += 3.0 * near;
        }
    }
}

/// `(N, FN, OH, OW)` as `(N, P)`.
fn flat(out: &Array4<Float>) -> ArrayView2<'_, Float> {
    let shape = (out.dim().0, out.len() / out.dim().0);
    out.view().into_shape_with_order(shape).expect("as many elements")
}

/// The same elements in another shape, without a copy.
fn reshaped<D: Dimension, S: ShapeArg>(a: Array<Float, D>, shape: S) -> Array<Float, S::Dim> {
    a.into_shape_with_order(shape).expect("as many elements")
}

/// The first `n` images or rows, a copy.
fn first<D: RemoveAxis>(a: &Array<Float, D>, n: usize) -> Array<Float, D> {
    a.slice_axis(Axis(0), Slice::from(..n)).to_owned()
}

/// Numbers from N(0, 1).
fn normal(shape: (usize, usize, usize, usize), rng: &mut Rng) -> Array4<Float> {
    reshaped(init::normal((shape.0, shape.1 * shape.2 * shape.3), rng), shape)
}
