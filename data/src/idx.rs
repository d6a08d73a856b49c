//! IDX, the file format of MNIST, read and written for any type and rank.
//!
//! ```text
//! 0 0 type rank    two zero bytes, the type code, the number of dimensions
//! d0 d1 ...        one u32 each
//! values           the last dimension runs fastest
//! ```
//!
//! All of it is big-endian, and gzip may be wrapped around it: the content
//! says so, not the name. Source: Y. LeCun, "The MNIST database of handwritten
//! digits".

mod element;
mod fault;
mod pages;
mod reader;
mod writer;

use std::fs::{self, File};
use std::io::BufReader;
use std::path::Path;

use ndarray::ArrayD;

pub use element::{Element, Kind};
pub use fault::Fault;
pub use reader::Reader;
pub use writer::{encode, write, write_gz};

use crate::Error;

pub(crate) const REPLACE: &str = "replace it with a whole copy";

/// Reads a whole file, plain or gzip.
///
/// # Errors
/// If the file cannot be read, is damaged, or holds another type than `T`.
pub fn read<T: Element>(path: impl AsRef<Path>) -> Result<ArrayD<T>, Error> {
    let path = path.as_ref();
    open(path).and_then(|reader| reader.read()).map_err(|fault| fault.of(path, REPLACE))
}

/// Opens a file and reads its header; the values are still to come.
///
/// # Errors
/// If the file cannot be read, or its header is damaged or promises what the
/// file cannot hold.
pub fn open(path: impl AsRef<Path>) -> Result<Reader<'static>, Fault> {
    let path = path.as_ref();
    // Asked before opening: to open a pipe would wait for its other end.
    let about = fs::metadata(path)?;
    if about.is_dir() {
        return Err(Fault::Folder);
    }
    if !about.is_file() {
        return Err(Fault::NotAFile);
    }
    let file = BufReader::with_capacity(1 << 16, File::open(path)?);
    Reader::new(file, about.len())
}
