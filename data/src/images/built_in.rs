//! The built-in digits: drawn once, then kept in the cache as IDX files.

use std::path::Path;

use common::{Real, Result};
use indicatif::HumanCount;

use super::dataset::{Dataset, Origin, Split};
use super::files::find_in;
use super::info::{DatasetInfo, MNIST};
use super::load;
use crate::{digits, idx};

/// The same for everybody, so that figures can be compared.
const SEED: u64 = 1;

/// Their files have the names of MNIST's, so the same code loads them.
const INFO: DatasetInfo = DatasetInfo {
    name: "built-in digits",
    checksums: [
        "f9d0d80049650830d2d2a6f174cef60681008f148f6e5adc2e92b516485b8053",
        "0b3f56c8ba35cdf3a88ddfd87e633a96a89bd4e1080c0328916d350d40927992",
    ],
    ..MNIST
};

/// The built-in digits, `[training, test]` images. Never fails: if they cannot
/// be saved in the cache, they are drawn in each run.
pub(super) fn load<F: Real>(cache: &Path, n: [usize; 2]) -> Dataset<F> {
    let folder = cache.join(format!("built-in-digits-v{}-seed{SEED}", digits::VERSION));
    let (train, test) = load_cached(&folder, n).unwrap_or_else(|| {
        let ([train, test], place) = (n.map(|n| HumanCount(n as u64)), folder.display());
        eprintln!("drawing the built-in digits, {train} + {test}, once; kept in {place}");
        let [train, test] = [0, 1].map(|stream| digits::draw(SEED, stream, n[stream as usize]));
        if let Err(error) = write(&folder, 0, &train).and_then(|()| write(&folder, 1, &test)) {
            eprintln!("the built-in digits cannot be kept and are drawn in each run: {error}");
        }
        (load::from_digits(train), load::from_digits(test))
    });
    Dataset { name: INFO.name, origin: Origin::BuiltIn, train, test, classes: INFO.classes }
}

/// The digits from the cache, if they are complete and undamaged.
fn load_cached<F: Real>(folder: &Path, n: [usize; 2]) -> Option<(Split<F>, Split<F>)> {
    let files = find_in(folder, &INFO).all().ok()?;
    let splits = load::splits(&files, &INFO, "it is drawn anew");
    let (train, test) = splits.inspect_err(|error| eprintln!("{error}")).ok()?;
    let all = n == [digits::IMAGES_TRAIN, digits::IMAGES_TEST];
    let as_drawn = !all || INFO.is_published(&train, &test) == [true; 2];
    (as_drawn && [train.len(), test.len()] == n).then_some((train, test))
}

fn write(folder: &Path, stream: usize, drawn: &digits::Digits) -> Result {
    let path = |i: usize| folder.join(INFO.files[i].name.trim_end_matches(".gz"));
    idx::write(path(2 * stream), drawn.images.view())?;
    idx::write(path(2 * stream + 1), drawn.labels.view())
}
