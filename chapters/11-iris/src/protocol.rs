//! Three ways to train the same network, as three frameworks ask for it. They
//! differ in where the batches come from and in what the clock sees, and in
//! nothing else.
//!
//! Each takes an order of the flowers first. `watch` is called after every epoch
//! with the network and the mean loss of the epoch's batches; the clock stands
//! still meanwhile.

use std::time::Instant;

use common::batch::take_rows;
use common::{Error, Real, Result, Rng};
use ndarray::Array2;
use rand::seq::SliceRandom;

use crate::interval::median;
use crate::network::{CLASSES, Network};
use crate::split::Part;

/// What to do, whoever does it.
#[derive(Clone, Copy, Debug)]
pub struct Task<'a, F> {
    /// What to learn from.
    pub train: &'a Part<F>,
    /// Flowers in a batch.
    pub batch_size: usize,
    /// Times that all of it is gone through.
    pub epochs: usize,
    /// Adam's learning rate.
    pub rate: F,
}

/// What the clock saw.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Seconds {
    /// Ordering the flowers and building the batches before the loop.
    pub preparing: f64,
    /// Each epoch of the loop, with whatever is built in it.
    pub epochs: Vec<f64>,
}

impl Seconds {
    /// All epochs, as if each had taken what the median did: they do the same work,
    /// and an epoch that was interrupted by another program does not count.
    pub fn training(&self) -> f64 {
        self.epochs.len() as f64 * median(&self.epochs).middle
    }
}

/// `x (N, 4)` and `t (N, 3)`, ready for a step.
type Batch<F> = (Array2<F>, Array2<F>);

/// Keras: `model.fit(x, t, batch_size, epochs, shuffle)`. Each batch is cut out of
/// the rows when its turn comes, and with `shuffle` every epoch has an order of its
/// own. All of that is on the clock.
///
/// # Errors
/// If the output of the network is no longer a number.
pub fn keras<F: Real>(
    net: &mut Network<F>,
    task: &Task<F>,
    shuffle: bool,
    rng: &mut Rng,
    mut watch: impl FnMut(&Network<F>, f64),
) -> Result<Seconds> {
    let mut seconds = Seconds::default();
    let mut start = Instant::now();
    let mut order: Vec<usize> = (0..task.train.len()).collect();
    order.shuffle(rng);
    for epoch in 0..task.epochs {
        if shuffle && epoch > 0 {
            order.shuffle(rng);
        }
        let mut loss = Vec::new();
        for rows in order.chunks(task.batch_size) {
            let x = take_rows(&task.train.x, rows); // (32, 4), the last one shorter
            let t = take_rows(&task.train.t, rows); // (32, 3)
            loss.push(net.step(&x, &t, task.rate)?);
        }
        seconds.epochs.push(start.elapsed().as_secs_f64());
        watch(net, mean(&loss));
        start = Instant::now();
    }
    Ok(seconds)
}

/// Knet: `adam!(model, repeat(minibatch(x, t, batch_size), epochs))`. The batches
/// are made once; a last one that is too short is left out, as Knet does unless it
/// is told `partial`. The clock starts when they are ready.
///
/// # Errors
/// If there is not one whole batch, or if the output of the network is no longer a
/// number.
pub fn knet<F: Real>(
    net: &mut Network<F>,
    task: &Task<F>,
    partial: bool,
    rng: &mut Rng,
    mut watch: impl FnMut(&Network<F>, f64),
) -> Result<Seconds> {
    let mut seconds = Seconds::default();
    let start = Instant::now();
    let minibatches = minibatch(task, partial, rng)?; // (16, 4) and (16, 3) each
    seconds.preparing = start.elapsed().as_secs_f64();
    let mut start = Instant::now();
    let mut loss = Vec::new();
    for (x, t) in std::iter::repeat_n(&minibatches, task.epochs).flatten() {
        loss.push(net.step(x, t, task.rate)?);
        if loss.len() == minibatches.len() {
            seconds.epochs.push(start.elapsed().as_secs_f64());
            watch(net, mean(&loss));
            loss.clear();
            start = Instant::now();
        }
    }
    Ok(seconds)
}

/// Knet's `minibatch`: an order drawn once, cut into batches.
fn minibatch<F: Real>(task: &Task<F>, partial: bool, rng: &mut Rng) -> Result<Vec<Batch<F>>> {
    let n = task.train.len();
    let mut order: Vec<usize> = (0..n).collect();
    order.shuffle(rng);
    let used = if partial { n } else { n - n % task.batch_size };
    if used == 0 {
        return Err(Error::new(format!(
            "Knet leaves out a batch that is too short, and {n} flowers do not fill one of {}; \
             it would train on nothing: give more flowers to learn from",
            task.batch_size
        )));
    }
    let cut = order[..used].chunks(task.batch_size);
    Ok(cut.map(|rows| (take_rows(&task.train.x, rows), take_rows(&task.train.t, rows))).collect())
}

/// Flux: `@epochs 100 train!(loss, params, data, opt)`. One-hot rows and batches
/// are made by hand and once; the clock starts when they are ready.
///
/// # Errors
/// If the output of the network is no longer a number.
pub fn flux<F: Real>(
    net: &mut Network<F>,
    task: &Task<F>,
    rng: &mut Rng,
    mut watch: impl FnMut(&Network<F>, f64),
) -> Result<Seconds> {
    let mut seconds = Seconds::default();
    let start = Instant::now();
    let mut order: Vec<usize> = (0..task.train.len()).collect();
    order.shuffle(rng);
    let mut data: Vec<Batch<F>> = Vec::new();
    for rows in order.chunks(task.batch_size) {
        let mut t = Array2::zeros((rows.len(), CLASSES)); // (10, 3), the last one shorter
        for (n, &row) in rows.iter().enumerate() {
            t[[n, task.train.labels[row]]] = F::one();
        }
        data.push((take_rows(&task.train.x, rows), t)); // (10, 4), (10, 3)
    }
    seconds.preparing = start.elapsed().as_secs_f64();
    for _ in 0..task.epochs {
        let start = Instant::now();
        let mut loss = Vec::new();
        for (x, t) in &data {
            loss.push(net.step(x, t, task.rate)?);
        }
        seconds.epochs.push(start.elapsed().as_secs_f64());
        watch(net, mean(&loss));
    }
    Ok(seconds)
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}
