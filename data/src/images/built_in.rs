//! The built-in digits: drawn once, then kept in the cache as IDX files.

use std::path::Path;

use super::{Collection, Dataset, MNIST, Origin, Split, collection, folder, load};
use crate::error::grouped;
use crate::{Error, Real, digits, idx, partial};

/// One set for everybody, so that figures can be compared.
const SEED: u64 = 1;

/// The built-in digits, `n` of them for training and for the test. Always
/// there: if they cannot be kept they are drawn anew.
pub(super) fn load<F: Real>(cache: &Path, n: [usize; 2]) -> Dataset<F> {
    let name = format!("built-in-digits-v{}-seed{SEED}", digits::VERSION);
    let folder = cache.join(name);
    let (train, test) = kept(&folder, n).unwrap_or_else(|| {
        let [train, test] = n.map(|n| grouped(n as u64));
        let kept = folder.display();
        eprintln!("drawing the built-in digits, {train} + {test}, once; kept in {kept}");
        partial::sweep(&folder);
        let mut keep = true;
        let mut split = |stream| draw(&folder, stream, n[stream], &mut keep);
        (split(0), split(1))
    });
    Dataset {
        name: "built-in digits",
        origin: Origin::BuiltIn,
        train,
        test,
        classes: collection::DIGITS,
    }
}

/// What an earlier run kept, if it is whole.
fn kept<F: Real>(folder: &Path, n: [usize; 2]) -> Option<(Split<F>, Split<F>)> {
    let files = folder::look_in(folder, &FILES).all().ok()?;
    match load::splits(&files, &FILES, "it is drawn anew") {
        Ok((train, test)) => [train.len(), test.len()].eq(&n).then_some((train, test)),
        Err(error) => {
            eprintln!("{error}");
            None
        }
    }
}

fn draw<F: Real>(folder: &Path, stream: usize, n: usize, keep: &mut bool) -> Split<F> {
    let drawn = digits::draw(SEED, stream as u64, n);
    if *keep && let Err(error) = save(folder, stream, &drawn) {
        eprintln!("the built-in digits cannot be kept and are drawn in each run: {error}");
        *keep = false;
    }
    load::from_bytes(drawn.images.view(), drawn.labels.view())
}

fn save(folder: &Path, stream: usize, drawn: &digits::Drawn) -> Result<(), Error> {
    let path = |i: usize| folder.join(FILES.files[i].name.trim_end_matches(".gz"));
    idx::write(path(2 * stream), drawn.images.view())?;
    idx::write(path(2 * stream + 1), drawn.labels.view())
}

/// They lie in files of the same names as MNIST's, so the same code loads them.
const FILES: Collection = Collection { name: "built-in digits", ..MNIST };
