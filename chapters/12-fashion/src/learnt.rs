//! What a training loop writes down.

use common::Error;

/// What a step was like.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// The loss of its batch.
    pub loss: f64,
    /// How much of its batch was right, in percent.
    pub accuracy: f64,
    /// How long it took, from building the batch to the new parameters.
    pub seconds: f64,
}

/// What an epoch came to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Epoch {
    /// The mean loss of its batches.
    pub loss: f64,
    /// What of the images held back was right after it, in percent.
    pub held_back: f64,
    /// How long its steps took.
    pub seconds: f64,
    /// How much of that went into building batches.
    pub building: f64,
}

/// A whole training.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Learnt {
    /// Every step.
    pub steps: Vec<Step>,
    /// Every epoch.
    pub epochs: Vec<Epoch>,
}

impl Learnt {
    /// An epoch is over: its steps are the last `steps` ones, `building` seconds
    /// of theirs went into batches, and `held_back` percent of the images held
    /// back are right.
    pub fn epoch(&mut self, steps: usize, building: f64, held_back: f64) {
        let of_epoch = &self.steps[self.steps.len() - steps..];
        let sum = |f: fn(&Step) -> f64| of_epoch.iter().map(f).sum::<f64>();
        let (loss, seconds) = (sum(|step| step.loss) / steps as f64, sum(|step| step.seconds));
        self.epochs.push(Epoch { loss, held_back, seconds, building });
    }

    /// Seconds of an epoch, the mean of all.
    pub fn seconds_an_epoch(&self) -> f64 {
        self.mean(|epoch| epoch.seconds)
    }

    /// The share of the time that went into building batches, in percent.
    pub fn building(&self) -> f64 {
        100.0 * self.mean(|epoch| epoch.building) / self.seconds_an_epoch()
    }

    fn mean(&self, of: fn(&Epoch) -> f64) -> f64 {
        self.epochs.iter().map(of).sum::<f64>() / self.epochs.len() as f64
    }
}

/// The loss of `network` is no longer a number at step `i`: what to lower.
pub(crate) fn diverged(network: &str, i: usize) -> Error {
    let flag = network.to_lowercase();
    Error::new(format!(
        "the {network}'s loss is no longer a number at iteration {i}; lower --{flag}-rate and run \
         again"
    ))
}

/// Seconds of the fastest of these steps: what else the machine does only makes a
/// step longer.
pub fn fastest(steps: &[Step]) -> f64 {
    steps.iter().map(|step| step.seconds).fold(f64::INFINITY, f64::min)
}

/// The largest difference of the losses of two trainings, step by step as far as
/// the shorter one goes, relative to the loss.
pub fn difference(a: &[Step], b: &[Step]) -> f64 {
    let pairs = a.iter().zip(b);
    pairs.map(|(a, b)| (a.loss - b.loss).abs() / a.loss.abs()).fold(0.0, f64::max)
}
