//! ReLU: passed on where a unit is on, stopped where it is off.
//!
//!     h  (N, H) = max(z, 0)
//!     dz (N, H) = dh where h > 0, else 0
//!
//! Page: docs/en/02-hidden-layer.md, exercise 5

use ndarray::prelude::*;

/// ReLU of each element of `z (N, H)`.
fn relu(z: &Array2<f64>) -> Array2<f64> {
    z.mapv(|z| z.max(0.0))
}

/// `dz (N, H)` from `dh (N, H)` and the values `h` of [`relu`].
fn relu_backward(dh: &Array2<f64>, h: &Array2<f64>) -> Array2<f64> {
    let on = h.mapv(|h| f64::from(h > 0.0)); // (N, H): 1 or 0
    dh * &on
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;
    use judge::{assert_close, inner, numbers, numerical_gradient};

    #[test]
    fn by_hand() {
        let h = relu(&array![[-2.0, 3.0], [0.5, -0.1]]);
        assert_eq!(h, array![[0.0, 3.0], [0.5, 0.0]]);
        let dz = relu_backward(&array![[10.0, 20.0], [-30.0, 40.0]], &h);
        assert_eq!(dz, array![[0.0, 20.0], [-30.0, 0.0]]);
    }

    #[test]
    fn the_gradient_agrees_with_differences_away_from_the_kink() {
        // At 0 there is no slope: a difference across the kink measures something between.
        let z = numbers((6, 5), 1).mapv(|z| z + 0.01 * z.signum());
        let dh = numbers((6, 5), 2);
        let dz = relu_backward(&dh, &relu(&z));
        assert_close(&dz, &numerical_gradient(&z, |z| inner(&relu(z), &dh)), 1e-8);
    }

    #[test]
    fn at_zero_nothing_passes() {
        assert_eq!(relu_backward(&array![[7.0]], &relu(&array![[0.0]])), array![[0.0]]);
    }
}
