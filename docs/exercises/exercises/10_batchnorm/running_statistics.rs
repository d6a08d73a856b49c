//! Running mean and variance, for the test: what is remembered of the batches.
//!
//!     mean = (1 - momentum) mean + momentum (mean of the batch)         0 at first
//!     var  = (1 - momentum) var  + momentum (var of the batch, N/(N-1)) 1 at first
//!
//! The variance of a batch, divided by N, is too small on average by (N - 1) / N, since it is
//! taken from the batch's own mean. The running one is corrected. momentum = 0.1 here is the
//! share of the new; in Keras it would be 0.9, the share of the old.
//!
//! Page: docs/en/10-batchnorm.md, exercise 1

use ndarray::prelude::*;

/// The running statistics of `M` units.
struct Running {
    mean: Array1<f64>, // (M,), zeros at first
    var: Array1<f64>,  // (M,), ones at first
}

impl Running {
    /// One more batch `x (N, M)`, with at least two examples.
    fn update(&mut self, x: &Array2<f64>, momentum: f64) {
        // TODO
    }
}

/// The share of the newest batch if it is shown `times` times in a row.
fn share_of_the_last(momentum: f64, times: i32) -> f64 {
    // TODO
    todo!()
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;
    use judge::{assert_close, numbers};

    #[test]
    fn two_batches_as_numpy_has_them() {
        // NumPy: 0.9 * m + 0.1 * x.mean(0) and 0.9 * v + 0.1 * x.var(0, ddof=1)
        let mut running = Running { mean: Array1::zeros(2), var: Array1::ones(2) };
        running.update(&array![[1.0, 10.0], [2.0, 20.0], [6.0, 60.0], [-1.0, -10.0]], 0.1);
        assert_close(&running.mean, &array![0.2, 2.0], 1e-12);
        assert_close(&running.var, &array![1.766666666666667, 87.56666666666667], 1e-12);
        running.update(&array![[2.0, 7.0], [3.0, 17.0]], 0.1);
        assert_close(&running.mean, &array![0.43, 3.0], 1e-12);
        assert_close(&running.var, &array![1.64, 83.81], 1e-12);
    }

    #[test]
    fn of_many_small_batches_the_variance_is_right_on_average() {
        // Numbers from -1 to 1 have a variance of 1/3; batches of two, divided by 2: 1/6.
        let x = numbers((2_000, 1), 1);
        let mut running = Running { mean: Array1::zeros(1), var: Array1::ones(1) };
        for batch in x.axis_chunks_iter(Axis(0), 2) {
            running.update(&batch.to_owned(), 0.005);
        }
        assert!((running.var[0] - 1.0 / 3.0).abs() < 0.06, "{}", running.var);
    }

    #[test]
    fn a_batch_shown_twenty_times_leaves_an_eighth_of_all_others() {
        assert!((share_of_the_last(0.1, 20) - 0.878423).abs() < 1e-6);
        assert!((share_of_the_last(0.1, 1) - 0.1).abs() < 1e-12);
        assert_eq!(share_of_the_last(0.5, 2), 0.75);
    }
}
