//! A convolution with everything that a rung reads and writes, and a network
//! around it.

use cnn_im2col::fast;
use cnn_naive::network::CLASSES;
use common::{Float, Rng, affine, article_loss, dot, init, relu, relu_grad, softmax, sum_rows};
use common::{seeded, update};
use ndarray::{Array, Array2, Array4, ArrayRef2, Axis, Dimension, RemoveAxis, Slice};

use crate::gpu::OnGpu;
use crate::rungs::Rung;
use crate::shape::Shape;
use crate::tiles::{Alone, Shared};

/// The inputs of a convolution, what comes of them, and the parameters of a
/// network with this convolution in front:
///
/// ```text
/// out = x seen through w           (N, FN, OH, OW), P = FN OH OW numbers an image
/// h   = max(out + b, 0)            (N, P) = (N, P) + (1, P)
/// y   = softmax(h wo + bo)         (N, 10) = (N, P)(P, 10) + (1, 10)
/// ```
pub struct Layer {
    /// What is raced, with the number of images that this layer has.
    pub shape: Shape,
    /// The images `(N, C, H, W)`.
    pub x: Array4<Float>,
    /// The filters `(FN, C, FH, FW)`.
    pub w: Array4<Float>,
    /// The gradient of the output `(N, FN, OH, OW)`.
    pub dout: Array4<Float>,
    /// The output `(N, FN, OH, OW)`.
    pub out: Array4<Float>,
    /// The gradient of the images `(N, C, H, W)`.
    pub dx: Array4<Float>,
    /// The gradient of the filters `(FN, C, FH, FW)`, summed over the batch.
    pub dw: Array4<Float>,
    /// The memory of rung 4, made by its first run.
    pub alone: Option<Alone>,
    /// The memory of rung 5, made by its first run.
    pub shared: Option<Shared>,
    /// The memory of rungs 6 and 7, made by their first run.
    pub gpu: Option<OnGpu>,
    b: Array2<Float>,  // (1, P), a bias for each position, as in the article
    wo: Array2<Float>, // (P, 10)
    bo: Array2<Float>, // (1, 10)
    t: Array2<Float>,  // (N, 10), one-hot
}

impl Layer {
    /// Images, filters and gradients from N(0, 1), the same for the same `seed`.
    ///
    /// # Panics
    /// If the window does not fit the image.
    pub fn new(shape: Shape, seed: u64) -> Layer {
        let (n, filters, oh, ow) = shape.outputs().unwrap_or_else(|error| panic!("{error}"));
        let positions = filters * oh * ow;
        let mut rng = seeded(seed);
        let x = normal(shape.images(), &mut rng);
        let w = normal(shape.weights(), &mut rng);
        let dout = normal((n, filters, oh, ow), &mut rng);
        let wo = init::xavier((positions, CLASSES), &mut rng);
        let mut b = Array2::zeros((1, positions));
        away_from_the_kink(&flat(&fast::forward(&x, &w, shape.window)), &mut b);
        Layer {
            shape,
            out: Array4::from_elem(dout.dim(), Float::NAN), // nothing yet
            dx: Array4::from_elem(x.dim(), Float::NAN),
            dw: Array4::from_elem(w.dim(), Float::NAN),
            x,
            w,
            dout,
            alone: None,
            shared: None,
            gpu: None,
            b,
            wo,
            bo: Array2::zeros((1, CLASSES)),
            t: Array2::from_shape_fn((n, CLASSES), |(i, k)| {
                Float::from(u8::from(i % CLASSES == k))
            }),
        }
    }

    /// The same with the first `n` images only, and nothing computed yet.
    pub fn first(&self, n: usize) -> Layer {
        Layer {
            shape: Shape { batch: n, ..self.shape },
            x: first(&self.x, n),
            w: self.w.clone(),
            dout: first(&self.dout, n),
            out: first(&self.out, n),
            dx: first(&self.dx, n),
            dw: self.dw.clone(),
            alone: None,
            shared: None,
            gpu: None,
            b: self.b.clone(),
            wo: self.wo.clone(),
            bo: self.bo.clone(),
            t: first(&self.t, n),
        }
    }

    /// A training step of the network with the convolution of `rung`: forward,
    /// loss, backward, update, at `rate` for gradients summed over the batch.
    /// Every rung finds `dx` too, for which a first layer has no use and every
    /// later one has. Returns the article's loss.
    pub fn step(&mut self, rung: &Rung, rate: Float) -> f64 {
        (rung.forward)(self); // out (N, FN, OH, OW)
        let h = relu(&(flat(&self.out) + &self.b)); // (N, P)
        let y = softmax(&affine(&h, &self.wo, &self.bo)); // (N, 10)
        let loss = article_loss(&y, &self.t);
        let dzo = &y - &self.t; // (N, 10)
        let dz = relu_grad(&h) * dot(&dzo, &self.wo.t()); // (N, P)
        let db = sum_rows(&dz); // (1, P)
        self.dout = dz.into_shape_with_order(self.dout.dim()).expect("the same numbers");
        (rung.backward)(self); // dx (N, C, H, W), dw (FN, C, FH, FW)
        update(&mut self.w, rate, &self.dw);
        update(&mut self.b, rate, &db);
        update(&mut self.wo, rate, &dot(&h.t(), &dzo)); // dwo = hT dzo
        update(&mut self.bo, rate, &sum_rows(&dzo));
        loss
    }

    /// What [`Layer::step`] changes, with its names.
    pub fn parameters(&self) -> [(&'static str, &[Float]); 4] {
        let Layer { w, b, wo, bo, .. } = self;
        [("w", numbers(w)), ("b", numbers(b)), ("wo", numbers(wo)), ("bo", numbers(bo))]
    }
}

/// Moves biases `b (1, P)` a little, until no sum of `c (N, P)` and `b` is so near
/// zero that rounding decides on which side: there ReLU has a kink, and two
/// rungs that are both right could differ by a whole gradient.
pub(crate) fn away_from_the_kink(c: &ArrayRef2<Float>, b: &mut ArrayRef2<Float>) {
    let largest = c.iter().fold(1.0 as Float, |most, c| most.max(c.abs()));
    let near = largest * 100.0 * Float::EPSILON;
    for (c, b) in c.columns().into_iter().zip(b.iter_mut()) {
        while c.iter().any(|c| (c + *b).abs() < near) {
            *b += 3.0 * near;
        }
    }
}

/// The numbers of an array, row by row.
///
/// # Panics
/// If they do not lie in that order, which they do in everything made here.
pub(crate) fn numbers<D: Dimension>(a: &Array<Float, D>) -> &[Float] {
    a.as_slice().expect("the array lies row by row")
}

/// The same, to be written.
pub(crate) fn numbers_mut<D: Dimension>(a: &mut Array<Float, D>) -> &mut [Float] {
    a.as_slice_mut().expect("the array lies row by row")
}

/// `(N, FN, OH, OW)` as `(N, P)`, a copy.
fn flat(out: &Array4<Float>) -> Array2<Float> {
    let (n, filters, oh, ow) = out.dim();
    out.to_shape((n, filters * oh * ow)).expect("the same numbers").into_owned()
}

/// The first `n` along the first axis, a copy.
fn first<D: RemoveAxis>(a: &Array<Float, D>, n: usize) -> Array<Float, D> {
    a.slice_axis(Axis(0), Slice::from(..n)).to_owned()
}

/// Any four axes of N(0, 1).
fn normal(shape: (usize, usize, usize, usize), rng: &mut Rng) -> Array4<Float> {
    let (n, a, b, c) = shape;
    init::normal((n, a * b * c), rng).into_shape_with_order(shape).expect("the same numbers")
}
