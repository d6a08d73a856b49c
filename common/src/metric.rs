//! How often the network is right, and statistics of several runs.

use ndarray::{Array1, Array2, ArrayRef2, ArrayView1};

use crate::Real;
use crate::loss::same_shape;

/// The class of each example: the column of the largest value of each row,
/// the first one if several are equal. `(N, M) -> (N,)`.
///
/// # Panics
/// If there are no columns.
pub fn predict<F: Real>(y: &ArrayRef2<F>) -> Array1<usize> {
    assert!(y.ncols() > 0, "predict: {:?} has no class to choose", y.dim());
    y.rows().into_iter().map(largest).collect()
}

/// The column of the largest value, the first of several.
fn largest<F: Real>(row: ArrayView1<F>) -> usize {
    let mut best = (0, row[0]);
    for (class, &value) in row.iter().enumerate() {
        if value > best.1 {
            best = (class, value);
        }
    }
    best.0
}

/// The share of rows where `y` and `t`, both `(N, M)`, have their largest value
/// in the same column, in percent.
///
/// # Panics
/// If the shapes differ.
pub fn accuracy<F: Real>(y: &ArrayRef2<F>, t: &ArrayRef2<F>) -> f64 {
    same_shape("accuracy", y, t);
    let pairs = y.rows().into_iter().zip(t.rows());
    let right = pairs.filter(|(y, t)| largest(*y) == largest(*t)).count();
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

/// Mean and standard deviation of a sample (divided by n - 1); the deviation of a
/// single value is 0.
pub fn mean_and_deviation(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|v| (v - mean) * (v - mean)).sum();
    (mean, (squares / (n - 1.0).max(1.0)).sqrt())
}
