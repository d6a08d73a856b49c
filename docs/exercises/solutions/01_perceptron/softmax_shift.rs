//! Softmax, for logits of any size.
//!
//!     y[n, k] = exp(z[n, k]) / sum over j of exp(z[n, j])
//!
//! exp(710) is infinite in f64. The same number may be subtracted from all logits of a
//! row without a change of y: subtract the largest.
//!
//! Page: docs/en/01-perceptron.md, exercise 2

use ndarray::prelude::*;

/// Softmax of each row of the logits `z (N, M)`: `(N, M)`.
fn softmax(z: &Array2<f64>) -> Array2<f64> {
    let largest = z.fold_axis(Axis(1), f64::NEG_INFINITY, |&m, &z| m.max(z)); // (N,)
    let e = (z - &largest.insert_axis(Axis(1))).mapv(f64::exp); // (N, M), at most 1
    let sum = e.sum_axis(Axis(1)).insert_axis(Axis(1)); // (N, 1), at least 1
    e / &sum // (N, M)
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;
    use judge::{assert_close, numbers};

    #[test]
    fn as_numpy_has_it() {
        // NumPy: e = np.exp(z); e / e.sum(axis=1, keepdims=True)
        let expected = array![
            [0.090030573170380, 0.244728471054798, 0.665240955774822],
            [0.006573263185309, 0.017867981870304, 0.975558754944386]
        ];
        let z = array![[1.0, 2.0, 3.0], [-1.0, 0.0, 4.0]];
        assert_close(&softmax(&z), &expected, 1e-14);
    }

    #[test]
    fn a_shift_changes_nothing() {
        let z = numbers((3, 5), 1);
        for shift in [50.0, 1e5, -1e5] {
            // The logits themselves are rounded when they are shifted so far.
            assert_close(&softmax(&(&z + shift)), &softmax(&z), 1e-9);
        }
    }

    #[test]
    fn each_row_has_its_own_largest() {
        let y = softmax(&array![[1e300, 0.0], [-1e300, -1e300]]);
        assert_close(&y, &array![[1.0, 0.0], [0.5, 0.5]], 1e-14);
    }
}
