//! Chapter 01, the parts that are tested and that later chapters use: forward,
//! backward, and the check of the gradient.

use common::check::{numerical_gradient, relative_error};
use common::{Real, affine, article_loss, cross_entropy, dot, softmax, sum_rows};
use ndarray::{Array2, ArrayRef2};

/// From images to probabilities: `x (N, 784)`, `w (784, 10)`, `b (1, 10)` to
/// `y (N, 10)`.
/// Panics if the shapes do not fit.
pub fn forward<F: Real>(x: &ArrayRef2<F>, w: &ArrayRef2<F>, b: &ArrayRef2<F>) -> Array2<F> {
    let z = affine(x, w, b); // (N, 10) = (N, 784)(784, 10) + (1, 10)
    softmax(&z) // (N, 10)
}

/// The gradients `dw (784, 10)` and `db (1, 10)` of the cross-entropy, **summed**
/// over the batch as in the article, from `x (N, 784)`, `y (N, 10)` and the targets
/// `t (N, 10)`.
/// Panics if the shapes do not fit.
pub fn backward<F: Real>(
    x: &ArrayRef2<F>,
    y: &ArrayRef2<F>,
    t: &ArrayRef2<F>,
) -> (Array2<F>, Array2<F>) {
    // dz = y - t: softmax and cross-entropy together, see the page
    let dz = y - t; // (N, 10)
    // dw = xT dz
    let dw = dot(&x.t(), &dz); // (784, 10) = (784, N)(N, 10)
    // db = the sum of dz over the batch
    let db = sum_rows(&dz); // (1, 10)
    (dw, db)
}

/// The relative errors of `dw` from [`backward`] against central differences of the
/// cross-entropy, and of the loss that the article prints. `x (N, 784)`,
/// `t (N, 10)`, `w (784, 10)`, `b (1, 10)`.
///
/// The first is rounding. The second is not small: the article minimises the
/// cross-entropy and prints another loss.
pub fn gradient_errors(
    x: &ArrayRef2<f64>,
    t: &ArrayRef2<f64>,
    w: &ArrayRef2<f64>,
    b: &ArrayRef2<f64>,
) -> (f64, f64) {
    let n = x.nrows() as f64; // the losses are means, the gradients sums
    let (dw, _) = backward(x, &forward(x, w, b), t); // (784, 10)
    let entropy = numerical_gradient(w, |w| n * cross_entropy(&forward(x, w, b), t));
    let printed = numerical_gradient(w, |w| n * article_loss(&forward(x, w, b), t));
    (relative_error(&dw, &entropy), relative_error(&dw, &printed))
}
