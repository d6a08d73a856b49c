//! Gradient descent, and a zero for numbers that are too small to matter.

use ndarray::{Array, ArrayRef, Dimension, Zip};

use crate::Real;
use crate::error::same_shape;

/// One step of gradient descent, in place: `p = p - learning_rate dp`, any shape.
/// Panics if the shapes differ.
pub fn update<F: Real, D: Dimension>(p: &mut Array<F, D>, learning_rate: F, dp: &ArrayRef<F, D>) {
    same_shape("update", p, dp);
    Zip::from(p).and(dp).for_each(|p, &dp| *p -= learning_rate * dp);
}

/// `v`, or 0 if `v` is below 1e-31 in `f32` (1e-292 in `f64`): the smallest normal number,
/// divided by the machine epsilon. For a running mean: without new values it shrinks to
/// subnormal numbers, rounding keeps it there for ever (0.9 of the smallest four is four),
/// and many processors take a hundred times as long to compute with them. The limit leaves
/// room for the product with a learning rate. NaN stays NaN.
pub fn flush_subnormal<F: Real>(v: F) -> F {
    let limit = F::min_positive_value() / F::epsilon();
    if v.abs() < limit { F::zero() } else { v }
}
