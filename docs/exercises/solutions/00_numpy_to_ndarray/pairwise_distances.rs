//! The squared distance of each point from each other point, without a loop over pairs.
//!
//!     |a - b|^2 = |a|^2 - 2 a b + |b|^2
//!     (N, M)    = (N, 1) - (N, D)(D, M) + (1, M)
//!
//! Page: docs/en/00-numpy-to-ndarray.md, exercise 3

use ndarray::prelude::*;

/// The squared distance of each row of `a (N, D)` from each row of `b (M, D)`: `(N, M)`.
fn distances(a: &Array2<f64>, b: &Array2<f64>) -> Array2<f64> {
    let a2 = (a * a).sum_axis(Axis(1)).insert_axis(Axis(1)); // (N, 1)
    let b2 = (b * b).sum_axis(Axis(1)).insert_axis(Axis(0)); // (1, M)
    a2 - 2.0 * a.dot(&b.t()) + b2 // (N, M)
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;
    use judge::{assert_close, numbers};

    #[test]
    fn a_triangle_of_sides_3_4_5() {
        let corners = array![[0.0, 0.0], [3.0, 0.0], [0.0, 4.0]];
        let expected = array![[0.0, 9.0, 16.0], [9.0, 0.0, 25.0], [16.0, 25.0, 0.0]];
        assert_close(&distances(&corners, &corners), &expected, 1e-12);
    }

    #[test]
    fn the_same_as_two_loops() {
        let (a, b) = (numbers((4, 3), 1), numbers((5, 3), 2));
        let by_loops = Array2::from_shape_fn((4, 5), |(i, j)| {
            let apart = &a.row(i) - &b.row(j);
            apart.dot(&apart)
        });
        assert_close(&distances(&a, &b), &by_loops, 1e-12);
    }
}
