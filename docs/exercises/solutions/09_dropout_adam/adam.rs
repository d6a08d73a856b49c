//! Adam, with its bias correction.
//!
//!     v = b1 v + (1 - b1) dw                  b1 = 0.9, b2 = 0.999, e = 1e-8
//!     s = b2 s + (1 - b2) dw^2                step i = 1, 2, ...
//!     w = w - rate (v / (1 - b1^i)) / (sqrt(s / (1 - b2^i)) + e)
//!
//! Page: docs/en/09-dropout-adam.md

use ndarray::prelude::*;

/// What Adam remembers of the parameters `w (M,)`.
struct Adam {
    v: Array1<f64>, // (M,), zeros at first
    s: Array1<f64>, // (M,), zeros at first
    i: i32,         // steps so far
}

impl Adam {
    /// One step of `w (M,)` along its gradient `dw (M,)`.
    fn step(&mut self, w: &mut Array1<f64>, dw: &Array1<f64>, rate: f64) {
        let (b1, b2, e) = (0.9f64, 0.999f64, 1e-8);
        self.i += 1;
        self.v = &self.v * b1 + dw * (1.0 - b1); // (M,)
        self.s = &self.s * b2 + dw * dw * (1.0 - b2); // (M,)
        let v = &self.v / (1.0 - b1.powi(self.i)); // both began at 0 and are too small
        let s = &self.s / (1.0 - b2.powi(self.i));
        *w -= &(v / (s.mapv(f64::sqrt) + e) * rate);
    }
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;
    use judge::assert_close;

    fn new(parameters: usize) -> Adam {
        Adam { v: Array1::zeros(parameters), s: Array1::zeros(parameters), i: 0 }
    }

    #[test]
    fn three_steps_as_numpy_takes_them() {
        // NumPy: v = .9 * v + .1 * dw; s = .999 * s + .001 * dw * dw
        //        w = w - .1 * (v / (1 - .9 ** i)) / (np.sqrt(s / (1 - .999 ** i)) + 1e-8)
        let (mut adam, mut w) = (new(3), array![1.0, -2.0, 0.5]);
        let after = [
            array![0.900000002, -1.900000001, 0.5],
            array![0.803481800638509, -1.936610353472075, 0.5],
            array![0.837304922880947, -1.967737689478283, 0.436118640336625],
        ];
        let dws = [array![0.5, -1.0, 0.0], array![1.0, 2.0, 0.0], array![-3.0, 0.1, 4.0]];
        for (dw, after) in dws.iter().zip(&after) {
            adam.step(&mut w, dw, 0.1);
            assert_close(&w, after, 1e-12);
        }
    }

    /// Without the correction it is 3.16 times as long; with a factor in the gradient, no longer.
    #[test]
    fn the_first_step_is_as_long_as_the_rate_whatever_the_gradient() {
        for size in [1e-3, 1.0, 1e5] {
            let mut w = array![0.0, 0.0];
            new(2).step(&mut w, &array![size, -size], 0.01);
            assert_close(&w, &array![-0.01, 0.01], 1e-6);
        }
    }

    #[test]
    fn where_there_is_no_gradient_nothing_moves() {
        let (mut adam, mut w) = (new(1), array![5.0]);
        adam.step(&mut w, &array![0.0], 0.1);
        assert_eq!(w, array![5.0]);
    }
}
