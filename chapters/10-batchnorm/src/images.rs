//! Batch norm behind a convolution: one mean and one variance for each channel.
//!
//! A filter is the same at every place of every image, so all its outputs are
//! values of one unit: what [`crate::norm`] takes over `N` rows is taken here over
//! `n = N H W` pixels.
//!
//! ```text
//! mean  = sum of x over N, H and W / n           (1, C)
//! var   = sum of (x - mean)^2 / n                (1, C)
//! x_hat = (x - mean) / sqrt(var + e)             (N, C, H, W)
//! out   = gamma x_hat + beta                     (N, C, H, W)
//! ```
//!
//! `gamma`, `beta`, mean and variance are `(1, C)`, so [`crate::Running`] serves
//! here too, with `n = N H W`. Put it between a convolution and its activation; a
//! bias of the convolution would be subtracted again and can be left out.

use common::{Real, Result};
use ndarray::{Array2, Array4};
use rayon::prelude::*;

use crate::norm::{EPSILON, too_few};

/// What a batch was like, and what the way back needs of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Kept<F> {
    /// The values with mean 0 and variance 1, `(N, C, H, W)`.
    pub x_hat: Array4<F>,
    /// What they were divided by, `(1, C)`.
    pub std: Array2<F>,
    /// The mean of each channel, `(1, C)`.
    pub mean: Array2<F>,
    /// Its variance, divided by `n`, `(1, C)`.
    pub var: Array2<F>,
}

/// Training mode: `x (N, C, H, W)`, `gamma (1, C)`, `beta (1, C)` to `out` of the
/// shape of `x`. Tell the running statistics with
/// `running.see(&kept.mean, &kept.var, n * h * w)`.
///
/// # Errors
/// If there is a single value a channel, or none.
///
/// # Panics
/// If the shapes do not fit.
pub fn forward<F: Real>(
    x: &Array4<F>,
    gamma: &Array2<F>,
    beta: &Array2<F>,
) -> Result<(Array4<F>, Kept<F>)> {
    fit(x, gamma, beta);
    let values = x.len() / x.dim().1.max(1); // N H W
    if values < 2 {
        return Err(too_few(values));
    }
    let mean = over_channels(x, |_, v| v) / F::of(values as f64); // (1, C)
    let squares = over_channels(x, |c, v| (v - mean[[0, c]]) * (v - mean[[0, c]]));
    let var = squares / F::of(values as f64); // (1, C)
    let std = var.mapv(|v| (v + F::of(EPSILON)).sqrt()); // (1, C)
    let x_hat = each(x, |c, v| (v - mean[[0, c]]) / std[[0, c]]); // (N, C, H, W)
    let out = each(&x_hat, |c, v| gamma[[0, c]] * v + beta[[0, c]]); // (N, C, H, W)
    Ok((out, Kept { x_hat, std, mean, var }))
}

/// The way back: from `dout (N, C, H, W)` to `dx` of the same shape, `dgamma (1, C)`
/// and `dbeta (1, C)`.
///
/// # Panics
/// If the shapes do not fit.
pub fn backward<F: Real>(
    dout: &Array4<F>,
    kept: &Kept<F>,
    gamma: &Array2<F>,
) -> (Array4<F>, Array2<F>, Array2<F>) {
    assert!(
        dout.dim() == kept.x_hat.dim(),
        "batch norm: dout {:?} must have the shape {:?}",
        dout.dim(),
        kept.x_hat.dim()
    );
    fit(dout, gamma, &kept.std);
    let values = F::of((dout.len() / dout.dim().1) as f64); // n = N H W
    // dbeta = the sum of dout over the batch and over the map
    let dbeta = over_channels(dout, |_, v| v); // (1, C)
    // dgamma = the sum of dout x_hat over both
    let product = dout * &kept.x_hat; // (N, C, H, W)
    let dgamma = over_channels(&product, |_, v| v); // (1, C)
    // dx = gamma / std (dout - dbeta / n - x_hat dgamma / n)
    let (scale, shift) = (gamma / &kept.std, &dbeta / values); // (1, C), (1, C)
    let slope = &dgamma / values; // (1, C)
    let along = each(&kept.x_hat, |c, v| shift[[0, c]] + v * slope[[0, c]]);
    let dx = each(&(dout - &along), |c, v| scale[[0, c]] * v); // (N, C, H, W)
    (dx, dgamma, dbeta)
}

/// Test mode: mean and variance `(1, C)` are given. `x (N, C, H, W)`, any `N`, to
/// `out` of the same shape.
///
/// # Panics
/// If the shapes do not fit.
pub fn forward_test<F: Real>(
    x: &Array4<F>,
    gamma: &Array2<F>,
    beta: &Array2<F>,
    mean: &Array2<F>,
    var: &Array2<F>,
) -> Array4<F> {
    fit(x, gamma, beta);
    fit(x, mean, var);
    let std = var.mapv(|v| (v + F::of(EPSILON)).sqrt()); // (1, C)
    // gamma (x - mean) / std + beta is a straight line: two numbers a channel
    let scale = gamma / &std; // (1, C)
    let shift = beta - &(mean * &scale); // (1, C)
    each(x, |c, v| scale[[0, c]] * v + shift[[0, c]])
}

/// The sum of `f(c, v)` over all values `v` of each channel `c`: `(1, C)`. Each map
/// is added up by itself, then the maps, image by image, in `f64`, on one thread a
/// channel: the same bits for any number of threads.
fn over_channels<F: Real>(x: &Array4<F>, f: impl Fn(usize, F) -> F + Sync) -> Array2<F> {
    let (n, c, h, w) = x.dim();
    let sums: Vec<F> = (0..c)
        .into_par_iter()
        .map(|c| {
            let mut sum = 0.0;
            for n in 0..n {
                let mut row = 0.0;
                for i in 0..h {
                    for j in 0..w {
                        row += f(c, x[[n, c, i, j]]).into();
                    }
                }
                sum += row;
            }
            F::of(sum)
        })
        .collect();
    Array2::from_shape_vec((1, c), sums).expect("a sum a channel")
}

/// `f(c, v)` for each value `v` of each channel `c`, an image a thread at a time.
fn each<F: Real>(x: &Array4<F>, f: impl Fn(usize, F) -> F + Sync) -> Array4<F> {
    let (_, c, h, w) = x.dim();
    let mut out = x.as_standard_layout().into_owned(); // (N, C, H, W)
    let all = out.as_slice_mut().expect("the layout is standard");
    all.par_chunks_mut((c * h * w).max(1)).for_each(|image| {
        for (c, map) in image.chunks_mut((h * w).max(1)).enumerate() {
            for v in map {
                *v = f(c, *v);
            }
        }
    });
    out
}

fn fit<F>(x: &Array4<F>, a: &Array2<F>, b: &Array2<F>) {
    let row = (1, x.dim().1);
    assert!(
        a.dim() == row && b.dim() == row,
        "batch norm: x {:?} needs two rows {row:?}, a number for each channel, not {:?} and {:?}",
        x.dim(),
        a.dim(),
        b.dim()
    );
}
