//! The sigmoid and its slope, for values of any size.
//!
//!     h    = 1 / (1 + exp(-z))
//!     dh/dz = h (1 - h)
//!
//! The same function is exp(z) / (1 + exp(z)), and that is where it breaks: for a large z
//! it is infinity / infinity.
//!
//! Page: docs/en/02-hidden-layer.md, exercise 3

use ndarray::prelude::*;

/// The sigmoid of each element of `z (N, M)`.
fn sigmoid(z: &Array2<f32>) -> Array2<f32> {
    z.mapv(|z| 1.0 / (1.0 + (-z).exp())) // 1 / infinity is 0, which is right
}

/// The slope `dh/dz (N, M)` from the values `h` of the sigmoid, without another `exp`.
fn sigmoid_slope(h: &Array2<f32>) -> Array2<f32> {
    h * &(1.0 - h)
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(a: &Array2<f32>, b: &Array2<f32>) -> bool {
        a.dim() == b.dim() && a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-6)
    }

    #[test]
    fn as_numpy_has_it() {
        // NumPy: 1 / (1 + np.exp(-z))
        let h = sigmoid(&array![[-2.0, 0.0, 0.5, 3.0]]);
        assert!(close(&h, &array![[0.1192029, 0.5, 0.6224593, 0.9525741]]), "{h}");
    }

    #[test]
    fn both_ends_are_numbers() {
        let h = sigmoid(&array![[-1000.0, -100.0, 100.0, 1000.0]]);
        assert!(close(&h, &array![[0.0, 0.0, 1.0, 1.0]]), "{h}");
    }

    #[test]
    fn the_slope_is_a_quarter_in_the_middle_and_nothing_at_the_ends() {
        let slope = sigmoid_slope(&sigmoid(&array![[-100.0, 0.0, 2.0, 100.0]]));
        // NumPy: h = 1 / (1 + np.exp(-2)); h * (1 - h) is 0.104993585...
        assert!(close(&slope, &array![[0.0, 0.25, 0.1049936, 0.0]]), "{slope}");
    }
}
