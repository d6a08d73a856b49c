//! What holds for any bytes at all, whoever wrote them. `tests/fuzz` looks for bytes for
//! which it does not hold; those that were ever found are read again by a plain test.

use std::io::Write as _;
use std::path::Path;

use checkpoints::manifest::Manifest;
use checkpoints::picture::read_picture;
use checkpoints::preprocess::{ink, to_mnist};
use checkpoints::training::sha256;
use common::Error;
use common::params::Params;
use datasets::idx;

/// What must hold for these bytes.
pub type Check = fn(&[u8]);
/// A check for each format that the programs read.
pub const TARGETS: [(&str, Check); 5] =
    [("idx", idx), ("npz", npz), ("iris", iris), ("picture", picture), ("manifest", manifest)];

/// An array that can be read is the same one after it was written.
///
/// # Panics
/// As all of these: if what they promise does not hold.
pub fn idx(bytes: &[u8]) {
    let read = |bytes: &[u8]| {
        let reader = idx::Reader::new(bytes, bytes.len() as u64)?;
        assert!(reader.shape().len() <= 255);
        reader.read::<u8>()
    };
    let at = Path::new("fuzzed");
    match read(bytes) {
        Ok(array) => {
            let mut again = Vec::new();
            idx::encode(&mut again, array.view()).unwrap();
            assert_eq!(read(&again).unwrap(), array);
        }
        Err(error) => sentence(&Error::at(at, error)),
    }
}

/// Arrays are finite numbers, as many as their shapes have.
pub fn npz(bytes: &[u8]) {
    let file = file_of(bytes);
    match Params::<f32>::load(file.path()) {
        Ok(params) => {
            for name in params.names().take(20) {
                match params.any_shape(name) {
                    Ok(array) => assert!(array.iter().all(|v| v.is_finite())),
                    Err(error) => sentence(&error),
                }
            }
        }
        Err(error) => sentence(&error),
    }
}

/// A row for each label.
pub fn iris(bytes: &[u8]) {
    match datasets::iris::<f32>(Some(file_of(bytes).path())) {
        Ok(iris) => {
            assert_eq!((iris.x.nrows(), iris.t.nrows()), (iris.labels.len(), iris.labels.len()));
            assert!(iris.x.iter().all(|&length| length.is_finite() && length > 0.0));
        }
        Err(error) => sentence(&error),
    }
}

/// Whatever was drawn, the network sees numbers from 0 to 1.
pub fn picture(bytes: &[u8]) {
    match read_picture(file_of(bytes).path()) {
        Ok(picture) => {
            let is_share = |v: &f64| (0.0..=1.0).contains(v);
            assert!(picture.iter().all(is_share));
            if let Some(ink) = ink(&picture) {
                assert!(to_mnist(&ink).iter().all(is_share));
            }
        }
        Err(error) => sentence(&error),
    }
}

/// A manifest that is taken is one that could have been written. The bytes are all lines
/// but the last, the checksum, which would hide everything else.
pub fn manifest(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let checksum = sha256(text.as_bytes());
    let whole = format!("{text},\n  \"sha256_of_the_lines_above\": \"{checksum}\"\n}}\n");
    match Manifest::from_json(&whole) {
        Ok(manifest) => _ = Manifest::from_json(&manifest.to_json().unwrap()).unwrap(),
        Err(fault) => sentence(&Error::at(Path::new("fuzzed"), fault)),
    }
}

fn file_of(bytes: &[u8]) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    file
}

/// An error is one line that a person can read to its end.
fn sentence(error: &Error) {
    let text = error.to_string();
    assert!(!text.chars().any(char::is_control), "{text:?}");
    assert!(text.chars().count() < 600, "{text}");
}
