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

/// `v`, or 0 if `v` is subnormal: below 1.2e-38 in `f32`. For a running mean: without
/// new values it shrinks to subnormal numbers, rounding keeps it there for ever
/// (0.9 of the smallest four is four), and a processor takes a hundred times as long to
/// compute with them. NaN stays NaN.
pub fn flush_subnormal<F: Real>(v: F) -> F {
    if v.abs() < F::min_positive_value() { F::zero() } else { v }
}
