//! Chapter 02, the parts that are tested and that later chapters use: two layers,
//! forward and backward.

use common::{Real, affine, dot, sigmoid, sigmoid_grad, softmax, sum_rows};
use ndarray::{Array2, ArrayRef2};

/// From images to probabilities, with `H` hidden units: `x (N, 784)`,
/// `wh (784, H)`, `bh (1, H)`, `wo (H, 10)`, `bo (1, 10)` to the hidden values
/// `h (N, H)` and the output `y (N, 10)`.
/// Panics if the shapes do not fit.
pub fn forward<F: Real>(
    x: &ArrayRef2<F>,
    wh: &ArrayRef2<F>,
    bh: &ArrayRef2<F>,
    wo: &ArrayRef2<F>,
    bo: &ArrayRef2<F>,
) -> (Array2<F>, Array2<F>) {
    let h = sigmoid(&affine(x, wh, bh)); // (N, H) = (N, 784)(784, H) + (1, H)
    let y = softmax(&affine(&h, wo, bo)); // (N, 10) = (N, H)(H, 10) + (1, 10)
    (h, y)
}

/// The gradients `dwh (784, H)`, `dbh (1, H)`, `dwo (H, 10)` and `dbo (1, 10)` of the
/// cross-entropy, **summed** over the batch, from the inputs and results of
/// [`forward`] and the targets `t (N, 10)`.
/// Panics if the shapes do not fit.
pub fn backward<F: Real>(
    x: &ArrayRef2<F>,
    wo: &ArrayRef2<F>,
    h: &ArrayRef2<F>,
    y: &ArrayRef2<F>,
    t: &ArrayRef2<F>,
) -> (Array2<F>, Array2<F>, Array2<F>, Array2<F>) {
    // dzo = y - t
    let dzo = y - t; // (N, 10)
    // dwo = hT (y - t)
    let dwo = dot(&h.t(), &dzo); // (H, 10) = (H, N)(N, 10)
    // dbo = the sum of dzo over the batch
    let dbo = sum_rows(&dzo); // (1, 10)
    // dh = (y - t) woT
    let dh = dot(&dzo, &wo.t()); // (N, H) = (N, 10)(10, H)
    // dzh = h (1 - h) dh: h (1 - h) is the derivative of the sigmoid
    let dzh = sigmoid_grad(h) * dh; // (N, H)
    // dwh = xT dzh
    let dwh = dot(&x.t(), &dzh); // (784, H) = (784, N)(N, H)
    // dbh = the sum of dzh over the batch
    let dbh = sum_rows(&dzh); // (1, H)
    (dwh, dbh, dwo, dbo)
}
