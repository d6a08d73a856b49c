//! Convolution as the article's NumPy program does it: slice a window, multiply it
//! by the filter with `tensordot`, append the result to an array, stack the results
//! of the images.
//!
//! Each number costs two calls of a library that is made for large arrays: most of
//! the article's five hours were such calls. Appending also copies the whole array
//! each time, `m (m + 1) / 2` numbers for `m`, but the copies take a small part of
//! that time. In Rust the calls are cheaper, and it is still the slowest convolution
//! of the course. It is not used for training, only timed and compared with
//! [`conv`](crate::conv).
//!
//! The article has one filter, no padding and stride 1. The general case and the
//! gradient of the images are ours, in the same style.

use common::{Real, affine, article_loss, dot, relu, relu_grad, softmax, sum_rows, update};
use ndarray::{Array, Array1, Array2, Array4, ArrayRef, ArrayRef1, ArrayRef2, ArrayRef4};
use ndarray::{Axis, Dimension, concatenate, s};

use crate::conv::{Shape, check_dout, checked_shape, padded};
use crate::network::{FILTER, MAP, POSITIONS, SIDE};
use crate::window::Window;

/// As `conv::forward`: `x (N, C, H, W)` and `w (FN, C, FH, FW)` to
/// `out (N, FN, OH, OW)`.
/// Panics if the shapes do not fit.
pub fn forward<F: Real>(x: &ArrayRef4<F>, w: &ArrayRef4<F>, window: Window) -> Array4<F> {
    let (n, filters, oh, ow) = checked_shape(x.dim(), w.dim(), window);
    let (_, _, fh, fw) = w.dim();
    let x = padded(x, window.padding); // (N, C, H + 2 p, W + 2 p)
    let mut storage = Array2::zeros((0, filters * oh * ow));
    for image in x.outer_iter() {
        let mut all = Array1::zeros(0);
        for filter in w.outer_iter() {
            let mut map = Array1::zeros(0);
            for i in (0..oh).map(|i| window.stride * i) {
                for j in (0..ow).map(|j| window.stride * j) {
                    let part = image.slice(s![.., i..i + fh, j..j + fw]); // (C, FH, FW)
                    map = append(&map, tensordot(&part, &filter));
                }
            }
            all = concatenate![Axis(0), all, map];
        }
        storage = stack(&storage, &all); // one row more
    }
    storage.into_shape_with_order((n, filters, oh, ow)).expect("a number for each position")
}

/// As `conv::backward`: the gradients `dx (N, C, H, W)` and
/// `dw (FN, C, FH, FW)` from `dout (N, FN, OH, OW)`.
/// Panics if the shapes do not fit.
pub fn backward<F: Real>(
    dout: &ArrayRef4<F>,
    x: &ArrayRef4<F>,
    w: &ArrayRef4<F>,
    window: Window,
) -> (Array4<F>, Array4<F>) {
    check_dout(dout.dim(), checked_shape(x.dim(), w.dim(), window));
    (image_gradient(dout, x.dim(), w, window), filter_gradient(dout, x, w.dim(), window))
}

/// `dw (FN, C, FH, FW)`: each of its numbers is the product of
/// `dout (N, FN, OH, OW)` and a window of the same size.
fn filter_gradient<F: Real>(
    dout: &ArrayRef4<F>,
    x: &ArrayRef4<F>,
    (filters, c, fh, fw): Shape,
    Window { stride, padding }: Window,
) -> Array4<F> {
    let (_, _, oh, ow) = dout.dim();
    let x = padded(x, padding); // (N, C, H + 2 p, W + 2 p)
    let (rows, columns) = (stride * (oh - 1) + 1, stride * (ow - 1) + 1);
    let mut storage = Array2::zeros((0, filters * c * fh * fw));
    for (image, dout) in x.outer_iter().zip(dout.outer_iter()) {
        let mut all = Array1::zeros(0);
        for dmap in dout.outer_iter() {
            for channel in image.outer_iter() {
                for k in 0..fh {
                    for l in 0..fw {
                        let part = s![k..k + rows; stride, l..l + columns; stride]; // (OH, OW)
                        all = append(&all, tensordot(&channel.slice(part), &dmap));
                    }
                }
            }
        }
        storage = stack(&storage, &all);
    }
    let sum = storage.sum_axis(Axis(0)); // over the batch
    sum.into_shape_with_order((filters, c, fh, fw)).expect("a number for each weight")
}

/// `dx (N, C, H, W)`: `dout`, spread out by the stride and padded by zeros, convolved
/// with the filters turned by half a turn, one for each channel.
fn image_gradient<F: Real>(
    dout: &ArrayRef4<F>,
    (n, _, height, width): Shape,
    w: &ArrayRef4<F>,
    Window { stride, padding }: Window,
) -> Array4<F> {
    let (_, filters, ..) = dout.dim();
    let (_, _, fh, fw) = w.dim();
    let (rows, columns) = (height + 2 * padding, width + 2 * padding);
    let mut dilated = Array4::zeros((n, filters, rows + fh - 1, columns + fw - 1));
    let places = s![.., .., fh - 1..rows; stride, fw - 1..columns; stride];
    dilated.slice_mut(places).assign(dout);
    let rotated = w.slice(s![.., .., ..;-1, ..;-1]).permuted_axes([1, 0, 2, 3]); // (C, FN, FH, FW)
    let (down, across) = (padding..padding + height + fh - 1, padding..padding + width + fw - 1);
    forward(&dilated.slice(s![.., .., down, across]), &rotated, Window::default())
}

/// A training step of the article's network: forward, loss, backward, update.
/// `x (N, 784)`, `t (N, 10)`; the parameters `f (5, 5)`, `bc (1, 576)`,
/// `wo (576, 10)` and `bo (1, 10)`; the learning rates of the filter with its
/// biases and of the output layer, for sums over the batch. Returns the article's
/// loss before the step.
/// Panics if the shapes do not fit.
pub fn step<F: Real>(
    (x, t): (&ArrayRef2<F>, &ArrayRef2<F>),
    (f, bc, wo, bo): (&mut Array2<F>, &mut Array2<F>, &mut Array2<F>, &mut Array2<F>),
    (rate_f, rate_o): (F, F),
) -> f64 {
    let n = x.nrows();
    let images = x.to_shape((n, 1, SIDE, SIDE)).expect("28 x 28 = 784"); // (N, 1, 28, 28)
    let filter = f.to_shape((1, 1, FILTER, FILTER)).expect("one filter, one channel");
    let map = forward(&images, &filter, Window::default()); // (N, 1, 24, 24)
    let map = map.into_shape_with_order((n, POSITIONS)).expect("24 x 24 = 576"); // (N, 576)
    let h = relu(&(&map + &bc.row(0))); // (N, 576)
    let y = softmax(&affine(&h, wo, bo)); // (N, 10)
    let dzo = &y - &t.view(); // (N, 10)
    let dz = relu_grad(&h) * dot(&dzo, &wo.t()); // (N, 576)
    let dmap = dz.to_shape((n, 1, MAP, MAP)).expect("24 x 24 = 576"); // (N, 1, 24, 24)
    let df = filter_gradient(&dmap, &images, (1, 1, FILTER, FILTER), Window::default());
    let df = df.into_shape_with_order((FILTER, FILTER)).expect("one filter"); // (5, 5)
    update(f, rate_f, &df);
    update(bc, rate_f, &sum_rows(&dz));
    update(wo, rate_o, &dot(&h.t(), &dzo));
    update(bo, rate_o, &sum_rows(&dzo));
    article_loss(&y, t)
}

/// The sum of the products of two arrays of one shape. Like NumPy's, it first
/// copies both into one-dimensional arrays.
fn tensordot<F: Real, D: Dimension>(a: &ArrayRef<F, D>, b: &ArrayRef<F, D>) -> F {
    let row = |a: &ArrayRef<F, D>| Array::from_iter(a.iter().copied());
    row(a).dot(&row(b))
}

/// `line (M,)` with one more number: a new array `(M + 1,)`.
fn append<F: Real>(line: &ArrayRef1<F>, number: F) -> Array1<F> {
    concatenate![Axis(0), line.view(), Array1::from_elem(1, number)]
}

/// `rows (N, M)` with `row (M,)` below: a new array `(N + 1, M)`.
fn stack<F: Real>(rows: &ArrayRef2<F>, row: &ArrayRef1<F>) -> Array2<F> {
    concatenate![Axis(0), rows.view(), row.view().insert_axis(Axis(0))]
}
