//! The arrays of a data set.

use std::fmt;
use std::path::PathBuf;

use common::Real;
use ndarray::{Array1, Array2, Axis};
use rayon::prelude::*;
use sha2::{Digest, Sha256};

/// Height and width of an image in pixels.
pub const SIDE: usize = 28;
/// Pixels of an image.
pub const PIXELS: usize = SIDE * SIDE;
/// Classes that an image can belong to.
pub const CLASSES: usize = 10;

/// Images whose checksum one thread takes at a time.
const CHUNK: usize = 1000;

/// Images for training and for the test.
#[derive(Clone, Debug)]
pub struct Dataset<F> {
    /// "MNIST", "Fashion-MNIST" or "built-in digits".
    pub name: &'static str,
    /// Where it was found.
    pub origin: Origin,
    /// Images for training.
    pub train: Split<F>,
    /// Images for the test.
    pub test: Split<F>,
    /// What the labels 0 to 9 stand for.
    pub classes: [&'static str; CLASSES],
}

/// Where a data set was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// In this folder.
    Folder(PathBuf),
    /// Drawn by this package.
    BuiltIn,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(folder) => folder.display().fmt(f),
            Self::BuiltIn => f.write_str("drawn by this program"),
        }
    }
}

/// Images with their labels.
#[derive(Clone, Debug)]
pub struct Split<F> {
    /// Pixels from 0 (background) to 1, a row an image, `(N, 784)`.
    pub x: Array2<F>,
    /// Labels as one-hot rows, `(N, 10)`.
    pub t: Array2<F>,
    /// Labels, 0 to 9, `(N,)`.
    pub labels: Array1<usize>,
}

impl<F> Split<F> {
    /// Number of images.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there is no image at all.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }
}

impl<F: Real> Split<F> {
    /// A checksum of what is learnt from, in hexadecimal: two splits have the same one if
    /// they hold the same pixels, as bytes from 0 to 255, and the same labels in the same
    /// order. It is the same in `f32` and in `f64`, and on any number of threads: the
    /// SHA-256 of the SHA-256 of each thousand images.
    pub fn checksum(&self) -> String {
        const ONES: f64 = (1u64 << 52) as f64; // here the last bits of a number are an integer
        let byte = |&v: &F| (Into::<f64>::into(v) * 255.0 + ONES).to_bits() as u8;
        let chunks: Vec<_> = self.x.axis_chunks_iter(Axis(0), CHUNK).collect();
        let sums: Vec<_> = chunks
            .into_par_iter()
            .map(|x| {
                let bytes = x.map(byte);
                Sha256::digest(bytes.as_standard_layout().as_slice().expect("standard layout"))
            })
            .collect();
        let labels = self.labels.iter().map(|&label| label as u8).collect::<Vec<u8>>();
        format!("{:x}", Sha256::digest([sums.concat(), labels].concat()))
    }
}
