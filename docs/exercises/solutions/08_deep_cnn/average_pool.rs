//! Average pooling, forward and backward.
//!
//!     out[n,c,i,j] = (1/4) sum over a, b = 0, 1 of x[n, c, 2i + a, 2j + b]
//!     dx[n, c, 2i + a, 2j + b] = dout[n,c,i,j] / 4
//!
//! Page: docs/en/08-deep-cnn.md, exercise 3

use ndarray::prelude::*;

/// `x (N, C, H, W)`, with even `H` and `W`, to `out (N, C, H/2, W/2)`.
fn average_pool(x: &Array4<f64>) -> Array4<f64> {
    let (n, c, h, w) = x.dim();
    Array4::from_shape_fn((n, c, h / 2, w / 2), |(n, c, i, j)| {
        x.slice(s![n, c, 2 * i..2 * i + 2, 2 * j..2 * j + 2]).sum() / 4.0
    })
}

/// `dx (N, C, H, W)` from `dout (N, C, H/2, W/2)`. The input is not needed.
fn average_pool_backward(dout: &Array4<f64>) -> Array4<f64> {
    let (n, c, oh, ow) = dout.dim();
    Array4::from_shape_fn((n, c, 2 * oh, 2 * ow), |(n, c, y, x)| dout[[n, c, y / 2, x / 2]] / 4.0)
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;
    use judge::{inner, numbers};

    #[test]
    fn by_hand() {
        let x = array![[[[1.0, 2.0, 5.0, 0.0], [4.0, 3.0, -1.0, 4.0]]]];
        assert_eq!(average_pool(&x), array![[[[2.5, 2.0]]]]);
        let dx = average_pool_backward(&array![[[[8.0, -4.0]]]]);
        assert_eq!(dx, array![[[[2.0, 2.0, -1.0, -1.0], [2.0, 2.0, -1.0, -1.0]]]]);
    }

    #[test]
    fn it_is_the_adjoint() {
        let (x, dout) = (numbers((2, 3, 4, 6), 1), numbers((2, 3, 2, 3), 2));
        let (left, right) =
            (inner(&average_pool(&x), &dout), inner(&x, &average_pool_backward(&dout)));
        assert!((left - right).abs() < 1e-12, "{left} {right}");
    }
}
