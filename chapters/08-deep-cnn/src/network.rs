//! The network of the lesson, forward and backward, one equation a line.
//!
//! Training uses [`engine`](crate::engine), which computes the same much faster.

use cnn_naive::{Window, conv};
use common::{Real, affine, dot, relu, relu_grad, sum_rows};
use ndarray::{Array1, Array2, Array4, ArrayRef1, ArrayRef2, ArrayRef4, Axis};

use crate::pool::{self, Pooling};

/// Filters, weights and biases, or their gradients.
#[allow(missing_docs)] // the shapes say it all
pub struct Parameters<F> {
    pub w1: Array4<F>, // (20, 1, 5, 5)
    pub b1: Array1<F>, // (20,), one bias for each filter
    pub w2: Array4<F>, // (50, 20, 5, 5), each filter over all 20 channels
    pub b2: Array1<F>, // (50,)
    pub w3: Array2<F>, // (800, 500)
    pub b3: Array2<F>, // (1, 500)
    pub w4: Array2<F>, // (500, 10)
    pub b4: Array2<F>, // (1, 10)
}

/// What each layer computed, kept for [`backward`].
#[allow(missing_docs)]
pub struct Activations<F> {
    pub h1: Array4<F>, // (N, 20, 24, 24)
    pub p1: Array4<F>, // (N, 20, 12, 12)
    pub h2: Array4<F>, // (N, 50, 8, 8)
    pub p2: Array2<F>, // (N, 800)
    pub h3: Array2<F>, // (N, 500)
    pub z: Array2<F>,  // (N, 10), the logits
}

/// Images `x (N, 1, 28, 28)` to logits `z (N, 10)`.
pub fn forward<F: Real>(x: &ArrayRef4<F>, w: &Parameters<F>) -> Activations<F> {
    let window = Window::default(); // stride 1, no padding
    // h1 = max(conv(x, w1) + b1, 0)
    let h1 = relu_of_maps(conv::forward(x, &w.w1, window), &w.b1); // (N, 20, 24, 24)
    // p1 = the largest of every 2 x 2
    let p1 = pool::forward(Pooling::Max, &h1, 2, 2); // (N, 20, 12, 12)
    // h2 = max(conv(p1, w2) + b2, 0)
    let h2 = relu_of_maps(conv::forward(&p1, &w.w2, window), &w.b2); // (N, 50, 8, 8)
    // p2 = the largest of every 2 x 2
    let p2 = pool::forward(Pooling::Max, &h2, 2, 2); // (N, 50, 4, 4)
    let p2 = p2.into_shape_with_order((x.dim().0, w.w3.nrows())).expect("50 x 4 x 4 = 800"); // (N, 800)
    // h3 = max(p2 w3 + b3, 0)
    let h3 = relu(&affine(&p2, &w.w3, &w.b3)); // (N, 500)
    // z = h3 w4 + b4, and y = softmax(z)
    let z = affine(&h3, &w.w4, &w.b4); // (N, 10)
    Activations { h1, p1, h2, p2, h3, z }
}

/// The gradients of all parameters from `dz4 = (y - t) / N`, the gradient of the
/// logits `(N, 10)`, the images `x (N, 1, 28, 28)` and what [`forward`] computed.
pub fn backward<F: Real>(
    dz4: &ArrayRef2<F>,
    x: &ArrayRef4<F>,
    w: &Parameters<F>,
    Activations { h1, p1, h2, p2, h3, .. }: &Activations<F>,
) -> Parameters<F> {
    let window = Window::default();
    // dw4 = h3T dz4, db4 = the sum of dz4 over the batch
    let (dw4, db4) = (dot(&h3.t(), dz4), sum_rows(dz4)); // (500, 10), (1, 10)
    // dz3 = dz4 w4T where h3 > 0, else 0
    let dz3 = dot(dz4, &w.w4.t()) * relu_grad(h3); // (N, 500)
    // dw3 = p2T dz3, db3 = the sum of dz3 over the batch
    let (dw3, db3) = (dot(&p2.t(), &dz3), sum_rows(&dz3)); // (800, 500), (1, 500)
    // dp2 = dz3 w3T
    let dp2 = dot(&dz3, &w.w3.t()); // (N, 800)
    let (n, c, height, width) = h2.dim();
    let dp2 = dp2.into_shape_with_order((n, c, height / 2, width / 2)).expect("800 = 50 x 4 x 4");
    // dh2 = dp2 at the largest of each window, else 0
    let dh2 = pool::backward(Pooling::Max, &dp2, h2, 2, 2); // (N, 50, 8, 8)
    // dz2 = dh2 where h2 > 0, else 0
    let dz2 = dh2 * relu_grad(h2); // (N, 50, 8, 8)
    // dw2 = p1 convolved with dz2, dp1 = dz2 spread by w2
    let (dp1, dw2) = conv::backward(&dz2, p1, &w.w2, window); // (N, 20, 12, 12), (50, 20, 5, 5)
    // db2 = the sum of dz2 over the batch and all positions
    let db2 = sum_of_maps(&dz2); // (50,)
    // The same once more, for the first convolution.
    let dh1 = pool::backward(Pooling::Max, &dp1, h1, 2, 2); // (N, 20, 24, 24)
    let dz1 = dh1 * relu_grad(h1); // (N, 20, 24, 24)
    let (_, dw1) = conv::backward(&dz1, x, &w.w1, window); // (20, 1, 5, 5)
    let db1 = sum_of_maps(&dz1); // (20,)
    Parameters { w1: dw1, b1: db1, w2: dw2, b2: db2, w3: dw3, b3: db3, w4: dw4, b4: db4 }
}

/// `h = max(z + b, 0)`: maps `z (N, FN, OH, OW)` and one bias for each, `b (FN,)`.
pub fn relu_of_maps<F: Real>(z: Array4<F>, b: &ArrayRef1<F>) -> Array4<F> {
    let b = b.to_shape((b.len(), 1, 1)).expect("as many numbers"); // for every image and position
    relu(&(z + b))
}

/// `db (FN,)`, the sum of `dz (N, FN, OH, OW)` over images and positions.
pub fn sum_of_maps<F: Real>(dz: &ArrayRef4<F>) -> Array1<F> {
    dz.axis_iter(Axis(1)).map(|dz| dz.sum()).collect()
}
