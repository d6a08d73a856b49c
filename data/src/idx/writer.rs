//! Writes IDX files, plain or gzip.

use std::io::{self, ErrorKind, Write};
use std::path::Path;

use byteorder::{BigEndian, WriteBytesExt};
use common::{Error, Result, files};
use flate2::Compression;
use flate2::write::GzEncoder;
use ndarray::{ArrayView, Dimension};

use super::element::Element;

const CHUNK: usize = 1 << 14;

/// Writes `array` to a file, which appears whole or not at all. Fails if the file cannot be
/// written, or a dimension does not fit the format.
pub fn write<T: Element, D: Dimension>(
    path: impl AsRef<Path>,
    array: ArrayView<'_, T, D>,
) -> Result {
    save(path.as_ref(), |mut file| encode(&mut file, array))
}

/// Writes `array` to a gzip file, which appears whole or not at all. Fails as [`write()`].
pub fn write_gz<T: Element, D: Dimension>(
    path: impl AsRef<Path>,
    array: ArrayView<'_, T, D>,
) -> Result {
    save(path.as_ref(), |file| {
        let mut packed = GzEncoder::new(file, Compression::default());
        encode(&mut packed, array)?;
        packed.finish().map(drop)
    })
}

/// Writes header and values to `target`, whatever the memory layout of `array`. Fails with the
/// errors of `target`, or with `InvalidInput` for more than 255 dimensions or one of more than
/// 4,294,967,295.
pub fn encode<T: Element, D: Dimension>(
    target: &mut impl Write,
    array: ArrayView<'_, T, D>,
) -> io::Result<()> {
    let too_big = |_| io::Error::new(ErrorKind::InvalidInput, "too large for the IDX format");
    let rank = u8::try_from(array.ndim()).map_err(too_big)?;
    target.write_all(&[0, 0, T::DATA_TYPE as u8, rank])?;
    for &dim in array.shape() {
        target.write_u32::<BigEndian>(u32::try_from(dim).map_err(too_big)?)?;
    }
    let array = array.as_standard_layout();
    let values = array.as_slice().expect("standard layout is a slice");
    let mut bytes = vec![0; T::DATA_TYPE.size() * CHUNK.min(values.len())];
    for chunk in values.chunks(CHUNK) {
        let bytes = &mut bytes[..T::DATA_TYPE.size() * chunk.len()];
        T::write_into(chunk, bytes);
        target.write_all(bytes)?;
    }
    Ok(())
}

fn save(path: &Path, content: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result {
    files::write(path, |mut file| {
        content(&mut file).map_err(|error| {
            let cure = "free the disk or choose another folder";
            Error::at(path, format!("cannot be written ({error}); {cure}"))
        })
    })
}
