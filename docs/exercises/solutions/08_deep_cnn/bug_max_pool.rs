//! Find the bug: a max pool, backward. Compared with differences at random numbers it is right.
//! Behind a ReLU, where many windows are 0 all over, its gradients are up to four times too
//! large.
//!
//!     the gradients of a window's pixels add up to the gradient of the window
//!
//! Page: docs/en/08-deep-cnn.md

use ndarray::prelude::*;

/// `dx (N, C, H, W)` from `dout (N, C, H/2, W/2)`, the input `x` and the output `out`.
fn max_pool_backward(dout: &Array4<f64>, x: &Array4<f64>, out: &Array4<f64>) -> Array4<f64> {
    let mut dx = Array4::zeros(x.dim());
    for ((n, c, i, j), &d) in dout.indexed_iter() {
        let window = [(0, 0), (0, 1), (1, 0), (1, 1)].map(|(a, b)| [n, c, 2 * i + a, 2 * j + b]);
        // The first pixel that is as large as the output, and no other
        if let Some(&peak) = window.iter().find(|&&at| x[at] == out[[n, c, i, j]]) {
            dx[peak] = d;
        }
    }
    dx
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;
    use judge::{assert_close, inner, numbers, numerical_gradient};

    #[test]
    fn the_gradients_of_a_window_add_up_to_its_own() {
        let x = array![[[[0.0, 0.0, 2.0, 1.0], [0.0, 0.0, 2.0, 2.0]]]];
        let out = array![[[[0.0, 2.0]]]];
        let dx = max_pool_backward(&array![[[[5.0, 7.0]]]], &x, &out);
        let of_window = |j: usize| dx.slice(s![0, 0, .., 2 * j..2 * j + 2]).sum();
        assert_eq!((of_window(0), of_window(1)), (5.0, 7.0));
    }

    #[test]
    fn of_equal_pixels_the_first_takes_all() {
        let x = array![[[[0.0, 0.0, 1.0, 2.0], [0.0, 0.0, 2.0, 2.0]]]];
        let dx = max_pool_backward(&array![[[[5.0, 7.0]]]], &x, &array![[[[0.0, 2.0]]]]);
        assert_eq!(dx, array![[[[5.0, 0.0, 0.0, 7.0], [0.0, 0.0, 0.0, 0.0]]]]);
    }

    #[test]
    fn without_ties_it_agrees_with_differences() {
        let max_pool = |x: &Array4<f64>| {
            Array4::from_shape_fn((2, 2, 2, 3), |(n, c, i, j)| {
                let window = x.slice(s![n, c, 2 * i..2 * i + 2, 2 * j..2 * j + 2]);
                window.fold(f64::NEG_INFINITY, |m, &v| m.max(v))
            })
        };
        let (x, dout) = (numbers((2, 2, 4, 6), 1), numbers((2, 2, 2, 3), 2));
        let slope = numerical_gradient(&x, |x| inner(&max_pool(x), &dout));
        assert_close(&max_pool_backward(&dout, &x, &max_pool(&x)), &slope, 1e-8);
    }
}
