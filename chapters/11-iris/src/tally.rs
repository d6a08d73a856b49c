//! Which flowers were read as what, over all tests.

use common::metric;
use ndarray::{Array1, Array2};

use crate::network::CLASSES;
use crate::split::Part;

/// The readings of all tests so far.
#[derive(Clone, Debug)]
pub struct Tally {
    labels: Vec<usize>,
    guesses: Vec<usize>,
    tested: Vec<usize>,
    misread: Vec<usize>,
}

impl Tally {
    /// Of `flowers` flowers, none read yet.
    pub fn new(flowers: usize) -> Tally {
        let none = vec![0; flowers];
        Tally { labels: Vec::new(), guesses: Vec::new(), tested: none.clone(), misread: none }
    }

    /// The flowers of `test` were read as `guesses (N,)`.
    pub fn add<F>(&mut self, test: &Part<F>, guesses: &Array1<usize>) {
        for ((&row, &label), &guess) in test.rows.iter().zip(&test.labels).zip(guesses) {
            self.labels.push(label);
            self.guesses.push(guess);
            self.tested[row] += 1;
            self.misread[row] += usize::from(guess != label);
        }
    }

    /// How often each species (row) was read as each (column), `(3, 3)`.
    pub fn confusion(&self) -> Array2<usize> {
        let of = |classes: &[usize]| Array1::from(classes.to_vec());
        metric::confusion(&of(&self.labels), &of(&self.guesses), CLASSES)
    }

    /// Whether each flower was misread in more than half of its tests.
    pub fn mostly_misread(&self) -> Vec<bool> {
        self.misread.iter().zip(&self.tested).map(|(&wrong, &all)| 2 * wrong > all).collect()
    }

    /// How many flowers were misread in no test at all.
    pub fn never_misread(&self) -> usize {
        self.misread.iter().filter(|&&wrong| wrong == 0).count()
    }

    /// What there is to say of it.
    pub fn text(&self) -> String {
        let lines = self.mostly_misread().into_iter().enumerate().filter(|(_, most)| *most);
        let lines: Vec<String> = lines.map(|(row, _)| (row + 1).to_string()).collect();
        let which = if lines.is_empty() { "none".to_owned() } else { lines.join(", ") };
        format!(
            "misread in more than half of their tests: flowers {which}; never misread: {} of {}",
            self.never_misread(),
            self.tested.len()
        )
    }
}
