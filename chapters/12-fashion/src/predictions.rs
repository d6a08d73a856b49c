//! What a network predicts for the test set, and its mistakes.

use common::{Real, accuracy, metric, predict, softmax};
use ndarray::{Array1, Array2, ArrayRef2};

/// Predictions for the test set.
#[derive(Clone, Debug)]
pub struct Predictions {
    /// In percent.
    pub accuracy: f64,
    /// The confusion matrix `(M, M)`: true classes in rows, predicted ones in columns.
    pub confusion: Array2<usize>,
    /// The wrong ones, those with the highest probability first.
    pub mistakes: Vec<Mistake>,
}

/// A wrong prediction.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mistake {
    /// The row of the image in the test set.
    pub image: usize,
    /// Its class.
    pub label: usize,
    /// The predicted class.
    pub guess: usize,
    /// The probability of the predicted class, from 0 to 1.
    pub probability: f64,
}

impl Predictions {
    /// From the logits `z (N, M)`, the targets `t (N, M)` and the labels `(N,)`.
    pub fn new<F: Real>(z: &ArrayRef2<F>, t: &ArrayRef2<F>, labels: &Array1<usize>) -> Predictions {
        let y = softmax(z); // (N, M)
        let guesses = predict(z); // (N,)
        let wrong = (0..labels.len()).filter(|&i| guesses[i] != labels[i]);
        let mistake = |image: usize| {
            let (label, guess) = (labels[image], guesses[image]);
            Mistake { image, label, guess, probability: y[[image, guess]].into() }
        };
        let mut mistakes: Vec<Mistake> = wrong.map(mistake).collect();
        mistakes.sort_by(|a, b| b.probability.total_cmp(&a.probability)); // a stable sort
        let confusion = metric::confusion(labels, &guesses, z.ncols());
        Predictions { accuracy: accuracy(z, t), confusion, mistakes }
    }

    /// Accuracy on class `k`, in percent; NaN if there is no image of it.
    pub fn class_accuracy(&self, k: usize) -> f64 {
        let row = self.confusion.row(k);
        100.0 * row[k] as f64 / row.sum() as f64
    }

    /// The wrong class that is predicted most often for class `k`, and how often; `None` if
    /// all are right.
    pub fn commonest_mistake(&self, k: usize) -> Option<(usize, usize)> {
        let others = self.confusion.row(k).into_iter().copied().enumerate();
        let others = others.filter(|&(guess, count)| guess != k && count > 0);
        // The first of equals.
        others.reduce(|most, other| if other.1 > most.1 { other } else { most })
    }
}
