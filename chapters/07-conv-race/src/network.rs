//! A training step of the article's network, the way of each rung.
//!
//! ```text
//! c = x seen through f       (N, 24, 24), kept as (N, 576)
//! h = max(c + bc, 0)         (N, 576) = (N, 576) + (1, 576)
//! y = softmax(h wo + bo)     (N, 10) = (N, 576)(576, 10) + (1, 10)
//! ```
//!
//! There is no layer before the filter, so nobody looks for the gradient of the
//! images: forward, `df` and the output layer are all there is to do.

use cnn_im2col::fast::rows;
use cnn_im2col::fast::train_step::TrainStep;
use cnn_im2col::network as by_im2col;
use cnn_naive::network::{self, FILTER, MAP, POSITIONS, SIDE};
use cnn_naive::{Window, article};
use common::{Float, affine, article_loss, dot, relu, relu_grad, seeded, softmax};
use common::{sum_rows, update};
use ndarray::{Array2, Axis, Slice};

use crate::gpu::NetworkOnGpu;
use crate::layer::{away_from_the_kink, numbers};
use crate::patches::Patches;

/// The article's network with a batch to learn from.
pub struct Network {
    /// Images `(N, 784)`.
    pub x: Array2<Float>,
    /// Targets `(N, 10)`.
    pub t: Array2<Float>,
    /// The filter `(5, 5)`.
    pub f: Array2<Float>,
    /// Its biases, one for each position, `(1, 576)`.
    pub bc: Array2<Float>,
    /// The output layer's weights `(576, 10)`.
    pub wo: Array2<Float>,
    /// The output layer's bias `(1, 10)`.
    pub bo: Array2<Float>,
    /// Rates of the filter with its biases, and of the output layer, for
    /// gradients summed over the batch.
    pub rates: (Float, Float),
    /// The memory of rung 4, made by its first step.
    pub patches: Option<Box<Patches>>,
    /// The memory of rung 5, made by its first step.
    pub fused: Option<(TrainStep<Float>, Vec<usize>)>,
    /// The memory of rungs 6 and 7, made by their first step.
    pub gpu: Option<NetworkOnGpu>,
}

impl Network {
    /// The network at its start, N(0, 1) from `seed`, before the images `x
    /// (N, 784)` and their targets `t (N, 10)`.
    pub fn new(x: Array2<Float>, t: Array2<Float>, seed: u64) -> Network {
        let (f, mut bc, wo, bo) = network::init_params(&mut seeded(seed));
        away_from_the_kink(&network::forward(&x, &f, &bc, &wo, &bo).0, &mut bc);
        Network { x, t, f, bc, wo, bo, rates: (0.0, 0.0), patches: None, fused: None, gpu: None }
    }

    /// The same before the first `n` images only.
    pub fn first(&self, n: usize) -> Network {
        let first = |a: &Array2<Float>| a.slice_axis(Axis(0), Slice::from(..n)).to_owned();
        Network {
            x: first(&self.x),
            t: first(&self.t),
            f: self.f.clone(),
            bc: self.bc.clone(),
            wo: self.wo.clone(),
            bo: self.bo.clone(),
            rates: self.rates,
            patches: None,
            fused: None,
            gpu: None,
        }
    }

    /// Rung 0.
    pub fn step_as_the_article(&mut self) {
        let Network { x, t, f, bc, wo, bo, rates, .. } = self;
        article::step((x, t), (f, bc, wo, bo), *rates);
    }

    /// Rung 1.
    pub fn step_in_plain_loops(&mut self) {
        let Network { x, t, f, bc, wo, bo, rates, .. } = self;
        let (_, _, h, y) = network::forward(x, f, bc, wo, bo);
        article_loss(&y, t);
        let (df, dbc, dwo, dbo) = network::backward(x, wo, &h, &y, t);
        update(f, rates.0, &df);
        update(bc, rates.0, &dbc);
        update(wo, rates.1, &dwo);
        update(bo, rates.1, &dbo);
    }

    /// Rung 2.
    pub fn step_in_rows(&mut self) {
        let Network { x, t, f, bc, wo, bo, rates, .. } = self;
        let n = x.nrows();
        let window = Window::default();
        let x = x.view().into_shape_with_order((n, 1, SIDE, SIDE)).expect("28 x 28 = 784");
        let w = f.view().into_shape_with_order((1, 1, FILTER, FILTER)).expect("one filter");
        let c = rows::forward(&x, &w, window); // (N, 1, 24, 24)
        let c = c.into_shape_with_order((n, POSITIONS)).expect("24 x 24 = 576"); // (N, 576)
        let h = relu(&(c + &*bc)); // (N, 576)
        let y = softmax(&affine(&h, wo, bo)); // (N, 10)
        article_loss(&y, t);
        let dzo = y - t.view(); // (N, 10)
        let dz = relu_grad(&h) * dot(&dzo, &wo.t()); // (N, 576)
        let dbc = sum_rows(&dz); // (1, 576)
        let dc = dz.into_shape_with_order((n, 1, MAP, MAP)).expect("24 x 24 = 576");
        let df = rows::filter_gradient(&dc, &x, w.dim(), window); // (1, 1, 5, 5)
        let df = df.into_shape_with_order((FILTER, FILTER)).expect("one filter"); // (5, 5)
        update(f, rates.0, &df);
        update(bc, rates.0, &dbc);
        update(wo, rates.1, &dot(&h.t(), &dzo)); // dwo = hT dzo
        update(bo, rates.1, &sum_rows(&dzo));
    }

    /// Rung 3.
    pub fn step_by_im2col(&mut self) {
        let Network { x, t, f, bc, wo, bo, rates, .. } = self;
        let (cols, h, y) = by_im2col::forward(x, f, bc, wo, bo);
        article_loss(&y, t);
        let (df, dbc, dwo, dbo) = by_im2col::backward(&cols, wo, &h, &y, t);
        update(f, rates.0, &df);
        update(bc, rates.0, &dbc);
        update(wo, rates.1, &dwo);
        update(bo, rates.1, &dbo);
    }

    /// Rung 4.
    pub fn step_through_patches(&mut self) {
        let mut patches =
            self.patches.take().unwrap_or_else(|| Patches::new(self.x.nrows()).into());
        patches.step(self);
        self.patches = Some(patches);
    }

    /// Rung 5.
    pub fn step_fused(&mut self) {
        let Network { x, t, f, bc, wo, bo, rates, fused, .. } = self;
        let n = x.nrows();
        let (step, rows) = fused.get_or_insert_with(|| (TrainStep::new(n), (0..n).collect()));
        step.run((x, t), rows, (f, bc, wo, bo), *rates);
    }

    /// What a step changes, with its names.
    pub fn parameters(&self) -> [(&'static str, &[Float]); 4] {
        let Network { f, bc, wo, bo, .. } = self;
        [("f", numbers(f)), ("bc", numbers(bc)), ("wo", numbers(wo)), ("bo", numbers(bo))]
    }
}
