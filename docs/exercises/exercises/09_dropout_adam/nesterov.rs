//! Nesterov's method with the gradient taken at w, where the network is.
//!
//!     v = m v + dw
//!     w = w - rate (dw + m v)       one step of momentum further ahead
//!
//! It takes the same steps as Nesterov's own form, which takes the gradient at theta + m u:
//!
//!     u     = m u - rate slope(theta + m u)
//!     theta = theta + u
//!
//! Page: docs/en/09-dropout-adam.md, exercise 6

use ndarray::prelude::*;

/// One step of `w (M,)` along its gradient `dw (M,)`, taken at `w`.
fn nesterov(w: &mut Array1<f64>, dw: &Array1<f64>, v: &mut Array1<f64>, rate: f64, m: f64) {
    // TODO
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;
    use judge::assert_close;

    /// The slope of `w0^2 / 2 + 5 w1^2`.
    fn slope(w: &Array1<f64>) -> Array1<f64> {
        array![w[0], 10.0 * w[1]]
    }

    #[test]
    fn a_step_by_hand() {
        let (mut w, mut v) = (array![1.0, 2.0], array![1.0, 0.0]);
        nesterov(&mut w, &array![2.0, -4.0], &mut v, 0.1, 0.5);
        // v = (2.5, -4); w = (1 - 0.1 (2 + 1.25), 2 - 0.1 (-4 - 2))
        assert_close(&v, &array![2.5, -4.0], 1e-12);
        assert_close(&w, &array![0.675, 2.6], 1e-12);
    }

    #[test]
    fn it_takes_nesterovs_own_steps() {
        let (rate, m) = (0.05, 0.9);
        let (mut w, mut v) = (array![1.0, -1.0], Array1::zeros(2));
        let (mut theta, mut u) = (w.clone(), Array1::<f64>::zeros(2));
        for _ in 0..20 {
            let dw = slope(&w);
            nesterov(&mut w, &dw, &mut v, rate, m);
            let ahead = &theta + &(&u * m);
            u = &u * m - &(slope(&ahead) * rate);
            theta += &u;
            assert_close(&w, &(&theta + &(&u * m)), 1e-12);
        }
    }
}
