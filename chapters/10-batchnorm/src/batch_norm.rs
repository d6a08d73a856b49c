//! Batch norm of a matrix: `N` examples, `M` units, each unit over the batch.
//!
//! ```text
//! mean  = sum of x over N / N                    (1, M)
//! var   = sum of (x - mean)^2 over N / N         (1, M)   biased: divided by N
//! std   = sqrt(var + e)                          (1, M)
//! x_hat = (x - mean) / std                       (N, M)   mean 0, variance 1
//! out   = gamma x_hat + beta                     (N, M)
//! ```
//!
//! S. Ioffe, C. Szegedy, "Batch normalization: accelerating deep network training
//! by reducing internal covariate shift", ICML 2015, Algorithm 1.

use common::{Error, Real, Result, sum_rows};
use ndarray::Array2;

/// `e`, which avoids a division by zero if all values of a batch are equal. PyTorch's; the
/// paper gives none.
pub const EPSILON: f64 = 1e-5;

/// What [`forward`] keeps for [`backward`] and for the running statistics.
#[derive(Clone, Debug, PartialEq)]
pub struct Cache<F> {
    /// The normalised values, `(N, M)`.
    pub x_hat: Array2<F>,
    /// `sqrt(var + e)`, `(1, M)`.
    pub std: Array2<F>,
    /// The mean of the batch, `(1, M)`.
    pub mean: Array2<F>,
    /// Its biased variance, `(1, M)`.
    pub var: Array2<F>,
}

/// Training mode, by mean and variance of the batch: `x (N, M)`, `gamma (1, M)` and
/// `beta (1, M)` to `out (N, M)`.
/// Fails if the batch has fewer than two examples: see [`too_few`].
/// Panics if the shapes do not fit.
pub fn forward<F: Real>(
    x: &Array2<F>,
    gamma: &Array2<F>,
    beta: &Array2<F>,
) -> Result<(Array2<F>, Cache<F>)> {
    assert_eq!([gamma.dim(), beta.dim()], [(1, x.ncols()); 2], "batch norm: gamma and beta");
    if x.nrows() < 2 {
        return Err(too_few(x.nrows()));
    }
    let n = F::of(x.nrows() as f64);
    let mean = sum_rows(x) / n; // (1, M)
    let centred = x - &mean; // (N, M)
    // Not mean(x^2) - mean^2: with a large mean that is mostly rounding error
    let var = sum_rows(&(&centred * &centred)) / n; // (1, M)
    let std = var.mapv(|v| (v + F::of(EPSILON)).sqrt()); // (1, M)
    let x_hat = centred / &std; // (N, M)
    let out = &x_hat * gamma + beta; // (N, M)
    Ok((out, Cache { x_hat, std, mean, var }))
}

/// From `dout (N, M)` to `dx (N, M)`, `dgamma (1, M)` and `dbeta (1, M)`.
/// [`crate::computation_graph`] derives it step by step.
/// Panics if the shapes do not fit.
pub fn backward<F: Real>(
    dout: &Array2<F>,
    cache: &Cache<F>,
    gamma: &Array2<F>,
) -> (Array2<F>, Array2<F>, Array2<F>) {
    let forward = (cache.x_hat.dim(), cache.std.dim());
    assert_eq!((dout.dim(), gamma.dim()), forward, "batch norm: dout and gamma");
    let n = F::of(dout.nrows() as f64);
    // dbeta = the sum of dout over the batch
    let dbeta = sum_rows(dout); // (1, M)
    // dgamma = the sum of dout x_hat over the batch
    let dgamma = sum_rows(&(dout * &cache.x_hat)); // (1, M)
    // dx = gamma / std (dout - dbeta / N - x_hat dgamma / N)
    let inner = dout - &(&dbeta / n) - &cache.x_hat * &(&dgamma / n); // (N, M)
    let dx = inner * &(gamma / &cache.std); // (N, M)
    (dx, dgamma, dbeta)
}

/// Test mode, with given `mean (1, M)` and `var (1, M)`: `x (N, M)`, any `N`, to
/// `out (N, M)`, each example independent of the others.
/// Panics if the shapes do not fit.
pub fn forward_test<F: Real>(
    x: &Array2<F>,
    gamma: &Array2<F>,
    beta: &Array2<F>,
    mean: &Array2<F>,
    var: &Array2<F>,
) -> Array2<F> {
    assert_eq!([gamma.dim(), beta.dim(), mean.dim(), var.dim()], [(1, x.ncols()); 4], "batch norm");
    let std = var.mapv(|v| (v + F::of(EPSILON)).sqrt()); // (1, M)
    (x - mean) / &std * gamma + beta // (N, M)
}

/// Why a batch of `n` cannot be normalised in training mode.
pub fn too_few(n: usize) -> Error {
    Error::new(format!(
        "batch norm in training needs at least 2 values a unit, not {n}: the mean of one is \
         itself and its variance 0, so every unit would be 0 for any input; make the batch \
         larger, or use the running statistics (test mode)"
    ))
}
