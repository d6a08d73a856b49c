//! The cross-entropy from logits: as the formula is written, and numerically stable.
//!
//! ```text
//! E = -sum(t ln(exp(z) / sum(exp(z)))) / N
//!   = -sum(t (z - max(z) - ln(sum(exp(z - max(z)))))) / N
//! ```
//!
//! The first line overflows for logits above 88.7 in `f32` (709 in `f64`), and takes
//! the logarithm of 0 if one logit is that far below another. The second line is equal
//! to it and does neither; `common::cross_entropy_from_logits` computes it.

use common::{Real, cross_entropy_from_logits, softmax, softmax_naive};
use ndarray::{Array2, ArrayRef2, array};

/// The first line for logits `z (N, M)` and targets `t (N, M)`, in the precision of
/// `F`: NaN or infinity for large logits.
/// Panics if the shapes differ.
pub fn cross_entropy_naive<F: Real>(z: &ArrayRef2<F>, t: &ArrayRef2<F>) -> f64 {
    let y = softmax_naive(z); // (N, M)
    let e = -(t * y.mapv(F::ln)).sum() / F::of(z.nrows() as f64);
    e.into() + 0.0 // a loss of -0 is 0
}

/// The gradient of both with respect to the logits: `dz = (y - t) / N`, `(N, M)`.
/// Panics if the shapes differ.
pub fn logits_grad<F: Real>(z: &ArrayRef2<F>, t: &ArrayRef2<F>) -> Array2<F> {
    (softmax(z) - t) / F::of(z.nrows() as f64)
}

/// A table of both for growing logits of two classes, in `f32`.
pub fn table() -> String {
    let mut table = String::from("logits of two classes    right one    as written      stable\n");
    for (a, b, class) in [
        (2.0_f32, 0.0, "first"),
        (80.0, 0.0, "first"),
        (89.0, 0.0, "first"),
        (0.0, -110.0, "first"),
        (0.0, -110.0, "second"),
        (1000.0, 0.0, "second"),
    ] {
        let z = array![[a, b]]; // (1, 2)
        let t = if class == "first" { array![[1.0, 0.0]] } else { array![[0.0, 1.0]] };
        let (naive, stable) = (cross_entropy_naive(&z, &t), cross_entropy_from_logits(&z, &t));
        table += &format!("{a:>9} and {b:>5} {class:>14} {naive:>13.4} {stable:>11.4}\n");
    }
    table
}
