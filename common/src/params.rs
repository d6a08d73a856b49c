//! Parameters on disk in NumPy's format: `numpy.load("params.npz")["w"]`.

use std::fs::File;
use std::io::{BufReader, Cursor, Read};
use std::path::{Path, PathBuf};

use ndarray::{Array, ArrayD, ArrayRef, ArrayViewD, Dimension, IntoDimension};
use ndarray_npy::{NpzWriter, ViewNpyError, ViewNpyExt, WritableElement};
use zip::ZipArchive;

use crate::{Error, Real, Result, files};

/// Deflate compresses at most 1,032 times; a header that claims more is damaged.
const MAX_EXPANSION: u64 = 1032;

/// Named arrays, in the order they were added.
#[derive(Clone, Debug, Default)]
pub struct Params<F> {
    arrays: Vec<(String, ArrayD<F>)>,
    origin: PathBuf,
}

impl<F: Real + WritableElement> Params<F> {
    /// No arrays yet.
    pub fn new() -> Params<F> {
        Params { arrays: Vec::new(), origin: PathBuf::new() }
    }

    /// Adds a copy of `array`, of any shape, under `name`.
    pub fn with<D: Dimension>(mut self, name: &str, array: &ArrayRef<F, D>) -> Params<F> {
        self.arrays.push((name.to_owned(), array.to_owned().into_dyn()));
        self
    }

    /// The names, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.arrays.iter().map(|(name, _)| name.as_str())
    }

    /// The array called `name`, if its shape is `shape`: `params.get("w", (784, 10))?`.
    ///
    /// # Errors
    /// If there is no array of that name (the message lists the names), if it
    /// has another shape (both are named), or if it holds NaN or infinity.
    pub fn get<S: IntoDimension>(&self, name: &str, shape: S) -> Result<Array<F, S::Dim>> {
        let dim = shape.into_dimension();
        let array = self.any_shape(name)?;
        if array.shape() != dim.slice() {
            return Err(Error::at(
                &self.origin,
                format!(
                    "`{name}` has the shape {:?} and {:?} was expected; \
                     the file belongs to another network",
                    array.shape(),
                    dim.slice()
                ),
            ));
        }
        Ok(array.to_shape(dim).map_err(|error| Error::at(&self.origin, error))?.into_owned())
    }

    /// The array called `name`, whatever its shape.
    ///
    /// # Errors
    /// As [`Params::get`], except for the shape.
    pub fn any_shape(&self, name: &str) -> Result<&ArrayD<F>> {
        let Some((_, array)) = self.arrays.iter().find(|(known, _)| known == name) else {
            let known: Vec<&str> = self.names().collect();
            return Err(Error::at(
                &self.origin,
                format!("holds no array `{name}`, only: {}", known.join(", ")),
            ));
        };
        if let Some(bad) = array.iter().find(|v| !v.is_finite()) {
            return Err(Error::at(
                &self.origin,
                format!("`{name}` holds {bad}; the training that wrote it had diverged"),
            ));
        }
        Ok(array)
    }

    /// Writes all arrays to `path` as an uncompressed `.npz`, with [`files::write`].
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn save(&self, path: &Path) -> Result {
        files::write(path, |file| {
            let mut zip = Vec::new();
            let mut npz = NpzWriter::new(Cursor::new(&mut zip));
            for (name, array) in &self.arrays {
                npz.add_array(name.as_str(), array)?;
            }
            npz.finish()?;
            std::io::Write::write_all(file, &zip).map_err(|error| files::io_error(path, &error))
        })
    }

    /// Reads a `.npz` of `f32` or `f64` arrays, compressed or not, and converts
    /// them if necessary.
    ///
    /// # Errors
    /// If the file is missing or damaged, or stores something other than
    /// floating-point numbers.
    pub fn load(path: &Path) -> Result<Params<F>> {
        let file = File::open(path).map_err(|error| files::io_error(path, &error))?;
        let damaged = |fault: &dyn std::fmt::Display| {
            Error::at(path, format!("is not a whole .npz file ({fault})"))
        };
        let mut zip = ZipArchive::new(BufReader::new(file)).map_err(|error| damaged(&error))?;
        let mut arrays = Vec::new();
        for index in 0..zip.len() {
            let mut entry = zip.by_index(index).map_err(|error| damaged(&error))?;
            let name = entry.name().trim_end_matches(".npy").to_owned();
            if entry.size() > entry.compressed_size().saturating_mul(MAX_EXPANSION) {
                return Err(damaged(&format!("`{name}` promises more than the file can hold")));
            }
            let mut bytes = Vec::new();
            let promised = entry.size();
            (&mut entry)
                .take(promised + 1)
                .read_to_end(&mut bytes)
                .map_err(|error| damaged(&error))?;
            let array = parse_npy(&bytes)
                .map_err(|fault| Error::at(path, format!("array `{name}` {fault}")))?;
            arrays.push((name, array));
        }
        Ok(Params { arrays, origin: path.to_owned() })
    }
}

/// One `.npy` file. It is viewed in place, so that a header with a huge shape is
/// compared with the length of the data before memory is allocated.
fn parse_npy<F: Real>(bytes: &[u8]) -> std::result::Result<ArrayD<F>, String> {
    match ArrayViewD::<f32>::view_npy(bytes) {
        Ok(singles) => return Ok(singles.mapv(|v| F::of(v.into()))),
        Err(ViewNpyError::WrongDescriptor(_)) => {} // perhaps f64
        Err(error) => return Err(format!("is damaged ({error})")),
    }
    match ArrayViewD::<f64>::view_npy(bytes) {
        Ok(doubles) => Ok(doubles.mapv(F::of)),
        Err(ViewNpyError::WrongDescriptor(kind)) => {
            Err(format!("stores {kind}; save it as float32 or float64"))
        }
        Err(error) => Err(format!("is damaged ({error})")),
    }
}
