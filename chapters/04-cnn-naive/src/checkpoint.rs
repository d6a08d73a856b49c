//! The network as it was after so many steps: to test it, draw it and save it
//! when the training is over.

use std::path::Path;

use common::params::Params;
use common::plot::Image;
use common::program::thousands;
use common::{Error, Float, accuracy};
use ndarray::{Array2, ArrayRef2};

use crate::network::{forward, probabilities};

/// The parameters after `steps` steps of training.
#[derive(Clone, Debug, PartialEq)]
pub struct Checkpoint {
    /// Steps of training.
    pub steps: usize,
    /// The filter, `(5, 5)`.
    pub f: Array2<Float>,
    /// Its biases, `(1, 576)`.
    pub bc: Array2<Float>,
    /// The weights of the output layer, `(576, 10)`.
    pub wo: Array2<Float>,
    /// Its bias, `(1, 10)`.
    pub bo: Array2<Float>,
}

impl Checkpoint {
    /// A copy of the parameters after `steps` steps.
    pub fn new(
        steps: usize,
        f: &Array2<Float>,
        bc: &Array2<Float>,
        wo: &Array2<Float>,
        bo: &Array2<Float>,
    ) -> Checkpoint {
        Checkpoint { steps, f: f.clone(), bc: bc.clone(), wo: wo.clone(), bo: bo.clone() }
    }

    /// The share of images `x (N, 784)` that it reads as `t (N, 10)` says, in
    /// percent.
    ///
    /// # Panics
    /// If the shapes do not fit.
    pub fn accuracy(&self, x: &ArrayRef2<Float>, t: &ArrayRef2<Float>) -> f64 {
        accuracy(&probabilities(x, &self.f, &self.bc, &self.wo, &self.bo), t)
    }

    /// The parameters under their names, for a file.
    pub fn params(&self) -> Params<Float> {
        Params::new()
            .with("f", &self.f)
            .with("bc", &self.bc)
            .with("wo", &self.wo)
            .with("bo", &self.bo)
    }

    /// The image `x (1, 784)`, the same seen through the filter, with its
    /// biases, and after ReLU: four pictures with titles. All but the image are
    /// signed, so that on one sheet they share a scale.
    ///
    /// # Panics
    /// If the shapes do not fit.
    pub fn stages(&self, x: &ArrayRef2<Float>) -> [Image; 4] {
        let (c, z, h, _) = forward(x, &self.f, &self.bc, &self.wo, &self.bo); // (1, 576) each
        let when = match self.steps {
            0 => "at the start".to_owned(),
            1 => "after 1 step".to_owned(),
            steps => format!("after {} steps", thousands(steps)),
        };
        [
            Image::new(x.row(0), when),
            Image::new(c.row(0), "convolved").signed(),
            Image::new(z.row(0), "+ bias").signed(),
            Image::new(h.row(0), "ReLU").signed(),
        ]
    }

    /// What to say when the loss is no longer a number at `iteration`: these
    /// parameters, the last with a finite loss, are saved at `path`, and the
    /// sentence says so and what to do. `naive`: softmax subtracted nothing.
    pub fn diverged(&self, iteration: usize, path: &Path, naive: bool) -> Error {
        if let Err(error) = self.params().save(path) {
            return error;
        }
        let cure = if naive { "leave --naive-softmax away, or " } else { "" };
        Error::new(format!(
            "the loss is no longer a number at iteration {iteration}; {cure}lower --learning-rate \
             and run again (the parameters after {} steps, the last good ones, are in {})",
            self.steps,
            path.display()
        ))
    }
}

/// The lowest, the mean and the highest accuracy of the `tests`, pairs of an
/// iteration and what it reached, that lie in the second half of the training.
pub fn spread_of_later_half(tests: &[(f64, f64)]) -> (f64, f64, f64) {
    let middle = tests.last().map_or(0.0, |last| last.0 / 2.0);
    let later: Vec<f64> = tests.iter().filter(|test| test.0 > middle).map(|test| test.1).collect();
    let mean = later.iter().sum::<f64>() / later.len() as f64;
    (later.iter().copied().fold(100.0, f64::min), mean, later.iter().copied().fold(0.0, f64::max))
}
