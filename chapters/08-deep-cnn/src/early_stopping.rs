//! Early stopping: the best parameters so far, when to stop, and what remains if the
//! loss diverges.

use std::path::PathBuf;

use common::{Error, Float, Result};

use crate::parameters::{self, Parameter};

/// Iterations between two copies of parameters with a finite loss.
const COPY_EVERY: usize = 100;

/// The best parameters on validation images, which are always in the file, and the
/// last ones with a finite loss.
pub struct EarlyStopping {
    /// The best parameters so far.
    pub best: Vec<Float>,
    /// The epoch they are of; 0 before the first.
    pub epoch: usize,
    /// Their accuracy on the validation images, in percent.
    pub accuracy: f64,
    loss: f64,
    patience: usize,    // epochs
    finite: Vec<Float>, // the last copy with a finite loss
    copied_at: usize,   // its iteration
    iteration: usize,   // the newest
    file: PathBuf,
    names: Vec<Parameter>,
}

impl EarlyStopping {
    /// Stops after `patience` epochs without a better one; the best parameters, at
    /// first `w`, go to `file` under their `names`.
    pub fn new(file: PathBuf, patience: usize, w: &[Float], names: &[Parameter]) -> EarlyStopping {
        EarlyStopping {
            best: w.to_vec(),
            epoch: 0,
            accuracy: 0.0,
            loss: f64::INFINITY,
            patience,
            finite: w.to_vec(),
            copied_at: 0,
            iteration: 0,
            file,
            names: names.to_vec(),
        }
    }

    /// Takes note of the `loss` of iteration `i`, computed with the parameters `w`.
    ///
    /// # Errors
    /// If the loss is not finite. The file then holds the best parameters, or, in the
    /// first epoch, the last copy with a finite loss; the error says which.
    pub fn check(&mut self, i: usize, loss: f64, w: &[Float]) -> Result {
        self.iteration = i;
        if !loss.is_finite() {
            return Err(self.diverged());
        }
        if i % COPY_EVERY == 1 {
            self.finite.copy_from_slice(w);
            self.copied_at = i;
        }
        Ok(())
    }

    /// Takes note of what `w` reaches on the validation images after an epoch; higher
    /// accuracy (in percent) is better, then lower loss. Returns whether to stop.
    ///
    /// # Errors
    /// If the loss is not finite, as [`EarlyStopping::check`], or if the file cannot
    /// be written.
    pub fn update(&mut self, epoch: usize, loss: f64, accuracy: f64, w: &[Float]) -> Result<bool> {
        if !loss.is_finite() {
            return Err(self.diverged());
        }
        if (accuracy, -loss) > (self.accuracy, -self.loss) {
            self.best.copy_from_slice(w);
            (self.epoch, self.accuracy, self.loss) = (epoch, accuracy, loss);
            parameters::save(&self.file, &self.best, &self.names)?;
        }
        Ok(epoch - self.epoch >= self.patience)
    }

    fn diverged(&self) -> Error {
        let error = Error::diverged(self.iteration);
        let which = match self.epoch {
            0 => match parameters::save(&self.file, &self.finite, &self.names) {
                Ok(()) => format!("iteration {}", self.copied_at),
                Err(second) => return Error::new(format!("{error}; {second}")),
            },
            epoch => format!("epoch {epoch}, the best so far"),
        };
        let file = self.file.display();
        Error::new(format!("{error}; {file} holds the parameters of {which}"))
    }
}
