//! Which parameters are kept while training goes on, and which if it fails.

use std::path::{Path, PathBuf};

use common::{Error, Float, Result};

use crate::network::{Network, Piece};
use crate::saved;

/// Two sets of parameters: the best on images held back, which are in the file at
/// any time, and the last that are known to give a loss that is a number.
pub struct Kept {
    /// The best so far.
    pub best: Vec<Float>,
    /// The epoch they are of, 0 as long as there are none.
    pub epoch: usize,
    /// What they reach on the images held back, in percent.
    pub accuracy: f64,
    loss: f64,
    good: Vec<Float>,
    good_iteration: usize,
    file: PathBuf,
    pieces: Vec<Piece>,
}

impl Kept {
    /// Nothing yet but where `network` starts; the best will be in `file`.
    pub fn new(file: &Path, network: &Network<Float>) -> Kept {
        Kept {
            best: network.w.clone(),
            epoch: 0,
            accuracy: 0.0,
            loss: f64::INFINITY,
            good: network.w.clone(),
            good_iteration: 0,
            file: file.to_owned(),
            pieces: network.pieces().to_vec(),
        }
    }

    /// The loss of iteration `i` was a number, with these parameters.
    pub fn good(&mut self, i: usize, w: &[Float]) {
        self.good.copy_from_slice(w);
        self.good_iteration = i;
    }

    /// What the parameters reach after an epoch, in percent and as a loss, on the
    /// images held back. More right is better, and of equals the smaller loss.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn score(&mut self, epoch: usize, w: &[Float], accuracy: f64, loss: f64) -> Result {
        if (accuracy, -loss) > (self.accuracy, -self.loss) {
            self.best.copy_from_slice(w);
            (self.epoch, self.accuracy, self.loss) = (epoch, accuracy, loss);
            saved::save(&self.file, &self.best, &self.pieces)?;
        }
        Ok(())
    }

    /// What to say when the loss of iteration `i` is no longer a number. The file
    /// then holds the best parameters, or the last good ones if no epoch was
    /// finished.
    pub fn diverged(&self, i: usize) -> Error {
        let of = match self.epoch {
            0 => match saved::save(&self.file, &self.good, &self.pieces) {
                Ok(()) => format!("iteration {}", self.good_iteration),
                Err(error) => return Error::new(format!("{}; {error}", Error::diverged(i))),
            },
            epoch => format!("epoch {epoch}, the best so far"),
        };
        Error::new(format!(
            "{}; {} holds the parameters of {of}",
            Error::diverged(i),
            self.file.display()
        ))
    }
}
