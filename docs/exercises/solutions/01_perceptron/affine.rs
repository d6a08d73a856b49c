//! The affine layer, forward and backward: a bias for each column, broadcast over the batch.
//!
//!     z (N, M)  = x w + b          (N, M) = (N, D)(D, M) + (1, M)
//!     dx (N, D) = dz wT
//!     dw (D, M) = xT dz
//!     db (1, M) = the sum of dz over the batch
//!
//! Page: docs/en/01-perceptron.md

use ndarray::prelude::*;

/// `x (N, D)`, `w (D, M)` and `b (1, M)` to `z (N, M)`.
fn affine(x: &Array2<f64>, w: &Array2<f64>, b: &Array2<f64>) -> Array2<f64> {
    x.dot(w) + b // b is added to each row
}

/// `dx (N, D)`, `dw (D, M)` and `db (1, M)` from `dz (N, M)`.
fn affine_backward(
    dz: &Array2<f64>,
    x: &Array2<f64>,
    w: &Array2<f64>,
) -> (Array2<f64>, Array2<f64>, Array2<f64>) {
    let dx = dz.dot(&w.t()); // (N, D) = (N, M)(M, D)
    let dw = x.t().dot(dz); // (D, M) = (D, N)(N, M)
    let db = dz.sum_axis(Axis(0)).insert_axis(Axis(0)); // (1, M): every row has met b
    (dx, dw, db)
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;
    use judge::{assert_close, inner, numbers, numerical_gradient};

    #[test]
    fn by_hand() {
        let x = array![[1.0, 2.0], [0.0, -1.0]];
        let w = array![[1.0, 0.0, 2.0], [-1.0, 3.0, 1.0]];
        let b = array![[10.0, 20.0, 30.0]];
        assert_eq!(affine(&x, &w, &b), array![[9.0, 26.0, 34.0], [11.0, 17.0, 29.0]]);
    }

    #[test]
    fn the_gradients_agree_with_differences() {
        let (x, w, b) = (numbers((4, 3), 1), numbers((3, 5), 2), numbers((1, 5), 3));
        let dz = numbers((4, 5), 4);
        let (dx, dw, db) = affine_backward(&dz, &x, &w);
        let loss = |x: &Array2<f64>, w: &Array2<f64>, b: &Array2<f64>| inner(&affine(x, w, b), &dz);
        assert_close(&dx, &numerical_gradient(&x, |x| loss(x, &w, &b)), 1e-8);
        assert_close(&dw, &numerical_gradient(&w, |w| loss(&x, w, &b)), 1e-8);
        assert_close(&db, &numerical_gradient(&b, |b| loss(&x, &w, b)), 1e-8);
    }
}
