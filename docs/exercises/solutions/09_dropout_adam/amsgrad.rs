//! AMSGrad: Adam that divides by the largest s so far, so that its steps never grow again.
//!
//!     v = b1 v + (1 - b1) dw                 b1 = 0.9, b2 = 0.999, e = 1e-8
//!     s = b2 s + (1 - b2) dw^2               no bias correction here
//!     m = the larger of m and s
//!     w = w - rate v / (sqrt(m) + e)
//!
//! Page: docs/en/09-dropout-adam.md, exercise 5

use ndarray::prelude::*;

/// What AMSGrad remembers of the parameters `w (M,)`, zeros at first.
struct AmsGrad {
    v: Array1<f64>, // (M,)
    s: Array1<f64>, // (M,)
    m: Array1<f64>, // (M,)
}

impl AmsGrad {
    /// One step of `w (M,)` along its gradient `dw (M,)`.
    fn step(&mut self, w: &mut Array1<f64>, dw: &Array1<f64>, rate: f64) {
        self.v = &self.v * 0.9 + dw * 0.1; // (M,)
        self.s = &self.s * 0.999 + dw * dw * 0.001; // (M,)
        self.m.zip_mut_with(&self.s, |m, &s| *m = m.max(s)); // element by element
        *w -= &(&self.v / (self.m.mapv(f64::sqrt) + 1e-8) * rate);
    }
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;
    use judge::assert_close;

    fn new(parameters: usize) -> AmsGrad {
        let zeros = || Array1::zeros(parameters);
        AmsGrad { v: zeros(), s: zeros(), m: zeros() }
    }

    #[test]
    fn three_steps_as_numpy_takes_them() {
        // NumPy: as the text, with m = np.maximum(m, s)
        let (mut method, mut w) = (new(3), array![1.0, -2.0, 0.5]);
        let after = [
            array![0.683772253983161, -1.68377233398313, 0.5],
            array![0.392842727647669, -1.8393513625228, 0.5],
            array![0.150222390552893, -1.993438980902316, 0.18377225898316],
        ];
        let dws = [array![5.0, -1.0, 0.0], array![0.1, 2.0, 0.0], array![-0.3, 0.1, 4.0]];
        for (dw, after) in dws.iter().zip(&after) {
            method.step(&mut w, dw, 0.1);
            assert_close(&w, after, 1e-12);
        }
    }

    #[test]
    fn a_large_gradient_is_never_forgotten() {
        let (mut method, mut w) = (new(1), array![0.0]);
        method.step(&mut w, &array![1000.0], 0.1);
        let largest = method.m[0];
        for _ in 0..10_000 {
            method.step(&mut w, &array![0.001], 0.1);
        }
        assert_eq!(method.m[0], largest);
        assert!(method.s[0] < largest / 1000.0);
    }
}
