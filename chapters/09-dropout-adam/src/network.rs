//! The network 784-H-10 with dropout, in plain expressions.
//!
//! ```text
//! h = max(x w1 + b1, 0) m      (N, H) = (N, 784)(784, H) + (1, H), m: dropout's mask
//! z = h w2 + b2                (N, 10) = (N, H)(H, 10) + (1, 10)
//! ```

use common::{Real, Rng, affine, dot, init, relu, relu_grad, sum_rows};
use ndarray::{Array2, ArrayRef2};

use crate::loss::logits_grad;

/// Pixels of a digit, 28 x 28.
pub const INPUTS: usize = 784;
/// Units of the hidden layer, the article's.
pub const HIDDEN: usize = 32;
/// The digits 0 to 9.
pub const CLASSES: usize = 10;

/// `w1 (784, H)`, `b1 (1, H)`, `w2 (H, 10)`, `b2 (1, 10)`, or their gradients.
pub type Parameters<F> = [Array2<F>; 4];

/// Weights by He (a ReLU follows), biases zero.
pub fn initialise<F: Real>(hidden: usize, rng: &mut Rng) -> Parameters<F> {
    let w1 = init::he((INPUTS, hidden), rng);
    let w2 = init::he((hidden, CLASSES), rng);
    [w1, Array2::zeros((1, hidden)), w2, Array2::zeros((1, CLASSES))]
}

/// From images `x (N, 784)` to the hidden layer `h (N, H)`, after dropout, and the
/// logits `z (N, 10)`. `mask (N, H)` is from [`crate::dropout::mask`] in training and
/// `None` in a test.
/// Panics if the shapes do not fit.
pub fn forward<F: Real>(
    x: &ArrayRef2<F>,
    [w1, b1, w2, b2]: [&Array2<F>; 4],
    mask: Option<&Array2<F>>,
) -> (Array2<F>, Array2<F>) {
    let mut h = relu(&affine(x, w1, b1)); // (N, H) = (N, 784)(784, H) + (1, H)
    if let Some(mask) = mask {
        h *= mask; // (N, H)
    }
    let z = affine(&h, w2, b2); // (N, 10) = (N, H)(H, 10) + (1, 10)
    (h, z)
}

/// The gradients of the cross-entropy (the mean over the batch): `dw1 (784, H)`,
/// `db1 (1, H)`, `dw2 (H, 10)`, `db2 (1, 10)`, from the inputs and outputs of [`forward`]
/// and the targets `t (N, 10)`.
/// Panics if the shapes do not fit.
pub fn backward<F: Real>(
    x: &ArrayRef2<F>,
    w2: &ArrayRef2<F>,
    mask: &ArrayRef2<F>,
    h: &ArrayRef2<F>,
    z: &ArrayRef2<F>,
    t: &ArrayRef2<F>,
) -> Parameters<F> {
    // dz = (y - t) / N
    let dz = logits_grad(z, t); // (N, 10)
    // dw2 = hT dz
    let dw2 = dot(&h.t(), &dz); // (H, 10) = (H, N)(N, 10)
    // db2 = the sum of dz over the batch
    let db2 = sum_rows(&dz); // (1, 10)
    // dh = dz w2T
    let dh = dot(&dz, &w2.t()); // (N, H) = (N, 10)(10, H)
    // dz1 = dh m where h > 0, else 0: through the mask, then through ReLU
    let dz1 = dh * mask * relu_grad(h); // (N, H)
    // dw1 = xT dz1
    let dw1 = dot(&x.t(), &dz1); // (784, H) = (784, N)(N, H)
    // db1 = the sum of dz1 over the batch
    let db1 = sum_rows(&dz1); // (1, H)
    [dw1, db1, dw2, db2]
}
