//! From logits to probabilities, to a loss, and back. Four bugs.

use common::{Real, article_loss, cross_entropy};
use ndarray::{Array2, ArrayRef2, Axis};

use crate::bug::Bug;

/// `y = exp(z - max) / sum(exp(z - max))`: logits `z (N, 10)` to probabilities `y (N, 10)`,
/// each row with its own largest logit and its own sum.
pub fn softmax<F: Real>(z: &ArrayRef2<F>, bug: Bug) -> Array2<F> {
    let classes = match bug {
        Bug::WrongAxis => Axis(0), // the batch
        _ => Axis(1),
    };
    let largest = z.fold_axis(classes, F::neg_infinity(), |&m, &z| if z > m { z } else { m });
    let shifted = match bug {
        Bug::SoftmaxUnshifted => z.to_owned(),
        _ => z - largest.insert_axis(classes),
    };
    let e = shifted.mapv(F::exp); // (N, 10)
    let sum = e.sum_axis(classes).insert_axis(classes); // (N, 1)
    e / sum
}

/// The loss that is printed, from `y (N, 10)` and `t (N, 10)`.
pub fn loss<F: Real>(y: &ArrayRef2<F>, t: &ArrayRef2<F>, bug: Bug) -> f64 {
    match bug {
        // -sum(t ln y + (1 - t) ln(1 - y)) / N, the article's
        Bug::WrongLoss => article_loss(y, t),
        // -sum(t ln y) / N
        _ => cross_entropy(y, t),
    }
}

/// `dz = (y - t) / N`, the gradient of the cross-entropy: `(N, 10)`.
pub fn logits_grad<F: Real>(y: &ArrayRef2<F>, t: &ArrayRef2<F>, bug: Bug) -> Array2<F> {
    let n = match bug {
        Bug::SumForMean => 1.0,
        _ => y.nrows() as f64,
    };
    (y - t) / F::of(n)
}
