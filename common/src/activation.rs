//! Sigmoid, ReLU and softmax, written so that nothing overflows.

use ndarray::{Array, Array2, ArrayRef, ArrayRef2, Axis, Dimension, Zip};

use crate::Real;

/// `1 / (1 + exp(-z))` for each element, `(N, M) -> (N, M)`.
///
/// For a very negative `z`, `exp(-z)` overflows. With `e = exp(-|z|)`, which is
/// at most 1, the sigmoid is `1 / (1 + e)` for `z >= 0` and `e / (1 + e)` for
/// `z < 0`.
pub fn sigmoid<F: Real>(z: &ArrayRef2<F>) -> Array2<F> {
    let mut e = z.mapv(|z| -z.abs()); // (N, M)
    exp_in_place(&mut e);
    Zip::from(&mut e).and(z).for_each(|e, &z| {
        let numerator = if z < F::zero() { *e } else { F::one() };
        *e = numerator / (F::one() + *e);
    });
    e
}

/// The derivative of the sigmoid, from its value: `h (1 - h)`, `(N, M)`.
pub fn sigmoid_grad<F: Real>(h: &ArrayRef2<F>) -> Array2<F> {
    h.mapv(|h| h * (F::one() - h))
}

/// `max(z, 0)` for each element, any shape.
pub fn relu<F: Real, D: Dimension>(z: &ArrayRef<F, D>) -> Array<F, D> {
    // A comparison and not `max`, which would turn NaN into 0 and hide it.
    z.mapv(|z| if z < F::zero() { F::zero() } else { z })
}

/// The derivative of ReLU, from its value: 1 where `h > 0`, else 0, any shape.
/// At 0 it is not defined; as everywhere, 0 is used. NaN stays NaN.
pub fn relu_grad<F: Real, D: Dimension>(h: &ArrayRef<F, D>) -> Array<F, D> {
    h.mapv(|h| match h > F::zero() {
        true => F::one(),
        false if h.is_nan() => h,
        false => F::zero(),
    })
}

/// `exp(z) / sum(exp(z))` along each row: `(N, M) -> (N, M)`, rows that sum to 1.
///
/// The largest logit of each row is subtracted first. The quotient stays the
/// same and no `exp` exceeds 1; without it `f32` overflows at a logit of 88.7
/// and `f64` at 709 (see [`softmax_naive`]).
pub fn softmax<F: Real>(z: &ArrayRef2<F>) -> Array2<F> {
    let mut y = z.to_owned(); // (N, M)
    softmax_in_place(&mut y);
    y
}

/// [`softmax`] that overwrites the logits `(N, M)`: it allocates nothing.
pub fn softmax_in_place<F: Real>(y: &mut ArrayRef2<F>) {
    for mut row in y.rows_mut() {
        let largest = row.fold(F::neg_infinity(), |m, &z| if z > m { z } else { m });
        row -= largest;
    }
    exp_in_place(y);
    for mut row in y.rows_mut() {
        row /= row.sum();
    }
}

/// Softmax as the article writes it, nothing subtracted: NaN once a logit
/// exceeds 88.7 (`f32`) or 709 (`f64`). Only for comparison.
pub fn softmax_naive<F: Real>(z: &ArrayRef2<F>) -> Array2<F> {
    let e = z.mapv(F::exp); // (N, M)
    let sum = e.sum_axis(Axis(1)).insert_axis(Axis(1)); // (N, 1)
    e / sum
}

fn exp_in_place<F: Real>(a: &mut ArrayRef2<F>) {
    match a.as_slice_memory_order_mut() {
        Some(all) => F::exp_all(all),
        None => a.mapv_inplace(F::exp),
    }
}
