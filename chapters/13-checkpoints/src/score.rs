//! What a network reaches on images that it is only shown.

use common::program::thousands;
use common::{Float, accuracy, cross_entropy_from_logits};
use datasets::Split;
use ndarray::{Array2, ArrayRef2, Axis};

use crate::network::{CLASSES, Network};

/// Images that are in memory together on their way through the network. Fixed,
/// so that sums over a batch have the same bits on any machine.
pub const CHUNK: usize = 1_000;

/// The logits `(N, 10)` of any number of images `x (N, 784)`: test mode, nothing
/// is dropped.
pub fn logits(network: &Network<Float>, x: &ArrayRef2<Float>) -> Array2<Float> {
    let mut z = Vec::with_capacity(x.nrows() * CLASSES);
    for x in x.axis_chunks_iter(Axis(0), CHUNK) {
        z.extend(network.forward(&x, None).z);
    }
    Array2::from_shape_vec((x.nrows(), CLASSES), z).expect("ten for each image")
}

/// Cross-entropy, and accuracy in percent.
pub fn score(network: &Network<Float>, images: &Split<Float>) -> (f64, f64) {
    let z = logits(network, &images.x); // (N, 10)
    (cross_entropy_from_logits(&z, &images.t), accuracy(&z, &images.t))
}

/// What logits `z (N, 10)` say of the test set: all digits of it for people, and
/// the accuracy in percent.
pub fn sentence(z: &ArrayRef2<Float>, test: &Split<Float>) -> (String, f64) {
    let (e, reached) = (cross_entropy_from_logits(z, &test.t), accuracy(z, &test.t));
    let right = (reached / 100.0 * test.len() as f64).round() as usize;
    let of = thousands(test.len());
    (format!("{} of {of} right; cross-entropy {e}", thousands(right)), reached)
}
