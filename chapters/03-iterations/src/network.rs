//! The networks of chapters 01 and 02 as one type.

use common::params::Params;
use common::{Float, Real, Result, Rng, init, update};
use ndarray::{Array2, ArrayRef2};

const INPUTS: usize = 784;
const CLASSES: usize = 10;

/// The network of chapter 01 or that of chapter 02.
#[derive(Clone, Debug, PartialEq)]
pub enum Network {
    /// No hidden layer: weights `w (784, 10)` and bias `b (1, 10)`.
    Simple([Array2<Float>; 2]),
    /// `H` hidden units: `wh (784, H)` and `bh (1, H)`, then `wo (H, 10)` and `bo (1, 10)`
    /// of the output layer.
    Hidden([Array2<Float>; 4]),
}

impl Network {
    /// Initialised from N(0, 1), as in the article; with `hidden` units or none. A
    /// seed gives the initial weights that it gives in chapters 01 and 02.
    pub fn new(hidden: Option<usize>, rng: &mut Rng) -> Network {
        let normal = |shape| init::normal(shape, rng);
        match hidden {
            None => Network::Simple([(INPUTS, CLASSES), (1, CLASSES)].map(normal)),
            Some(h) => {
                Network::Hidden([(INPUTS, h), (1, h), (h, CLASSES), (1, CLASSES)].map(normal))
            }
        }
    }

    /// Probabilities of the classes: `x (N, 784)` to `y (N, 10)`.
    pub fn forward(&self, x: &ArrayRef2<Float>) -> Array2<Float> {
        match self {
            Network::Simple([w, b]) => perceptron::forward(x, w, b),
            Network::Hidden([wh, bh, wo, bo]) => hidden_layer::forward(x, wh, bh, wo, bo).1,
        }
    }

    /// One step of gradient descent on `x (N, 784)`, `t (N, 10)`. Returns the
    /// output `y (N, 10)` before the step.
    pub fn step(
        &mut self,
        x: &ArrayRef2<Float>,
        t: &ArrayRef2<Float>,
        learning_rate: Float,
    ) -> Array2<Float> {
        match self {
            Network::Simple([w, b]) => {
                let y = perceptron::forward(x, w, b); // (N, 10)
                let (dw, db) = perceptron::backward(x, &y, t);
                update(w, learning_rate, &dw);
                update(b, learning_rate, &db);
                y
            }
            Network::Hidden([wh, bh, wo, bo]) => {
                let (h, y) = hidden_layer::forward(x, wh, bh, wo, bo); // (N, H), (N, 10)
                let (dwh, dbh, dwo, dbo) = hidden_layer::backward(x, wo, &h, &y, t);
                update(wh, learning_rate, &dwh);
                update(bh, learning_rate, &dbh);
                update(wo, learning_rate, &dwo);
                update(bo, learning_rate, &dbo);
                y
            }
        }
    }

    /// Adds the parameters to `params`, as `f64`, which holds every `f32`.
    pub fn add_to(&self, params: Params<f64>) -> Params<f64> {
        let f64s = |a: &Array2<Float>| a.mapv(f64::from);
        match self {
            Network::Simple([w, b]) => params.with("w", &f64s(w)).with("b", &f64s(b)),
            Network::Hidden([wh, bh, wo, bo]) => {
                let params = params.with("wh", &f64s(wh)).with("bh", &f64s(bh));
                params.with("wo", &f64s(wo)).with("bo", &f64s(bo))
            }
        }
    }

    /// The network with `hidden` units, or none, from saved parameters. Fails if an
    /// array is missing or has another shape.
    pub fn from_params(hidden: Option<usize>, params: &Params<f64>) -> Result<Network> {
        let get =
            |name, shape| -> Result<Array2<Float>> { Ok(params.get(name, shape)?.mapv(Float::of)) };
        Ok(match hidden {
            None => Network::Simple([get("w", (INPUTS, CLASSES))?, get("b", (1, CLASSES))?]),
            Some(h) => Network::Hidden([
                get("wh", (INPUTS, h))?,
                get("bh", (1, h))?,
                get("wo", (h, CLASSES))?,
                get("bo", (1, CLASSES))?,
            ]),
        })
    }
}
