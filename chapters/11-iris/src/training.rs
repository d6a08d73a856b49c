//! The training loops of three frameworks for the same network. They differ in how they
//! make batches and in what is timed.
//!
//! Each first draws an order of the flowers. After every epoch `callback` gets the network
//! and the mean loss of the epoch's batches; it is not timed. Each fails if the output of
//! the network is no longer a number, and Knet's if there is no complete batch.

use std::time::Instant;

use common::batch::take_rows;
use common::{Error, Real, Result, Rng};
use ndarray::Array2;
use rand::seq::SliceRandom;

use crate::confidence_interval::median_interval;
use crate::network::{CLASSES, Network};
use crate::split::Part;

/// Hyperparameters.
#[derive(Clone, Copy, Debug)]
pub struct Setting<F> {
    /// Flowers in a batch.
    pub batch_size: usize,
    /// Passes over the training set.
    pub epochs: usize,
    /// Adam's learning rate.
    pub rate: F,
}

/// Seconds of building the batches before the loop, and of each epoch.
pub type Timing = (f64, Vec<f64>);

/// The seconds of all epochs, each counted as the median, so that interruptions by other
/// programs do not count.
pub fn training_seconds(epochs: &[f64]) -> f64 {
    epochs.len() as f64 * median_interval(epochs).estimate
}

/// `x (N, 4)` and `t (N, 3)`.
type Batch<F> = (Array2<F>, Array2<F>);

/// Keras: `model.fit(x, t, batch_size, epochs, shuffle)`. Batches are built in the loop,
/// with `shuffle` from a new order in every epoch. All of it is timed.
pub fn keras<F: Real>(
    net: &mut Network<F>,
    train: &Part<F>,
    setting: Setting<F>,
    shuffle: bool,
    rng: &mut Rng,
    mut callback: impl FnMut(&Network<F>, f64),
) -> Result<Timing> {
    let mut seconds = Vec::new();
    let mut start = Instant::now();
    let mut order = shuffled(train, rng);
    for epoch in 0..setting.epochs {
        if shuffle && epoch > 0 {
            order.shuffle(rng);
        }
        let mut losses = Vec::new();
        for rows in order.chunks(setting.batch_size) {
            let x = take_rows(&train.x, rows); // (32, 4), the last one shorter
            let t = take_rows(&train.t, rows); // (32, 3)
            losses.push(net.step(&x, &t, setting.rate)?);
        }
        seconds.push(start.elapsed().as_secs_f64());
        callback(net, mean(&losses));
        start = Instant::now();
    }
    Ok((0.0, seconds))
}

/// Knet: `adam!(model, repeat(minibatch(x, t, batch_size), epochs))`. Batches are built
/// once, before the clock starts; a shorter last one is dropped unless `partial`.
pub fn knet<F: Real>(
    net: &mut Network<F>,
    train: &Part<F>,
    setting: Setting<F>,
    partial: bool,
    rng: &mut Rng,
    mut callback: impl FnMut(&Network<F>, f64),
) -> Result<Timing> {
    let start = Instant::now();
    let (order, size) = (shuffled(train, rng), setting.batch_size);
    let n = order.len();
    let used = if partial { n } else { n - n % size };
    if used == 0 {
        return Err(Error::new(format!(
            "Knet leaves out a batch that is too short, and {n} flowers do not fill one of {size}; \
             it would train on nothing: give more flowers to learn from"
        )));
    }
    let batches = order[..used].chunks(size);
    let minibatches: Vec<Batch<F>> = // (16, 4), (16, 3)
        batches.map(|rows| (take_rows(&train.x, rows), take_rows(&train.t, rows))).collect();
    let preparing = start.elapsed().as_secs_f64();
    let mut seconds = Vec::new();
    let mut start = Instant::now();
    let mut losses = Vec::new();
    for (x, t) in std::iter::repeat_n(&minibatches, setting.epochs).flatten() {
        losses.push(net.step(x, t, setting.rate)?);
        if losses.len() == minibatches.len() {
            seconds.push(start.elapsed().as_secs_f64());
            callback(net, mean(&losses));
            losses.clear();
            start = Instant::now();
        }
    }
    Ok((preparing, seconds))
}

/// Flux: `@epochs 100 train!(loss, params, data, opt)`. Batches and their one-hot rows are
/// built by hand, once, before the clock starts.
pub fn flux<F: Real>(
    net: &mut Network<F>,
    train: &Part<F>,
    setting: Setting<F>,
    rng: &mut Rng,
    mut callback: impl FnMut(&Network<F>, f64),
) -> Result<Timing> {
    let start = Instant::now();
    let mut data: Vec<Batch<F>> = Vec::new();
    for rows in shuffled(train, rng).chunks(setting.batch_size) {
        let mut t = Array2::zeros((rows.len(), CLASSES)); // (10, 3), the last one shorter
        for (n, &row) in rows.iter().enumerate() {
            t[[n, train.labels[row]]] = F::one();
        }
        data.push((take_rows(&train.x, rows), t)); // (10, 4), (10, 3)
    }
    let preparing = start.elapsed().as_secs_f64();
    let mut seconds = Vec::new();
    for _ in 0..setting.epochs {
        let start = Instant::now();
        let mut losses = Vec::new();
        for (x, t) in &data {
            losses.push(net.step(x, t, setting.rate)?);
        }
        seconds.push(start.elapsed().as_secs_f64());
        callback(net, mean(&losses));
    }
    Ok((preparing, seconds))
}

/// The row numbers of the training set in random order.
fn shuffled<F>(train: &Part<F>, rng: &mut Rng) -> Vec<usize> {
    let mut order: Vec<usize> = (0..train.rows.len()).collect();
    order.shuffle(rng);
    order
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}
