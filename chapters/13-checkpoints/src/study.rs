//! The lesson's loop once more, for comparisons: no reports, no checkpoints. With
//! the same settings it makes the same network, to the last bit.

use common::batch::take_rows;
use common::program::interrupt;
use common::{Error, Float, Real, Result, seeded, softmax};
use datasets::Split;
use dropout_adam::dropout::mask;

use crate::network::{FEATURES, HIDDEN, Moments, Network, Start};
use crate::order::Order;
use crate::score::CHUNK;

/// One training.
#[derive(Clone, Copy, Debug)]
pub struct Setup {
    /// Where the affine layers begin.
    pub start: Start,
    /// What dropout keeps.
    pub keep: [f64; 2],
    /// Images of a step.
    pub batch_size: usize,
    /// Adam's.
    pub learning_rate: f64,
    /// How long.
    pub steps: usize,
    /// Weights, dropout and the order of the images follow from it.
    pub seed: u64,
}

/// Trains on the first `images` of the training set; `see` looks at the network
/// after each step.
///
/// # Errors
/// If a parameter is no longer a number, or Ctrl-C was pressed.
pub fn trained(
    setup: &Setup,
    train: &Split<Float>,
    images: usize,
    mut see: impl FnMut(usize, &Network<Float>),
) -> Result<Network<Float>> {
    let mut rng = seeded(setup.seed);
    let mut w = Network::new(setup.start, &mut rng);
    let mut adam = Moments::new(&w);
    let mut order = Order::at(images, setup.batch_size, setup.seed, (0, 0));
    let rate = Float::of(setup.learning_rate);
    let [drop1, drop2] = setup.keep.map(|keep| Float::of(1.0 - keep));
    for i in 1..=setup.steps {
        if interrupt::pressed() > 0 {
            return Err(Error::new("stopped; run the same command again for the comparisons"));
        }
        let batch = order.next_batch();
        let n = Float::of(batch.len() as f64);
        let mut d = w.zeros();
        for rows in batch.chunks(CHUNK) {
            let (x, t) = (take_rows(&train.x, rows), take_rows(&train.t, rows)); // (N, 784), (N, 10)
            let m1 = mask((rows.len(), FEATURES), drop1, &mut rng); // (N, 160)
            let m2 = mask((rows.len(), HIDDEN), drop2, &mut rng); // (N, 40)
            let seen = w.forward(&x, Some([&m1, &m2]));
            // dz = (y - t) / N
            let dz = (softmax(&seen.z) - &t) / n; // (N, 10)
            d.add(&w.backward(&x, &seen, [&m1, &m2], &dz));
        }
        adam.step(&mut w, &d, i, rate);
        see(i, &w);
    }
    if w.is_finite() { Ok(w) } else { Err(Error::diverged(setup.steps)) }
}
