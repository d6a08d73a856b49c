//! Is the gradient right? Two questions that hardly a mistake survives.

use ndarray::{Array, ArrayRef, Dimension};

/// The gradient of `f` at `p` by central differences,
/// `(f(p + h) - f(p - h)) / 2h` for one element after the other, in `f64`.
/// Any shape.
///
/// With `h = 1e-5` rounding and curvature cost about the same, and a right
/// gradient agrees to eight digits or so. Keep `p` away from the kinks of ReLU
/// and the ties of a maximum: there the slope is not defined.
pub fn numerical_gradient<D: Dimension>(
    p: &ArrayRef<f64, D>,
    mut f: impl FnMut(&Array<f64, D>) -> f64,
) -> Array<f64, D> {
    const H: f64 = 1e-5;
    let mut probe = p.as_standard_layout().into_owned();
    let slopes = (0..p.len()).map(|k| {
        let kept = nth(&mut probe, k, |v| v + H);
        let above = f(&probe);
        nth(&mut probe, k, |_| kept - H);
        let below = f(&probe);
        nth(&mut probe, k, |_| kept);
        (above - below) / (2.0 * H)
    });
    let slopes = slopes.collect();
    Array::from_shape_vec(p.raw_dim(), slopes).expect("one slope for each element")
}

/// Changes element `k` of an array in standard layout; what it was before.
fn nth<D: Dimension>(a: &mut Array<f64, D>, k: usize, to: impl Fn(f64) -> f64) -> f64 {
    let element = &mut a.as_slice_mut().expect("the layout is standard")[k];
    let before = *element;
    *element = to(before);
    before
}

/// The largest difference of two gradients, relative to the largest element
/// of either; 0 for two zeros, infinite if any element is not a number.
///
/// # Panics
/// If the shapes differ.
pub fn relative_error<D: Dimension>(a: &ArrayRef<f64, D>, b: &ArrayRef<f64, D>) -> f64 {
    assert!(
        a.shape() == b.shape(),
        "relative_error: {:?} and {:?} must be the same shape",
        a.shape(),
        b.shape()
    );
    let (mut scale, mut difference) = (0.0f64, 0.0f64);
    for (&a, &b) in a.iter().zip(b) {
        if a.is_nan() || b.is_nan() {
            return f64::INFINITY;
        }
        scale = scale.max(a.abs()).max(b.abs());
        difference = difference.max((a - b).abs());
    }
    if difference == 0.0 { 0.0 } else { difference / scale }
}

/// The adjoint test for a linear map `A` and its backward pass `A'`:
/// `<A x, y> = <x, A' y>` for any `x` and `y`. The two sides' difference,
/// relative to the larger.
///
/// A round trip (`A'` after `A` gives back `x`) proves nothing: most backward
/// passes are not inverses. This does.
///
/// # Panics
/// If `ax` and `y`, or `x` and `at_y`, have different shapes.
pub fn adjoint_error<D: Dimension, E: Dimension>(
    ax: &ArrayRef<f64, D>,
    y: &ArrayRef<f64, D>,
    x: &ArrayRef<f64, E>,
    at_y: &ArrayRef<f64, E>,
) -> f64 {
    let (left, right) = (inner(ax, y), inner(x, at_y));
    let scale = left.abs().max(right.abs());
    if scale == 0.0 { 0.0 } else { (left - right).abs() / scale }
}

fn inner<D: Dimension>(a: &ArrayRef<f64, D>, b: &ArrayRef<f64, D>) -> f64 {
    assert!(
        a.shape() == b.shape(),
        "adjoint_error: {:?} and {:?} must be the same shape",
        a.shape(),
        b.shape()
    );
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
