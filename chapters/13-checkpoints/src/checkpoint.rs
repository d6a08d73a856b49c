//! Saves a training as two files, and loads it again.
//!
//! ```text
//! step-0000500.npz    parameters, and Adam's two means of each
//! step-0000500.json   the manifest: everything else, and the checksum of the .npz
//! ```
//!
//! **A checkpoint exists when its manifest exists.** The manifest is written after the
//! arrays and removed before them, so wherever there is a manifest, its arrays are there
//! too. A crash between the two leaves arrays without a manifest, which are ignored.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use common::params::Params;
use common::{Error, Float, Result, files, seeded};

use crate::manifest::Manifest;
use crate::network::{Network, Optimiser, Start};
use crate::sampler::Sampler;
use crate::training::Training;

/// Writes `training` as `stem.npz` and `stem.json`. When this returns, both are on the
/// disk, not only in the system's cache. A network with a NaN is an error, and not written.
pub fn save(training: &Training, stem: &Path) -> Result {
    let Training { network, optimiser, .. } = training;
    if !network.is_finite() {
        return Err(training.diverged(training.step));
    }
    let (npz, json) = paths(stem);
    let mut params = network.params();
    for ((name, _), adam) in network.parameters().iter().zip(&optimiser.adam) {
        params = params.with(&format!("{name}.v"), &adam.v).with(&format!("{name}.s"), &adam.s);
    }
    params.save(&npz)?; // to a temporary file, fsync, rename
    let manifest = Manifest::new(training, &read(&npz)?)?.to_json()?;
    sync_folder(stem)?; // the name of the arrays must be on the disk before the manifest
    files::write(&json, |file| {
        file.write_all(manifest.as_bytes()).map_err(|error| files::io_error(&json, &error))
    })?;
    sync_folder(stem)
}

/// Loads the training that [`save`] wrote as `stem.npz` and `stem.json`. Fails if one of them
/// is missing, damaged, not of this program, or of a newer version.
pub fn load(stem: &Path) -> Result<Training> {
    let (npz, json) = paths(stem);
    let manifest = Manifest::from_json(&String::from_utf8_lossy(&read(&json)?))
        .map_err(|fault| Error::at(&json, fault))?;
    manifest.check_arrays(&read(&npz)?).map_err(|fault| Error::at(&npz, fault))?;

    let params = Params::<Float>::load(&npz)?;
    let mut network = Network::new(Start::Zero, &mut seeded(0)); // for the shapes
    let mut optimiser = Optimiser::new(&network);
    for ((name, mut w), adam) in network.parameters_mut().into_iter().zip(&mut optimiser.adam) {
        let shape = w.raw_dim();
        w.assign(&params.get(name, shape.clone())?);
        adam.v = params.get(&format!("{name}.v"), shape.clone())?;
        adam.s = params.get(&format!("{name}.s"), shape)?;
    }
    let Manifest { step, settings, random, order, data, log, .. } = manifest;
    let mut rng = seeded(settings.seed);
    rng.set_stream(random.stream);
    rng.set_word_pos(random.word.into());
    let sampler = Sampler::at(data.images, settings.batch_size, settings.seed, order);
    Ok(Training { settings, data, step, network, optimiser, rng, sampler, log })
}

/// `stem.npz` and `stem.json`.
pub fn paths(stem: &Path) -> (PathBuf, PathBuf) {
    let with = |ending| [stem.as_os_str(), OsStr::new(ending)].into_iter().collect::<OsString>();
    (with(".npz").into(), with(".json").into())
}

/// Writes the file names in the folder of `path` to the disk: without it, a power cut may
/// undo a rename.
pub fn sync_folder(path: &Path) -> Result {
    let Some(folder) = path.parent().filter(|_| cfg!(unix)) else { return Ok(()) };
    // Some file systems do not offer it, and keep the order of renames anyway.
    let ignored = [ErrorKind::InvalidInput, ErrorKind::Unsupported];
    match File::open(folder).and_then(|folder| folder.sync_all()) {
        Err(error) if !ignored.contains(&error.kind()) => Err(files::io_error(folder, &error)),
        _ => Ok(()),
    }
}

/// The bytes of the file `path`. Fails as [`files::read`], with a sentence.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>> {
    files::read(path).map_err(|error| files::io_error(path, &error))
}
