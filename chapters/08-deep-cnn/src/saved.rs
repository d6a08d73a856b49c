//! The parameters of a network as a file, each piece under its name.

use std::path::Path;

use common::params::Params;
use common::{Error, Float, Real, Result};
use ndarray::{ArrayViewD, IxDyn};

use crate::network::{Network, Piece};

/// One piece of `w` in its shape.
///
/// # Panics
/// If `w` is not as long as the network's.
pub fn view<'a, F: Real>(w: &'a [F], piece: &Piece) -> ArrayViewD<'a, F> {
    ArrayViewD::from_shape(IxDyn(&piece.shape), &w[piece.range.clone()])
        .expect("as many numbers as the shape has")
}

/// Writes parameters `w` of a network with these `pieces` to `path`.
///
/// # Errors
/// If the file cannot be written.
pub fn save(path: &Path, w: &[Float], pieces: &[Piece]) -> Result {
    let add = |params: Params<Float>, piece: &Piece| params.with(&piece.name, &view(w, piece));
    pieces.iter().fold(Params::new(), add).save(path)
}

/// Takes the parameters of `network` from the file that [`save`] wrote.
///
/// # Errors
/// If the file is missing or damaged, or belongs to a network of other layers.
pub fn restore(path: &Path, network: &mut Network<Float>) -> Result {
    let saved = Params::<Float>::load(path)?;
    for piece in network.pieces().to_vec() {
        let array = saved.get(&piece.name, IxDyn(&piece.shape))?;
        let numbers = array.as_slice().ok_or_else(|| {
            Error::at(path, format!("`{}` does not lie row by row; save it so", piece.name))
        })?;
        network.w[piece.range].copy_from_slice(numbers);
    }
    Ok(())
}
