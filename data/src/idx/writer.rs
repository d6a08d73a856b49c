//! Writes IDX files.

use std::io::{self, ErrorKind, Write};
use std::path::Path;

use common::{Error, Result, files};
use ndarray::{ArrayView, Dimension};

use super::element::Element;

/// Writes `array` to a file, which appears whole or not at all. Fails if the file cannot be
/// written, or a dimension does not fit the format.
pub fn write<T: Element, D: Dimension>(
    path: impl AsRef<Path>,
    array: ArrayView<'_, T, D>,
) -> Result {
    let path = path.as_ref();
    files::write(path, |file| {
        encode(file, array).map_err(|error| {
            let cure = "free the disk or choose another folder";
            Error::at(path, format!("cannot be written ({error}); {cure}"))
        })
    })
}

/// Writes header and values to `target`, whatever the memory layout of `array`. They are written
/// one by one, so a file needs a buffer. Fails with the errors of `target`, or with `InvalidInput`
/// for more than 255 dimensions or one of more than 4,294,967,295.
pub fn encode<T: Element, D: Dimension>(
    target: &mut impl Write,
    array: ArrayView<'_, T, D>,
) -> io::Result<()> {
    let too_big = |_| io::Error::new(ErrorKind::InvalidInput, "too large for the IDX format");
    let rank = u8::try_from(array.ndim()).map_err(too_big)?;
    target.write_all(&[0, 0, T::DATA_TYPE.code, rank])?;
    for &dim in array.shape() {
        target.write_all(&u32::try_from(dim).map_err(too_big)?.to_be_bytes())?;
    }
    array.iter().try_for_each(|value| value.write(target))
}
