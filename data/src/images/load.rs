//! From files to arrays.

use std::path::{Path, PathBuf};

use ndarray::{Array1, Array2, ArrayD, ArrayView1, ArrayView3, Axis};

use super::{CLASSES, Collection, FASHION_MNIST, MNIST, PIXELS, SIDE, Split};
use crate::error::grouped;
use crate::{Error, Real, idx};

/// Both splits from the four files; `cure` is what to do if one is damaged.
pub(super) fn splits<F: Real>(
    files: &[PathBuf; 4],
    collection: &Collection,
    cure: &str,
) -> Result<(Split<F>, Split<F>), Error> {
    let [train_images, train_labels, test_images, test_labels] = files;
    let train = split(train_images, train_labels, cure)?;
    for other in [MNIST, FASHION_MNIST] {
        let begins = train.labels.iter().zip(other.begins);
        if other.name != collection.name
            && train.len() >= other.begins.len()
            && begins.into_iter().all(|(&label, b)| label == b.into())
        {
            let fault = format!("is {}'s, not {}'s", other.name, collection.name);
            let folder = collection.folders[0];
            let cure = format!("give {0}'s folder, or one with {folder}/ in it", collection.name);
            return Err(Error::at(train_labels, fault, cure));
        }
    }
    Ok((train, split(test_images, test_labels, cure)?))
}

fn split<F: Real>(images: &Path, labels: &Path, cure: &str) -> Result<Split<F>, Error> {
    let answers = read_labels(labels, cure)?;
    let x = read_images(images, cure)?;
    if x.nrows() != answers.len() {
        let fault = format!(
            "holds {} images, but {} holds {} labels",
            grouped(x.nrows() as u64),
            labels.display(),
            grouped(answers.len() as u64),
        );
        let cure = format!("the two must belong together; {cure}");
        return Err(Error::at(images, fault, cure));
    }
    Ok(assemble(x, answers.view()))
}

/// Labels, checked, `(N,)`.
fn read_labels(path: &Path, cure: &str) -> Result<Array1<u8>, Error> {
    let reader = idx::open(path).map_err(|fault| fault.of(path, cure))?;
    let &[_] = reader.dims() else {
        let shape = shape(reader.dims());
        let fault = format!("has the shape {shape} where labels need (N)");
        return Err(Error::at(path, fault, cure));
    };
    let labels: ArrayD<u8> = reader.read().map_err(|fault| fault.of(path, cure))?;
    if let Some(i) = labels.iter().position(|&label| label as usize >= CLASSES) {
        let (i, label) = (grouped(i as u64), labels[i]);
        let fault = format!("label {i} (counted from 0) is {label}, and labels are 0 to 9");
        return Err(Error::at(path, fault, cure));
    }
    Ok(labels.into_iter().collect())
}

/// Pixels from 0 to 1, `(N, 784)`, converted as they are read.
fn read_images<F: Real>(path: &Path, cure: &str) -> Result<Array2<F>, Error> {
    let reader = idx::open(path).map_err(|fault| fault.of(path, cure))?;
    let n = match *reader.dims() {
        [0, SIDE, SIDE] => return Err(Error::at(path, "holds no images", cure)),
        [n, SIDE, SIDE] => n,
        ref dims => {
            let shape = shape(dims);
            let fault = format!("has the shape {shape} where images need (N, {SIDE}, {SIDE})");
            return Err(Error::at(path, fault, cure));
        }
    };
    let brightness = brightness();
    let x = reader
        .read_as(|byte: u8| brightness[byte as usize])
        .map_err(|fault| fault.of(path, cure))?;
    Ok(x.into_shape_with_order((n, PIXELS)).expect("n images of 28x28"))
}

/// A split from bytes in memory: images `(N, 28, 28)`, labels `(N,)` below 10.
pub(super) fn from_bytes<F: Real>(
    images: ArrayView3<'_, u8>,
    labels: ArrayView1<'_, u8>,
) -> Split<F> {
    let brightness = brightness();
    let x = images.map(|&byte| brightness[byte as usize]);
    let x = x.into_shape_with_order((labels.len(), PIXELS));
    assemble(x.expect("N images of 28x28"), labels)
}

fn assemble<F: Real>(x: Array2<F>, labels: ArrayView1<'_, u8>) -> Split<F> {
    let labels = labels.mapv(usize::from);
    let mut t = Array2::from_elem((labels.len(), CLASSES), F::from_f64(0.0));
    for (mut row, &label) in t.axis_iter_mut(Axis(0)).zip(&labels) {
        row[label] = F::from_f64(1.0);
    }
    Split { x, t, labels }
}

/// Bytes as fractions of full brightness.
fn brightness<F: Real>() -> [F; 256] {
    std::array::from_fn(|byte| F::from_f64(byte as f64 / 255.0))
}

fn shape(dims: &[usize]) -> String {
    let dims: Vec<_> = dims.iter().map(|&d| grouped(d as u64)).collect();
    format!("({})", dims.join(", "))
}
