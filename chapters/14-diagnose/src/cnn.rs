//! A small convolutional network of lesson 08, with lesson 10's batch norm and lesson 09's
//! dropout. Six bugs here, three in the pool, and those of the step.
//!
//! ```text
//! h = max(conv(x, w1) + b1, 0)      (N, 10, 9, 9)     filters of 4 x 4, stride 3
//! p = the largest of every 3 x 3    (N, 10, 4, 4) = (N, 160)
//! d = batch_norm(p) m               (N, 160)          m: dropout's mask
//! z = d w2 + b2                     (N, 10)
//! ```

use batchnorm::batch_norm::{self, Cache};
use cnn_im2col::conv;
use cnn_naive::Window;
use common::{Real, Result, Rng, affine, dot, init, relu, relu_grad, sum_rows};
use ndarray::{Array2, Array4, ArrayRef2, Axis};
use rand::Rng as _;

use crate::bug::Bug;
use crate::images::CLASSES;
use crate::pool;

const FILTERS: usize = 10;
const FEATURES: usize = 160; // 10 maps of 4 x 4 after the pool
const WINDOW: Window = Window { stride: 3, padding: 0 };
/// The share of units that dropout sets to 0.
pub const DROP: f64 = 0.2;

/// The names of the parameters, in the order of [`initialise`].
pub const NAMES: [&str; 6] = ["w1", "b1", "gamma", "beta", "w2", "b2"];

/// Whether a network learns or is tested.
#[allow(missing_docs)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Train,
    Test,
}

/// What [`forward`] computed, kept for [`backward`].
#[allow(missing_docs)]
pub struct Activations<F> {
    pub h: Array4<F>,            // (N, 10, 9, 9)
    pub p: Array4<F>,            // (N, 10, 4, 4)
    pub cache: Option<Cache<F>>, // of batch norm, in training
    pub mask: Option<Array2<F>>, // (N, 160), in training
    pub d: Array2<F>,            // (N, 160)
    pub z: Array2<F>,            // (N, 10)
}

/// `w1 (10, 16)`, a filter a row; `b1 (1, 10)`; `gamma`, `beta (1, 160)`; `w2 (160, 10)`,
/// `b2 (1, 10)`.
pub fn initialise<F: Real>(bug: Bug, rng: &mut Rng) -> Vec<Array2<F>> {
    let w1 = init::he((16, FILTERS), rng).reversed_axes().as_standard_layout().into_owned(); // N(0, 2/16)
    let w2 = init::xavier((FEATURES, CLASSES), rng) * F::of(0.1); // as in the other network
    let mut b1 = Array2::zeros((1, FILTERS));
    if bug == Bug::DeadRelu {
        // Where one step that was too large leaves them: no image gets above 0 again
        b1.iter_mut().skip(2).for_each(|b| *b = F::of(-10.0));
    }
    let (gamma, beta) = (Array2::ones((1, FEATURES)), Array2::zeros((1, FEATURES)));
    vec![w1, b1, gamma, beta, w2, Array2::zeros((1, CLASSES))]
}

/// Images `x (N, 784)` to logits `z (N, 10)`. In a test, batch norm uses the `running` mean
/// and variance `(1, 160)`, and nothing is dropped.
/// Fails if a training batch has fewer than two images.
pub fn forward<F: Real>(
    x: &ArrayRef2<F>,
    w: &[Array2<F>],
    [mean, var]: &[Array2<F>; 2],
    mode: Mode,
    bug: Bug,
    rng: &mut Rng,
) -> Result<Activations<F>> {
    let n = x.nrows();
    let filters = w[0].to_shape((FILTERS, 1, 4, 4)).expect("16 = 4 x 4");
    let bias = w[1].to_shape((FILTERS, 1, 1)).expect("one a filter");
    // h = max(conv(x, w1) + b1, 0)
    let h = relu(&(conv::forward(&images(x), &filters, WINDOW) + bias)); // (N, 10, 9, 9)
    // p = the largest of every 3 x 3
    let p = pool::forward(&h, bug); // (N, 10, 4, 4)
    let features = p.to_shape((n, FEATURES)).expect("160 = 10 x 4 x 4").into_owned(); // (N, 160)
    // d = gamma (p - mean) / std + beta: of the batch in training, of all batches in a test
    let (mut d, cache) = match mode {
        Mode::Test if bug != Bug::BatchNormMode => {
            (batch_norm::forward_test(&features, &w[2], &w[3], mean, var), None)
        }
        _ => {
            let (d, cache) = batch_norm::forward(&features, &w[2], &w[3])?; // (N, 160)
            (d, Some(cache))
        }
    };
    // d = d m in training
    let mut mask = None;
    if mode == Mode::Train || bug == Bug::DropoutInTest {
        let m = dropout_mask((n, FEATURES), bug, rng); // (N, 160)
        d *= &m;
        mask = Some(m);
    }
    let z = affine(&d, &w[4], &w[5]); // (N, 10)
    Ok(Activations { h, p, cache, mask, d, z })
}

/// Dropout's mask `(N, 160)`: 0 with probability [`DROP`], else `1 / (1 - DROP)`, which keeps
/// the mean.
fn dropout_mask<F: Real>(shape: (usize, usize), bug: Bug, rng: &mut Rng) -> Array2<F> {
    let drop = match bug {
        Bug::KeepForDrop => 1.0 - DROP, // 0.8 was meant as the share to keep
        _ => DROP,
    };
    let scale = match bug {
        Bug::DropoutUnscaled => 1.0,
        _ => 1.0 / (1.0 - drop),
    };
    Array2::from_shape_simple_fn(shape, || {
        F::of(if rng.random::<f64>() < drop { 0.0 } else { scale })
    })
}

/// The gradients of all parameters from `dz (N, 10)` and the activations of a training pass.
/// Panics if they are those of a test.
pub fn backward<F: Real>(
    dz: &ArrayRef2<F>,
    x: &ArrayRef2<F>,
    w: &[Array2<F>],
    a: &Activations<F>,
    bug: Bug,
) -> Vec<Array2<F>> {
    let (cache, mask) = a.cache.as_ref().zip(a.mask.as_ref()).expect("a training pass");
    // dw2 = dT dz, db2 = the sum of dz over the batch
    let (dw2, db2) = (dot(&a.d.t(), dz), sum_rows(dz)); // (160, 10), (1, 10)
    // dd = dz w2T m: the mask of the forward pass
    let dd = dot(dz, &w[4].t()) * mask; // (N, 160)
    let (dp, dgamma, dbeta) = batch_norm::backward(&dd, cache, &w[2]); // (N, 160), (1, 160) twice
    let dp = dp.into_shape_with_order(a.p.raw_dim()).expect("10 x 4 x 4 = 160");
    // dz1 = dh where h > 0, else 0
    let dz1 = pool::backward(&dp, &a.h, &a.p, bug) * relu_grad(&a.h); // (N, 10, 9, 9)
    // dw1 = x convolved with dz1, db1 = the sum of dz1 over batch and positions
    let filters = w[0].to_shape((FILTERS, 1, 4, 4)).expect("16 = 4 x 4");
    let (_, dw1) = conv::backward(&dz1, &images(x), &filters, WINDOW); // (10, 1, 4, 4)
    let dw1 = dw1.into_shape_with_order((FILTERS, 16)).expect("4 x 4 = 16");
    let db1 = dz1.sum_axis(Axis(3)).sum_axis(Axis(2)).sum_axis(Axis(0)).insert_axis(Axis(0)); // (1, 10)
    vec![dw1, db1, dgamma, dbeta, dw2, db2]
}

/// Running mean and variance `(1, 160)` after one more batch of `n` images: a tenth of its
/// own. The variance of a sample is its sum of squares divided by `n - 1`; the cache holds
/// the one divided by `n`.
pub fn update_running<F: Real>([mean, var]: &mut [Array2<F>; 2], cache: &Cache<F>, bug: Bug) {
    let n = cache.x_hat.nrows() as f64;
    let unbiased = match bug {
        Bug::BiasedVariance => cache.var.clone(),
        _ => &cache.var * F::of(n / (n - 1.0)),
    };
    *mean = &*mean * F::of(0.9) + &cache.mean * F::of(0.1); // (1, 160)
    *var = &*var * F::of(0.9) + unbiased * F::of(0.1); // (1, 160)
}

/// `(N, 784)` as `(N, 1, 28, 28)`.
fn images<F: Real>(x: &ArrayRef2<F>) -> Array4<F> {
    x.to_shape((x.nrows(), 1, 28, 28)).expect("784 = 28 x 28").into_owned()
}
