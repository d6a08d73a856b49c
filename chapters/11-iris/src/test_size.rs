//! Accuracy against the size of the test set, with the fair protocol.

use common::metric::mean_and_deviation;
use common::{Float, Result, accuracy, check_finite, seeded};
use datasets::Iris;

use crate::confidence_interval::wilson_interval;
use crate::network::Network;
use crate::split::Split;
use crate::training::{Setting, knet};

/// The sizes, in tenths of the flowers.
pub const TENTHS: [usize; 8] = [1, 2, 3, 4, 5, 6, 7, 8];

/// The results of one size; accuracies in percent.
pub struct Size {
    pub(crate) test: usize,      // flowers in the test set
    pub(crate) mean: f64,        // over the splits
    pub(crate) deviation: f64,   // over the splits
    pub(crate) wilson: [f64; 2], // interval of a single split with the mean accuracy
    train: usize,
    binomial: f64, // standard deviation sqrt(p (1 - p) / test)
}

/// Trains on `splits` splits of each size; calls `done` after each training.
/// Fails if the output of the network is no longer a number.
pub fn run(
    flowers: &Iris<Float>,
    hidden: usize,
    setting: Setting<Float>,
    splits: usize,
    seed: u64,
    mut done: impl FnMut(),
) -> Result<Vec<Size>> {
    let mut sizes = Vec::new();
    for tenths in TENTHS {
        let mut reached = Vec::new();
        let (mut train_size, mut test_size) = (0, 0);
        for k in 0..splits {
            let mut rng = seeded(seed);
            rng.set_stream((splits + k) as u64); // not the lesson's own splits
            let n = flowers.labels.len() * tenths / 10;
            let Split { train, test, .. } = Split::draw(flowers, n, &mut rng);
            let mut net = Network::new(hidden, &mut rng);
            knet(&mut net, &train, setting, true, &mut rng, |_, _| ())?;
            reached.push(accuracy(&net.forward(&test.x), &test.t));
            check_finite(reached[k], net.updates)?; // NaN, if the last step diverged
            (train_size, test_size) = (train.rows.len(), test.rows.len());
            done();
        }
        let (mean, deviation) = mean_and_deviation(&reached);
        let (p, n) = (mean / 100.0, test_size as f64);
        let interval = wilson_interval(p * n, n);
        let wilson = [100.0 * interval.low, 100.0 * interval.high];
        let binomial = 100.0 * (p * (1.0 - p) / n).sqrt();
        sizes.push(Size { test: test_size, mean, deviation, wilson, train: train_size, binomial });
    }
    Ok(sizes)
}

/// A line for each size.
pub fn table(sizes: &[Size]) -> String {
    let mut table = String::from(
        "tested  learnt   accuracy (%)   binomial   one flower   95 % interval of a single split\n",
    );
    for &Size { test, mean, deviation, wilson: [low, high], train, binomial } in sizes {
        let flower = 100.0 / test as f64;
        table += &format!(
            "{test:>6}  {train:>6}   {mean:5.2} ± {deviation:4.2}     ± {binomial:4.2}     \
             {flower:6.2} %   {low:6.2} to {high:6.2} %\n"
        );
    }
    table
}
