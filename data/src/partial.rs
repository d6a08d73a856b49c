//! Files that appear whole or not at all: written beside their place under a
//! name of their own, then renamed. Two processes that write the same file at
//! once do not meet; whoever renames last replaces the same bytes.

use std::fs;
use std::io;
use std::path::Path;
use std::time::Duration;

use tempfile::NamedTempFile;

const PREFIX: &str = ".partial-";

// A live download gives up after seconds without a byte, so an hour of silence
// means that its process is dead.
const STALE: Duration = Duration::from_secs(60 * 60);

/// A new unfinished file in `folder`, which is made if need be.
pub(crate) fn begin(folder: &Path) -> io::Result<NamedTempFile> {
    fs::create_dir_all(folder)?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(PREFIX);
    // As readable as any file the user makes; the default is the owner only.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(folder)
}

/// Gives a finished file its name.
pub(crate) fn finish(file: NamedTempFile, path: &Path) -> io::Result<()> {
    file.as_file().sync_data()?;
    file.persist(path)?;
    Ok(())
}

/// Removes what killed processes left in `folder`. Never fails: a leftover
/// costs disk space and nothing else.
pub(crate) fn sweep(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let ours = entry.file_name().to_string_lossy().starts_with(PREFIX);
        let untouched = entry.metadata().and_then(|m| m.modified());
        let age = untouched.ok().and_then(|time| time.elapsed().ok());
        if ours && age.is_some_and(|age| age > STALE) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::File;
    use std::time::SystemTime;

    #[test]
    fn only_old_leftovers_are_swept() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        for name in [".partial-old", ".partial-new", "kept"] {
            File::create(path(name)).unwrap();
        }
        for name in [".partial-old", "kept"] {
            let long_ago = SystemTime::now() - 2 * STALE;
            File::options().write(true).open(path(name)).unwrap().set_modified(long_ago).unwrap();
        }
        sweep(folder.path());
        assert!(!path(".partial-old").exists());
        assert!(path(".partial-new").exists());
        assert!(path("kept").exists());
    }

    #[test]
    fn an_unfinished_file_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("made/when/needed");
        drop(begin(&inner).unwrap());
        assert_eq!(fs::read_dir(&inner).unwrap().count(), 0);
    }
}
