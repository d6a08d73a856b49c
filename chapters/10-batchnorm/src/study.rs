//! The lesson's training with one thing changed, over several seeds.

use std::time::{Duration, Instant};

use common::{Error, Float, Result, batch, seeded};
use dropout_adam::adam::Adam;

use crate::broadcast::wrong_mse;
use crate::loss::{mse, mse_grad};
use crate::network::Network;
use crate::plain::Plain;
use crate::points::{Points, mean, variance};

/// Steps from one look at all points to the next.
const LOOK_EVERY: usize = 10;

/// What is the same in all of them.
#[derive(Clone, Debug)]
pub struct Setting {
    /// The points that all learn from.
    pub points: Points<Float>,
    /// How many others to test on.
    pub others: usize,
    /// Points a step.
    pub batch_size: usize,
    /// The share of the newest batch in the running statistics.
    pub momentum: Float,
}

/// What may be changed.
#[derive(Clone, Copy, Debug)]
pub struct Recipe {
    /// What it is called in the table.
    pub name: &'static str,
    /// With batch norm.
    pub norm: bool,
    /// Each power of x at mean 0 and variance 1.
    pub standardised: bool,
    /// Forward passes a step, each of which the running statistics see.
    pub calls: usize,
    /// The loss in which a column minus a row is a square.
    pub wrong_loss: bool,
    /// Adam's learning rate.
    pub rate: Float,
    /// Steps.
    pub iterations: usize,
}

/// What came of a recipe with one seed.
#[derive(Debug)]
pub struct Trained {
    /// `(step, mean squared error of all points in test mode)`, every ten steps.
    pub curve: Vec<(f64, f64)>,
    /// The mean squared error of the other points.
    pub others: f64,
    /// What the network says at all points, `N` numbers.
    pub estimate: Vec<f64>,
    /// Seconds of the steps alone.
    pub seconds: f64,
    /// The network, if it has batch norm.
    pub network: Option<Network<Float>>,
}

impl Trained {
    /// The mean squared error of all points after `step` steps, or at the first
    /// look after that.
    pub fn after(&self, step: usize) -> f64 {
        let found = self.curve.iter().find(|point| point.0 >= step as f64);
        found.map_or(f64::NAN, |point| point.1)
    }

    /// The steps until the mean squared error of all points is below `level` for the
    /// first time; infinite if it never is.
    pub fn steps_to(&self, level: f64) -> f64 {
        let found = self.curve.iter().find(|point| point.1 < level);
        found.map_or(f64::INFINITY, |point| point.0)
    }

    /// The mean squared error of all points at the end.
    pub fn last(&self) -> f64 {
        self.curve.last().map_or(f64::NAN, |point| point.1)
    }
}

/// The recipe once. Points, starting weights and batches are those of the lesson
/// with that seed.
///
/// # Errors
/// If the batches have fewer than two points, or the loss is no longer a number.
pub fn train(recipe: Recipe, setting: &Setting, seed: u64) -> Result<Trained> {
    let mut rng = seeded(seed);
    let mut others = Points::<Float>::sample_rows(setting.others, &mut rng);
    let mut points = setting.points.clone();
    if recipe.standardised {
        others = others.standardised(&points);
        points = points.standardised(&points);
    }
    let mut network = Network::<Float>::new(setting.momentum, &mut rng);
    let mut plain = Plain {
        // the same start
        w1: network.w1.clone(),
        b1: network.b1.clone(),
        w2: network.w2.clone(),
        b2: network.b2.clone(),
    };
    let mut adam_w1 = Adam::new(&network.w1);
    let mut adam_b1 = Adam::new(&network.b1);
    let mut adam_gamma = Adam::new(&network.gamma);
    let mut adam_beta = Adam::new(&network.beta);
    let mut adam_w2 = Adam::new(&network.w2);
    let mut adam_b2 = Adam::new(&network.b2);
    let (mut curve, mut spent) = (Vec::new(), Duration::ZERO);
    for i in 1..=recipe.iterations {
        let start = Instant::now();
        let (x, t) = batch(&points.x, &points.t, setting.batch_size, &mut rng); // (20, 6), (20, 1)
        if recipe.norm {
            let mut pass = network.forward(&x)?;
            for _ in 1..recipe.calls {
                pass = network.forward(&x)?; // the same numbers, but the statistics move
            }
            let dy = match recipe.wrong_loss {
                true => wrong_mse(&pass.y, &t).1,
                false => mse_grad(&pass.y, &t),
            };
            let d = network.backward(&x, &pass, &dy);
            adam_w1.step(&mut network.w1, &d.dw1, i, recipe.rate);
            adam_b1.step(&mut network.b1, &d.db1, i, recipe.rate);
            adam_gamma.step(&mut network.gamma, &d.dgamma, i, recipe.rate);
            adam_beta.step(&mut network.beta, &d.dbeta, i, recipe.rate);
            adam_w2.step(&mut network.w2, &d.dw2, i, recipe.rate);
            adam_b2.step(&mut network.b2, &d.db2, i, recipe.rate);
        } else {
            let (h, y) = plain.forward(&x);
            let (dw1, db1, dw2, db2) = plain.backward(&x, &h, &mse_grad(&y, &t));
            adam_w1.step(&mut plain.w1, &dw1, i, recipe.rate);
            adam_b1.step(&mut plain.b1, &db1, i, recipe.rate);
            adam_w2.step(&mut plain.w2, &dw2, i, recipe.rate);
            adam_b2.step(&mut plain.b2, &db2, i, recipe.rate);
        }
        spent += start.elapsed();
        if i % LOOK_EVERY == 0 || i == recipe.iterations {
            let y =
                if recipe.norm { network.estimate(&points.x) } else { plain.forward(&points.x).1 };
            let e = mse(&y, &points.t);
            if !e.is_finite() {
                return Err(Error::diverged(i));
            }
            curve.push((i as f64, e));
        }
    }
    let estimate = |x| if recipe.norm { network.estimate(x) } else { plain.forward(x).1 };
    Ok(Trained {
        curve,
        others: mse(&estimate(&others.x), &others.t),
        estimate: estimate(&points.x).iter().map(|&y| y.into()).collect(),
        seconds: spent.as_secs_f64(),
        network: recipe.norm.then_some(network),
    })
}

/// Mean and standard deviation (of the sample, divided by n - 1) as a text.
pub fn spread(values: &[f64]) -> String {
    let n = values.len() as f64;
    let sd = (variance(values) * n / (n - 1.0).max(1.0)).sqrt();
    format!("{:.2} ± {sd:.2}", mean(values))
}

/// The one in the middle, which does not mind if some are infinite.
pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}

/// Of the second half of a curve: its mean, and how far it scatters around it (the
/// standard deviation).
pub fn second_half(curve: &[(f64, f64)]) -> (f64, f64) {
    let values: Vec<f64> = curve[curve.len() / 2..].iter().map(|point| point.1).collect();
    (mean(&values), variance(&values).sqrt())
}
