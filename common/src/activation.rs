//! Sigmoid, ReLU and softmax, none of which overflows.

use ndarray::{Array2, ArrayRef2, Axis, Zip};

use crate::Real;

/// `1 / (1 + exp(-z))` for each element: any shape `(N, M)` to the same.
///
/// For a very negative `z`, `exp(-z)` would be infinite, and so would the
/// backward pass of a careless implementation. With `e = exp(-|z|)`, which is
/// never above 1, the answer is `1 / (1 + e)` on the right and `e / (1 + e)` on
/// the left.
pub fn sigmoid<F: Real>(z: &ArrayRef2<F>) -> Array2<F> {
    let mut e = z.mapv(|z| -z.abs()); // (N, M)
    exp_in_place(&mut e);
    Zip::from(&mut e).and(z).for_each(|e, &z| {
        let top = if z < F::zero() { *e } else { F::one() };
        *e = top / (F::one() + *e);
    });
    e
}

/// The slope of the sigmoid, from its value: `h (1 - h)`, `(N, M)`.
pub fn sigmoid_grad<F: Real>(h: &ArrayRef2<F>) -> Array2<F> {
    h.mapv(|h| h * (F::one() - h))
}

/// `max(z, 0)` for each element, `(N, M)`.
pub fn relu<F: Real>(z: &ArrayRef2<F>) -> Array2<F> {
    // A comparison and not `max`, which would turn NaN into 0 and hide it.
    z.mapv(|z| if z < F::zero() { F::zero() } else { z })
}

/// The slope of ReLU, from its value: 1 where `h > 0`, else 0, `(N, M)`.
///
/// At 0 itself there is a kink and no slope; like everyone, we take 0.
pub fn relu_grad<F: Real>(h: &ArrayRef2<F>) -> Array2<F> {
    h.mapv(|h| if h > F::zero() { F::one() } else { F::zero() })
}

/// `exp(z) / sum(exp(z))` along each row: `(N, M) -> (N, M)`, rows that sum to 1.
///
/// The largest logit of a row is subtracted first. That changes nothing in the
/// quotient and keeps every `exp` at 1 or below; without it `f32` overflows at
/// a logit of 88.7 and `f64` at 709 (see [`softmax_naive`]).
pub fn softmax<F: Real>(z: &ArrayRef2<F>) -> Array2<F> {
    let mut y = z.to_owned(); // (N, M)
    softmax_in_place(&mut y);
    y
}

/// [`softmax`] where the logits are: `(N, M)`, for loops that ask for no memory.
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

/// Softmax as the article writes it, nothing subtracted. It answers NaN once a
/// logit passes 88.7 (`f32`) or 709 (`f64`): here to be seen to fail.
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
