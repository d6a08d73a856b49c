//! Loads numbers: MNIST, Fashion-MNIST, Iris, and digits drawn by this package.
//!
//! ```text
//! images   MNIST and Fashion-MNIST: x (N, 784) in [0, 1], t (N, 10) one-hot
//! iris     150 flowers:             x (150, 4) in cm,     t (150, 3) one-hot
//! digits   draws 28x28 digits, for machines without a network
//! augment  random shifts, rotations, scales and elastic distortions
//! idx      the file format of MNIST, for any type and rank
//! fetch    downloads with checksums
//! ```
//!
//! Every error is one sentence that names the file, the fault and the cure.
//! Notices to the user go to stderr.

pub mod augment;
pub mod digits;
pub mod fetch;
pub mod idx;
pub mod images;
pub mod iris;

use common::Real;
use ndarray::{Array1, Array2};

pub use images::{Dataset, Origin, Split, fashion_mnist, mnist};
pub use iris::{Iris, iris};

/// Labels `(N,)` as rows of zeros with a single one: `(N, classes)`.
fn one_hot<F: Real>(labels: &Array1<usize>, classes: usize) -> Array2<F> {
    Array2::from_shape_fn((labels.len(), classes), |(i, k)| F::of(f64::from(labels[i] == k)))
}
