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
    e.into() + 0.0 // a loss of -0 is 0
}

/// The gradient of both with respect to the logits: `dz = (y - t) / N`, `(N, M)`.
///
/// # Panics
/// If the shapes differ.
pub fn logits_grad<F: Real>(z: &ArrayRef2<F>, t: &ArrayRef2<F>) -> Array2<F> {
    (softmax(z) - t) / F::of(z.nrows() as f64)
}

/// Both at logits that grow, in `f32`: what the program prints.
pub fn table() -> String {
    let mut table = String::from("logits of two classes    right one    as written      stable\n");
    for (z, label) in [
        ([2.0, 0.0], 0),
        ([80.0, 0.0], 0),
        ([89.0, 0.0], 0),
        ([0.0, -110.0], 0),
        ([0.0, -110.0], 1),
        ([1000.0, 0.0], 1),
    ] {
        let z = Array2::from(vec![z]); // (1, 2)
        let t = Array2::from_shape_fn((1, 2), |(_, k)| if k == label { 1.0_f32 } else { 0.0 });
        let (naive, stable) = (cross_entropy_naive(&z, &t), cross_entropy_from_logits(&z, &t));
        table += &format!(
            "{:>9} and {:>5} {:>14} {naive:>13.4} {stable:>11.4}\n",
            z[[0, 0]],
            z[[0, 1]],
            if label == 0 { "first" } else { "second" },
        );
    }
    table
}
