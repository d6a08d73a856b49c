//! The gradient of the image for a stride: a pixel collects from the places that saw it.
//!
//!     c[i,j]  = sum over k,l of x[S i + k, S j + l] f[k,l]
//!     dx[a,b] = sum over k,l of dc[(a-k)/S, (b-l)/S] f[k,l],
//!               where S divides a-k >= 0 and b-l >= 0, and the place exists
//!
//! Page: docs/en/05-cnn-im2col.md

use ndarray::prelude::*;

/// `dx (H, W)`, of the shape `x`, from `dc (OH, OW)`, the filter `f (FH, FW)` and the stride.
/// Each pixel adds up its own sum, with no += into an array, as on a GPU.
fn image_gradient(
    dc: &Array2<f64>,
    f: &Array2<f64>,
    stride: usize,
    x: (usize, usize),
) -> Array2<f64> {
    // The place from which tap k sees pixel a, if there is one
    let place = |a: usize, k: usize| {
        a.checked_sub(k).filter(|apart| apart % stride == 0).map(|apart| apart / stride)
    };
    Array2::from_shape_fn(x, |(a, b)| {
        let mut sum = 0.0;
        for ((k, l), &f) in f.indexed_iter() {
            if let (Some(i), Some(j)) = (place(a, k), place(b, l)) {
                sum += f * dc.get((i, j)).unwrap_or(&0.0); // beyond the last place: nothing
            }
        }
        sum
    })
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;
    use judge::{assert_close, inner, numbers, numerical_gradient};

    fn convolution(x: &Array2<f64>, f: &Array2<f64>, stride: usize) -> Array2<f64> {
        let (oh, ow) = ((x.nrows() - f.nrows()) / stride + 1, (x.ncols() - f.ncols()) / stride + 1);
        Array2::from_shape_fn((oh, ow), |(i, j)| {
            f.indexed_iter().map(|((k, l), &f)| x[[stride * i + k, stride * j + l]] * f).sum()
        })
    }

    #[test]
    fn a_row_by_hand() {
        // Pixels 0 and 1 belong to the first place, 2 and 3 to the second.
        let dx = image_gradient(&array![[10.0, 20.0]], &array![[1.0, 3.0]], 2, (1, 4));
        assert_eq!(dx, array![[10.0, 30.0, 20.0, 60.0]]);
        // With a filter of three, pixel 2 belongs to both.
        let dx = image_gradient(&array![[10.0, 20.0]], &array![[1.0, 3.0, 5.0]], 2, (1, 5));
        assert_eq!(dx, array![[10.0, 30.0, 70.0, 60.0, 100.0]]);
    }

    #[test]
    fn it_is_the_adjoint_for_strides_of_one_two_and_three() {
        for (shape, filter, stride) in
            [((5, 6), (2, 3), 1), ((7, 8), (3, 2), 2), ((7, 10), (4, 1), 3), ((6, 5), (1, 2), 3)]
        {
            let (x, f) = (numbers(shape, 1), numbers(filter, 2));
            let c = convolution(&x, &f, stride);
            let dc = numbers(c.dim(), 3);
            let dx = image_gradient(&dc, &f, stride, shape);
            let (left, right) = (inner(&c, &dc), inner(&x, &dx));
            assert!((left - right).abs() < 1e-12, "{shape:?} {filter:?} {stride}: {left} {right}");
        }
    }

    #[test]
    fn the_gradient_agrees_with_differences() {
        let (x, f) = (numbers((7, 7), 1), numbers((3, 3), 2));
        let dc = numbers((3, 3), 3);
        let slope = numerical_gradient(&x, |x| inner(&convolution(x, &f, 2), &dc));
        assert_close(&image_gradient(&dc, &f, 2, (7, 7)), &slope, 1e-8);
    }
}
