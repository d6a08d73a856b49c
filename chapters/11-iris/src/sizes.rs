//! What the number of tested flowers does to a measured accuracy: the fair
//! protocol, with more and more flowers kept for the test.

use std::fmt::Write as _;

use common::metric::mean_and_deviation;
use common::{Float, Result, accuracy, seeded};
use datasets::Iris;

use crate::interval::wilson;
use crate::network::Network;
use crate::protocol::{Task, knet};
use crate::split::Split;

/// One size of the test, over many splits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Size {
    /// Flowers that are tested.
    pub test: usize,
    /// Flowers that are learnt from.
    pub train: usize,
    /// Mean accuracy over the splits, in percent.
    pub mean: f64,
    /// Standard deviation over the splits, in points.
    pub deviation: f64,
    /// What the binomial distribution makes of it: `sqrt(p (1 - p) / test)`, in points.
    pub binomial: f64,
    /// Wilson's interval for a single split that shows the mean, in percent.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
}

/// How every training here goes.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Hidden units.
    pub hidden: usize,
    /// Flowers in a batch.
    pub batch_size: usize,
    /// Times that all of the training part is gone through.
    pub epochs: usize,
    /// Adam's learning rate.
    pub rate: Float,
    /// Random splits for each size.
    pub splits: usize,
    /// Where the random numbers start.
    pub seed: u64,
}

/// A tenth, a fifth, ... of the flowers tested, the others learnt from. `tell` hears
/// of each training.
///
/// # Errors
/// If the output of the network is no longer a number.
pub fn sizes(
    flowers: &Iris<Float>,
    setting: &Setting,
    mut tell: impl FnMut(),
) -> Result<Vec<Size>> {
    let n = flowers.labels.len();
    let mut sizes: Vec<Size> = Vec::new();
    for tenths in [1, 2, 3, 4, 5, 6, 7, 8] {
        let mut reached = Vec::new();
        let mut parts = (0, 0);
        for k in 0..setting.splits {
            let mut rng = seeded(setting.seed);
            rng.set_stream((setting.splits + k) as u64); // not the lesson's own splits
            let Split { train, test, .. } = Split::draw(flowers, n * tenths / 10, &mut rng);
            let mut net = Network::new(setting.hidden, &mut rng);
            let Setting { batch_size, epochs, rate, .. } = *setting;
            let task = Task { train: &train, batch_size, epochs, rate };
            knet(&mut net, &task, true, &mut rng, |_, _| ())?;
            reached.push(accuracy(&net.read(&test.x), &test.t));
            parts = (train.len(), test.len());
            tell();
        }
        let (mean, deviation) = mean_and_deviation(&reached);
        let (train, test) = parts;
        let p = mean / 100.0;
        let interval = wilson(p * test as f64, test as f64);
        sizes.push(Size {
            test,
            train,
            mean,
            deviation,
            binomial: 100.0 * (p * (1.0 - p) / test as f64).sqrt(),
            low: 100.0 * interval.low,
            high: 100.0 * interval.high,
        });
    }
    Ok(sizes)
}

/// The table, for people.
pub fn text(sizes: &[Size]) -> String {
    let mut text = String::from(
        "tested  learnt   accuracy (%)   binomial   one flower   95 % interval of a single split\n",
    );
    for size in sizes {
        let _ = writeln!(
            text,
            "{:>6}  {:>6}   {:5.2} ± {:4.2}     ± {:4.2}     {:6.2} %   {:6.2} to {:6.2} %",
            size.test,
            size.train,
            size.mean,
            size.deviation,
            size.binomial,
            100.0 / size.test as f64,
            size.low,
            size.high
        );
    }
    text
}

/// How many sizes [`sizes`] goes through.
pub const COUNT: usize = 8;
