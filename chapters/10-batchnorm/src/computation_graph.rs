//! The backward pass of batch norm, node by node through its computation graph.
//!
//! ```text
//! forward                                    backward
//! mean    = sum(x) / N             (1, M)    dx += dmean / N, to every row
//! centred = x - mean               (N, M)    dx  = dcentred,  dmean = -sum(dcentred)
//! square  = centred^2              (N, M)    dcentred += 2 centred dsquare
//! var     = sum(square) / N        (1, M)    dsquare = dvar / N, to every row
//! std     = sqrt(var + e)          (1, M)    dvar = dstd / (2 std)
//! over    = 1 / std                (1, M)    dstd = -dover / std^2
//! x_hat   = centred over           (N, M)    dcentred = dx_hat over,  dover = sum(dx_hat centred)
//! scaled  = gamma x_hat            (N, M)    dx_hat = dscaled gamma,  dgamma = sum(dscaled x_hat)
//! out     = scaled + beta          (N, M)    dscaled = dout,  dbeta = sum(dout)
//! ```
//!
//! Read the right side from the bottom to the top. A value that two nodes use adds up
//! the gradients of both. [`crate::batch_norm::backward`] is the same, simplified.

use common::{Real, sum_rows};
use ndarray::Array2;

use crate::batch_norm::Cache;

/// The gradients `dx (N, M)`, `dgamma (1, M)` and `dbeta (1, M)` from `dout (N, M)` and
/// the input `x (N, M)` and cache of [`crate::batch_norm::forward`].
/// Panics if the shapes do not fit.
pub fn backward<F: Real>(
    dout: &Array2<F>,
    x: &Array2<F>,
    cache: &Cache<F>,
    gamma: &Array2<F>,
) -> (Array2<F>, Array2<F>, Array2<F>) {
    let (n, two) = (F::of(x.nrows() as f64), F::of(2.0));
    let centred = x - &cache.mean; // (N, M)
    let over = cache.std.mapv(|v| F::one() / v); // (1, M)

    // out = scaled + beta
    let dbeta = sum_rows(dout); // (1, M)
    // scaled = gamma x_hat
    let dgamma = sum_rows(&(dout * &cache.x_hat)); // (1, M)
    let dx_hat = dout * gamma; // (N, M)
    // x_hat = centred over, the first use of centred
    let mut dcentred = &dx_hat * &over; // (N, M)
    let dover = sum_rows(&(dx_hat * &centred)); // (1, M), summed: all rows use over
    // over = 1 / std
    let dstd = -dover * &over * &over; // (1, M)
    // std = sqrt(var + e)
    let dvar = dstd * &over / two; // (1, M)
    // var = sum(square) / N
    let dsquare = dvar / n; // (1, M), the same for every row
    // square = centred^2, the second use of centred
    dcentred += &(centred * &dsquare * two); // (N, M)
    // centred = x - mean
    let dmean = -sum_rows(&dcentred); // (1, M)
    // mean = sum(x) / N, the second use of x
    let dx = dcentred + &(dmean / n); // (N, M)
    (dx, dgamma, dbeta)
}
