//! The parameters after so many steps: to test, draw and save them later.

use std::path::Path;

use common::look::{self, Page};
use common::params::Params;
use common::plot::Image;
use common::program::thousands;
use common::{Error, Float, Result, accuracy};
use datasets::Dataset;
use ndarray::{Array2, ArrayRef2};

use crate::network::{forward, probabilities};

/// The parameters after `steps` training steps.
#[derive(Clone, Debug, PartialEq)]
pub struct Checkpoint {
    /// Training steps.
    pub steps: usize,
    /// The filter, `(5, 5)`.
    pub f: Array2<Float>,
    /// Its biases, `(1, 576)`.
    pub bc: Array2<Float>,
    /// The weights of the output layer, `(576, 10)`.
    pub wo: Array2<Float>,
    /// The biases of the output layer, `(1, 10)`.
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

    /// The accuracy on images `x (N, 784)` with targets `t (N, 10)`, in percent.
    /// Panics if the shapes do not fit.
    pub fn accuracy(&self, x: &ArrayRef2<Float>, t: &ArrayRef2<Float>) -> f64 {
        accuracy(&probabilities(x, &self.f, &self.bc, &self.wo, &self.bo), t)
    }

    /// Whether no parameter is NaN or infinite.
    pub fn is_finite(&self) -> bool {
        [&self.f, &self.bc, &self.wo, &self.bo].iter().all(|w| w.iter().all(|v| v.is_finite()))
    }

    /// The parameters under their names, to be saved.
    pub fn params(&self) -> Params<Float> {
        let params = Params::new().with("f", &self.f).with("bc", &self.bc);
        params.with("wo", &self.wo).with("bo", &self.bo)
    }

    /// The page on which one looks into these parameters, with images of the test set. Fails if
    /// one of them is not finite.
    pub fn page(&self, chapter: &str, data: &Dataset<Float>) -> Result<Page> {
        let layers = [look::conv("f", "bc", 1, 0), look::relu(), look::affine("wo", "bo")];
        let page = Page::new(chapter, &data.classes, layers, &self.params())?;
        Ok(page.samples(&data.test.x, &data.test.labels))
    }

    /// Pictures of the image `x (1, 784)`: as it is, convolved, with the biases,
    /// and after ReLU. All but the first are signed and share a scale.
    /// Panics if the shapes do not fit.
    pub fn activations(&self, x: &ArrayRef2<Float>) -> [Image; 4] {
        let (map, z, h, _) = forward(x, &self.f, &self.bc, &self.wo, &self.bo); // (1, 576) each
        let title = match self.steps {
            0 => "at the start".to_owned(),
            1 => "after 1 step".to_owned(),
            steps => format!("after {} steps", thousands(steps)),
        };
        [
            Image::new(x.row(0), title),
            Image::new(map.row(0), "convolved").signed(),
            Image::new(z.row(0), "+ bias").signed(),
            Image::new(h.row(0), "ReLU").signed(),
        ]
    }

    /// Saves these parameters, the last with a finite loss, at `path`. The error
    /// for a loss that is no longer a number at `iteration`, which names the file
    /// and the cure. `naive`: with the naive softmax.
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
