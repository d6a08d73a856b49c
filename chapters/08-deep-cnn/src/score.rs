//! How many images a network sees at once, and what it says of more of them.

use common::program::thousands;
use common::{Error, Real, Result, accuracy, cross_entropy_from_logits};
use ndarray::{Array2, ArrayRef2, Axis};

use crate::Layers;
use crate::layers::Shape;
use crate::network::Network;

/// Values that a batch may leave in memory on its way through the layers.
const MOST_VALUES: usize = 100_000_000;

/// Whether batches of `batch` images of the shape `image` fit into memory.
///
/// # Errors
/// If they do not, a sentence that names `--batch-size`; or if a layer does not
/// fit.
pub fn fits(layers: &Layers, image: Shape, batch: usize) -> Result {
    let values: usize = layers.shapes(image)?.iter().map(|(c, h, w)| c * h * w).sum();
    if values * batch > MOST_VALUES {
        return Err(Error::new(format!(
            "--batch-size: {batch} images of {} values each would ask for more memory than is \
             sane; use at most {}",
            thousands(values),
            MOST_VALUES / values
        )));
    }
    Ok(())
}

/// The logits `z (N, classes)` of any number of images `x (N, 784)`, `batch` of
/// them at a time.
///
/// # Panics
/// If `batch` is 0 or more than the network sees at once.
pub fn logits<F: Real>(network: &mut Network<F>, x: &ArrayRef2<F>, batch: usize) -> Array2<F> {
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
pub fn score<F: Real>(
    network: &mut Network<F>,
    (x, t): (&ArrayRef2<F>, &ArrayRef2<F>),
    batch: usize,
) -> (f64, f64) {
    let z = logits(network, x, batch); // (N, 10)
    (cross_entropy_from_logits(&z, t), accuracy(&z, t))
}
