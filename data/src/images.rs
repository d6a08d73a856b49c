//! MNIST and Fashion-MNIST, and the built-in digits where neither is to be had.
//!
//! Where they come from, in this order:
//! 1. the folder that the caller gives (`--data DIR`);
//! 2. the folder in the environment variable `DATASETS_DIR`;
//! 3. the cache, `data/cache/` of this workspace or what `DATASETS_CACHE` says;
//! 4. a download into the cache;
//! 5. the built-in digits, with a notice, for there is no network then.
//!
//! The word `built-in` in place of a folder asks for the built-in digits.

mod built_in;
mod collection;
mod folder;
mod load;
mod search;

use std::fmt;
use std::path::{Path, PathBuf};

use ndarray::{Array1, Array2, ArrayView2, ArrayView4};

pub use collection::{Collection, FASHION_MNIST, MNIST};
pub use search::{Search, cache_folder};

use crate::{Error, Real};

/// Height and width of an image in pixels.
pub const SIDE: usize = 28;
/// Pixels of an image.
pub const PIXELS: usize = SIDE * SIDE;
/// Classes that an image can belong to.
pub const CLASSES: usize = 10;

/// Images to learn from and images to be tested on.
#[derive(Clone, Debug)]
pub struct Dataset<F> {
    /// "MNIST", "Fashion-MNIST" or "built-in digits".
    pub name: &'static str,
    /// Where it was found.
    pub origin: Origin,
    /// Images to learn from.
    pub train: Split<F>,
    /// Images kept for the test.
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

    /// The same pixels as pictures of one channel, `(N, 1, 28, 28)`.
    ///
    /// # Panics
    /// If `x` was replaced by something that is not `(N, 784)` row by row.
    pub fn images(&self) -> ArrayView4<'_, F> {
        self.x
            .view()
            .into_shape_with_order((self.x.nrows(), 1, SIDE, SIDE))
            .expect("x is (N, 784) in standard layout")
    }

    /// One picture, `(28, 28)`.
    ///
    /// # Panics
    /// If there is no image `i`, or as [`Split::images`].
    pub fn image(&self, i: usize) -> ArrayView2<'_, F> {
        self.x.row(i).into_shape_with_order((SIDE, SIDE)).expect("x is (N, 784) in standard layout")
    }
}

/// 60,000 and 10,000 handwritten digits, 28x28. `data` is what the user gave
/// with `--data`, if anything.
///
/// Source: Y. LeCun, C. Cortes, C. J. C. Burges, "The MNIST database of
/// handwritten digits", 1998.
///
/// # Errors
/// If a folder that the user named does not hold the four files whole. The
/// lack of a network is none: the built-in digits step in.
pub fn mnist<F: Real>(data: Option<&Path>) -> Result<Dataset<F>, Error> {
    Search::new(data).load(&MNIST)
}

/// 60,000 and 10,000 pieces of clothing, 28x28. `data` is what the user gave
/// with `--data`, if anything.
///
/// Source: H. Xiao, K. Rasul, R. Vollgraf, "Fashion-MNIST: a novel image
/// dataset for benchmarking machine learning algorithms", 2017.
///
/// # Errors
/// As [`mnist`].
pub fn fashion_mnist<F: Real>(data: Option<&Path>) -> Result<Dataset<F>, Error> {
    Search::new(data).load(&FASHION_MNIST)
}
