//! MNIST and Fashion-MNIST, or the built-in digits.
//!
//! They are looked for in this order:
//! 1. the folder that the caller gives (`--data DIR`);
//! 2. the folder in the environment variable `DATASETS_DIR`;
//! 3. the cache: `data/cache/` of this workspace, or the folder in
//!    `DATASETS_CACHE`;
//! 4. a download into the cache;
//! 5. without a network: the built-in digits, with a notice.
//!
//! `built-in` in place of a folder selects the built-in digits.

mod built_in;
mod check;
mod dataset;
mod files;
mod info;
mod load;
mod sources;

use std::path::Path;

use common::{Error, Real, Result};

pub use dataset::{CLASSES, Dataset, Origin, PIXELS, SIDE, Split};
pub use info::{DatasetInfo, FASHION_MNIST, MNIST};
pub use sources::{Location, Sources, cache_folder};

/// Training images that the lessons need: they hold some of them back.
const FEWEST: usize = 10;

/// 60,000 and 10,000 handwritten digits, 28x28. `data` is the value of the flag
/// `--data`.
///
/// Fails if a folder that the user gave does not hold the four files, complete and
/// undamaged, or fewer than ten training images.
/// Without a network there is no error: the built-in digits are used.
///
/// Source: Y. LeCun, C. Cortes, C. J. C. Burges, "The MNIST database of handwritten digits",
/// 1998.
pub fn mnist<F: Real>(data: Option<&Path>) -> Result<Dataset<F>> {
    enough(Sources::new(data).load(&MNIST)?)
}

/// 60,000 and 10,000 pieces of clothing, 28x28. `data` is the value of the flag
/// `--data`.
///
/// Fails as [`mnist`].
///
/// Source: H. Xiao, K. Rasul, R. Vollgraf, "Fashion-MNIST: a novel image dataset for benchmarking
/// machine learning algorithms", 2017.
pub fn fashion_mnist<F: Real>(data: Option<&Path>) -> Result<Dataset<F>> {
    enough(Sources::new(data).load(&FASHION_MNIST)?)
}

fn enough<F: Real>(data: Dataset<F>) -> Result<Dataset<F>> {
    let (n, origin) = (data.train.len(), &data.origin);
    if n >= FEWEST {
        return Ok(data);
    }
    Err(Error::new(format!(
        "{n} training images ({origin}) are too few to learn from and to hold some back; \
         give a folder with at least {FEWEST}, or all of them"
    )))
}
