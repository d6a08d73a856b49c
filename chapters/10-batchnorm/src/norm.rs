//! Batch norm over the columns of a matrix: `N` examples a batch, `M` units.
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

/// `e`: what keeps batch norm from dividing by zero where all values of a batch
/// are equal. The usual one; the paper names none.
pub const EPSILON: f64 = 1e-5;

/// What a batch was like, and what the way back needs of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Kept<F> {
    /// The values with mean 0 and variance 1, `(N, M)`.
    pub x_hat: Array2<F>,
    /// What they were divided by, `sqrt(var + e)`, `(1, M)`.
    pub std: Array2<F>,
    /// The mean of the batch, `(1, M)`.
    pub mean: Array2<F>,
    /// Its variance, the sum of squares divided by `N`, `(1, M)`.
    pub var: Array2<F>,
}

/// Training mode: the batch is measured by itself. `x (N, M)`, `gamma (1, M)` and
/// `beta (1, M)` to `out (N, M)`.
///
/// # Errors
/// If the batch has fewer than two examples: see [`too_few`].
///
/// # Panics
/// If the shapes do not fit.
pub fn forward<F: Real>(
    x: &Array2<F>,
    gamma: &Array2<F>,
    beta: &Array2<F>,
) -> Result<(Array2<F>, Kept<F>)> {
    fit(x, gamma, beta);
    if x.nrows() < 2 {
        return Err(too_few(x.nrows()));
    }
    let n = F::of(x.nrows() as f64);
    let mean = sum_rows(x) / n; // (1, M)
    let centred = x - &mean; // (N, M)
    // Squares of distances, and not the mean of x^2 less mean^2: where the mean is
    // large, the difference of two large numbers would be mostly rounding.
    let var = sum_rows(&(&centred * &centred)) / n; // (1, M)
    let std = var.mapv(|v| (v + F::of(EPSILON)).sqrt()); // (1, M)
    let x_hat = centred / &std; // (N, M)
    let out = &x_hat * gamma + beta; // (N, M)
    Ok((out, Kept { x_hat, std, mean, var }))
}

/// The way back, in its short form: from `dout (N, M)` to `dx (N, M)`,
/// `dgamma (1, M)` and `dbeta (1, M)`. [`crate::path::backward`] goes the long way.
///
/// # Panics
/// If the shapes do not fit.
pub fn backward<F: Real>(
    dout: &Array2<F>,
    kept: &Kept<F>,
    gamma: &Array2<F>,
) -> (Array2<F>, Array2<F>, Array2<F>) {
    assert!(
        dout.dim() == kept.x_hat.dim() && gamma.dim() == kept.std.dim(),
        "batch norm: dout {:?} and gamma {:?} must have the shapes {:?} and {:?}",
        dout.dim(),
        gamma.dim(),
        kept.x_hat.dim(),
        kept.std.dim()
    );
    let n = F::of(dout.nrows() as f64);
    // dbeta = the sum of dout over the batch
    let dbeta = sum_rows(dout); // (1, M)
    // dgamma = the sum of dout x_hat over the batch
    let dgamma = sum_rows(&(dout * &kept.x_hat)); // (1, M)
    // dx = gamma / std (dout - dbeta / N - x_hat dgamma / N)
    let inner = dout - &(&dbeta / n) - &kept.x_hat * &(&dgamma / n); // (N, M)
    let dx = inner * &(gamma / &kept.std); // (N, M)
    (dx, dgamma, dbeta)
}

/// Test mode: `mean (1, M)` and `var (1, M)` are given, each example stands for
/// itself. `x (N, M)`, any `N`, to `out (N, M)`.
///
/// # Panics
/// If the shapes do not fit.
pub fn forward_test<F: Real>(
    x: &Array2<F>,
    gamma: &Array2<F>,
    beta: &Array2<F>,
    mean: &Array2<F>,
    var: &Array2<F>,
) -> Array2<F> {
    fit(x, gamma, beta);
    fit(x, mean, var);
    let std = var.mapv(|v| (v + F::of(EPSILON)).sqrt()); // (1, M)
    (x - mean) / &std * gamma + beta // (N, M)
}

/// Why a batch of `n` cannot be normalised by itself.
pub fn too_few(n: usize) -> Error {
    Error::new(format!(
        "batch norm in training needs at least 2 values a unit, not {n}: the mean of one is \
         itself and its variance 0, so every unit would say 0 whatever came in; make the batch \
         larger, or use the running statistics (test mode)"
    ))
}

fn fit<F>(x: &Array2<F>, a: &Array2<F>, b: &Array2<F>) {
    assert!(
        a.dim() == (1, x.ncols()) && b.dim() == (1, x.ncols()),
        "batch norm: x {:?} needs two rows (1, {}), not {:?} and {:?}",
        x.dim(),
        x.ncols(),
        a.dim(),
        b.dim()
    );
}
