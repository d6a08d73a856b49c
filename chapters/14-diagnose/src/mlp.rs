//! The network of lesson 02. One bug here, and those of images, loss and step.
//!
//! ```text
//! h = sigmoid(x w1 + b1)      (N, 100) = (N, 784)(784, 100) + (1, 100)
//! z = h w2 + b2               (N, 10)  = (N, 100)(100, 10) + (1, 10)
//! ```

use common::{Real, Rng, affine, dot, init, sigmoid, sigmoid_grad, sum_rows};
use ndarray::{Array2, ArrayRef2};

use crate::bug::Bug;
use crate::images::CLASSES;

const INPUTS: usize = 784; // 28 x 28 pixels
const HIDDEN: usize = 100; // lesson 02's

/// The names of the parameters, in the order of [`initialise`].
pub const NAMES: [&str; 4] = ["w1", "b1", "w2", "b2"];

/// `w1 (784, 100)`, `b1 (1, 100)`, `w2 (100, 10)`, `b2 (1, 10)`.
pub fn initialise<F: Real>(bug: Bug, rng: &mut Rng) -> Vec<Array2<F>> {
    let mut w1 = init::xavier((INPUTS, HIDDEN), rng); // N(0, 1/784)
    // A tenth of N(0, 1/100): all logits begin near 0, and all probabilities near 0.1
    let mut w2 = init::xavier((HIDDEN, CLASSES), rng) * F::of(0.1);
    if bug == Bug::ZeroStart {
        w1.fill(F::zero());
        w2.fill(F::zero());
    }
    vec![w1, Array2::zeros((1, HIDDEN)), w2, Array2::zeros((1, CLASSES))]
}

/// Images `x (N, 784)` to `h (N, 100)` and logits `z (N, 10)`.
pub fn forward<F: Real>(x: &ArrayRef2<F>, w: &[Array2<F>]) -> (Array2<F>, Array2<F>) {
    let h = sigmoid(&affine(x, &w[0], &w[1])); // (N, 100)
    let z = affine(&h, &w[2], &w[3]); // (N, 10)
    (h, z)
}

/// The gradients of all parameters, from `dz (N, 10)`.
pub fn backward<F: Real>(
    dz: &ArrayRef2<F>,
    x: &ArrayRef2<F>,
    w: &[Array2<F>],
    h: &ArrayRef2<F>,
) -> Vec<Array2<F>> {
    // dw2 = hT dz, db2 = the sum of dz over the batch
    let (dw2, db2) = (dot(&h.t(), dz), sum_rows(dz)); // (100, 10), (1, 10)
    // dz1 = h (1 - h) dz w2T
    let dz1 = sigmoid_grad(h) * dot(dz, &w[2].t()); // (N, 100)
    // dw1 = xT dz1, db1 = the sum of dz1 over the batch
    let (dw1, db1) = (dot(&x.t(), &dz1), sum_rows(&dz1)); // (784, 100), (1, 100)
    vec![dw1, db1, dw2, db2]
}
