//! Files that are either whole or not there.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::time::{Duration, SystemTime};

use common::{Error, Result, files};

fn write(path: &Path) -> Result {
    files::write(path, |file| Ok(file.write_all(b"whole")?))
}

#[test]
fn only_old_unfinished_files_are_removed() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    for name in [".unfinished-old", ".unfinished-new", "kept"] {
        File::create(path(name)).unwrap();
    }
    let hour = Duration::from_secs(60 * 60);
    for name in [".unfinished-old", "kept"] {
        let long_ago = SystemTime::now() - 2 * hour;
        File::options().write(true).open(path(name)).unwrap().set_modified(long_ago).unwrap();
    }
    files::remove_unfinished(folder.path(), hour);
    assert!(!path(".unfinished-old").exists());
    assert!(path(".unfinished-new").exists());
    assert!(path("kept").exists());
    files::remove_unfinished(&path("no such folder"), hour);
}

#[test]
fn an_unfinished_file_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("made/when/needed");
    let unfinished = files::begin(&inner).unwrap();
    let name = unfinished.path().file_name().unwrap().to_string_lossy().into_owned();
    assert!(name.starts_with(".unfinished-"), "what `remove_unfinished` looks for: {name}");
    drop(unfinished);
    assert_eq!(fs::read_dir(&inner).unwrap().count(), 0);
}

#[test]
fn a_write_that_fails_leaves_the_old_file_and_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("made/file");
    write(&path).unwrap();
    let error = files::write(&path, |file| {
        file.write_all(b"half")?;
        Err(Error::new("no more"))
    });
    assert_eq!(error.unwrap_err().to_string(), "no more");
    assert_eq!(fs::read(&path).unwrap(), b"whole");
    assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
}

#[cfg(unix)]
#[test]
fn a_file_is_as_readable_as_any_that_the_user_makes() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    write(&path("ours")).unwrap();
    File::create(path("any")).unwrap();
    let mode = |name: &str| fs::metadata(path(name)).unwrap().permissions().mode();
    assert_eq!(mode("ours"), mode("any"));
}
