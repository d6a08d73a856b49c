//! The networks of chapters 01 and 02 behind one face.

use common::params::Params;
use common::{Float, Real, Result, Rng, init, update};
use ndarray::{Array2, ArrayRef2};

const INPUTS: usize = 784;
const CLASSES: usize = 10;

/// Chapter 01's network or chapter 02's.
#[derive(Clone, Debug, PartialEq)]
pub enum Network {
    /// Chapter 01: `w (784, 10)`, `b (1, 10)`.
    Simple {
        /// Weights, `(784, 10)`.
        w: Array2<Float>,
        /// Bias, `(1, 10)`.
        b: Array2<Float>,
    },
    /// Chapter 02, with `H` hidden units.
    Hidden {
        /// Weights of the hidden layer, `(784, H)`.
        wh: Array2<Float>,
        /// Bias of the hidden layer, `(1, H)`.
        bh: Array2<Float>,
        /// Weights of the output, `(H, 10)`.
        wo: Array2<Float>,
        /// Bias of the output, `(1, 10)`.
        bo: Array2<Float>,
    },
}

impl Network {
    /// Everything N(0, 1), as the article starts; with `hidden` units or none.
    /// Drawn in the order of chapters 01 and 02, so the same seed starts from
    /// the same place as there.
    pub fn start(hidden: Option<usize>, rng: &mut Rng) -> Network {
        match hidden {
            None => Network::Simple {
                w: init::normal((INPUTS, CLASSES), rng),
                b: init::normal((1, CLASSES), rng),
            },
            Some(h) => Network::Hidden {
                wh: init::normal((INPUTS, h), rng),
                bh: init::normal((1, h), rng),
                wo: init::normal((h, CLASSES), rng),
                bo: init::normal((1, CLASSES), rng),
            },
        }
    }

    /// Probabilities for each class: `x (N, 784)` to `y (N, 10)`.
    pub fn forward(&self, x: &ArrayRef2<Float>) -> Array2<Float> {
        match self {
            Network::Simple { w, b } => perceptron::forward(x, w, b),
            Network::Hidden { wh, bh, wo, bo } => hidden_layer::forward(x, wh, bh, wo, bo).1,
        }
    }

    /// One step of gradient descent on `x (N, 784)`, `t (N, 10)`; the output
    /// `y (N, 10)` as it was before the step.
    pub fn step(
        &mut self,
        x: &ArrayRef2<Float>,
        t: &ArrayRef2<Float>,
        learning_rate: Float,
    ) -> Array2<Float> {
        match self {
            Network::Simple { w, b } => {
                let y = perceptron::forward(x, w, b); // (N, 10)
                let (dw, db) = perceptron::backward(x, &y, t);
                update(w, learning_rate, &dw);
                update(b, learning_rate, &db);
                y
            }
            Network::Hidden { wh, bh, wo, bo } => {
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

    /// Adds the parameters to what is to be saved, in `f64`, which holds every
    /// `f32`.
    pub fn save_into(&self, params: Params<f64>) -> Params<f64> {
        let wide = |a: &Array2<Float>| a.mapv(f64::from);
        match self {
            Network::Simple { w, b } => params.with("w", &wide(w)).with("b", &wide(b)),
            Network::Hidden { wh, bh, wo, bo } => {
                let params = params.with("wh", &wide(wh)).with("bh", &wide(bh));
                params.with("wo", &wide(wo)).with("bo", &wide(bo))
            }
        }
    }

    /// The network of `hidden` units, or none, among what was saved.
    ///
    /// # Errors
    /// If an array is missing or has another shape.
    pub fn restore(hidden: Option<usize>, saved: &Params<f64>) -> Result<Network> {
        let get =
            |name, shape| -> Result<Array2<Float>> { Ok(saved.get(name, shape)?.mapv(Float::of)) };
        Ok(match hidden {
            None => Network::Simple { w: get("w", (INPUTS, CLASSES))?, b: get("b", (1, CLASSES))? },
            Some(h) => Network::Hidden {
                wh: get("wh", (INPUTS, h))?,
                bh: get("bh", (1, h))?,
                wo: get("wo", (h, CLASSES))?,
                bo: get("bo", (1, CLASSES))?,
            },
        })
    }
}
