//! What a network says of more images than it sees at once.

use cnn_im2col::vector::Fast;
use common::{accuracy, cross_entropy_from_logits};
use ndarray::{Array2, ArrayRef2, Axis};

use crate::network::Network;

/// The logits `z (N, classes)` of any number of images `x (N, 784)`, `batch` of
/// them at a time.
///
/// # Panics
/// If `batch` is 0 or more than the network sees at once.
pub fn logits<F: Fast>(network: &mut Network<F>, x: &ArrayRef2<F>, batch: usize) -> Array2<F> {
    let mut all = Vec::new();
    for x in x.axis_chunks_iter(Axis(0), batch) {
        all.extend(network.forward(&x).iter());
    }
    let classes = all.len() / x.nrows().max(1);
    Array2::from_shape_vec((x.nrows(), classes), all).expect("a row of logits for each image")
}

/// Cross-entropy and accuracy in percent on `x (N, 784)`, `t (N, classes)`.
///
/// # Panics
/// As [`logits`].
pub fn score<F: Fast>(
    network: &mut Network<F>,
    (x, t): (&ArrayRef2<F>, &ArrayRef2<F>),
    batch: usize,
) -> (f64, f64) {
    let z = logits(network, x, batch); // (N, 10)
    (cross_entropy_from_logits(&z, t), accuracy(&z, t))
}
