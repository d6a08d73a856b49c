//! Batch norm folded away: with constant mean and variance it is part of the next layer.
//!
//!     z = (gamma (h - mean) / sqrt(var + e) + beta) w + b
//!       = h w' + b'
//!
//!     scale (1, H) = gamma / sqrt(var + e)
//!
//! Page: docs/en/10-batchnorm.md, exercise 3

use ndarray::prelude::*;

const EPSILON: f64 = 1e-5;

/// Batch norm in test mode; each of them `(1, H)`.
struct BatchNorm {
    gamma: Array2<f64>,
    beta: Array2<f64>,
    mean: Array2<f64>,
    var: Array2<f64>,
}

/// The weights `w' (H, M)` and the bias `b' (1, M)` that do both, from `w (H, M)`, `b (1, M)`.
fn fold(norm: &BatchNorm, w: &Array2<f64>, b: &Array2<f64>) -> (Array2<f64>, Array2<f64>) {
    // TODO: a unit is a column of h and a row of w.
    todo!()
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;
    use judge::{assert_close, numbers};

    fn both(h: &Array2<f64>, norm: &BatchNorm, w: &Array2<f64>, b: &Array2<f64>) -> Array2<f64> {
        let x_hat = (h - &norm.mean) / &norm.var.mapv(|v| (v + EPSILON).sqrt());
        (x_hat * &norm.gamma + &norm.beta).dot(w) + b
    }

    #[test]
    fn one_layer_does_the_work_of_two() {
        // As many outputs as units, so that a scale along the wrong axis goes unnoticed by shapes
        let row = |salt: u64| numbers((1, 4), salt);
        let norm = BatchNorm { gamma: row(1), beta: row(2), mean: row(3), var: row(4) + 1.5 };
        let (w, b, h) = (numbers((4, 4), 5), numbers((1, 4), 6), numbers((7, 4), 7));
        let (folded, bias) = fold(&norm, &w, &b);
        assert_close(&(h.dot(&folded) + &bias), &both(&h, &norm, &w, &b), 1e-12);
    }

    #[test]
    fn it_fits_any_shape() {
        let row = |salt: u64| numbers((1, 3), salt);
        let norm = BatchNorm { gamma: row(1), beta: row(2), mean: row(3), var: row(4) + 1.5 };
        let (w, b, h) = (numbers((3, 5), 5), numbers((1, 5), 6), numbers((2, 3), 7));
        let (folded, bias) = fold(&norm, &w, &b);
        assert_eq!((folded.dim(), bias.dim()), ((3, 5), (1, 5)));
        assert_close(&(h.dot(&folded) + &bias), &both(&h, &norm, &w, &b), 1e-12);
    }
}
