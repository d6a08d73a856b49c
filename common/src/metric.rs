//! Predictions, accuracy, the confusion matrix; mean and deviation of several runs.

use ndarray::{Array1, Array2, ArrayRef2, ArrayView1};

use crate::Real;
use crate::error::same_shape;

/// The predicted class of each example: the column of the largest value of each
/// row, the first one if several are equal. NaN counts as the largest, as in NumPy.
/// `(N, M) -> (N,)`.
/// Panics if there are no columns.
pub fn predict<F: Real>(y: &ArrayRef2<F>) -> Array1<usize> {
    assert!(y.ncols() > 0, "predict: {:?} has no class to choose", y.dim());
    y.rows().into_iter().map(|row| argmax(row).0).collect()
}

/// The column and the value of the largest.
fn argmax<F: Real>(row: ArrayView1<F>) -> (usize, F) {
    let mut best = (0, row[0]);
    for (class, &value) in row.iter().enumerate() {
        if value > best.1 || (value.is_nan() && !best.1.is_nan()) {
            best = (class, value);
        }
    }
    best
}

/// The percentage of rows where `y` and `t`, both `(N, M)`, have their largest
/// value in the same column; NaN if one of them holds a NaN.
/// Panics if the shapes differ.
pub fn accuracy<F: Real>(y: &ArrayRef2<F>, t: &ArrayRef2<F>) -> f64 {
    same_shape("accuracy", y, t);
    let mut correct = 0;
    for (y, t) in y.rows().into_iter().zip(t.rows()) {
        let ((predicted, y), (class, t)) = (argmax(y), argmax(t));
        if y.is_nan() || t.is_nan() {
            return f64::NAN;
        }
        correct += usize::from(predicted == class);
    }
    100.0 * correct as f64 / y.nrows() as f64
}

/// How often each true class (row) was predicted as each class (column), from
/// `labels (N,)` and `predictions (N,)`: `(classes, classes)`.
/// Panics if a label or a prediction is not below `classes`.
pub fn confusion(
    labels: &Array1<usize>,
    predictions: &Array1<usize>,
    classes: usize,
) -> Array2<usize> {
    let mut counts = Array2::zeros((classes, classes));
    for (&label, &prediction) in labels.iter().zip(predictions) {
        counts[[label, prediction]] += 1;
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
