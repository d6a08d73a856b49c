//! The network of chapter 04, from the same initial parameters and with the same
//! learning rates, with its convolution as a matrix product.
//!
//! ```text
//! cols = im2col(x)          (N 576, 25) from (N, 28, 28), the patches
//! map  = cols f             (N 576, 1) = (N 576, 25)(25, 1), as (N, 576)
//! h    = max(map + bc, 0)   (N, 576) = (N, 576) + (1, 576)
//! y    = softmax(h wo + bo) (N, 10) = (N, 576)(576, 10) + (1, 10)
//! ```

use cnn_naive::Window;
use cnn_naive::network::{FILTER, POSITIONS, SIDE};
use common::{Real, affine, dot, relu, relu_grad, softmax, sum_rows};
use ndarray::{Array2, ArrayRef2};

use crate::im2col::im2col;

/// From images `x (N, 784)` to probabilities `y (N, 10)`. Returns what [`backward`]
/// needs: the patches `cols (N 576, 25)`, the hidden values `h (N, 576)`, and `y`.
/// Panics if the shapes do not fit.
pub fn forward<F: Real>(
    x: &ArrayRef2<F>,
    f: &ArrayRef2<F>,
    bc: &ArrayRef2<F>,
    wo: &ArrayRef2<F>,
    bo: &ArrayRef2<F>,
) -> (Array2<F>, Array2<F>, Array2<F>) {
    assert!(f.dim() == (FILTER, FILTER), "network: the filter {:?} must be (5, 5)", f.dim());
    let cols = patches(x); // (N 576, 25)
    let f = f.to_shape((FILTER * FILTER, 1)).expect("25 taps"); // (25, 1)
    let map = dot(&cols, &f); // (N 576, 1) = (N 576, 25)(25, 1)
    let map = map.into_shape_with_order((x.nrows(), POSITIONS)).expect("576 positions an image");
    let z = map + bc.row(0); // (N, 576) = (N, 576) + (1, 576)
    let h = relu(&z); // (N, 576)
    let y = softmax(&affine(&h, wo, bo)); // (N, 10) = (N, 576)(576, 10) + (1, 10)
    (cols, h, y)
}

/// The gradients `df (5, 5)`, `dbc (1, 576)`, `dwo (576, 10)` and `dbo (1, 10)` of
/// the cross-entropy, **summed** over the batch, from the results of [`forward`],
/// its `wo`, and the targets `t (N, 10)`. Panics if the shapes do not fit.
pub fn backward<F: Real>(
    cols: &ArrayRef2<F>,
    wo: &ArrayRef2<F>,
    h: &ArrayRef2<F>,
    y: &ArrayRef2<F>,
    t: &ArrayRef2<F>,
) -> (Array2<F>, Array2<F>, Array2<F>, Array2<F>) {
    // dzo = y - t
    let dzo = y - t; // (N, 10)
    // dwo = hT dzo
    let dwo = dot(&h.t(), &dzo); // (576, 10) = (576, N)(N, 10)
    // dbo = the sum of dzo over the batch
    let dbo = sum_rows(&dzo); // (1, 10)
    // dz = dzo woT where h > 0, else 0
    let dz = relu_grad(h) * dot(&dzo, &wo.t()); // (N, 576) = (N, 10)(10, 576)
    // dbc = the sum of dz over the batch
    let dbc = sum_rows(&dz); // (1, 576)
    // df = colsT dz
    let dz = dz.into_shape_with_order((cols.nrows(), 1)).expect("576 positions an image");
    let df = dot(&cols.t(), &dz); // (25, 1) = (25, N 576)(N 576, 1)
    let df = df.into_shape_with_order((FILTER, FILTER)).expect("25 taps"); // (5, 5)
    (df, dbc, dwo, dbo)
}

/// The patches of images `x (N, 784)`: `(N 576, 25)`. Panics if `x` has another
/// number of columns.
pub fn patches<F: Real>(x: &ArrayRef2<F>) -> Array2<F> {
    let shape = (x.nrows(), 1, SIDE, SIDE);
    let images = x.to_shape(shape).unwrap_or_else(|_| {
        panic!("network: images {:?} must be rows of {SIDE} x {SIDE} pixels", x.dim())
    });
    im2col(&images, (FILTER, FILTER), Window::default())
}
