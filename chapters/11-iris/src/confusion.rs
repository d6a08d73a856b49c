//! Which flowers the network misclassifies, over all splits.

use common::metric;
use ndarray::{Array1, Array2};

use crate::network::CLASSES;
use crate::split::Part;

/// Counts over all tests so far.
pub struct Predictions {
    /// How often each species (row) was predicted as each (column), `(3, 3)`.
    pub confusion: Array2<usize>,
    tested: Vec<usize>, // how often each flower was tested
    wrong: Vec<usize>,  // and misclassified
}

impl Predictions {
    /// None yet, for `flowers` flowers.
    pub fn new(flowers: usize) -> Predictions {
        let (tested, wrong) = (vec![0; flowers], vec![0; flowers]);
        Predictions { confusion: Array2::zeros((CLASSES, CLASSES)), tested, wrong }
    }

    /// One more test: the predicted classes `guesses (N,)` of the flowers in `test`.
    pub fn add<F>(&mut self, test: &Part<F>, guesses: &Array1<usize>) {
        self.confusion += &metric::confusion(&test.labels, guesses, CLASSES);
        for ((&row, label), guess) in test.rows.iter().zip(&test.labels).zip(guesses) {
            self.tested[row] += 1;
            self.wrong[row] += usize::from(guess != label);
        }
    }

    /// For each flower, whether it was misclassified in more than half of its tests.
    pub fn mostly_wrong(&self) -> Vec<bool> {
        self.wrong.iter().zip(&self.tested).map(|(&wrong, &all)| 2 * wrong > all).collect()
    }

    /// A sentence.
    pub fn text(&self) -> String {
        let wrong = self.mostly_wrong().into_iter().enumerate().filter(|(_, wrong)| *wrong);
        let numbers: Vec<String> = wrong.map(|(row, _)| (row + 1).to_string()).collect();
        let which = if numbers.is_empty() { "none".to_owned() } else { numbers.join(", ") };
        let never = self.wrong.iter().filter(|&&wrong| wrong == 0).count();
        format!(
            "misread in more than half of their tests: flowers {which}; never misread: {never} of {}",
            self.tested.len()
        )
    }
}
