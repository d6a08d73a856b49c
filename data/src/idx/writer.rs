//! Writing, plain or gzip.

use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::Path;

use byteorder::{BigEndian, WriteBytesExt};
use flate2::Compression;
use flate2::write::GzEncoder;
use ndarray::{ArrayView, Dimension};

use super::Element;
use crate::{Error, partial};

const CHUNK: usize = 1 << 14;

/// Writes `array` to a file, which appears whole or not at all.
///
/// # Errors
/// If the file cannot be written, or a dimension does not fit the format.
pub fn write<T: Element, D: Dimension>(
    path: impl AsRef<Path>,
    array: ArrayView<'_, T, D>,
) -> Result<(), Error> {
    save(path.as_ref(), |sink| encode(sink, array))
}

/// Writes `array` to a gzip file, which appears whole or not at all.
///
/// # Errors
/// As [`write()`].
pub fn write_gz<T: Element, D: Dimension>(
    path: impl AsRef<Path>,
    array: ArrayView<'_, T, D>,
) -> Result<(), Error> {
    save(path.as_ref(), |sink| {
        let mut packed = GzEncoder::new(sink, Compression::default());
        encode(&mut packed, array)?;
        packed.finish().map(drop)
    })
}

/// Writes header and values to `sink`, in whatever order they lie in memory.
///
/// # Errors
/// Those of `sink`; `InvalidInput` for more than 255 dimensions or one of more
/// than 4,294,967,295.
pub fn encode<T: Element, D: Dimension>(
    sink: &mut impl Write,
    array: ArrayView<'_, T, D>,
) -> io::Result<()> {
    let too_big = |_| io::Error::new(ErrorKind::InvalidInput, "too large for the IDX format");
    let rank = u8::try_from(array.ndim()).map_err(too_big)?;
    sink.write_all(&[0, 0, T::KIND as u8, rank])?;
    for &dim in array.shape() {
        sink.write_u32::<BigEndian>(u32::try_from(dim).map_err(too_big)?)?;
    }
    let array = array.as_standard_layout();
    let values = array.as_slice().expect("standard layout is a slice");
    let mut bytes = vec![0; T::KIND.size() * CHUNK.min(values.len())];
    for chunk in values.chunks(CHUNK) {
        let bytes = &mut bytes[..T::KIND.size() * chunk.len()];
        T::write_into(chunk, bytes);
        sink.write_all(bytes)?;
    }
    Ok(())
}

fn save(
    path: &Path,
    fill: impl FnOnce(&mut BufWriter<&mut tempfile::NamedTempFile>) -> io::Result<()>,
) -> Result<(), Error> {
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    let attempt = || {
        let mut file = partial::begin(folder)?;
        let mut sink = BufWriter::new(&mut file);
        fill(&mut sink)?;
        sink.flush()?;
        drop(sink);
        partial::finish(file, path)
    };
    attempt().map_err(|error| {
        let fault = format!("cannot be written ({error})");
        Error::at(path, fault, "free the disk or choose another folder")
    })
}
