//! Adam: every parameter with a step length of its own.
//!
//! ```text
//! v = b1 v + (1 - b1) dw       a fading mean of the gradients
//! s = b2 s + (1 - b2) dw^2     a fading mean of their squares
//! v' = v / (1 - b1^i)          both begin with zeros and are too small at first:
//! s' = s / (1 - b2^i)          this gives back what is missing at step i
//! w = w - r v' / (sqrt(s') + e)
//! ```
//!
//! D. P. Kingma, J. Ba, "Adam: a method for stochastic optimization", ICLR 2015,
//! Algorithm 1. Chapter 08 has the same steps in one loop over all parameters of
//! a network, `deep_cnn::optimiser::adam`.

use common::Real;
use multiversion::multiversion;
use ndarray::{Array, ArrayRef, Dimension};

/// `b1`: how much of the mean of the gradients stays at each step, the paper's.
pub const BETA1: f64 = 0.9;
/// `b2`: how much of the mean of their squares stays, the paper's.
pub const BETA2: f64 = 0.999;
/// `e`: what keeps Adam from dividing by zero, the paper's.
pub const EPSILON: f64 = 1e-8;

/// What Adam remembers of one array of parameters, between two steps.
#[derive(Clone, Debug, PartialEq)]
pub struct Adam<F, D: Dimension> {
    /// The mean of the gradients so far, the later ones counting more: as `w`.
    pub v: Array<F, D>,
    /// The mean of their squares: as `w`.
    pub s: Array<F, D>,
}

impl<F: Real, D: Dimension> Adam<F, D> {
    /// Nothing seen yet: two arrays of zeros, of the shape of the parameters `w`.
    pub fn new(w: &ArrayRef<F, D>) -> Adam<F, D> {
        Adam { v: Array::zeros(w.raw_dim()), s: Array::zeros(w.raw_dim()) }
    }

    /// Step `i`, counted from 1, of length about `rate`: moves the parameters `w`
    /// against their gradient `dw`, in place.
    ///
    /// # Panics
    /// If `w` or `dw` is not of the shape this was made for, or does not lie row by
    /// row, or `i` is 0.
    pub fn step(&mut self, w: &mut ArrayRef<F, D>, dw: &ArrayRef<F, D>, i: usize, rate: F) {
        assert!(
            w.raw_dim() == self.v.raw_dim() && dw.raw_dim() == self.v.raw_dim(),
            "Adam: parameters {:?} and gradient {:?} must both have the shape {:?}",
            w.shape(),
            dw.shape(),
            self.v.shape()
        );
        assert!(i > 0, "Adam: steps are counted from 1");
        let v_scale = F::of(1.0 / (1.0 - BETA1.powf(i as f64))); // 1 / (1 - b1^i)
        let s_scale = F::of(1.0 / (1.0 - BETA2.powf(i as f64))); // 1 / (1 - b2^i)
        let in_rows = "Adam: parameters and gradients lie row by row";
        let (w, dw) = (w.as_slice_mut().expect(in_rows), dw.as_slice().expect(in_rows));
        let (v, s) = (self.v.as_slice_mut(), self.s.as_slice_mut());
        let memory = (v.expect(in_rows), s.expect(in_rows));
        go(w, dw, memory, (v_scale, s_scale), rate);
    }
}

/// The step of each parameter by itself. Compiled twice: the compiler makes vectors
/// of eight where the processor has them, and the numbers are the same.
#[multiversion(targets("x86_64+avx2"))]
fn go<F: Real>(
    w: &mut [F],
    dw: &[F],
    (v, s): (&mut [F], &mut [F]),
    (v_scale, s_scale): (F, F),
    rate: F,
) {
    let (b1, b2, e) = (F::of(BETA1), F::of(BETA2), F::of(EPSILON));
    let (rest1, rest2) = (F::of(1.0 - BETA1), F::of(1.0 - BETA2)); // 1 - b1, 1 - b2
    for (((w, &dw), v), s) in w.iter_mut().zip(dw).zip(v).zip(s) {
        *v = b1 * *v + rest1 * dw;
        *s = b2 * *s + rest2 * dw * dw;
        let (v, s) = (*v * v_scale, *s * s_scale); // corrected
        *w -= rate * v / (s.sqrt() + e);
    }
}
