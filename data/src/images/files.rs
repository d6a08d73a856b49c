//! Finds the four files of a data set in a folder, under any of their names.

use std::fs;
use std::io::ErrorKind::{NotADirectory, NotFound};
use std::path::{Path, PathBuf};

use super::info::DatasetInfo;

/// The files of a data set that a folder holds.
pub(super) struct Files {
    /// The folder itself, or the one inside it that holds the files.
    pub folder: PathBuf,
    /// In the order of [`DatasetInfo::files`].
    pub paths: [Option<PathBuf>; 4],
}

impl Files {
    /// All four paths, or the index of the first that is missing.
    pub fn all(self) -> Result<[PathBuf; 4], usize> {
        match self.paths.iter().position(Option::is_none) {
            Some(missing) => Err(missing),
            None => Ok(self.paths.map(Option::unwrap_or_default)),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.paths.iter().all(Option::is_none)
    }
}

/// Looks in the data set's own folders inside `folder`, then in `folder` itself.
/// The first place with any of the files is taken.
pub(super) fn find(folder: &Path, info: &DatasetInfo) -> Files {
    let inside = info.folders.iter().map(|name| find_in(&folder.join(name), info));
    let found = inside.into_iter().find(|files| !files.is_empty());
    found.unwrap_or_else(|| find_in(folder, info))
}

/// Looks in `folder` only.
pub(super) fn find_in(folder: &Path, info: &DatasetInfo) -> Files {
    let paths = info.files.map(|file| {
        let paths = names(file.name).map(|name| folder.join(name));
        // Some archives unpack into a folder that has the name of the file.
        let file = paths.iter().find(|path| path.is_file());
        file.or(paths.iter().find(|path| is_there(path))).cloned()
    });
    Files { folder: folder.to_owned(), paths }
}

/// Whether `path` is a file, a folder or a link, or may be one: what cannot be looked at
/// and a link to nothing are not missing, but wrong.
pub(super) fn is_there(path: &Path) -> bool {
    let kind = fs::symlink_metadata(path).map_err(|error| error.kind());
    !matches!(kind, Err(NotFound | NotADirectory))
}

/// `train-images-idx3-ubyte.gz` with `-` or `.` before `idx`, plain or packed.
pub(super) fn names(name: &str) -> [String; 4] {
    let plain = name.trim_end_matches(".gz");
    let dotted = plain.replace("-idx", ".idx");
    let packed = |name: &str| format!("{name}.gz");
    [plain.to_owned(), dotted.clone(), packed(plain), packed(&dotted)]
}
