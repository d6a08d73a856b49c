//! A border of zeros around each image, and what comes back through it.
//!
//!     out (N, C, H + 2P, W + 2P) = x in the middle, zeros around it
//!     dx  (N, C, H, W)           = the middle of dout
//!
//! Page: docs/en/05-cnn-im2col.md

use ndarray::prelude::*;

/// `x (N, C, H, W)` with `p` zeros on each side of both axes: `(N, C, H + 2P, W + 2P)`.
fn pad(x: &Array4<f64>, p: usize) -> Array4<f64> {
    let (n, c, h, w) = x.dim();
    let mut out = Array4::zeros((n, c, h + 2 * p, w + 2 * p));
    out.slice_mut(s![.., .., p..p + h, p..p + w]).assign(x);
    out
}

/// `dx (N, C, H, W)` from `dout (N, C, H + 2P, W + 2P)`.
fn pad_backward(dout: &Array4<f64>, p: usize) -> Array4<f64> {
    // The zeros are constants: what arrives at the border goes nowhere.
    let (_, _, h, w) = dout.dim();
    dout.slice(s![.., .., p..h - p, p..w - p]).to_owned()
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;
    use judge::{inner, numbers};

    #[test]
    fn by_hand() {
        let x = array![[[[1.0, 2.0]]]];
        let out = array![[[[0.0, 0.0, 0.0, 0.0], [0.0, 1.0, 2.0, 0.0], [0.0, 0.0, 0.0, 0.0]]]];
        assert_eq!(pad(&x, 1), out);
        assert_eq!(pad_backward(&out, 1), x);
    }

    #[test]
    fn it_is_the_adjoint() {
        for p in 0..4 {
            let (x, dout) = (numbers((2, 3, 4, 5), 1), numbers((2, 3, 4 + 2 * p, 5 + 2 * p), 2));
            let (left, right) = (inner(&pad(&x, p), &dout), inner(&x, &pad_backward(&dout, p)));
            assert!((left - right).abs() < 1e-12, "{p}: {left} {right}");
        }
    }
}
