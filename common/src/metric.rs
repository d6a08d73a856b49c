//! How often the network is right.

use ndarray::{Array1, Array2, ArrayRef2};

use crate::Real;
use crate::loss::same_shape;

/// The class of each example: the column of the largest value of each row,
/// the first one if several are equal. `(N, M) -> (N,)`.
///
/// # Panics
/// If there are no columns.
pub fn predict<F: Real>(y: &ArrayRef2<F>) -> Array1<usize> {
    assert!(y.ncols() > 0, "predict: {:?} has no class to choose", y.dim());
    y.rows()
        .into_iter()
        .map(|row| {
            let mut best = 0;
            for (class, &value) in row.iter().enumerate() {
                if value > row[best] {
                    best = class;
                }
            }
            best
        })
        .collect()
}

/// The share of rows where `y` and `t`, both `(N, M)`, have their largest value
/// in the same column, in percent.
///
/// # Panics
/// If the shapes differ.
pub fn accuracy<F: Real>(y: &ArrayRef2<F>, t: &ArrayRef2<F>) -> f64 {
    same_shape("accuracy", y, t);
    let right = predict(y).iter().zip(&predict(t)).filter(|(y, t)| y == t).count();
    100.0 * right as f64 / y.nrows() as f64
}

/// How often each true class (row) was read as each class (column), from
/// `labels (N,)` and `guesses (N,)`: `(classes, classes)`.
///
/// # Panics
/// If a label or a guess is not below `classes`.
pub fn confusion(labels: &Array1<usize>, guesses: &Array1<usize>, classes: usize) -> Array2<usize> {
    let mut counts = Array2::zeros((classes, classes));
    for (&label, &guess) in labels.iter().zip(guesses) {
        counts[[label, guess]] += 1;
    }
    counts
}
