//! The judge of all gradients, written by yourself: central differences.
//!
//!     df/dx[k] = (f(x + h e_k) - f(x - h e_k)) / 2h,   e_k: 1 in place k, else 0
//!
//! The mistake of (f(x + h) - f(x)) / h is proportional to h, that of the central
//! difference to h^2.
//!
//! Page: docs/en/01-perceptron.md

use ndarray::prelude::*;

/// The gradient of `f` at `x (D,)`, by central differences with a step of `h`: `(D,)`.
fn central_differences(x: &Array1<f64>, h: f64, f: impl Fn(&Array1<f64>) -> f64) -> Array1<f64> {
    let mut gradient = Array1::zeros(x.len());
    for k in 0..x.len() {
        let (mut above, mut below) = (x.clone(), x.clone());
        above[k] += h;
        below[k] -= h;
        gradient[k] = (f(&above) - f(&below)) / (2.0 * h);
    }
    gradient
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;
    use judge::assert_close;

    #[test]
    fn a_function_whose_gradient_is_known() {
        // f = x0^2 x1 + sin(x2), df = (2 x0 x1, x0^2, cos(x2))
        let f = |x: &Array1<f64>| x[0] * x[0] * x[1] + x[2].sin();
        let x = array![1.5, -2.0, 0.3];
        let expected = array![2.0 * 1.5 * -2.0, 1.5 * 1.5, 0.3f64.cos()];
        assert_close(&central_differences(&x, 1e-5, f), &expected, 1e-9);
    }

    /// The one-sided difference is wrong by h / 2 f'' = h here.
    #[test]
    fn of_a_parabola_it_is_exact_for_any_step() {
        let slope = central_differences(&array![3.0], 0.5, |x| x[0] * x[0]);
        assert_close(&slope, &array![6.0], 1e-12);
    }

    /// An element that is not put back shifts the slopes of those after it.
    #[test]
    fn every_slope_is_taken_at_the_same_place() {
        let x = array![1.0, 1.0, 1.0];
        let slope = central_differences(&x, 0.1, |x| x[0] * x[1] * x[2]);
        assert_close(&slope, &array![1.0, 1.0, 1.0], 1e-12);
    }
}
