//! Loads the files into arrays.

use std::fmt::Display;
use std::path::{Path, PathBuf};

use common::{Error, Real, Result, excerpt};
use indicatif::HumanCount;
use ndarray::{Array, ArrayD, ArrayRef1, Dimension};

use super::dataset::{CLASSES, PIXELS, SIDE, Split};
use super::info::{DatasetInfo, FASHION_MNIST, MNIST};
use crate::digits::Digits;
use crate::{idx, one_hot};

/// Both splits from the four files; `cure` tells what to do if one is damaged.
pub(super) fn splits<F: Real>(
    files: &[PathBuf; 4],
    info: &DatasetInfo,
    cure: &str,
) -> Result<(Split<F>, Split<F>)> {
    let [train_images, train_labels, test_images, test_labels] = files;
    let (train, test) = rayon::join(
        || split::<F>(train_images, train_labels, info, cure),
        || split(test_images, test_labels, info, cure),
    );
    let train = train?;
    for other in [MNIST, FASHION_MNIST] {
        let first_labels = other.first_labels.map(usize::from);
        if other.name != info.name && train.labels.iter().take(10).eq(&first_labels) {
            let fault = format!("is {}'s, not {}'s", other.name, info.name);
            let folder = info.folders[0];
            let cure = format!("give {0}'s folder, or one with {folder}/ in it", info.name);
            return Err(fail(train_labels, fault, &cure));
        }
    }
    Ok((train, test?))
}

/// Compares both headers before it reads either file: memory follows what fits.
fn split<F: Real>(
    images: &Path,
    labels: &Path,
    info: &DatasetInfo,
    cure: &str,
) -> Result<Split<F>> {
    let open = |path| idx::open(path).map_err(|error| error.at(path, cure));
    let (label_reader, image_reader) = (open(labels)?, open(images)?);
    // A file that is whole, but of another data set.
    let files_of = format!("give the files of {}", info.name);
    let other = if cure == idx::REPLACE { &files_of } else { cure };
    let &[count] = label_reader.shape() else {
        let shape = shape_text(label_reader.shape());
        return Err(fail(labels, format!("has the shape {shape} where labels need (N)"), other));
    };
    let n = match *image_reader.shape() {
        [0, SIDE, SIDE] => return Err(fail(images, "holds no images", cure)),
        [n, SIDE, SIDE] => n,
        ref shape => {
            let shape = shape_text(shape);
            let fault = format!("has the shape {shape} where images need (N, {SIDE}, {SIDE})");
            return Err(fail(images, fault, other));
        }
    };
    if n != count {
        let ([n, count], labels) = ([n, count].map(|n| HumanCount(n as u64)), labels.display());
        let fault = format!("holds {n} images, but {labels} holds {count} labels");
        return Err(fail(images, fault, &format!("the two must belong together; {cure}")));
    }
    let fractions = fractions();
    let x = image_reader.read_as(|byte: u8| fractions[byte as usize]);
    let x = x.map_err(|error| error.at(images, cure))?;
    let label_values: ArrayD<u8> = label_reader.read().map_err(|error| error.at(labels, cure))?;
    if let Some(i) = label_values.iter().position(|&label| label as usize >= CLASSES) {
        let (index, label) = (HumanCount(i as u64), label_values[i]);
        let fault = format!("label {index} (counted from 0) is {label}, and labels are 0 to 9");
        return Err(fail(labels, fault, other));
    }
    Ok(assemble(x, &label_values.flatten()))
}

/// A split from digits as drawn.
pub(super) fn from_digits<F: Real>(Digits { images, labels }: Digits) -> Split<F> {
    let fractions = fractions();
    assemble(images.map(|&byte| fractions[byte as usize]), &labels)
}

/// A split from `x (N, 28, 28)` and `labels (N,)`.
fn assemble<F: Real, D: Dimension>(x: Array<F, D>, labels: &ArrayRef1<u8>) -> Split<F> {
    let labels = labels.mapv(usize::from);
    let x = x.into_shape_with_order((labels.len(), PIXELS)).expect("N images of 28x28");
    Split { x, t: one_hot(&labels, CLASSES), labels }
}

/// Every byte as a fraction of 255.
fn fractions<F: Real>() -> [F; 256] {
    std::array::from_fn(|byte| F::of(byte as f64 / 255.0))
}

fn shape_text(shape: &[usize]) -> String {
    let shape: Vec<_> = shape.iter().map(|&d| HumanCount(d as u64).to_string()).collect();
    format!("({})", excerpt(&shape.join(", ")))
}

fn fail(path: &Path, fault: impl Display, cure: &str) -> Error {
    Error::at(path, format!("{fault}; {cure}"))
}
