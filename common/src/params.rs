//! Parameters on disk in NumPy's format: `numpy.load("params.npz")["w"]`.

mod npy;

use std::fs::File;
use std::io::{BufReader, Cursor};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use ndarray::{Array, ArrayD, ArrayRef, CowArray, Dimension, IntoDimension, IxDyn};
use ndarray_npy::{NpzWriter, WritableElement};
use zip::ZipArchive;

use crate::{Error, Real, Result, excerpt, files};

/// Named arrays, in the order they were added or stand in the file. Those of a file
/// are read when they are asked for.
#[derive(Clone, Debug, Default)]
pub struct Params<F> {
    arrays: Vec<(String, Place<F>)>,
    origin: PathBuf,
}

/// Where an array is.
#[derive(Clone, Debug)]
enum Place<F> {
    Memory(ArrayD<F>),
    File(Arc<Mutex<ZipArchive<BufReader<File>>>>, usize), // the number of the entry
}

impl<F: Real + WritableElement> Params<F> {
    /// No arrays yet.
    pub fn new() -> Params<F> {
        Params { arrays: Vec::new(), origin: PathBuf::new() }
    }

    /// Adds a copy of `array`, of any shape, under `name`.
    pub fn with<D: Dimension>(mut self, name: &str, array: &ArrayRef<F, D>) -> Params<F> {
        self.arrays.push((name.to_owned(), Place::Memory(array.to_owned().into_dyn())));
        self
    }

    /// The names, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.arrays.iter().map(|(name, _)| name.as_str())
    }

    /// The array called `name`, if its shape is `shape`: `params.get("w", (784, 10))?`. In
    /// row-major order. An array of another shape is not read. Fails if there is no array of that
    /// name (the message lists the names), if it has another shape (both are named), if it is
    /// damaged or of another type than `f32` and `f64`, or if it holds NaN, infinity, or a number
    /// too large for `F`.
    pub fn get<S: IntoDimension>(&self, name: &str, shape: S) -> Result<Array<F, S::Dim>> {
        let dim = shape.into_dimension();
        let array = self.finite(name, |found| match found == dim.slice() {
            true => Ok(()),
            false => Err(format!(
                "has the shape {} and {:?} was expected; the file belongs to another network",
                excerpt(&format!("{found:?}")),
                dim.slice()
            )),
        })?;
        Ok(array.into_dimensionality().expect("the shape was compared"))
    }

    /// The array called `name`, whatever its shape. Fails as [`Params::get`], except for the
    /// shape.
    pub fn any_shape(&self, name: &str) -> Result<ArrayD<F>> {
        self.finite(name, |_| Ok(()))
    }

    fn finite(
        &self,
        name: &str,
        check: impl FnOnce(&[usize]) -> npy::Checked,
    ) -> Result<ArrayD<F>> {
        let Some((_, place)) = self.arrays.iter().find(|(known, _)| known == name) else {
            let known = self.names().collect::<Vec<_>>().join(", ");
            let fault = format!("holds no array `{name}`, only: {}", excerpt(&known));
            return Err(Error::at(&self.origin, fault));
        };
        let array = self.array(name, place, check)?;
        if let Some(bad) = array.iter().find(|v| !v.is_finite()) {
            return Err(Error::at(
                &self.origin,
                format!("`{}` holds {bad}; the training that wrote it had diverged", excerpt(name)),
            ));
        }
        Ok(array.into_owned())
    }

    /// The array at `place`, of which `check` has seen the shape.
    fn array<'a>(
        &self,
        name: &str,
        place: &'a Place<F>,
        check: impl FnOnce(&[usize]) -> npy::Checked,
    ) -> Result<CowArray<'a, F, IxDyn>> {
        let array = match place {
            Place::Memory(array) => check(array.shape()).map(|()| array.view().into()),
            Place::File(zip, index) => {
                let mut zip = zip.lock().unwrap_or_else(PoisonError::into_inner);
                npy::read(&mut zip, *index, check).map(CowArray::from)
            }
        };
        array.map_err(|fault| Error::at(&self.origin, format!("array `{}` {fault}", excerpt(name))))
    }

    /// Writes all arrays to `path` as an uncompressed `.npz`, with [`files::write`]. Fails if the
    /// file cannot be written, an array that [`Params::load`] found cannot be read, or one holds
    /// NaN or infinity; what the file held before is kept then.
    pub fn save(&self, path: &Path) -> Result {
        files::write(path, |file| {
            let mut zip = Vec::new();
            let mut npz = NpzWriter::new(Cursor::new(&mut zip));
            for (name, place) in &self.arrays {
                let array = self.array(name, place, |_| Ok(()))?;
                if let Some(bad) = array.iter().find(|v| !v.is_finite()) {
                    let fault = format!("`{name}` holds {bad}, so it is not saved");
                    let cure = "training has diverged; lower the learning rate and run again";
                    return Err(Error::at(path, format!("{fault}: {cure}")));
                }
                npz.add_array(name.as_str(), &array)?;
            }
            npz.finish()?;
            std::io::Write::write_all(file, &zip).map_err(|error| files::io_error(path, &error))
        })
    }

    /// Opens a `.npz` of `f32` or `f64` arrays, compressed or not, of any order of bytes and of
    /// axes. Arrays are read, and converted if necessary, when they are asked for. Fails if the
    /// file is missing or no whole archive.
    pub fn load(path: &Path) -> Result<Params<F>> {
        let file = files::open(path).map_err(|error| files::io_error(path, &error))?;
        let zip = ZipArchive::new(BufReader::new(file)).map_err(|error| {
            Error::at(path, format!("is not a whole .npz file ({error}); save it again"))
        })?;
        let names = zip.file_names().map(|name| name.strip_suffix(".npy").unwrap_or(name));
        let names: Vec<String> = names.map(str::to_owned).collect();
        let zip = Arc::new(Mutex::new(zip));
        let place = |(index, name)| (name, Place::File(zip.clone(), index));
        Ok(Params {
            arrays: names.into_iter().enumerate().map(place).collect(),
            origin: path.to_owned(),
        })
    }
}
