//! The layers of a network, in the words of the page: what its JavaScript computes.

use serde_json::{Value, json};

use crate::params::Params;
use crate::{Float, Result};

/// A layer. Softmax follows the last one by itself.
#[derive(Clone, Debug)]
pub struct Layer(Value);

/// Convolution with filters `w (FN, C, FH, FW)`, or `(FH, FW)` for a single one, and biases `b`,
/// one for each filter or one for each output. Both are names of parameters.
pub fn conv(w: &str, b: &str, stride: usize, padding: usize) -> Layer {
    Layer(json!({ "kind": "conv", "w": w, "b": b, "stride": stride, "padding": padding }))
}

/// `z = x w + b`, with weights `w (D, M)` and biases `b (1, M)`, names of parameters.
pub fn affine(w: &str, b: &str) -> Layer {
    Layer(json!({ "kind": "affine", "w": w, "b": b }))
}

/// `max(x, 0)`.
pub fn relu() -> Layer {
    Layer(json!({ "kind": "relu" }))
}

/// `1 / (1 + exp(-x))`.
pub fn sigmoid() -> Layer {
    Layer(json!({ "kind": "sigmoid" }))
}

/// The largest value of every window of `size` x `size`.
pub fn max_pool(size: usize, stride: usize) -> Layer {
    Layer(json!({ "kind": "max_pool", "size": size, "stride": stride }))
}

/// The mean of every window of `size` x `size`.
pub fn average_pool(size: usize, stride: usize) -> Layer {
    Layer(json!({ "kind": "average_pool", "size": size, "stride": stride }))
}

impl Layer {
    /// The names of its parameters.
    pub(super) fn names(&self) -> impl Iterator<Item = String> {
        ["w", "b"].into_iter().filter_map(move |key| self.0[key].as_str().map(str::to_owned))
    }

    /// The layer as JSON. A convolution also gets which outputs share a bias, by the shapes
    /// of its parameters. Fails if they are missing.
    pub(super) fn with_shapes(self, params: &Params<Float>) -> Result<Value> {
        let mut layer = self.0;
        if let (Some("conv"), Some(w), Some(b)) =
            (layer["kind"].as_str(), layer["w"].as_str(), layer["b"].as_str())
        {
            let (w, b) = (params.any_shape(w)?, params.any_shape(b)?);
            let filters = if w.ndim() == 4 { w.shape()[0] } else { 1 };
            let bias = if b.len() == filters { "filter" } else { "position" };
            layer["bias"] = bias.into();
        }
        Ok(layer)
    }
}
