//! The folder of a training: one writer, the last few checkpoints, and the newest
//! of them at any time.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use common::program::thousands;
use common::{Error, Result, files};

use crate::checkpoint::{self, paths};
use crate::training::{Data, Training};

/// Its owner holds a lock on this file. The system lets go of it when the process
/// ends, however it ends, so a killed training locks nobody out.
const LOCK: &str = ".lock";
/// What `common::files` calls a file that is not whole yet.
const UNFINISHED: &str = ".unfinished-";
const BEFORE_STEP: &str = "step-";

/// A folder of checkpoints that nobody else may write to.
pub struct Folder {
    path: PathBuf,
    /// How many checkpoints are kept.
    last: usize,
    _lock: File,
}

impl Folder {
    /// Makes the folder if there is none, locks it, and clears away what a crash
    /// left unfinished. Of its checkpoints the `last` are kept.
    ///
    /// # Errors
    /// If another process trains into it, or it cannot be written.
    pub fn lock(path: &Path, last: usize) -> Result<Folder> {
        fs::create_dir_all(path).map_err(|error| files::io_error(path, &error))?;
        let name = path.join(LOCK);
        let options =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&name);
        let mut lock = options.map_err(|error| files::io_error(&name, &error))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(taken(path, lock)),
            Err(TryLockError::Error(error)) => return Err(files::io_error(&name, &error)),
        }
        let noted = lock.set_len(0).and_then(|()| write!(lock, "{}", std::process::id()));
        noted.map_err(|error| files::io_error(&name, &error))?;
        for entry in names(path)? {
            if entry.starts_with(UNFINISHED) {
                remove(&path.join(entry))?;
            }
        }
        Ok(Folder { path: path.to_owned(), last, _lock: lock })
    }

    /// Makes room for a training from its first step on.
    ///
    /// # Errors
    /// If the folder holds checkpoints and they are not to be removed.
    pub fn begin(&self, fresh: bool) -> Result {
        match steps(&self.path)?.last() {
            None => Ok(()),
            Some(_) if fresh => self.remove_where(|_| true).map(drop),
            Some(newest) => Err(Error::at(
                &self.path,
                format!(
                    "holds a training of {} steps; go on with `resume`, choose another --out, or \
                     add --fresh to remove it",
                    thousands(*newest)
                ),
            )),
        }
    }

    /// The newest training, to go on with it: on the same `data`, and up to
    /// `iterations` steps if that is said.
    ///
    /// # Errors
    /// If there is none, it is damaged, or it is of other data.
    pub fn go_on(&self, data: &Data, iterations: Option<usize>) -> Result<Training> {
        let mut run = latest(&self.path)?;
        if run.data != *data {
            let fault = format!(
                "was trained on {} ({} images), and these are {} ({}), or others of that name; \
                 give the same --data",
                run.data.name,
                thousands(run.data.images),
                data.name,
                thousands(data.images)
            );
            return Err(Error::at(&stem(&self.path, run.step), fault));
        }
        run.settings.steps = iterations.unwrap_or(run.settings.steps);
        Ok(run)
    }

    /// Writes a checkpoint, and when it is safely there, removes those that are
    /// older than the last few; a sentence on both.
    ///
    /// # Errors
    /// If it cannot be written; then every older one is still there.
    pub fn save(&self, training: &Training) -> Result<String> {
        checkpoint::save(training, &stem(&self.path, training.step))?;
        let kept = steps(&self.path)?;
        let oldest = kept.len().checked_sub(self.last).map_or(0, |first| kept[first]);
        let removed: Vec<String> =
            self.remove_where(|step| step < oldest)?.into_iter().map(thousands).collect();
        Ok(match removed.is_empty() {
            true => "kept".to_owned(),
            false => format!("kept, and step {} removed", removed.join(", ")),
        })
    }

    /// First all manifests, then the arrays: never a manifest without arrays.
    fn remove_where(&self, old: impl Fn(usize) -> bool) -> Result<Vec<usize>> {
        let removed: Vec<usize> =
            steps(&self.path)?.into_iter().filter(|&step| old(step)).collect();
        for &step in &removed {
            remove(&paths(&stem(&self.path, step)).1)?;
        }
        if !removed.is_empty() {
            sync(&stem(&self.path, 0))?;
        }
        for step in of_ending(&self.path, ".npz")?.into_iter().filter(|&step| old(step)) {
            remove(&paths(&stem(&self.path, step)).0)?; // also what a crash left behind
        }
        Ok(removed)
    }
}

/// The steps of all checkpoints in `folder`, the newest last. A folder that is not
/// there holds none.
///
/// # Errors
/// If the folder cannot be read.
pub fn steps(folder: &Path) -> Result<Vec<usize>> {
    of_ending(folder, ".json")
}

/// The checkpoint of `step` in `folder`, without an ending.
pub fn stem(folder: &Path, step: usize) -> PathBuf {
    folder.join(format!("{BEFORE_STEP}{step:07}"))
}

/// The newest training in `folder`.
///
/// # Errors
/// If there is none, or if the newest is damaged; the sentence then names the
/// newest that is whole, and nothing is changed.
pub fn latest(folder: &Path) -> Result<Training> {
    let mut all = steps(folder)?;
    let Some(newest) = all.pop() else {
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
    let whole = all.into_iter().rev().find(|&step| checkpoint::load(&stem(folder, step)).is_ok());
    let cure = match whole {
        Some(step) => format!(
            "the newest whole one is {}: to go on from there, move the files of step {} out of \
             the folder",
            stem(folder, step).display(),
            thousands(newest)
        ),
        None => "there is no other; begin anew with --fresh".to_owned(),
    };
    Err(Error::new(format!("{fault}; {cure}")))
}

/// The training that `path` names: a folder's newest, or a checkpoint by its
/// `.json`, its `.npz`, or neither ending.
///
/// # Errors
/// If there is none, or it is damaged.
pub fn open(path: &Path) -> Result<Training> {
    if path.is_dir() {
        let inner = path.join(MODELS); // a training's --out will do, too
        return latest(if inner.is_dir() { &inner } else { path });
    }
    let ending = path.extension().and_then(|ending| ending.to_str());
    match ending {
        Some("json" | "npz") => checkpoint::load(&path.with_extension("")),
        _ => checkpoint::load(path),
    }
}

/// The folder of checkpoints in a training's `--out`.
pub const MODELS: &str = "models";

/// Asks the system to have the names in the folder of `path` on the disk: after a
/// power cut a file that was renamed may otherwise have its old name, or none.
///
/// # Errors
/// If the disk says that it failed.
pub fn sync(path: &Path) -> Result {
    #[cfg(unix)]
    if let Some(folder) = path.parent() {
        let synced = File::open(folder).and_then(|folder| folder.sync_all());
        match synced {
            // Some file systems cannot, and keep their names in order anyway.
            Err(error)
                if !matches!(error.kind(), ErrorKind::InvalidInput | ErrorKind::Unsupported) =>
            {
                return Err(files::io_error(folder, &error));
            }
            _ => {}
        }
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

fn of_ending(folder: &Path, ending: &str) -> Result<Vec<usize>> {
    let step = |name: String| {
        let step = name.strip_prefix(BEFORE_STEP)?.strip_suffix(ending)?.parse().ok()?;
        // No other way to write it: `stem` must find it again.
        (name == format!("{BEFORE_STEP}{step:07}{ending}")).then_some(step)
    };
    let mut steps: Vec<usize> = names(folder)?.into_iter().filter_map(step).collect();
    steps.sort_unstable();
    Ok(steps)
}

fn names(folder: &Path) -> Result<Vec<String>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(|error| files::io_error(folder, &error))?,
    };
    let name = |entry: std::io::Result<fs::DirEntry>| {
        let entry = entry.map_err(|error| files::io_error(folder, &error))?;
        Ok(entry.file_name().to_string_lossy().into_owned())
    };
    entries.map(name).collect()
}

fn remove(path: &Path) -> Result {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(files::io_error(path, &error)),
        _ => Ok(()),
    }
}

fn taken(path: &Path, mut lock: File) -> Error {
    let mut owner = String::new();
    let owner = match lock.read_to_string(&mut owner) {
        Ok(_) if !owner.is_empty() => format!("process {owner}"),
        _ => "another process".to_owned(),
    };
    Error::at(
        path,
        format!("{owner} is training into this folder; wait for it, or choose another --out"),
    )
}
