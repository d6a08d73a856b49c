//! The lesson's training with one thing changed.

use std::time::{Duration, Instant};

use common::{Float, Result, batch, check_finite, seeded};
use dropout_adam::adam::Adam;
use ndarray::Array2;

use crate::dataset::{Points, TEST_POINTS};
use crate::loss::{broadcast_mse, mse, mse_grad};
use crate::network::{Network, plain_backward, plain_forward};

const EVALUATE_EVERY: usize = 10; // steps

/// A training; by default none of the things that differ from the lesson's.
#[derive(Clone, Copy, Debug, Default)]
pub struct Variant {
    /// The name in the table.
    pub name: &'static str,
    /// Without batch norm.
    pub plain: bool,
    /// Each power of x has mean 0 and variance 1.
    pub standardised: bool,
    /// Further forward passes in each step, which update the running statistics.
    pub extra_passes: usize,
    /// The loss is [`broadcast_mse`].
    pub broadcast_loss: bool,
    /// Points in a batch.
    pub batch_size: usize,
    /// The share of the newest batch in the running statistics.
    pub momentum: Float,
    /// Adam's learning rate.
    pub learning_rate: Float,
    /// Steps.
    pub iterations: usize,
}

/// The result of one training.
#[derive(Debug)]
pub struct Trained {
    /// `(step, mean squared error of the training points in test mode)`, every ten steps.
    pub curve: Vec<(f64, f64)>,
    /// The mean squared error of the test points.
    pub test_loss: f64,
    /// The outputs at the training points, `(N, 1)`.
    pub y: Array2<Float>,
    /// What [`broadcast_mse`] gives for them.
    pub broadcast_loss: f64,
    /// Seconds of the steps alone.
    pub seconds: f64,
    /// The network with batch norm; not trained without it.
    pub network: Network<Float>,
}

impl Trained {
    /// The mean squared error of the training points after `step` steps or soon after.
    pub fn loss_after(&self, step: usize) -> f64 {
        let found = self.curve.iter().find(|point| point.0 >= step as f64);
        found.map_or(f64::NAN, |point| point.1)
    }

    /// The steps until it is below `loss` for the first time, or infinity.
    pub fn steps_to(&self, loss: f64) -> f64 {
        let found = self.curve.iter().find(|point| point.1 < loss);
        found.map_or(f64::INFINITY, |point| point.0)
    }

    /// Its last value.
    pub fn final_loss(&self) -> f64 {
        self.curve.last().map_or(f64::NAN, |point| point.1)
    }
}

/// Trains once on `points`, with the test points, initial weights and batches that the
/// lesson has with that seed.
/// Fails if the batches have fewer than two points, or the loss is no longer a number.
pub fn train(variant: Variant, points: &Points<Float>, seed: u64) -> Result<Trained> {
    let mut rng = seeded(seed);
    let mut test = Points::<Float>::uniform(TEST_POINTS, &mut rng);
    let mut points = points.clone();
    if variant.standardised {
        test = test.standardised(&points);
        points = points.standardised(&points);
    }
    let mut network = Network::<Float>::new(variant.momentum, &mut rng);
    let Network { w1, b1, w2, b2, .. } = network.clone();
    let mut plain = [w1, b1, w2, b2]; // the same initial weights
    let mut adam = network.parameters().map(|w| Adam::new(w));
    let mut plain_adam = plain.each_ref().map(|w| Adam::new(w));
    let predict = |network: &Network<Float>, plain: &[_; 4], x: &Array2<Float>| {
        if variant.plain { plain_forward(plain, x).1 } else { network.predict(x) }
    };
    let (mut curve, mut spent) = (Vec::new(), Duration::ZERO);
    for i in 1..=variant.iterations {
        let start = Instant::now();
        let (x, t) = batch(&points.x, &points.t, variant.batch_size, &mut rng); // (20, 6), (20, 1)
        if variant.plain {
            let (h, y) = plain_forward(&plain, &x);
            let gradients = plain_backward(&plain[2], &x, &h, &mse_grad(&y, &t));
            for ((adam, w), dw) in plain_adam.iter_mut().zip(&mut plain).zip(&gradients) {
                adam.step(w, dw, i, variant.learning_rate);
            }
        } else {
            for _ in 0..variant.extra_passes {
                network.forward(&x)?; // updates the running statistics and nothing else
            }
            let (y, activations) = network.forward(&x)?;
            let dy =
                if variant.broadcast_loss { broadcast_mse(&y, &t).1 } else { mse_grad(&y, &t) };
            let gradients = network.backward(&x, &activations, &dy);
            for ((adam, w), dw) in adam.iter_mut().zip(network.parameters()).zip(&gradients) {
                adam.step(w, dw, i, variant.learning_rate);
            }
        }
        spent += start.elapsed();
        if i % EVALUATE_EVERY == 0 || i == variant.iterations {
            let e = mse(&predict(&network, &plain, &points.x), &points.t);
            check_finite(e, i)?;
            curve.push((i as f64, e));
        }
    }
    let y = predict(&network, &plain, &points.x);
    Ok(Trained {
        curve,
        test_loss: mse(&predict(&network, &plain, &test.x), &test.t),
        broadcast_loss: broadcast_mse(&y, &points.t).0,
        y,
        seconds: spent.as_secs_f64(),
        network,
    })
}
