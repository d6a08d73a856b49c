//! Logits, loss and accuracy of any number of images, a batch at a time.

use common::{Real, accuracy, cross_entropy_from_logits};
use ndarray::{Array2, ArrayRef2, Axis};

use crate::engine::Network;

/// The logits `z (N, classes)` of images `x (N, C H W)`.
pub fn logits<F: Real>(network: &mut Network<F>, x: &ArrayRef2<F>) -> Array2<F> {
    let mut all = Vec::new();
    for x in x.axis_chunks_iter(Axis(0), network.batch_size) {
        all.extend(network.forward(&x).iter());
    }
    let classes = all.len() / x.nrows().max(1);
    Array2::from_shape_vec((x.nrows(), classes), all).expect("a row of logits for each image")
}

/// Cross-entropy, and accuracy in percent, on `x (N, C H W)` and `t (N, classes)`.
pub fn evaluate<F: Real>(net: &mut Network<F>, x: &ArrayRef2<F>, t: &ArrayRef2<F>) -> (f64, f64) {
    let z = logits(net, x); // (N, classes)
    (cross_entropy_from_logits(&z, t), accuracy(&z, t))
}
