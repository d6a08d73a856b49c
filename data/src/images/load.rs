//! Loads the files into arrays.

use std::fmt::Display;
use std::path::{Path, PathBuf};

use common::{Error, Real, Result};
use indicatif::HumanCount;
use ndarray::{Array1, Array2, ArrayD, ArrayView1, ArrayView3, Axis};

use super::dataset::{CLASSES, PIXELS, SIDE, Split};
use super::info::{DatasetInfo, FASHION_MNIST, MNIST};
use crate::idx;

/// Both splits from the four files; `cure` tells what to do if one is damaged.
pub(super) fn splits<F: Real>(
    files: &[PathBuf; 4],
    info: &DatasetInfo,
    cure: &str,
) -> Result<(Split<F>, Split<F>)> {
    let [train_images, train_labels, test_images, test_labels] = files;
    let train = split(train_images, train_labels, cure)?;
    for other in [MNIST, FASHION_MNIST] {
        let first_labels = other.first_labels.map(usize::from);
        if other.name != info.name && train.labels.iter().take(10).eq(&first_labels) {
            let fault = format!("is {}'s, not {}'s", other.name, info.name);
            let folder = info.folders[0];
            let cure = format!("give {0}'s folder, or one with {folder}/ in it", info.name);
            return Err(fail(train_labels, fault, &cure));
        }
    }
    Ok((train, split(test_images, test_labels, cure)?))
}

fn split<F: Real>(images: &Path, labels: &Path, cure: &str) -> Result<Split<F>> {
    let label_values = read_labels(labels, cure)?;
    let x = read_images(images, cure)?;
    if x.nrows() != label_values.len() {
        let fault = format!(
            "holds {} images, but {} holds {} labels",
            HumanCount(x.nrows() as u64),
            labels.display(),
            HumanCount(label_values.len() as u64),
        );
        return Err(fail(images, fault, &format!("the two must belong together; {cure}")));
    }
    Ok(assemble(x, label_values.view()))
}

/// Labels, checked, `(N,)`.
fn read_labels(path: &Path, cure: &str) -> Result<Array1<u8>> {
    let reader = idx::open(path).map_err(|error| error.at(path, cure))?;
    if reader.shape().len() != 1 {
        let shape = shape_text(reader.shape());
        return Err(fail(path, format!("has the shape {shape} where labels need (N)"), cure));
    }
    let labels: ArrayD<u8> = reader.read().map_err(|error| error.at(path, cure))?;
    if let Some(i) = labels.iter().position(|&label| label as usize >= CLASSES) {
        let (index, label) = (HumanCount(i as u64), labels[i]);
        let fault = format!("label {index} (counted from 0) is {label}, and labels are 0 to 9");
        return Err(fail(path, fault, cure));
    }
    Ok(labels.into_iter().collect())
}

/// Pixels from 0 to 1, `(N, 784)`.
fn read_images<F: Real>(path: &Path, cure: &str) -> Result<Array2<F>> {
    let reader = idx::open(path).map_err(|error| error.at(path, cure))?;
    let n = match *reader.shape() {
        [0, SIDE, SIDE] => return Err(fail(path, "holds no images", cure)),
        [n, SIDE, SIDE] => n,
        ref shape => {
            let shape = shape_text(shape);
            let fault = format!("has the shape {shape} where images need (N, {SIDE}, {SIDE})");
            return Err(fail(path, fault, cure));
        }
    };
    let fractions = fractions();
    let x = reader.read_as(|byte: u8| fractions[byte as usize]);
    let x = x.map_err(|error| error.at(path, cure))?;
    Ok(x.into_shape_with_order((n, PIXELS)).expect("n images of 28x28"))
}

/// A split from bytes in memory: images `(N, 28, 28)`, labels `(N,)` below 10.
pub(super) fn from_bytes<F: Real>(
    images: ArrayView3<'_, u8>,
    labels: ArrayView1<'_, u8>,
) -> Split<F> {
    let fractions = fractions();
    let x = images.map(|&byte| fractions[byte as usize]);
    let x = x.into_shape_with_order((labels.len(), PIXELS));
    assemble(x.expect("N images of 28x28"), labels)
}

fn assemble<F: Real>(x: Array2<F>, labels: ArrayView1<'_, u8>) -> Split<F> {
    let labels = labels.mapv(usize::from);
    let mut t = Array2::from_elem((labels.len(), CLASSES), F::of(0.0));
    for (mut row, &label) in t.axis_iter_mut(Axis(0)).zip(&labels) {
        row[label] = F::of(1.0);
    }
    Split { x, t, labels }
}

/// Every byte as a fraction of 255.
fn fractions<F: Real>() -> [F; 256] {
    std::array::from_fn(|byte| F::of(byte as f64 / 255.0))
}

fn shape_text(shape: &[usize]) -> String {
    let shape: Vec<_> = shape.iter().map(|&d| HumanCount(d as u64).to_string()).collect();
    format!("({})", shape.join(", "))
}

fn fail(path: &Path, fault: impl Display, cure: &str) -> Error {
    Error::at(path, format!("{fault}; {cure}"))
}
