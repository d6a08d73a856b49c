//! The inputs of a course, the same for all rungs.

use std::time::Duration;

use common::Float;
use ndarray::{Array2, s};

use crate::courses::Course;
use crate::layer::{Layer, numbers};
use crate::network::Network;
use crate::rungs::Rung;
use crate::shape::Pass;
use crate::stopwatch::{affordable, seconds};

/// Results with their names.
pub type Found = Vec<(&'static str, Vec<Float>)>;

/// What a rung is given, and what it leaves there.
pub struct Inputs {
    pass: Pass,
    of: Of,
}

enum Of {
    Layer(Box<Layer>),
    Network(Box<Network>),
}

impl Inputs {
    /// The inputs of `course`: made up from `seed`, or the first images of
    /// `digits`, `x (N, 784)` and `t (N, 10)`, for the article's network.
    pub fn new(course: &Course, digits: (&Array2<Float>, &Array2<Float>), seed: u64) -> Inputs {
        let Course { pass, shape, .. } = *course;
        let of = match pass {
            Pass::Article => {
                let of_batch = |a: &Array2<Float>| a.slice(s![..shape.batch, ..]).to_owned();
                let network = Network::new(of_batch(digits.0), of_batch(digits.1), seed);
                Of::Network(network.into())
            }
            _ => Of::Layer(Layer::new(shape, seed).into()),
        };
        Inputs { pass, of }
    }

    /// The same for the first `n` images, with nothing computed yet.
    pub fn first(&self, n: usize) -> Inputs {
        let of = match &self.of {
            Of::Layer(layer) => Of::Layer(layer.first(n).into()),
            Of::Network(network) => Of::Network(network.first(n).into()),
        };
        Inputs { pass: self.pass, of }
    }

    /// Lets `rung` do it once. A step goes as far as `rate` for gradients summed
    /// over the batch.
    pub fn run(&mut self, rung: &Rung, rate: Float) {
        match (&mut self.of, self.pass) {
            (Of::Layer(layer), Pass::Forward) => (rung.forward)(layer),
            (Of::Layer(layer), Pass::Backward) => (rung.backward)(layer),
            (Of::Layer(layer), Pass::Step | Pass::Article) => {
                layer.step(rung, rate);
            }
            (Of::Network(network), _) => {
                network.rates = (rate, rate);
                (rung.article)(network);
            }
        }
    }

    /// What `rung` finds for the first `n` images: outputs, gradients, or the
    /// parameters after a step at a rate of 1, which is their gradients and where
    /// they began.
    pub fn results(&self, rung: &Rung, n: usize) -> Found {
        let mut inputs = self.first(n);
        inputs.run(rung, 1.0);
        let found: Vec<(&str, &[Float])> = match (&inputs.of, self.pass) {
            (Of::Layer(layer), Pass::Forward) => vec![("out", numbers(&layer.out))],
            (Of::Layer(layer), Pass::Backward) => {
                vec![("dx", numbers(&layer.dx)), ("dw", numbers(&layer.dw))]
            }
            (Of::Layer(layer), Pass::Step | Pass::Article) => layer.parameters().to_vec(),
            (Of::Network(network), _) => network.parameters().to_vec(),
        };
        found.into_iter().map(|(name, numbers)| (name, numbers.to_vec())).collect()
    }

    /// How many images `rung` can be timed on within `limit`, and the seconds for
    /// one.
    pub fn affordable(&self, rung: &Rung, batch: usize, limit: Duration) -> (usize, f64) {
        affordable(batch, limit, |n| {
            let mut inputs = self.first(n);
            inputs.run(rung, 0.0); // cold
            seconds(&mut || inputs.run(rung, 0.0))
        })
    }
}
