//! The cross-entropy from logits, as it is written on paper and as it must be
//! computed.
//!
//! ```text
//! E = -sum(t ln(exp(z) / sum(exp(z)))) / N
//!   = -sum(t (z - max(z) - ln(sum(exp(z - max(z)))))) / N
//! ```
//!
//! The first line overflows once a logit passes 88.7 in `f32` (709 in `f64`), and
//! takes the logarithm of 0 once a logit is so far below another. The second is
//! the same number and does neither: it is `common::cross_entropy_from_logits`.

use common::{Real, softmax, softmax_naive};
use ndarray::{Array2, ArrayRef2};

pub use common::cross_entropy_from_logits;

/// The cross-entropy of logits `z (N, M)` and targets `t (N, M)`, as it is
/// written on paper, in the precision of `F`: here to be seen to fail. It answers
/// NaN or infinity where [`cross_entropy_from_logits`] is right.
///
/// # Panics
/// If the shapes differ.
pub fn cross_entropy_naive<F: Real>(z: &ArrayRef2<F>, t: &ArrayRef2<F>) -> f64 {
    let y = softmax_naive(z); // (N, M)
    let e = -(t * y.mapv(F::ln)).sum() / F::of(z.nrows() as f64);
    e.into()
}

/// The gradient of both with respect to the logits: `dz = (y - t) / N`, `(N, M)`.
///
/// # Panics
/// If the shapes differ.
pub fn logits_grad<F: Real>(z: &ArrayRef2<F>, t: &ArrayRef2<F>) -> Array2<F> {
    (softmax(z) - t) / F::of(z.nrows() as f64)
}
