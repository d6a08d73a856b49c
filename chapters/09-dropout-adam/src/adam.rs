//! Adam: a step length for each parameter.
//!
//! ```text
//! v = b1 v + (1 - b1) dw       moving average of the gradients
//! s = b2 s + (1 - b2) dw^2     moving average of their squares
//! v' = v / (1 - b1^i)          bias correction at step i: both averages start at 0
//! s' = s / (1 - b2^i)          and are too small at first
//! w = w - r v' / (sqrt(s') + e)
//! ```
//!
//! D. P. Kingma, J. Ba, "Adam: a method for stochastic optimization", ICLR 2015,
//! Algorithm 1. `deep_cnn::optimiser::adam` (chapter 08) does the same for all
//! parameters of a network in one slice.

use common::{Real, flush_subnormal};
use multiversion::multiversion;
use ndarray::{Array, ArrayRef, Dimension};

pub use deep_cnn::optimiser::{BETA1, BETA2, EPSILON}; // b1, b2 and e: the paper's

/// Adam's state for one array of parameters `w`.
#[derive(Clone, Debug, PartialEq)]
pub struct Adam<F, D: Dimension> {
    /// Moving average of the gradients, of the shape of `w`.
    pub v: Array<F, D>,
    /// Moving average of their squares, of the shape of `w`.
    pub s: Array<F, D>,
}

impl<F: Real, D: Dimension> Adam<F, D> {
    /// Zeros, of the shape of `w`.
    pub fn new(w: &ArrayRef<F, D>) -> Adam<F, D> {
        Adam { v: Array::zeros(w.raw_dim()), s: Array::zeros(w.raw_dim()) }
    }

    /// Step `i`, counted from 1: moves `w` against its gradient `dw`, in place, each
    /// parameter by about `rate`.
    /// Panics if `w` or `dw` has another shape than `self` or is not contiguous, or `i` is 0.
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
        let contiguous = "Adam: parameters and gradients must be contiguous";
        let (w, dw) = (w.as_slice_mut().expect(contiguous), dw.as_slice().expect(contiguous));
        let (v, s) = (self.v.as_slice_mut(), self.s.as_slice_mut());
        let (v, s) = (v.expect(contiguous), s.expect(contiguous));
        update(w, dw, (v, s), (v_scale, s_scale), rate);
    }
}

/// One step of every parameter. Compiled twice, with and without AVX2; the results are
/// the same.
#[multiversion(targets("x86_64+avx2"))]
fn update<F: Real>(
    w: &mut [F],
    dw: &[F],
    (v, s): (&mut [F], &mut [F]),
    (v_scale, s_scale): (F, F),
    rate: F,
) {
    let (b1, b2, e) = (F::of(BETA1), F::of(BETA2), F::of(EPSILON));
    let (rest1, rest2) = (F::of(1.0 - BETA1), F::of(1.0 - BETA2)); // 1 - b1, 1 - b2
    for (((w, &dw), v), s) in w.iter_mut().zip(dw).zip(v).zip(s) {
        *v = flush_subnormal(b1 * *v + rest1 * dw);
        *s = flush_subnormal(b2 * *s + rest2 * dw * dw);
        let (v, s) = (*v * v_scale, *s * s_scale);
        *w -= rate * v / (s.sqrt() + e);
    }
}
