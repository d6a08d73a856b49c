//! Batch norm after a convolution: one mean and one variance per channel (PyTorch's
//! `BatchNorm2d`).
//!
//! A filter has the same weights at every position, so all its outputs count as values of
//! one unit: each pixel of each image becomes a row, and [`crate::batch_norm`] does the
//! rest with `n = N H W` rows.
//! It goes between convolution and activation; a bias of the convolution would be
//! subtracted again.

use common::{Real, Result};
use ndarray::{Array2, Array4};

use crate::batch_norm::{self, Cache};

/// Training mode: `x (N, C, H, W)`, `gamma (1, C)`, `beta (1, C)` to `out` of the shape
/// of `x`. The running statistics need `running.update(&cache.mean, &cache.var, n * h * w)`.
/// Fails if a channel has fewer than two values.
/// Panics if the shapes do not fit.
pub fn forward<F: Real>(
    x: &Array4<F>,
    gamma: &Array2<F>,
    beta: &Array2<F>,
) -> Result<(Array4<F>, Cache<F>)> {
    let (out, cache) = batch_norm::forward(&rows(x), gamma, beta)?; // (n, C)
    Ok((images(out, x.dim()), cache))
}

/// From `dout (N, C, H, W)` to `dx` of the same shape, `dgamma (1, C)` and `dbeta (1, C)`.
/// Panics if the shapes do not fit.
pub fn backward<F: Real>(
    dout: &Array4<F>,
    cache: &Cache<F>,
    gamma: &Array2<F>,
) -> (Array4<F>, Array2<F>, Array2<F>) {
    let (dx, dgamma, dbeta) = batch_norm::backward(&rows(dout), cache, gamma); // (n, C)
    (images(dx, dout.dim()), dgamma, dbeta)
}

/// Test mode, with given `mean (1, C)` and `var (1, C)`: `x (N, C, H, W)`, any `N`, to
/// `out` of the same shape.
/// Panics if the shapes do not fit.
pub fn forward_test<F: Real>(
    x: &Array4<F>,
    gamma: &Array2<F>,
    beta: &Array2<F>,
    mean: &Array2<F>,
    var: &Array2<F>,
) -> Array4<F> {
    images(batch_norm::forward_test(&rows(x), gamma, beta, mean, var), x.dim())
}

/// `(N, C, H, W)` to `(N H W, C)`: a row for each pixel.
fn rows<F: Real>(x: &Array4<F>) -> Array2<F> {
    let (n, c, h, w) = x.dim();
    let x = x.view().permuted_axes([0, 2, 3, 1]); // (N, H, W, C)
    x.to_shape((n * h * w, c)).expect("as many values").into_owned()
}

/// `(N H W, C)` back to `(N, C, H, W)`.
fn images<F: Real>(x: Array2<F>, (n, c, h, w): (usize, usize, usize, usize)) -> Array4<F> {
    let x = x.to_shape((n, h, w, c)).expect("as many values");
    x.permuted_axes([0, 3, 1, 2]).as_standard_layout().into_owned()
}
