//! Gradient descent.

use ndarray::{Array, ArrayRef, Dimension, Zip};

use crate::Real;
use crate::error::same_shape;

/// One step of gradient descent, in place: `p = p - learning_rate dp`, any shape.
///
/// # Panics
/// If the shapes differ.
pub fn update<F: Real, D: Dimension>(p: &mut Array<F, D>, learning_rate: F, dp: &ArrayRef<F, D>) {
    same_shape("update", p, dp);
    Zip::from(p).and(dp).for_each(|p, &dp| *p -= learning_rate * dp);
}
