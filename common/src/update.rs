//! Gradient descent.

use ndarray::{Array, ArrayRef, Dimension, Zip};

use crate::Real;

/// One step downhill, in place: `p = p - learning_rate dp`, any shape.
///
/// # Panics
/// If the shapes differ.
pub fn update<F: Real, D: Dimension>(p: &mut Array<F, D>, learning_rate: F, dp: &ArrayRef<F, D>) {
    assert!(
        p.raw_dim() == dp.raw_dim(),
        "update: {:?} and its gradient {:?} must be the same shape",
        p.shape(),
        dp.shape()
    );
    Zip::from(p).and(dp).for_each(|p, &dp| *p -= learning_rate * dp);
}
