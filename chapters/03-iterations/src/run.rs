//! One training, from its start to any iteration, in as many sittings as it
//! takes.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use common::params::Params;
use common::{Error, Float, Real, Result, Rng, accuracy, article_loss, batch, seeded};
use ndarray::{Array1, Array2, ArrayView2, Axis, s};

use crate::Network;

/// How long the work of a run that is killed may be lost.
const SAVE_EVERY: Duration = Duration::from_secs(5);

/// Images and targets that belong together: `x (N, 784)`, `t (N, 10)`.
pub type Pair<'a> = (ArrayView2<'a, Float>, ArrayView2<'a, Float>);

/// The examples of a study: what it trains on and what it is measured on.
#[derive(Clone, Copy)]
pub struct Examples<'a> {
    /// To learn from.
    pub train: Pair<'a>,
    /// To choose by: examples held back from the training set, or none.
    pub validation: Option<Pair<'a>>,
    /// To report, and never to choose by.
    pub test: Pair<'a>,
}

impl Examples<'_> {
    /// A number that changes when the training images do, so that a run is not
    /// taken up again with other data.
    fn fingerprint(&self) -> f64 {
        let (x, _) = &self.train;
        x.slice(s![..x.nrows().min(1000), ..]).sum().into()
    }
}

/// What makes one run differ from another.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    /// Hidden units; `None` is chapter 01's network.
    pub hidden: Option<usize>,
    /// The gradient is summed over the batch, as in the article.
    pub learning_rate: f64,
    /// Examples in a batch, drawn with replacement.
    pub batch_size: usize,
    /// Starting weights and batches follow from it.
    pub seed: u64,
}

impl Setting {
    /// "no hidden layer" or "100 hidden units".
    pub fn network_name(&self) -> String {
        self.hidden.map_or("no hidden layer".to_owned(), |h| format!("{h} hidden units"))
    }

    /// Roughly the multiplications of one iteration, to share the work out.
    pub fn cost(&self) -> u64 {
        // 10 outputs cost more than a tenth of 100: the batch has to be
        // fetched all the same.
        (self.batch_size * (self.hidden.unwrap_or(10) + 15)) as u64
    }
}

/// The curve at one iteration. Accuracies in percent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Steps done.
    pub iteration: usize,
    /// The loss that the article prints, a mean over the batches since the
    /// last point.
    pub loss: f64,
    /// A mean over the same batches.
    pub train: f64,
    /// On the examples held back, if there are any.
    pub validation: Option<f64>,
    /// On the test set.
    pub test: f64,
}

/// A training under way.
pub struct Run {
    /// What is trained and how.
    pub setting: Setting,
    /// The network after `iteration` steps.
    pub network: Network,
    /// Steps done.
    pub iteration: usize,
    /// The curve so far.
    pub points: Vec<Point>,
    /// Seconds of training so far, evaluations left out.
    pub seconds: f64,
    /// Steps to do in all.
    pub target: usize,
    file: PathBuf,
}

impl Run {
    /// A run of `study` that is kept in `folder`. If the folder holds its
    /// beginning, it goes on from there, otherwise it starts anew. The target
    /// is `steps`, rounded up to the next point of the curve.
    ///
    /// # Errors
    /// If what the folder holds is damaged, or was trained on other examples.
    pub fn open(
        folder: &Path,
        study: &str,
        setting: Setting,
        steps: usize,
        examples: &Examples,
    ) -> Result<Run> {
        let target = (steps..).find(|&iteration| due(iteration)).unwrap_or(steps);
        let Setting { hidden, learning_rate, batch_size, seed } = setting;
        let network = hidden.map_or("simple".to_owned(), |h| format!("hidden-{h}"));
        let name =
            format!("{study}-{network}-rate-{learning_rate}-batch-{batch_size}-seed-{seed}.npz");
        let file = folder.join(name);
        if file.exists() {
            return Run::resume(file, setting, target, examples.fingerprint());
        }
        let network = Network::start(hidden, &mut seeded(seed));
        let points = Vec::new();
        Ok(Run { setting, network, iteration: 0, points, seconds: 0.0, target, file })
    }

    fn resume(file: PathBuf, setting: Setting, target: usize, fingerprint: f64) -> Result<Run> {
        let anew = |error| Error::new(format!("{error}; remove it, or add --fresh to start anew"));
        let saved = Params::<f64>::load(&file).map_err(anew)?;
        let [iteration, seconds, trained_on] = saved.get("state", 3).map_err(anew)?.to_vec()[..]
        else {
            return Err(Error::at(&file, "holds no state; remove it or add --fresh"));
        };
        if trained_on != fingerprint {
            return Err(Error::at(
                &file,
                "was trained on other images; choose another --out or add --fresh",
            ));
        }
        let rows = saved.any_shape("curve").map_err(anew)?.shape().first().copied();
        let curve = saved.get("curve", (rows.unwrap_or(0), 5)).map_err(anew)?;
        let points = curve.rows().into_iter().map(|row| Point {
            iteration: row[0] as usize,
            loss: row[1],
            train: row[2],
            validation: (row[3] >= 0.0).then_some(row[3]),
            test: row[4],
        });
        Ok(Run {
            network: Network::restore(setting.hidden, &saved).map_err(anew)?,
            iteration: iteration as usize,
            points: points.filter(|point| point.iteration <= target).collect(),
            seconds,
            setting,
            target,
            file,
        })
    }

    /// Trains up to the target, or until `stop` says so; then, and every few
    /// seconds, the run is saved. `done` hears of every step.
    ///
    /// # Errors
    /// If the loss is no longer a number, or the run cannot be saved.
    pub fn train(
        &mut self,
        examples: &Examples,
        stop: impl Fn() -> bool,
        done: impl Fn(),
    ) -> Result {
        let (x_train, t_train) = &examples.train;
        let numbers = seeded(self.setting.seed);
        let (mut loss, mut right, mut steps) = (0.0, 0.0, 0);
        let mut saved = Instant::now();
        let mut start = Instant::now();
        while self.iteration < self.target {
            self.iteration += 1;
            let mut rng = batch_numbers(&numbers, self.iteration);
            let (x, t) = batch(x_train, t_train, self.setting.batch_size, &mut rng); // (100, 784), (100, 10)
            let y = self.network.step(&x, &t, Float::of(self.setting.learning_rate)); // (100, 10)
            loss += article_loss(&y, &t);
            right += accuracy(&y, &t);
            steps += 1;
            done();
            if !due(self.iteration) {
                continue;
            }
            if !loss.is_finite() {
                return Err(Error::diverged(self.iteration));
            }
            self.seconds += start.elapsed().as_secs_f64();
            let mean = |sum: f64| sum / f64::from(steps);
            self.points.push(Point {
                iteration: self.iteration,
                loss: mean(loss),
                train: mean(right),
                validation: examples.validation.map(|pair| self.accuracy_on(&pair)),
                test: self.accuracy_on(&examples.test),
            });
            (loss, right, steps) = (0.0, 0.0, 0);
            let stopped = stop();
            if stopped || self.iteration == self.target || saved.elapsed() > SAVE_EVERY {
                self.save(examples.fingerprint())?;
                saved = Instant::now();
            }
            if stopped {
                break;
            }
            start = Instant::now();
        }
        Ok(())
    }

    /// The last point at or before `iteration`, if there is one.
    pub fn at(&self, iteration: usize) -> Option<&Point> {
        self.points.iter().rfind(|point| point.iteration <= iteration)
    }

    fn accuracy_on(&self, (x, t): &Pair) -> f64 {
        // In pieces, so that the hidden values of 10,000 images need not exist
        // at the same time.
        let pieces = x.axis_chunks_iter(Axis(0), 1000).zip(t.axis_chunks_iter(Axis(0), 1000));
        let right = pieces.map(|(x, t)| accuracy(&self.network.forward(&x), &t) * x.nrows() as f64);
        right.sum::<f64>() / x.nrows() as f64
    }

    fn save(&self, fingerprint: f64) -> Result {
        let state = [self.iteration as f64, self.seconds, fingerprint];
        let curve: Vec<[f64; 5]> = self.points.iter().map(row).collect();
        let params = Params::new()
            .with("state", &Array1::from_iter(state))
            .with("curve", &Array2::from(curve));
        self.network.save_into(params).save(&self.file)
    }
}

/// A point as a row of the saved curve; -1 stands for what was not measured.
fn row(point: &Point) -> [f64; 5] {
    let validation = point.validation.unwrap_or(-1.0);
    [point.iteration as f64, point.loss, point.train, validation, point.test]
}

/// The random numbers of one batch. They follow from the seed and the
/// iteration alone: every network sees the same batches, and a run that was
/// stopped needs to keep no random state.
fn batch_numbers(numbers: &Rng, iteration: usize) -> Rng {
    let mut rng = numbers.clone();
    rng.set_stream(iteration as u64); // stream 0 made the starting weights
    rng
}

/// Whether the curve has a point here: closer at the beginning, where more
/// happens.
fn due(iteration: usize) -> bool {
    let every = match iteration {
        0..=1_000 => 100,
        1_001..=10_000 => 500,
        10_001..=100_000 => 1_000,
        _ => 2_000,
    };
    iteration.is_multiple_of(every)
}
