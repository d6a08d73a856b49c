//! All that the next step depends on: lose any of it and a training that goes on
//! is another training.

use common::{Float, Rng, seeded};
use datasets::Dataset;
use serde::{Deserialize, Serialize};

use crate::manifest::sha256;
use crate::network::{Moments, Network, Start};
use crate::order::Order;

/// What was chosen before the first step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Weights, dropout and the order of the images follow from it.
    pub seed: u64,
    /// Where the affine layers begin.
    pub start: Start,
    /// The share of the features and of the hidden units that dropout keeps.
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

/// What it is trained on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Data {
    /// "MNIST".
    pub name: String,
    /// Training images.
    pub images: usize,
    /// SHA-256 of some of the images and all labels, to tell other data.
    pub sha256: String,
}

/// How it went so far.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    /// Of each report: the step, the mean loss and the mean accuracy of the
    /// batches since the last, the accuracy of this batch alone, in percent.
    pub reports: Vec<[f64; 4]>,
    /// Steps since the last report.
    pub steps: usize,
    /// The sum of their losses.
    pub loss: f64,
    /// The sum of their accuracies.
    pub right: f64,
}

impl Data {
    /// What tells `data` from others: of the images the first thousand have to do,
    /// all of them would take as long as a thousand steps.
    pub fn of(data: &Dataset<Float>) -> Data {
        const LOOKED_AT: usize = 1_000;
        let pixels = data.train.x.rows().into_iter().take(LOOKED_AT);
        let pixels = pixels.flat_map(|row| row.mapv(|v| (255.0 * f64::from(v)).round() as u8));
        let labels = data.train.labels.iter().map(|&label| label as u8);
        let bytes: Vec<u8> = pixels.chain(labels).collect();
        Data { name: data.name.to_owned(), images: data.train.len(), sha256: sha256(&bytes) }
    }
}

impl Log {
    /// Another step came to this loss and this accuracy in percent.
    pub fn step(&mut self, loss: f64, right: f64) {
        self.steps += 1;
        self.loss += loss;
        self.right += right;
    }

    /// A report after step `i`, whose batch alone came to `right` percent.
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
    pub data: Data,
    /// Steps done.
    pub step: usize,
    /// All parameters.
    pub network: Network<Float>,
    /// What Adam remembers.
    pub moments: Moments<Float>,
    /// The random numbers of the next masks.
    pub rng: Rng,
    /// The next images.
    pub order: Order,
    /// How it went so far.
    pub log: Log,
}

impl Training {
    /// Before the first step.
    pub fn new(settings: Settings, data: Data) -> Training {
        let mut rng = seeded(settings.seed);
        let network = Network::new(settings.start, &mut rng);
        Training {
            moments: Moments::new(&network),
            order: Order::at(data.images, settings.batch_size, settings.seed, (0, 0)),
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
