//! Initial weights. All are drawn as standard normal numbers in `f64` and then
//! rounded, so that a seed gives `f32` and `f64` lessons the same start.

use ndarray::Array2;
use ndarray_rand::RandomExt;
use ndarray_rand::rand_distr::StandardNormal;

use crate::{Real, Rng};

/// `(D, M)` numbers from N(0, 1), as the article initialises everything:
/// `np.random.randn(D, M)`.
pub fn normal<F: Real>(shape: (usize, usize), rng: &mut Rng) -> Array2<F> {
    scaled(shape, 1.0, rng)
}

/// `(D, M)` numbers from N(0, 1/D), which keep the variance from layer to layer
/// with sigmoid or tanh. Glorot and Bengio (2010), in the form that uses the
/// number of inputs only.
pub fn xavier<F: Real>(shape: (usize, usize), rng: &mut Rng) -> Array2<F> {
    scaled(shape, (1.0 / shape.0 as f64).sqrt(), rng)
}

/// `(D, M)` numbers from N(0, 2/D): twice the variance, since ReLU sets half of
/// its inputs to 0. He et al. (2015).
pub fn he<F: Real>(shape: (usize, usize), rng: &mut Rng) -> Array2<F> {
    scaled(shape, (2.0 / shape.0 as f64).sqrt(), rng)
}

fn scaled<F: Real>(shape: (usize, usize), deviation: f64, rng: &mut Rng) -> Array2<F> {
    Array2::<f64>::random_using(shape, StandardNormal, rng).mapv(|v| F::of(deviation * v))
}
