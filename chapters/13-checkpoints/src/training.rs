//! The state of a training between two steps: all that the next step depends on.

use common::{Float, Rng, seeded};
use datasets::Dataset;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::network::{Network, Optimiser, Start};
use crate::sampler::{Position, Sampler};

/// What was chosen before the first step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Of weights, dropout and the order of the images.
    pub seed: u64,
    /// Initial weights of the affine layers.
    pub start: Start,
    /// The shares of the features and of the hidden units that dropout keeps.
    pub keep: [f64; 2],
    /// Images of a step.
    pub batch_size: usize,
    /// Adam's.
    pub learning_rate: f64,
    /// Steps from one report and checkpoint to the next.
    pub every: usize,
    /// Steps of the whole training.
    pub steps: usize,
}

/// The data that it is trained on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataInfo {
    /// "MNIST".
    pub name: String,
    /// Training images.
    pub images: usize,
    /// SHA-256 of some of the images and all labels.
    pub sha256: String,
}

impl DataInfo {
    /// Identifies `data` by all labels and the first thousand images: a checksum of all
    /// images would take as long as a thousand steps.
    pub fn of(data: &Dataset<Float>) -> DataInfo {
        let pixels = data.train.x.rows().into_iter().take(1_000);
        let pixels = pixels.flat_map(|row| row.mapv(|v| (255.0 * f64::from(v)).round() as u8));
        let labels = data.train.labels.iter().map(|&label| label as u8);
        let bytes: Vec<u8> = pixels.chain(labels).collect();
        DataInfo { name: data.name.to_owned(), images: data.train.len(), sha256: sha256(&bytes) }
    }
}

/// Loss and accuracy so far.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    /// A row for each report: step, mean loss and mean accuracy of the batches since the
    /// last report, accuracy of this batch alone; accuracies in percent.
    pub reports: Vec<[f64; 4]>,
    steps: usize, // since the last report
    loss: f64,    // the sum of their losses
    right: f64,   // the sum of their accuracies
}

impl Log {
    /// Adds a step with its loss and its accuracy in percent.
    pub fn step(&mut self, loss: f64, right: f64) {
        self.steps += 1;
        self.loss += loss;
        self.right += right;
    }

    /// Adds a report after step `i`, whose batch alone had `right` percent.
    pub fn report(&mut self, i: usize, right: f64) -> [f64; 4] {
        let mean = |sum: f64| sum / self.steps as f64;
        let report = [i as f64, mean(self.loss), mean(self.right), right];
        self.reports.push(report);
        (self.steps, self.loss, self.right) = (0, 0.0, 0.0);
        report
    }
}

/// A training between two steps.
#[derive(Clone, Debug)]
pub struct Training {
    /// What was chosen before the first step.
    pub settings: Settings,
    /// What it is trained on.
    pub data: DataInfo,
    /// Steps done.
    pub step: usize,
    /// All parameters.
    pub network: Network<Float>,
    /// Adam's two means of each.
    pub optimiser: Optimiser<Float>,
    /// The random numbers of the next masks.
    pub rng: Rng,
    /// The next images.
    pub sampler: Sampler,
    /// Loss and accuracy so far.
    pub log: Log,
}

impl Training {
    /// Before the first step.
    pub fn new(settings: Settings, data: DataInfo) -> Training {
        let mut rng = seeded(settings.seed);
        let network = Network::new(settings.start, &mut rng);
        let Settings { batch_size, seed, .. } = settings;
        Training {
            optimiser: Optimiser::new(&network),
            sampler: Sampler::at(data.images, batch_size, seed, Position::default()),
            log: Log::default(),
            step: 0,
            network,
            rng,
            data,
            settings,
        }
    }

    /// Whether a report and a checkpoint are due after the step just done.
    pub fn is_due(&self) -> bool {
        self.step.is_multiple_of(self.settings.every) || self.is_over()
    }

    /// Whether the last step is done.
    pub fn is_over(&self) -> bool {
        self.step >= self.settings.steps
    }
}

/// SHA-256 in hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    format!("{:x}", Sha256::digest(bytes))
}
