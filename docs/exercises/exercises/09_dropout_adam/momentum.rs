//! Gradient descent with momentum.
//!
//!     v = m v + dw          v starts at 0, m = 0.9
//!     w = w - rate v
//!
//! Page: docs/en/09-dropout-adam.md

use ndarray::prelude::*;

/// One step of `w (M,)` along its gradient `dw (M,)`; `v (M,)` is what the method remembers.
fn momentum(w: &mut Array1<f64>, dw: &Array1<f64>, v: &mut Array1<f64>, rate: f64, m: f64) {
    // TODO
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;
    use judge::assert_close;

    #[test]
    fn three_steps_as_numpy_takes_them() {
        // NumPy: v = 0.9 * v + dw; w = w - 0.1 * v
        let (mut w, mut v) = (array![1.0, -2.0], Array1::zeros(2));
        let after = [array![0.95, -1.9], array![0.805, -2.01], array![0.9745, -2.119]];
        for (dw, after) in
            [array![0.5, -1.0], array![1.0, 2.0], array![-3.0, 0.1]].iter().zip(&after)
        {
            momentum(&mut w, dw, &mut v, 0.1, 0.9);
            assert_close(&w, after, 1e-12);
        }
    }

    /// In a steady slope the sum is 1 + m + m^2 + ... = 1 / (1 - m).
    #[test]
    fn in_the_long_run_a_step_is_ten_times_as_long() {
        let (mut w, mut v) = (array![0.0], array![0.0]);
        for _ in 0..200 {
            momentum(&mut w, &array![1.0], &mut v, 0.01, 0.9);
        }
        let before = w[0];
        momentum(&mut w, &array![1.0], &mut v, 0.01, 0.9);
        assert!((before - w[0] - 0.1).abs() < 1e-6, "{}", before - w[0]);
    }

    #[test]
    fn without_momentum_it_is_plain_descent() {
        let (mut w, mut v) = (array![1.0], array![5.0]);
        momentum(&mut w, &array![2.0], &mut v, 0.5, 0.0);
        assert_eq!(w, array![0.0]);
    }
}
