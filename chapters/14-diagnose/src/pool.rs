//! Max pooling with windows that overlap: 3 x 3, 2 apart. Three bugs.
//!
//! The largest of a window counts; a pixel can be the largest of up to four windows.

use common::Real;
use ndarray::{Array4, ArrayRef4};

use crate::bug::Bug;

const SIZE: usize = 3;
const STRIDE: usize = 2;

/// Maps after ReLU `h (N, C, H, W)` to the largest of each window, `(N, C, OH, OW)`.
pub fn forward<F: Real>(h: &ArrayRef4<F>, bug: Bug) -> Array4<F> {
    let (n, c, height, width) = h.dim();
    let places = |pixels| (pixels - SIZE) / STRIDE + 1;
    Array4::from_shape_fn((n, c, places(height), places(width)), |(n, c, i, j)| {
        let mut largest = F::zero(); // after ReLU nothing is smaller
        for a in 0..SIZE {
            for b in 0..SIZE {
                let v = h[[n, c, STRIDE * i + a, STRIDE * j + b]];
                largest = match bug {
                    Bug::NanInPool => largest.max(v), // Rust's `max` of 0 and NaN is 0
                    _ if v > largest || v.is_nan() => v,
                    _ => largest,
                };
            }
        }
        largest
    })
}

/// The gradient `dh (N, C, H, W)` from `dp (N, C, OH, OW)`, the input `h` and the output `p`
/// of [`forward`].
pub fn backward<F: Real>(
    dp: &ArrayRef4<F>,
    h: &ArrayRef4<F>,
    p: &ArrayRef4<F>,
    bug: Bug,
) -> Array4<F> {
    let mut dh = Array4::zeros(h.raw_dim()); // (N, C, H, W)
    for ((n, c, i, j), &d) in dp.indexed_iter() {
        let mut found = false;
        for a in 0..SIZE {
            for b in 0..SIZE {
                let at = [n, c, STRIDE * i + a, STRIDE * j + b];
                // Of equal pixels the first one gets the gradient
                if h[at] == p[[n, c, i, j]] && (!found || bug == Bug::PoolTies) {
                    found = true;
                    match bug {
                        Bug::AssignForAdd => dh[at] = d, // forgets the windows before
                        _ => dh[at] += d,
                    }
                }
            }
        }
    }
    dh
}
