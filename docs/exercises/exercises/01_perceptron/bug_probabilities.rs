//! Find the bug: the loss of this network goes down, but slowly, and the probabilities of an
//! image do not sum to 1.
//!
//!     z (N, M) = x w + b
//!     y (N, M) = softmax of each ROW of z
//!
//! Page: docs/en/01-perceptron.md

use ndarray::prelude::*;

// TODO: one line of these two functions is wrong. Which check would have found it?

/// Softmax of each row of `z (N, M)`.
fn softmax(z: &Array2<f64>) -> Array2<f64> {
    let e = z.mapv(f64::exp); // (N, M)
    let sum = e.sum_axis(Axis(0)).insert_axis(Axis(0));
    e / &sum // (N, M)
}

/// The probabilities `y (N, M)` of `x (N, D)`.
fn forward(x: &Array2<f64>, w: &Array2<f64>, b: &Array2<f64>) -> Array2<f64> {
    softmax(&(x.dot(w) + b))
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;
    use judge::{assert_close, numbers};

    #[test]
    fn the_probabilities_of_an_image_sum_to_1() {
        let y = forward(&numbers((4, 3), 1), &numbers((3, 6), 2), &numbers((1, 6), 3));
        assert_close(&y.sum_axis(Axis(1)), &Array1::ones(4), 1e-12);
    }

    #[test]
    fn what_an_image_is_does_not_depend_on_the_others_of_its_batch() {
        let (x, w, b) = (numbers((4, 3), 1), numbers((3, 4), 2), numbers((1, 4), 3));
        let together = forward(&x, &w, &b);
        let alone = forward(&x.slice(s![1..2, ..]).to_owned(), &w, &b);
        assert_close(&together.slice(s![1..2, ..]), &alone, 1e-12);
    }
}
