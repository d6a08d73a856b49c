//! Finding the four files in a folder, under any of the names they go by.

use std::path::{Path, PathBuf};

use super::Collection;

/// What a folder holds of a collection, in the order of [`Collection::files`].
pub(super) struct Contents {
    /// The folder itself, or the one inside it where files were found.
    pub folder: PathBuf,
    pub files: [Option<PathBuf>; 4],
}

impl Contents {
    /// All four, or the index of the first that is missing.
    pub fn all(self) -> Result<[PathBuf; 4], usize> {
        match self.files.iter().position(Option::is_none) {
            Some(missing) => Err(missing),
            None => Ok(self.files.map(Option::unwrap_or_default)),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.files.iter().all(Option::is_none)
    }
}

/// Looks in the collection's own folder inside `folder`, then in `folder`
/// itself; the first place with any of the files is taken.
pub(super) fn look(folder: &Path, collection: &Collection) -> Contents {
    let inner = collection.folders.map(|name| folder.join(name));
    for place in inner.iter().map(PathBuf::as_path).chain([folder]) {
        let contents = look_in(place, collection);
        if !contents.is_empty() {
            return contents;
        }
    }
    look_in(folder, collection)
}

/// Looks in `folder` and nowhere else.
pub(super) fn look_in(folder: &Path, collection: &Collection) -> Contents {
    let files = collection.files.map(|file| {
        let paths = names(file.name).map(|name| folder.join(name));
        // Some archives unpack into a folder that has the name of the file.
        let file = paths.iter().find(|path| path.is_file());
        file.or(paths.iter().find(|path| path.exists())).cloned()
    });
    let folder = folder.to_owned();
    Contents { folder, files }
}

/// `train-images-idx3-ubyte.gz` with `-` or `.` before `idx`, plain or packed.
pub(super) fn names(name: &str) -> [String; 4] {
    let plain = name.trim_end_matches(".gz");
    let dotted = plain.replace("-idx", ".idx");
    let packed = |name: &str| format!("{name}.gz");
    [plain.to_owned(), dotted.clone(), packed(plain), packed(&dotted)]
}
