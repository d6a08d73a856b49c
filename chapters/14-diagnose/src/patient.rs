//! What is checked, and what a check reports.

use common::batch::take_rows;
use common::{Float, Real, Rng, seeded};
use ndarray::{Array2, ArrayRef, Dimension};

use crate::bug::Bug;
use crate::images::Digits;
use crate::network::{Kind, Network};

/// What is checked: a program, on its images.
pub struct Patient {
    /// Its network.
    pub kind: Kind,
    /// What is wrong with it, of which no check may make use.
    pub bug: Bug,
    /// Its images, as it reads them.
    pub digits: Digits<Float>,
    /// The seed of its random numbers.
    pub seed: u64,
}

/// One line of a check's report.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// What was measured.
    pub text: String,
    /// Whether it is as it should be.
    pub passed: bool,
}

/// A line of a report.
pub fn line(passed: bool, text: String) -> Line {
    Line { text, passed }
}

impl Patient {
    /// A new network, and the generator that goes on after its first weights.
    pub fn network<F: Real>(&self) -> (Network<F>, Rng) {
        let mut rng = seeded(self.seed);
        (Network::new(self.kind, self.bug, &mut rng), rng)
    }

    /// The first batch: at most `n` training images with their targets.
    pub fn batch(&self, n: usize) -> (Array2<Float>, Array2<Float>) {
        let rows: Vec<usize> = (0..n.min(self.digits.x.nrows())).collect();
        (take_rows(&self.digits.x, &rows), take_rows(&self.digits.t, &rows))
    }
}

/// The root of the mean of squares.
pub fn rms<F: Real, D: Dimension>(a: &ArrayRef<F, D>) -> f64 {
    let square = |v: f64| v * v;
    let sum: f64 = a.iter().map(|&v| square(v.into())).sum();
    (sum / a.len() as f64).sqrt()
}
