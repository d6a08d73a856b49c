//! Loss, accuracy and seconds of a training.

use common::Error;

/// A step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// Loss of its batch.
    pub loss: f64,
    /// Accuracy on its batch, in percent.
    pub accuracy: f64,
    /// Seconds, from building the batch to the update.
    pub seconds: f64,
}

/// An epoch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Epoch {
    /// Mean loss of its batches.
    pub loss: f64,
    /// Accuracy on the validation images after it, in percent.
    pub validation: f64,
    /// Seconds of its steps.
    pub seconds: f64,
    /// The part of them in which batches were built.
    pub batching: f64,
}

/// A training.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    /// Every step.
    pub steps: Vec<Step>,
    /// Every epoch.
    pub epochs: Vec<Epoch>,
}

impl History {
    /// Adds the epoch of the last `steps` steps, with its seconds of building batches and
    /// its validation accuracy in percent.
    pub fn end_epoch(&mut self, steps: usize, batching: f64, validation: f64) {
        let of_epoch = &self.steps[self.steps.len() - steps..];
        let sum = |f: fn(&Step) -> f64| of_epoch.iter().map(f).sum::<f64>();
        let (loss, seconds) = (sum(|step| step.loss) / steps as f64, sum(|step| step.seconds));
        self.epochs.push(Epoch { loss, validation, seconds, batching });
    }

    /// Seconds of an epoch, on average.
    pub fn seconds_per_epoch(&self) -> f64 {
        self.mean(|epoch| epoch.seconds)
    }

    /// The share of the time in which batches were built, in percent.
    pub fn batching_share(&self) -> f64 {
        100.0 * self.mean(|epoch| epoch.batching) / self.seconds_per_epoch()
    }

    fn mean(&self, f: fn(&Epoch) -> f64) -> f64 {
        self.epochs.iter().map(f).sum::<f64>() / self.epochs.len() as f64
    }
}

/// The error when the loss of `network` is NaN at step `i`.
pub(crate) fn diverged(network: &str, i: usize) -> Error {
    let flag = network.to_lowercase();
    let fault = format!("the {network}'s loss is no longer a number at iteration {i}");
    Error::new(format!("{fault}; lower --{flag}-rate and run again"))
}
