//! The folder of checkpoints of a training: one writer, and the newest few checkpoints.

use std::ffi::OsString;
use std::fs::{self, File, TryLockError};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use common::program::thousands;
use common::{Error, Float, Result, files};
use datasets::Dataset;

use crate::checkpoint::{self, paths, sync_folder};
use crate::training::{DataInfo, Training};

/// The folder of checkpoints in a training's `--out`.
pub const MODELS: &str = "models";
/// The owner of the folder holds a lock on this file. The system releases it when the
/// process ends, however it ends, so a killed training locks nobody out.
const LOCK: &str = ".lock";
const PREFIX: &str = "step-";

/// A folder of checkpoints, locked for this process.
pub struct Store {
    folder: PathBuf,
    keep_last: usize, // checkpoints
    _lock: File,
}

impl Store {
    /// Creates the folder if needed, locks it, and removes temporary files of a crash. Fails
    /// if another process trains into it.
    pub fn open(folder: &Path, keep_last: usize) -> Result<Store> {
        fs::create_dir_all(folder).map_err(|error| files::io_error(folder, &error))?;
        let path = folder.join(LOCK);
        let failed = |error| files::io_error(&path, &error);
        // A link would have the number of this process written over what it points to.
        if fs::symlink_metadata(&path).is_ok_and(|about| !about.is_file()) {
            return Err(Error::at(&path, "is a link or a folder where a file belongs; remove it"));
        }
        let mut options = File::options();
        options.read(true).write(true).create(true).truncate(false);
        let mut lock = options.open(&path).map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(in_use(folder, lock)),
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
        lock.set_len(0).and_then(|()| write!(lock, "{}", std::process::id())).map_err(failed)?;
        files::remove_unfinished(folder);
        Ok(Store { folder: folder.to_owned(), keep_last, _lock: lock })
    }

    /// Before a new training: fails if there are checkpoints, or with `fresh` removes them.
    pub fn prepare(&self, fresh: bool) -> Result {
        let Some(newest) = steps(&self.folder)?.pop() else { return Ok(()) };
        if fresh {
            return self.keep_newest(0).map(drop);
        }
        let cure = "go on with `resume`, choose another --out, or add --fresh to remove it";
        let fault = format!("holds a training of {} steps; {cure}", thousands(newest));
        Err(Error::at(&self.folder, fault))
    }

    /// Loads the newest checkpoint, to train on the same `data` until step `steps`, or as
    /// long as was planned; removes what a crash has left. Fails if there is none, it is
    /// damaged, or of other data.
    pub fn resume(&self, data: &Dataset<Float>, steps: Option<usize>) -> Result<Training> {
        let mut training = latest(&self.folder)?;
        let (theirs, these) = (&training.data, DataInfo::of(data));
        // Older checkpoints have the checksum of a thousand images.
        if *theirs != these && *theirs != DataInfo::of_first(data, 1_000) {
            let [count, counted] = [theirs, &these].map(|data| thousands(data.images));
            let fault = format!(
                "was trained on {} ({count} images), and these are {} ({counted}), or others of \
                 that name; give the same --data",
                theirs.name, these.name
            );
            return Err(Error::at(&stem(&self.folder, training.step), fault));
        }
        self.keep_newest(self.keep_last)?;
        training.data = these;
        training.settings.steps = steps.unwrap_or(training.settings.steps);
        Ok(training)
    }

    /// Writes a checkpoint, and once it is on the disk, removes those that are older than
    /// the last few. Returns a message about both. On an error every older one is still there.
    pub fn save(&self, training: &Training) -> Result<String> {
        checkpoint::save(training, &stem(&self.folder, training.step))?;
        let removed = self.keep_newest(self.keep_last)?.into_iter().map(thousands);
        Ok(match removed.collect::<Vec<_>>().join(", ").as_str() {
            "" => "kept".to_owned(),
            steps => format!("kept, and step {steps} removed"),
        })
    }

    /// The message of a training that was interrupted after step `step` and saved.
    pub fn interrupted(&self, step: usize) -> Error {
        let (saved, step) = (stem(&self.folder, step), thousands(step));
        let saved = format!("stopped after step {step}, which is kept as {}", saved.display());
        Error::new(format!("{saved}; `checkpoints resume` goes on"))
    }

    /// Removes all checkpoints but the newest `count`: the manifests first, then all arrays
    /// without one, for there must never be a manifest without arrays.
    fn keep_newest(&self, count: usize) -> Result<Vec<usize>> {
        let mut removed = steps(&self.folder)?;
        let kept = removed.split_off(removed.len().saturating_sub(count));
        for &step in &removed {
            remove(&paths(&stem(&self.folder, step)).1)?;
        }
        if !removed.is_empty() {
            sync_folder(&stem(&self.folder, 0))?;
        }
        let arrays = steps_of(&self.folder, ".npz")?;
        for step in arrays.into_iter().filter(|step| !kept.contains(step)) {
            remove(&paths(&stem(&self.folder, step)).0)?;
        }
        Ok(removed)
    }
}

/// The steps of all checkpoints in `folder`, the newest last; none if there is no folder.
pub fn steps(folder: &Path) -> Result<Vec<usize>> {
    steps_of(folder, ".json")
}

/// The path of the checkpoint of `step` in `folder`, without extension.
pub fn stem(folder: &Path, step: usize) -> PathBuf {
    folder.join(format!("{PREFIX}{step:07}"))
}

/// Loads the newest checkpoint in `folder`. If it is damaged, the error names the newest one
/// that is not, and nothing is changed.
pub fn latest(folder: &Path) -> Result<Training> {
    let mut steps = steps(folder)?;
    let Some(newest) = steps.pop() else {
        return Err(Error::at(folder, "holds no checkpoint; `checkpoints train` makes them"));
    };
    let fault = match checkpoint::load(&stem(folder, newest)) {
        Ok(training) if training.step == newest => return Ok(training),
        Ok(training) => Error::at(
            &stem(folder, newest),
            format!("holds step {}; it was renamed, give it its own name back", training.step),
        ),
        Err(error) => error,
    };
    let whole = steps.into_iter().rev().find(|&step| checkpoint::load(&stem(folder, step)).is_ok());
    let Some(whole) = whole.map(|step| stem(folder, step)) else {
        return Err(Error::new(format!("{fault}; there is no other; begin anew with --fresh")));
    };
    let (whole, newest) = (whole.display(), thousands(newest));
    Err(Error::new(format!(
        "{fault}; the newest whole one is {whole}: to go on from there, move the files of step \
         {newest} out of the folder"
    )))
}

/// Loads the checkpoint at `path`: a folder for its newest, or a checkpoint by its
/// `.json`, its `.npz`, or its name without extension.
pub fn load(path: &Path) -> Result<Training> {
    if path.is_dir() {
        let models = path.join(MODELS); // `path` may be a training's --out
        return latest(if models.is_dir() { &models } else { path });
    }
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("json" | "npz") => checkpoint::load(&path.with_extension("")),
        _ => checkpoint::load(path),
    }
}

fn steps_of(folder: &Path, extension: &str) -> Result<Vec<usize>> {
    let names = match fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.and_then(|all| all.map(|entry| Ok(entry?.file_name())).collect()),
    };
    let names: Vec<OsString> = names.map_err(|error| files::io_error(folder, &error))?;
    let step = |name: &OsString| {
        let step = name.to_str()?.strip_prefix(PREFIX)?.strip_suffix(extension)?.parse().ok()?;
        // Only names that `stem` makes, not step-5 or step-+000005.
        (*name == *format!("{PREFIX}{step:07}{extension}")).then_some(step)
    };
    let mut steps: Vec<usize> = names.iter().filter_map(step).collect();
    steps.sort_unstable();
    Ok(steps)
}

fn remove(path: &Path) -> Result {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(files::io_error(path, &error)),
        _ => Ok(()),
    }
}

fn in_use(folder: &Path, mut lock: File) -> Error {
    let mut owner = String::new();
    let _ = lock.read_to_string(&mut owner); // its number; if it has none yet, it is left out
    let fault = "is training into this folder; wait for it, or choose another --out";
    Error::at(folder, format!("process {owner} {fault}"))
}
