//! Find the bug: a network that reads an image well in a batch of a hundred, and badly when it
//! is shown the image alone.
//!
//!     training: by mean and variance of the batch
//!     test:     by the running mean and variance; each example on its own
//!
//! Page: docs/en/10-batchnorm.md

use ndarray::prelude::*;

const EPSILON: f64 = 1e-5;

/// The running statistics, both `(1, M)`.
struct Running {
    mean: Array2<f64>,
    var: Array2<f64>,
}

/// `x (N, M)` normalised: `(N, M)`.
fn normalise(x: &Array2<f64>, running: &Running, training: bool) -> Array2<f64> {
    let n = x.nrows() as f64;
    let mean = if training {
        x.sum_axis(Axis(0)).insert_axis(Axis(0)) / n // (1, M)
    } else {
        running.mean.clone()
    };
    let centred = x - &mean; // (N, M)
    // The variance was still the batch's: of one image alone, (x - mean)^2, and every unit
    // became 1 or -1.
    let var = if training {
        (&centred * &centred).sum_axis(Axis(0)).insert_axis(Axis(0)) / n // (1, M)
    } else {
        running.var.clone()
    };
    centred / &var.mapv(|v| (v + EPSILON).sqrt())
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;
    use judge::{assert_close, numbers};

    fn running() -> Running {
        Running { mean: numbers((1, 4), 1), var: numbers((1, 4), 2) + 2.0 }
    }

    #[test]
    fn in_the_test_an_example_does_not_depend_on_the_others() {
        let x = numbers((5, 4), 3);
        let together = normalise(&x, &running(), false);
        let alone = normalise(&x.slice(s![2..3, ..]).to_owned(), &running(), false);
        assert_close(&together.slice(s![2..3, ..]), &alone, 1e-12);
    }

    #[test]
    fn in_the_test_it_is_the_running_statistics_that_count() {
        let running = Running { mean: array![[1.0, -1.0]], var: array![[4.0, 0.25]] };
        let out = normalise(&array![[3.0, 0.0]], &running, false);
        assert_close(&out, &array![[1.0, 2.0]], 1e-4);
    }

    #[test]
    fn in_training_it_is_the_batch() {
        let out = normalise(
            &array![[1.0], [3.0]],
            &Running { mean: array![[9.0]], var: array![[9.0]] },
            true,
        );
        assert_close(&out, &array![[-1.0], [1.0]], 1e-4);
    }
}
