//! Early stopping: the best parameters so far, and when to stop.

use std::path::PathBuf;

use common::{Error, Float, Result};

use crate::engine::Network;
use crate::parameters::{self, Parameter, is_finite};

const COPY_EVERY: usize = 100; // iterations of the first epoch

/// The best parameters on validation images, always in the file too.
pub struct EarlyStopping {
    /// The best parameters so far; in the first epoch the last copy with a finite loss.
    pub best: Vec<Float>,
    /// The epoch they are of; 0 before the first.
    pub epoch: usize,
    /// Their accuracy on the validation images, in percent.
    pub accuracy: f64,
    loss: f64,
    patience: usize,  // epochs
    copied: usize,    // the iteration that `best` is of in the first epoch
    iteration: usize, // the newest
    file: PathBuf,
    names: Vec<Parameter>,
}

impl EarlyStopping {
    /// Stops after `patience` epochs without a better one; the best parameters of
    /// `network` go to `file`.
    pub fn new(file: PathBuf, patience: usize, network: &Network<Float>) -> EarlyStopping {
        let (best, names) = (network.w.clone(), network.named_parameters.clone());
        let (epoch, accuracy, loss, copied, iteration) = (0, 0.0, f64::INFINITY, 0, 0);
        EarlyStopping { best, epoch, accuracy, loss, patience, copied, iteration, file, names }
    }

    /// Takes note of the `loss` of iteration `i`, computed with the parameters `w`. If it, or
    /// a parameter that is kept, is not finite, the file holds the best parameters, or, in the first epoch, the
    /// last copy with a finite loss; the error says which.
    pub fn check(&mut self, i: usize, loss: f64, w: &[Float]) -> Result {
        self.iteration = i;
        let copies = self.epoch == 0 && i % COPY_EVERY == 1;
        if loss.is_finite() && (!copies || is_finite(w)) {
            if copies {
                self.copied = i;
                self.best.copy_from_slice(w);
            }
            return Ok(());
        }
        let error = Error::diverged(i);
        let mut which = format!("epoch {}, the best so far", self.epoch);
        if self.epoch == 0 {
            which = format!("iteration {}", self.copied);
            parameters::save(&self.file, &self.best, &self.names)
                .map_err(|second| Error::new(format!("{error}; {second}")))?;
        }
        let file = self.file.display();
        Err(Error::new(format!("{error}; {file} holds the parameters of {which}")))
    }

    /// Takes note of what `w` reaches on the validation images after an epoch; higher
    /// accuracy (in percent) is better, then lower loss. Returns whether to stop; errors
    /// as those of [`EarlyStopping::check`], or if the file cannot be written.
    pub fn update(&mut self, epoch: usize, loss: f64, accuracy: f64, w: &[Float]) -> Result<bool> {
        let loss = if is_finite(w) { loss } else { f64::NAN }; // it may not depend on all of them
        self.check(self.iteration, loss, w)?;
        if (accuracy, -loss) > (self.accuracy, -self.loss) {
            self.best.copy_from_slice(w);
            (self.epoch, self.accuracy, self.loss) = (epoch, accuracy, loss);
            parameters::save(&self.file, &self.best, &self.names)?;
        }
        Ok(epoch - self.epoch >= self.patience)
    }
}
