//! One training run: train, measure, save, and resume later with the same numbers.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use common::params::Params;
use common::{Error, Float, Real, Result, Rng};
use common::{accuracy, article_loss, batch, check_finite, seeded};
use datasets::{Dataset, Split};
use ndarray::{Array1, Array2, ArrayView2, Axis};

use crate::config::{BATCH_SIZE, Config, MOST_ITERATIONS};
use crate::network::Network;

/// A run that is killed loses the work of this time at most.
const SAVE_EVERY: Duration = Duration::from_secs(5);

/// Images and their targets: `x (N, 784)`, `t (N, 10)`.
pub type Pair<'a> = (ArrayView2<'a, Float>, ArrayView2<'a, Float>);

/// The data of a run.
#[derive(Clone, Copy)]
pub struct Data<'a> {
    /// To train on.
    pub train: Pair<'a>,
    /// To choose by: held back from the training set, or none.
    pub validation: Option<Pair<'a>>,
    /// To report, never to choose by.
    pub test: Pair<'a>,
    /// [`identity`] of the images and labels, so that a run is not resumed with others.
    pub identity: f64,
}

/// A number that tells all images and labels of `data` from others: 52 bits of their
/// checksums, which an `f64` holds exactly.
pub fn identity(data: &Dataset<Float>) -> f64 {
    let bits = |split: &Split<Float>| u64::from_str_radix(&split.checksum()[..13], 16);
    let [train, test] = [&data.train, &data.test].map(|s| bits(s).expect("hexadecimal"));
    (train ^ test) as f64
}

/// A point of the curve. Accuracies in percent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Iterations done.
    pub iteration: usize,
    /// The article's loss, the mean over the batches since the last point.
    pub loss: f64,
    /// The accuracy on the same batches.
    pub train: f64,
    /// The accuracy on the validation images, if there are any.
    pub validation: Option<f64>,
    /// The accuracy on the test set.
    pub test: f64,
}

/// A training run.
pub struct Run<'a> {
    /// Its settings.
    pub config: Config,
    /// The network after `iteration` iterations.
    pub network: Network,
    /// Iterations done.
    pub iteration: usize,
    /// The curve so far.
    pub points: Vec<Point>,
    /// Seconds of training so far, without measuring.
    pub seconds: f64,
    data: Data<'a>,
    file: PathBuf,
}

impl<'a> Run<'a> {
    /// A new run, or the one that `folder` holds with these settings, to be resumed.
    /// Fails if the saved run is damaged, or was trained on other images.
    pub fn open(folder: &Path, mut config: Config, data: Data<'a>) -> Result<Run<'a>> {
        config.iterations = (config.iterations..).find(|&i| is_point(i)).expect("one follows");
        let file = folder.join(config.file_name());
        let network = Network::new(config.hidden, &mut seeded(config.seed));
        let mut run =
            Run { config, network, iteration: 0, points: Vec::new(), seconds: 0.0, data, file };
        if run.file.exists() {
            run.load().map_err(|error| {
                Error::new(format!("{error}; remove it, or add --fresh to start anew"))
            })?;
        }
        Ok(run)
    }

    fn load(&mut self) -> Result {
        let params = Params::<f64>::load(&self.file)?;
        let state = params.get("state", 3)?; // as written by `save`
        if state[2] != self.data.identity {
            let fault = "was trained on other images or labels; choose another --out";
            return Err(Error::at(&self.file, fault));
        }
        let iteration = (1..=MOST_ITERATIONS).find(|&i| i as f64 == state[0] && is_point(i));
        self.iteration = iteration.ok_or_else(|| {
            Error::at(&self.file, format!("is damaged: it counts {} iterations", state[0]))
        })?;
        self.seconds = state[1];
        let points = (1..=self.iteration).filter(|&i| is_point(i)).count();
        let curve = params.get("curve", (points, 5))?;
        let points = curve.rows().into_iter().map(|row| Point {
            iteration: row[0] as usize,
            loss: row[1],
            train: row[2],
            validation: (row[3] >= 0.0).then_some(row[3]),
            test: row[4],
        });
        self.points = points.filter(|p| p.iteration <= self.config.iterations).collect();
        self.network = Network::from_params(self.config.hidden, &params)?;
        Ok(())
    }

    fn save(&self) -> Result {
        let state = [self.iteration as f64, self.seconds, self.data.identity];
        let row = |p: &Point| {
            // -1 for no validation
            [p.iteration as f64, p.loss, p.train, p.validation.unwrap_or(-1.0), p.test]
        };
        let curve: Vec<[f64; 5]> = self.points.iter().map(row).collect();
        let params = Params::new().with("state", &Array1::from_iter(state));
        self.network.add_to(params.with("curve", &Array2::from(curve))).save(&self.file)
    }

    /// Trains to the end, or until `stop` returns true at a point of the curve.
    /// Saves the run then and every few seconds. Calls `done` after each step. Fails
    /// if the loss is no longer a number, or the run cannot be saved.
    pub fn train(&mut self, stop: impl Fn() -> bool, done: impl Fn()) -> Result {
        let (x_train, t_train) = &self.data.train;
        let base = seeded(self.config.seed);
        let (mut loss, mut correct, mut steps) = (0.0, 0.0, 0);
        let mut saved = Instant::now();
        let mut start = Instant::now();
        while self.iteration < self.config.iterations {
            self.iteration += 1;
            let mut rng = rng_of_batch(&base, self.iteration);
            let (x, t) = batch(x_train, t_train, BATCH_SIZE, &mut rng); // (100, 784), (100, 10)
            let y = self.network.step(&x, &t, Float::of(self.config.learning_rate)); // (100, 10)
            loss += article_loss(&y, &t);
            correct += accuracy(&y, &t);
            steps += 1;
            done();
            if !is_point(self.iteration) {
                continue;
            }
            self.seconds += start.elapsed().as_secs_f64();
            let mean = |sum: f64| sum / f64::from(steps);
            let point = Point {
                iteration: self.iteration,
                loss: mean(loss),
                train: mean(correct),
                validation: self.data.validation.map(|pair| self.accuracy_on(&pair)),
                test: self.accuracy_on(&self.data.test),
            };
            check_finite(point.loss + point.test, self.iteration)?; // of steps and of the last
            self.points.push(point);
            (loss, correct, steps) = (0.0, 0.0, 0);
            let stopped = stop();
            let finished = self.iteration == self.config.iterations;
            if stopped || finished || saved.elapsed() > SAVE_EVERY {
                self.save()?;
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

    /// A thousand images at a time, since the hidden values of 10,000 take memory.
    fn accuracy_on(&self, (x, t): &Pair) -> f64 {
        let chunks = x.axis_chunks_iter(Axis(0), 1000).zip(t.axis_chunks_iter(Axis(0), 1000));
        let correct =
            chunks.map(|(x, t)| accuracy(&self.network.forward(&x), &t) * x.nrows() as f64);
        correct.sum::<f64>() / x.nrows() as f64
    }
}

/// The random number generator of one batch. It depends on the seed and the
/// iteration alone: all networks get the same batches, and a saved run needs no
/// random state.
fn rng_of_batch(base: &Rng, iteration: usize) -> Rng {
    let mut rng = base.clone();
    rng.set_stream(iteration as u64); // stream 0 made the initial weights
    rng
}

/// Whether the curve has a point at this iteration: closer together at the
/// beginning, where it changes more.
fn is_point(iteration: usize) -> bool {
    let every = match iteration {
        0..=1_000 => 100,
        1_001..=10_000 => 500,
        10_001..=100_000 => 1_000,
        _ => 2_000,
    };
    iteration.is_multiple_of(every)
}
