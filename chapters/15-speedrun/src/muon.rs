//! Muon: momentum whose step is as long in every direction.
//!
//! ```text
//! v = m v + dw
//! u = dw + m v              as Nesterov's; filters as (FN, C FH FW), affine weights as (D, M)
//! w = w - rate U VT         where u = U S VT, its singular value decomposition
//! ```
//!
//! A few directions, those of the largest singular values `S`, make up most of a gradient.
//! Without `S` the others learn as fast. `U VT` is found by products alone: K. Jordan and
//! others, "Muon: an optimizer for hidden layers in neural networks", 2024, whose
//! coefficients these are. With `u = u / |u|` at first, five steps of
//!
//! ```text
//! u' = q u   with   q = a + b s + c s^2,  s = u uT
//! ```
//!
//! bring singular values between 0 and 1 near to 1, and small ones too.

use std::ops::Range;

use common::{Float, dot, flush_subnormal};
use deep_cnn::parameters::Parameter;
use ndarray::{Array2, ArrayRef2};

const MOMENTUM: Float = 0.9;
const STEPS: usize = 5;
const A: Float = 3.4445;
const B: Float = -4.7750;
const C: Float = 2.0315;

/// The weights that Muon changes, and their velocities.
pub struct Muon {
    matrices: Vec<(Range<usize>, Array2<Float>)>,
}

impl Muon {
    /// For the weights, not the biases, of all layers but the last of a network with these
    /// `parameters`. The filters `(FN, C, FH, FW)` are a matrix `(FN, C FH FW)`.
    pub fn new(parameters: &[Parameter]) -> Muon {
        let weights = parameters.iter().step_by(2);
        let hidden = weights.take((parameters.len() / 2).saturating_sub(1));
        let matrices = hidden.map(|Parameter { range, shape, .. }| {
            let velocity = Array2::zeros((shape[0], shape[1..].iter().product()));
            (range.clone(), velocity)
        });
        Muon { matrices: matrices.collect() }
    }

    /// One step of these weights in `w` along their gradients in `dw`, which become 0, so
    /// that another optimiser leaves these weights alone.
    pub fn step(&mut self, w: &mut [Float], dw: &mut [Float], rate: Float) {
        for (range, v) in &mut self.matrices {
            let (w, dw) = (&mut w[range.clone()], &mut dw[range.clone()]);
            let mut u = Array2::zeros(v.dim());
            for ((u, v), dw) in u.iter_mut().zip(v).zip(dw) {
                *v = flush_subnormal(MOMENTUM * *v + *dw);
                *u = *dw + MOMENTUM * *v;
                *dw = 0.0;
            }
            for (w, u) in w.iter_mut().zip(&orthogonal(&u)) {
                *w -= rate * u;
            }
        }
    }
}

/// `U VT`, about, of `u = U S VT` with any shape: singular values come out between 0.68 and
/// 1.21, but for those below two thousandths of the length of `u` (the root of the sum of all
/// squares), which stay smaller.
pub fn orthogonal(u: &ArrayRef2<Float>) -> Array2<Float> {
    let is_tall = u.nrows() > u.ncols();
    // All steps are computed with the smaller of the two squares:
    // u' = q u means s' = q s q, and the product of all q is enough.
    let mut s = if is_tall { dot(&u.t(), u) } else { dot(u, &u.t()) }; // (n, n), n the smaller side of u
    let length = s.diag().sum().sqrt() + 1e-12; // none is larger
    s /= length * length;
    let mut all = Array2::eye(s.nrows()) / length; // (n, n), the product of all q
    for step in 1..=STEPS {
        // q = a + b s + c s^2
        let mut q = &s * B + dot(&s, &s) * C;
        q.diag_mut().iter_mut().for_each(|q| *q += A);
        all = dot(&q, &all);
        if step < STEPS {
            s = dot(&dot(&q, &s), &q);
        }
    }
    if is_tall { dot(u, &all) } else { dot(&all, u) }
}
