//! A training as two files, and back.
//!
//! ```text
//! step-0000500.npz    parameters, and Adam's two means of each
//! step-0000500.json   the manifest: everything else, and the checksum of the .npz
//! ```
//!
//! **The manifest makes the checkpoint.** It is written after the arrays and
//! removed before them, so whenever there is a manifest, its arrays are there too.
//! A crash between the two leaves arrays without a manifest, which nobody takes
//! for a checkpoint.

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use common::params::Params;
use common::{Error, Float, Result, files, seeded};
use dropout_adam::adam::Adam;
use ndarray::{Array, Dimension};

use crate::folder::sync;
use crate::manifest::{Arrays, Manifest, Place, Random, sha256};
use crate::network::{Moments, Network, Start};
use crate::order::Order;
use crate::training::Training;

/// Writes `training` as `stem.npz` and `stem.json`. When this returns, both are on
/// the disk and not only on their way to it.
///
/// # Errors
/// If a parameter is not a number (nothing is written then), or if a file cannot
/// be written.
pub fn save(training: &Training, stem: &Path) -> Result {
    let Training { network, moments, order, step, .. } = training;
    if !network.is_finite() {
        return Err(Error::diverged(*step));
    }
    let (arrays, manifest) = paths(stem);
    let params = network.params();
    let params = with(params, "w1", &moments.w1);
    let params = with(params, "b1", &moments.b1);
    let params = with(params, "w2", &moments.w2);
    let params = with(params, "b2", &moments.b2);
    let params = with(params, "w3", &moments.w3);
    let params = with(params, "b3", &moments.b3);
    params.save(&arrays)?; // under a passing name, to the disk, then renamed
    let bytes = read(&arrays)?;
    sync(stem)?; // the name, too, must be on the disk before the manifest is

    let word = training.rng.get_word_pos();
    let word = u64::try_from(word).map_err(|_| Error::new("the random numbers are used up"))?;
    let text = Manifest::new(
        *step,
        training.settings.clone(),
        (
            Random::new(training.rng.get_stream(), word),
            Place { epoch: order.epoch, batch: order.batch },
        ),
        (training.data.clone(), training.log.clone()),
        Arrays { bytes: bytes.len() as u64, sha256: sha256(&bytes) },
    )
    .text()?;
    files::write(&manifest, |file| {
        file.write_all(text.as_bytes()).map_err(|error| files::io_error(&manifest, &error))
    })?;
    sync(stem)
}

/// The training that [`save`] wrote as `stem.npz` and `stem.json`.
///
/// # Errors
/// If one of them is missing, damaged, not of this program, or of a newer version.
pub fn load(stem: &Path) -> Result<Training> {
    let (arrays, manifest_path) = paths(stem);
    let text = fs::read(&manifest_path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => Error::at(
            &manifest_path,
            "there is no such file, and a checkpoint is a .npz with a manifest .json beside it; \
             check the name",
        ),
        _ => files::io_error(&manifest_path, &error),
    })?;
    let manifest = Manifest::read(&manifest_path, &String::from_utf8_lossy(&text))?;
    let bytes = read(&arrays)?;
    let Arrays { bytes: length, sha256: sum } = &manifest.arrays;
    if bytes.len() as u64 != *length {
        let fault = format!(
            "has {} bytes where its manifest says {length}; it is cut short or was changed; \
             use another checkpoint",
            bytes.len()
        );
        return Err(Error::at(&arrays, fault));
    }
    if sha256(&bytes) != *sum {
        let fault = "is damaged: its checksum is not that in its manifest; use another checkpoint";
        return Err(Error::at(&arrays, fault));
    }
    let params = Params::<Float>::load(&arrays)?;
    let Manifest { step, settings, random, order, data, log, .. } = manifest;
    let mut network = Network::new(Start::Zero, &mut seeded(0)); // for the shapes
    let mut moments = Moments::new(&network);
    take(&params, "w1", &mut network.w1, &mut moments.w1)?;
    take(&params, "b1", &mut network.b1, &mut moments.b1)?;
    take(&params, "w2", &mut network.w2, &mut moments.w2)?;
    take(&params, "b2", &mut network.b2, &mut moments.b2)?;
    take(&params, "w3", &mut network.w3, &mut moments.w3)?;
    take(&params, "b3", &mut network.b3, &mut moments.b3)?;
    let mut rng = seeded(settings.seed);
    rng.set_stream(random.stream);
    rng.set_word_pos(random.word.into());
    let place = (order.epoch, order.batch);
    let order = Order::at(data.images, settings.batch_size, settings.seed, place);
    Ok(Training { settings, data, step, network, moments, rng, order, log })
}

/// `stem.npz` and `stem.json`.
pub fn paths(stem: &Path) -> (PathBuf, PathBuf) {
    let with = |ending: &str| {
        let mut name = stem.as_os_str().to_owned();
        name.push(ending);
        PathBuf::from(name)
    };
    (with(".npz"), with(".json"))
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).map_err(|error| files::io_error(path, &error))
}

/// With Adam's two means of the parameter `name`.
fn with<D: Dimension>(params: Params<Float>, name: &str, adam: &Adam<Float, D>) -> Params<Float> {
    params.with(&format!("{name}.v"), &adam.v).with(&format!("{name}.s"), &adam.s)
}

/// A parameter and Adam's two means of it, back.
fn take<D: Dimension>(
    params: &Params<Float>,
    name: &str,
    w: &mut Array<Float, D>,
    adam: &mut Adam<Float, D>,
) -> Result {
    let shape = w.raw_dim();
    *w = params.get(name, shape.clone())?;
    adam.v = params.get(&format!("{name}.v"), shape.clone())?;
    adam.s = params.get(&format!("{name}.s"), shape)?;
    Ok(())
}
