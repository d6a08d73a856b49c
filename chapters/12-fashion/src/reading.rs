//! What a network makes of the test set.

use common::{Real, accuracy, metric, predict, softmax};
use ndarray::{Array1, Array2, ArrayRef2};

/// Every guess, and what is wrong with them.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The class that the network chose, `(N,)`.
    pub guesses: Array1<usize>,
    /// How much of it is right, in percent.
    pub accuracy: f64,
    /// How often each class (row) was read as each (column), `(M, M)`.
    pub counts: Array2<usize>,
    /// The wrong ones, those that it was surest of first.
    pub mistakes: Vec<Mistake>,
}

/// An image that was read wrongly.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mistake {
    /// Its row in the test set.
    pub image: usize,
    /// What it is.
    pub label: usize,
    /// What it was read as.
    pub guess: usize,
    /// The probability that the network gave to that, from 0 to 1.
    pub certainty: f64,
}

impl Reading {
    /// From the logits `z (N, M)`, the targets `t (N, M)` and the labels `(N,)`.
    ///
    /// # Panics
    /// If the shapes do not fit.
    pub fn new<F: Real>(z: &ArrayRef2<F>, t: &ArrayRef2<F>, labels: &Array1<usize>) -> Reading {
        let y = softmax(z); // (N, M)
        let guesses = predict(z); // (N,)
        let wrong = (0..labels.len()).filter(|&i| guesses[i] != labels[i]);
        let mut mistakes: Vec<Mistake> = wrong
            .map(|image| {
                let (label, guess) = (labels[image], guesses[image]);
                Mistake { image, label, guess, certainty: y[[image, guess]].into() }
            })
            .collect();
        mistakes.sort_by(|a, b| b.certainty.total_cmp(&a.certainty)); // equals in their order
        Reading {
            accuracy: accuracy(z, t),
            counts: metric::confusion(labels, &guesses, z.ncols()),
            guesses,
            mistakes,
        }
    }

    /// How much of class `k` is right, in percent; NaN if there is none of it.
    pub fn of_class(&self, k: usize) -> f64 {
        let row = self.counts.row(k);
        100.0 * row[k] as f64 / row.sum() as f64
    }

    /// The class that `k` is most often taken for, wrongly, and how often; `None`
    /// if never.
    pub fn taken_for(&self, k: usize) -> Option<(usize, usize)> {
        let others = self.counts.row(k).into_iter().copied().enumerate();
        let others = others.filter(|&(guess, count)| guess != k && count > 0);
        // Of equals the first.
        others.reduce(|most, other| if other.1 > most.1 { other } else { most })
    }
}
