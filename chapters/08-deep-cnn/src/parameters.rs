//! Parameters by name: where each lies in the network's vector, and the file of them.

use std::ops::Range;
use std::path::Path;

use common::params::Params;
use common::{Float, Real, Result};
use ndarray::{ArrayViewD, IxDyn};

/// The weights or the biases of one layer.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// `w1`, `b1`, `w2` ..., counted over convolutions and affine layers.
    pub name: String,
    /// Where they are in the vector of all parameters.
    pub range: Range<usize>,
    /// `(FN, C, FH, FW)` for filters, `(D, M)` for weights, `(1, M)` for biases.
    pub shape: Vec<usize>,
}

/// One parameter of the network's vector `w`, in its shape.
pub fn view<'a, F: Real>(w: &'a [F], parameter: &Parameter) -> ArrayViewD<'a, F> {
    ArrayViewD::from_shape(IxDyn(&parameter.shape), &w[parameter.range.clone()])
        .expect("as many numbers as the shape has")
}

/// Writes `w` to `path`, each parameter under its name.
pub fn save(path: &Path, w: &[Float], parameters: &[Parameter]) -> Result {
    let add = |params: Params<_>, p: &Parameter| params.with(&p.name, &view(w, p));
    parameters.iter().fold(Params::new(), add).save(path)
}

/// Reads the vector of all `parameters` from a file of [`save`]; an error if the file is
/// missing or damaged, or belongs to a network of other layers.
pub fn load(path: &Path, parameters: &[Parameter]) -> Result<Vec<Float>> {
    let saved = Params::<Float>::load(path)?;
    let mut w = Vec::new();
    for Parameter { name, shape, .. } in parameters {
        w.extend(saved.get(name, IxDyn(shape))?);
    }
    Ok(w)
}
