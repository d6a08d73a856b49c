//! IDX, the file format of MNIST, for any type and rank.
//!
//! ```text
//! 0 0 type rank    two zero bytes, the code of the type, the number of dimensions
//! d0 d1 ...        a u32 for each dimension
//! values           the last dimension varies fastest
//! ```
//!
//! Everything is big-endian. The file may be packed with gzip, which its content
//! shows, not its name. Source: Y. LeCun, "The MNIST database of handwritten
//! digits".

mod element;
mod error;
mod huge_pages;
mod reader;
mod writer;

use std::io::BufReader;
use std::path::Path;

use common::{Result, files};
use ndarray::ArrayD;

pub use element::{DataType, Element};
pub use error::IdxError;
pub use reader::Reader;
pub use writer::{encode, write};

/// The cure for a damaged file that the user has provided.
pub(crate) const REPLACE: &str = "replace it with a whole copy";

/// Reads a whole file, plain or gzip. Fails if the file cannot be read, is damaged, or holds
/// another type than `T`.
pub fn read<T: Element>(path: impl AsRef<Path>) -> Result<ArrayD<T>> {
    let path = path.as_ref();
    open(path).and_then(Reader::read).map_err(|error| error.at(path, REPLACE))
}

/// Opens a file and reads its header, not yet its values. Fails if the file cannot be read, or
/// its header is damaged or does not fit the length of the file.
pub fn open(path: impl AsRef<Path>) -> std::result::Result<Reader<'static>, IdxError> {
    let file = files::open(path.as_ref())?;
    let stored = file.metadata()?.len();
    Reader::new(BufReader::with_capacity(1 << 16, file), stored)
}
