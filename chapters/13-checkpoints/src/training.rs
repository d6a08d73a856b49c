//! The state of a training between two steps: all that the next step depends on.

use common::batch::take_rows;
use common::{Error, Float, Real, Rng, accuracy, cross_entropy_from_logits, seeded, softmax};
use datasets::{Dataset, Split};
use dropout_adam::dropout::mask;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::network::{CHUNK, FEATURES, HIDDEN, Network, Optimiser, Start};
use crate::sampler::{Position, Sampler};

/// Steps of the longest training.
pub const MOST_STEPS: usize = 10_000_000;
/// The shares that dropout may keep: one minus the least is still below 1 in `f32`.
pub const SHARES: std::ops::RangeInclusive<f64> = 1e-6..=1.0;

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
    /// SHA-256 of all images and all labels.
    pub sha256: String,
}

impl DataInfo {
    /// Identifies `data` by all that is learnt from it.
    pub fn of(data: &Dataset<Float>) -> DataInfo {
        DataInfo::of_first(data, usize::MAX)
    }

    /// Identifies `data` by its first `images` images and all labels.
    pub fn of_first(data: &Dataset<Float>, images: usize) -> DataInfo {
        let mut sha = Sha256::new();
        for image in data.train.x.rows().into_iter().take(images) {
            let pixels = image.iter().map(|v| (255.0 * v + 0.5) as u8);
            sha.update(pixels.collect::<Vec<u8>>());
        }
        sha.update(data.train.labels.mapv(|label| label as u8).to_vec());
        let sha256 = format!("{:x}", sha.finalize());
        DataInfo { name: data.name.to_owned(), images: data.train.len(), sha256 }
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

    /// Whether a training of `step` steps can have this log.
    pub fn is_of(&self, step: usize) -> bool {
        let is_possible = |&[i, e, mean, right]: &[f64; 4]| {
            i <= step as f64 && i.min(e).min(mean).min(right) >= 0.0 && mean.max(right) < 100.1
        };
        self.steps <= step && self.reports.iter().all(is_possible)
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

    /// The gradient of the next batch of `images`, its mean loss, and its accuracy in percent.
    pub fn gradient(&mut self, images: &Split<Float>) -> (Network<Float>, f64, f64) {
        let [rate1, rate2] = self.settings.keep.map(|keep| Float::of(1.0 - keep)); // of dropout
        let batch = self.sampler.next_batch(); // 32 indices of images
        let (mut e, mut right) = (0.0, 0.0);
        let mut gradient = self.network.zeros_like();
        // A batch of all images comes in parts, and its gradient is their sum.
        for rows in batch.chunks(CHUNK) {
            let (x, t) = (take_rows(&images.x, rows), take_rows(&images.t, rows)); // (N, 784), (N, 10)
            let m1 = mask((rows.len(), FEATURES), rate1, &mut self.rng); // (N, 160)
            let m2 = mask((rows.len(), HIDDEN), rate2, &mut self.rng); // (N, 40)
            let (z, cache) = self.network.forward(&x, Some([&m1, &m2]));
            let share = rows.len() as f64 / batch.len() as f64;
            e += share * cross_entropy_from_logits(&z, &t);
            right += share * accuracy(&z, &t); // %
            // dz = (y - t) / N
            let dz = (softmax(&z) - &t) / Float::of(batch.len() as f64); // (N, 10)
            gradient.add(&self.network.backward(&x, &cache, [&m1, &m2], &dz));
        }
        (gradient, e, right)
    }

    /// Whether a report and a checkpoint are due after the step just done.
    pub fn is_due(&self) -> bool {
        self.step.is_multiple_of(self.settings.every) || self.is_over()
    }

    /// The error of step `i` after which the loss or a parameter is no number.
    pub fn diverged(&self, i: usize) -> Error {
        let rate = self.settings.learning_rate;
        let cure = format!("lower --learning-rate, which is {rate}, and train anew with --fresh");
        Error::new(format!("the loss is no longer a number at iteration {i}; {cure}"))
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
