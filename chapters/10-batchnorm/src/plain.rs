//! The same network without batch norm, which the article never ran.
//!
//! ```text
//! h = sigmoid(x w1 + b1)      (N, 10)
//! y = h w2 + b2               (N, 1)
//! ```

use common::{Real, affine, dot, sigmoid, sigmoid_grad, sum_rows};
use ndarray::Array2;

/// Its parameters, with the names and shapes of [`crate::Network`].
#[derive(Clone, Debug)]
pub struct Plain<F> {
    /// `(6, 10)`
    pub w1: Array2<F>,
    /// `(1, 10)`
    pub b1: Array2<F>,
    /// `(10, 1)`
    pub w2: Array2<F>,
    /// `(1, 1)`
    pub b2: Array2<F>,
}

impl<F: Real> Plain<F> {
    /// `x (N, 6)` to `h (N, 10)` and `y (N, 1)`, in training and test alike.
    pub fn forward(&self, x: &Array2<F>) -> (Array2<F>, Array2<F>) {
        let h = sigmoid(&affine(x, &self.w1, &self.b1)); // (N, 10)
        let y = affine(&h, &self.w2, &self.b2); // (N, 1)
        (h, y)
    }

    /// `dw1`, `db1`, `dw2`, `db2`, from the gradient `dy (N, 1)` of the loss.
    ///
    /// # Panics
    /// If the shapes do not fit.
    pub fn backward(
        &self,
        x: &Array2<F>,
        h: &Array2<F>,
        dy: &Array2<F>,
    ) -> (Array2<F>, Array2<F>, Array2<F>, Array2<F>) {
        let (dw2, db2) = (dot(&h.t(), dy), sum_rows(dy)); // (10, 1), (1, 1)
        let dz1 = sigmoid_grad(h) * dot(dy, &self.w2.t()); // (N, 10)
        let (dw1, db1) = (dot(&x.t(), &dz1), sum_rows(&dz1)); // (6, 10), (1, 10)
        (dw1, db1, dw2, db2)
    }
}
