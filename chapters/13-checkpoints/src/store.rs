//! The folder of checkpoints of a training: one writer, and the newest few checkpoints.

use std::ffi::OsString;
use std::fs::{self, File, TryLockError};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use common::program::thousands;
use common::{Error, Result, files};

use crate::checkpoint::{self, paths, sync_folder};
use crate::training::{DataInfo, Training};

/// The folder of checkpoints in a training's `--out`.
pub const MODELS: &str = "models";
/// The owner of the folder holds a lock on this file. The system releases it when the
/// process ends, however it ends, so a killed training locks nobody out.
const LOCK: &str = ".lock";
const TEMPORARY: &str = ".unfinished-"; // as `common::files` names its temporary files
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
        let mut options = File::options();
        options.read(true).write(true).create(true).truncate(false);
        let mut lock = options.open(&path).map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(in_use(folder, lock)),
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
        lock.set_len(0).and_then(|()| write!(lock, "{}", std::process::id())).map_err(failed)?;
        for name in names(folder)?.iter().filter(|name| name.starts_with(TEMPORARY)) {
            remove(&folder.join(name))?;
        }
        Ok(Store { folder: folder.to_owned(), keep_last, _lock: lock })
    }

    /// Before a new training: fails if there are checkpoints, or with `fresh` removes them.
    pub fn prepare(&self, fresh: bool) -> Result {
        let Some(newest) = steps(&self.folder)?.pop() else { return Ok(()) };
        if fresh {
            return self.remove_where(|_| true).map(drop);
        }
        let newest = thousands(newest);
        let fault = format!(
            "holds a training of {newest} steps; go on with `resume`, choose another --out, or \
             add --fresh to remove it"
        );
        Err(Error::at(&self.folder, fault))
    }

    /// Loads the newest checkpoint, to train on the same `data` until step `steps`, or as
    /// long as was planned. Fails if there is none, it is damaged, or of other data.
    pub fn resume(&self, data: &DataInfo, steps: Option<usize>) -> Result<Training> {
        let mut training = latest(&self.folder)?;
        if training.data != *data {
            let [theirs, these] = [&training.data, data].map(|data| thousands(data.images));
            let fault = format!(
                "was trained on {} ({theirs} images), and these are {} ({these}), or others of \
                 that name; give the same --data",
                training.data.name, data.name
            );
            return Err(Error::at(&stem(&self.folder, training.step), fault));
        }
        training.settings.steps = steps.unwrap_or(training.settings.steps);
        Ok(training)
    }

    /// Writes a checkpoint, and once it is on the disk, removes those that are older than
    /// the last few. Returns a message about both. On an error every older one is still there.
    pub fn save(&self, training: &Training) -> Result<String> {
        checkpoint::save(training, &stem(&self.folder, training.step))?;
        let steps = steps(&self.folder)?;
        let oldest = steps.len().checked_sub(self.keep_last).map_or(0, |first| steps[first]);
        let removed = self.remove_where(|step| step < oldest)?.into_iter().map(thousands);
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

    /// Removes all manifests first, then the arrays: never a manifest without arrays.
    fn remove_where(&self, is_old: impl Fn(usize) -> bool) -> Result<Vec<usize>> {
        let removed: Vec<usize> =
            steps(&self.folder)?.into_iter().filter(|&step| is_old(step)).collect();
        for &step in &removed {
            remove(&paths(&stem(&self.folder, step)).1)?;
        }
        if !removed.is_empty() {
            sync_folder(&stem(&self.folder, 0))?;
        }
        for step in steps_of(&self.folder, ".npz")?.into_iter().filter(|&step| is_old(step)) {
            remove(&paths(&stem(&self.folder, step)).0)?; // also those without a manifest
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
    let step = |name: String| {
        let step = name.strip_prefix(PREFIX)?.strip_suffix(extension)?.parse().ok()?;
        // Only names that `stem` makes, not step-5 or step-+000005.
        (name == format!("{PREFIX}{step:07}{extension}")).then_some(step)
    };
    let mut steps: Vec<usize> = names(folder)?.into_iter().filter_map(step).collect();
    steps.sort_unstable();
    Ok(steps)
}

fn names(folder: &Path) -> Result<Vec<String>> {
    let names = match fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => Err(error),
        Ok(entries) => entries.map(|entry| Ok(entry?.file_name())).collect(),
    };
    let names: Vec<OsString> = names.map_err(|error| files::io_error(folder, &error))?;
    Ok(names.iter().map(|name| name.to_string_lossy().into_owned()).collect())
}

fn remove(path: &Path) -> Result {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(files::io_error(path, &error)),
        _ => Ok(()),
    }
}

fn in_use(folder: &Path, mut lock: File) -> Error {
    let mut owner = String::new();
    let owner = match lock.read_to_string(&mut owner) {
        Ok(_) if !owner.is_empty() => format!("process {owner}"),
        _ => "another process".to_owned(),
    };
    let fault = "is training into this folder; wait for it, or choose another --out";
    Error::at(folder, format!("{owner} {fault}"))
}
