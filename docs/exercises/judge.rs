//! What the tests of the exercises judge with. Nothing to solve here.

use ndarray::{Array, ArrayRef, Dimension, IntoDimension};

/// Numbers between -1 and 1 that look random, no two alike; another `salt` gives others.
/// Element `k`, row by row, is the hash SplitMix64 of `k`.
pub fn numbers<S: IntoDimension>(shape: S, salt: u64) -> Array<f64, S::Dim> {
    let dim = shape.into_dimension();
    let number = |k: u64| {
        let mut z = k.wrapping_add(salt << 32).wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^= z >> 31;
        2.0 * (z >> 11) as f64 / (1u64 << 53) as f64 - 1.0
    };
    let numbers = (0..dim.size() as u64).map(number).collect();
    Array::from_shape_vec(dim, numbers).expect("one number for each element")
}

/// The gradient of `f` at `x` by central differences, `(f(x + h) - f(x - h)) / 2h` for each
/// element in turn. A right gradient agrees with it to about nine digits.
pub fn numerical_gradient<D: Dimension>(
    x: &Array<f64, D>,
    f: impl Fn(&Array<f64, D>) -> f64,
) -> Array<f64, D> {
    const H: f64 = 1e-5;
    let mut x = x.as_standard_layout().into_owned();
    let mut gradient = Array::zeros(x.raw_dim());
    for (k, slope) in gradient.iter_mut().enumerate() {
        let mut at = |step: f64| {
            let place = &mut x.as_slice_mut().expect("the layout is standard")[k];
            let before = std::mem::replace(place, *place + step);
            let value = f(&x);
            x.as_slice_mut().expect("the layout is standard")[k] = before;
            value
        };
        *slope = (at(H) - at(-H)) / (2.0 * H);
    }
    gradient
}

/// `<a, b>`: the sum of all products of two elements at the same place.
///
/// With it any function can be judged. For a linear one, the adjoint test:
/// `<A x, y> = <x, A' y>` for any `x` and `y`, where `A'` is the backward pass of `A`. For
/// any other, `<f(x), d>` is a loss whose gradient is the backward pass of `f`, given `d`.
/// Panics if the shapes differ.
pub fn inner<D: Dimension>(a: &ArrayRef<f64, D>, b: &ArrayRef<f64, D>) -> f64 {
    assert_eq!(a.shape(), b.shape(), "the two must have the same shape");
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Panics unless both have the same shape and no element of `found` is further than
/// `tolerance` from the one of `expected`. NaN is close to nothing.
#[track_caller]
pub fn assert_close<D: Dimension>(
    found: &ArrayRef<f64, D>,
    expected: &ArrayRef<f64, D>,
    tolerance: f64,
) {
    assert_eq!(found.shape(), expected.shape(), "the shape, and the shape that it should have");
    let far = |a: f64, b: f64| (a - b).is_nan() || (a - b).abs() > tolerance;
    let (mut wrong, mut first) = (0, None);
    for ((at, &a), &b) in found.indexed_iter().zip(expected) {
        if far(a, b) {
            wrong += 1;
            first = first.or(Some((at, a, b)));
        }
    }
    if let Some((at, a, b)) = first {
        let all = found.len();
        panic!("{wrong} of {all} elements are wrong; the first, at {at:?}, is {a}, not {b}");
    }
}
