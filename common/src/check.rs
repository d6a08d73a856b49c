//! Checks of a gradient: against central differences, and as an adjoint.

use ndarray::{Array, ArrayRef, Dimension};

use crate::error::same_shape;

/// The gradient of `f` at `p` by central differences,
/// `(f(p + h) - f(p - h)) / 2h` for each element in turn, in `f64`. Any shape.
///
/// With `h = 1e-5`, rounding and curvature contribute about equally, and a
/// correct gradient agrees to about eight digits. Keep `p` away from the kink
/// of ReLU and from ties of a maximum, where there is no derivative.
pub fn numerical_gradient<D: Dimension>(
    p: &ArrayRef<f64, D>,
    mut f: impl FnMut(&Array<f64, D>) -> f64,
) -> Array<f64, D> {
    const H: f64 = 1e-5;
    let mut p = p.as_standard_layout().into_owned();
    let mut gradient = Array::zeros(p.raw_dim());
    for k in 0..p.len() {
        let v = *nth(&mut p, k);
        *nth(&mut p, k) = v + H;
        let above = f(&p);
        *nth(&mut p, k) = v - H;
        let below = f(&p);
        *nth(&mut p, k) = v;
        *nth(&mut gradient, k) = (above - below) / (2.0 * H);
    }
    gradient
}

/// Element `k` of an array in standard layout.
fn nth<D: Dimension>(a: &mut Array<f64, D>, k: usize) -> &mut f64 {
    &mut a.as_slice_mut().expect("the layout is standard")[k]
}

/// The largest difference of two gradients, relative to the largest element
/// of either; 0 for two zeros, infinite if any element is not a number.
/// Panics if the shapes differ.
pub fn relative_error<D: Dimension>(a: &ArrayRef<f64, D>, b: &ArrayRef<f64, D>) -> f64 {
    same_shape("relative_error", a, b);
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
/// `<A x, y> = <x, A' y>` for any `x` and `y`. The difference of the two sides,
/// relative to the larger.
///
/// That `A'` after `A` gives back `x` is no test: most backward passes are not
/// inverses.
/// Panics if `ax` and `y`, or `x` and `at_y`, have different shapes.
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
    same_shape("adjoint_error", a, b);
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
