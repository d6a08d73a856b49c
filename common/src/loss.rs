//! Three losses, each a mean over the batch.

use ndarray::{ArrayRef2, Zip};

use crate::Real;
use crate::error::same_shape;

/// The article adds this inside its logarithms to avoid `ln(0)`.
const DELTA: f64 = 1e-7;

/// The categorical cross-entropy `-sum(t ln y) / N` from probabilities `y`
/// and one-hot targets `t`, both `(N, M)`.
///
/// A probability of 0 counts as the smallest positive number, so the loss
/// stays finite; NaN stays NaN. From logits, [`cross_entropy_from_logits`] is more accurate.
/// Panics if the shapes differ.
pub fn cross_entropy<F: Real>(y: &ArrayRef2<F>, t: &ArrayRef2<F>) -> f64 {
    same_shape("cross_entropy", y, t);
    let sum = Zip::from(y).and(t).fold(0.0, |sum, &y, &t| {
        let (y, t): (f64, f64) = (y.into(), t.into());
        match t == 0.0 && !y.is_nan() {
            true => sum,
            false if y < f64::MIN_POSITIVE => sum - t * f64::MIN_POSITIVE.ln(),
            false => sum - t * y.ln(),
        }
    });
    sum / y.nrows() as f64
}

/// The categorical cross-entropy from logits `z` and targets `t`, both `(N, M)`.
///
/// `ln(softmax(z)) = z - ln(sum(exp(z)))`, with the largest logit subtracted
/// first, so that large logits do not overflow and small ones lose no digits.
/// The gradient with respect to `z` is `(y - t) / N`.
/// Panics if the shapes differ.
pub fn cross_entropy_from_logits<F: Real>(z: &ArrayRef2<F>, t: &ArrayRef2<F>) -> f64 {
    same_shape("cross_entropy_from_logits", z, t);
    let mut sum = 0.0;
    for (z, t) in z.rows().into_iter().zip(t.rows()) {
        let largest: f64 = z.fold(f64::NEG_INFINITY, |m, &z| m.max(z.into()));
        let total: f64 = z.iter().map(|&z| (z.into() - largest).exp()).sum();
        for (&z, &t) in z.iter().zip(t) {
            let (z, t): (f64, f64) = (z.into(), t.into());
            // A logit of -inf has a probability of 0: without a target it adds nothing.
            if t != 0.0 || total.is_nan() {
                sum -= t * (z - largest - total.ln());
            }
        }
    }
    sum / z.nrows() as f64
}

/// The loss that the NumPy article prints:
/// `-sum(t ln(y + 1e-7) + (1 - t) ln(1 - y + 1e-7)) / N`, from `y` and `t`,
/// both `(N, M)`.
///
/// It is the binary cross-entropy, summed over the classes. Its gradient through
/// softmax is **not** `y - t`, which is the gradient of [`cross_entropy`]: the
/// article prints one loss and minimises another.
/// Panics if the shapes differ.
pub fn article_loss<F: Real>(y: &ArrayRef2<F>, t: &ArrayRef2<F>) -> f64 {
    same_shape("article_loss", y, t);
    let mut sum = 0.0;
    for (y, t) in y.rows().into_iter().zip(t.rows()) {
        // For a target of 1 or 0 only one of the logarithms counts, and a sum of
        // logarithms is the logarithm of a product: one call of ln for the row.
        let mut product = 1.0;
        for (&y, &t) in y.iter().zip(t) {
            let (y, t): (f64, f64) = (y.into(), t.into());
            let (yes, no) = (y + DELTA, 1.0 - y + DELTA);
            if t == 1.0 {
                product *= yes;
            } else if t == 0.0 {
                product *= no;
            } else {
                sum -= t * yes.ln() + (1.0 - t) * no.ln();
            }
            if product < 1e-200 {
                sum -= product.ln(); // before the product underflows
                product = 1.0;
            }
        }
        sum -= product.ln();
    }
    sum / y.nrows() as f64
}
