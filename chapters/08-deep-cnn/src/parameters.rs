//! Parameters by name: where each lies in the network's vector, and the file of them.

use std::ops::Range;
use std::path::Path;

use common::params::Params;
use common::{Float, Real, Result};
use ndarray::{ArrayViewD, IxDyn};

/// The weights or the biases of one layer.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct Parameter {
    pub name: String,        // `w1`, `b1`, `w2` ..., over convolutions and affine layers
    pub range: Range<usize>, // where they are in the vector of all parameters
    pub shape: Vec<usize>,   // filters (FN, C, FH, FW), weights (D, M), biases (1, M)
}

/// One parameter of the network's vector `w`, in its shape.
pub fn view<'a, F: Real>(w: &'a [F], parameter: &Parameter) -> ArrayViewD<'a, F> {
    ArrayViewD::from_shape(IxDyn(&parameter.shape), &w[parameter.range.clone()])
        .expect("as many numbers as the shape has")
}

/// Whether no number of `w` is NaN or infinite. A loss does not tell: where an input is 0,
/// its weights are not looked at.
pub fn is_finite<F: Real>(w: &[F]) -> bool {
    w.iter().all(|w| w.is_finite())
}

/// The parts of `w` under their names.
pub fn named(w: &[Float], parameters: &[Parameter]) -> Params<Float> {
    let add = |params: Params<_>, p: &Parameter| params.with(&p.name, &view(w, p));
    parameters.iter().fold(Params::new(), add)
}

/// Writes `w` to `path`, each parameter under its name.
pub fn save(path: &Path, w: &[Float], parameters: &[Parameter]) -> Result {
    named(w, parameters).save(path)
}

/// Reads the vector of all `parameters` from a file of [`save`]; an error if the file is
/// missing or damaged, or belongs to a network of other layers.
pub fn load(path: &Path, parameters: &[Parameter]) -> Result<Vec<Float>> {
    let saved = Params::load(path)?;
    let arrays = parameters.iter().map(|p| saved.get(&p.name, IxDyn(&p.shape)));
    Ok(arrays.collect::<Result<Vec<_>>>()?.into_iter().flatten().collect())
}
