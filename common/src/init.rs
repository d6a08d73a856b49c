//! Where the weights begin.
//!
//! All draw standard normal numbers in `f64` and round them, so the same seed
//! starts an `f32` and an `f64` lesson from the same place.

use ndarray::Array2;
use ndarray_rand::RandomExt;
use ndarray_rand::rand_distr::StandardNormal;

use crate::{Real, Rng};

/// `(D, M)` numbers from N(0, 1), as the NumPy article starts everything:
/// `np.random.randn(D, M)`.
pub fn normal<F: Real>(shape: (usize, usize), rng: &mut Rng) -> Array2<F> {
    scaled(shape, 1.0, rng)
}

/// `(D, M)` numbers from N(0, 1/D), which keep the spread of what passes
/// through a layer of sigmoids or tanhs. Glorot and Bengio (2010), in the form
/// that looks at the inputs alone.
pub fn xavier<F: Real>(shape: (usize, usize), rng: &mut Rng) -> Array2<F> {
    scaled(shape, (1.0 / shape.0 as f64).sqrt(), rng)
}

/// `(D, M)` numbers from N(0, 2/D): twice the variance, since ReLU silences
/// half of what comes in. He et al. (2015).
pub fn he<F: Real>(shape: (usize, usize), rng: &mut Rng) -> Array2<F> {
    scaled(shape, (2.0 / shape.0 as f64).sqrt(), rng)
}

fn scaled<F: Real>(shape: (usize, usize), deviation: f64, rng: &mut Rng) -> Array2<F> {
    Array2::<f64>::random_using(shape, StandardNormal, rng).mapv(|v| F::of(deviation * v))
}
