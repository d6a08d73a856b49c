//! Files that are either whole or not there: they are written under a temporary
//! name in the same folder and then renamed. A reader, even after a crash, finds
//! the old file or the new one. Two processes may write the same file at once.
//!
//! Whatever a user names to be read is opened by [`open`], which never waits.

use std::fs::{self, File};
use std::io::{self, BufWriter, ErrorKind, Read, Write};
use std::path::Path;

use tempfile::NamedTempFile;

use crate::{Error, Result};

/// The beginning of the temporary names.
const UNFINISHED: &str = ".unfinished-";

/// Opens the file `path` for reading, if it is an ordinary file. To open a pipe would
/// wait for its other end, and some devices never end. Fails if it is something else, or the
/// system refuses; [`io_error`] makes a sentence of that.
pub fn open(path: &Path) -> io::Result<File> {
    let kind = fs::metadata(path)?;
    if kind.is_dir() {
        return Err(ErrorKind::IsADirectory.into());
    }
    if !kind.is_file() {
        let fault = "is a pipe or a device; copy what it gives into a file, and name that";
        return Err(io::Error::other(fault));
    }
    File::open(path)
}

/// All bytes of the ordinary file `path`. Fails as [`open`], or if it cannot be read, or is
/// larger than the memory.
pub fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open(path)?.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Writes the file `path`. Folders that are missing are made. Fails with a sentence that names
/// `path`, what went wrong and what to do.
pub fn write(path: &Path, content: impl FnOnce(&mut BufWriter<&mut File>) -> Result) -> Result {
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    fs::create_dir_all(folder).map_err(|error| io_error(folder, &error))?;
    let at_path = |error: io::Error| io_error(path, &error);
    let mut file = begin(folder).map_err(at_path)?;
    let mut writer = BufWriter::new(file.as_file_mut());
    content(&mut writer)?;
    writer.flush().map_err(at_path)?;
    drop(writer);
    finish(file, path).map_err(at_path)
}

/// A new temporary file in `folder`, which is made if it is missing. The file is removed when it
/// is dropped; those that killed processes have left are removed here. Fails if the file cannot
/// be made.
pub fn begin(folder: &Path) -> io::Result<NamedTempFile> {
    fs::create_dir_all(folder)?;
    remove_unfinished(folder);
    let mut builder = tempfile::Builder::new();
    builder.prefix(UNFINISHED);
    // As readable as the umask allows; tempfile's default is the owner alone.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    loop {
        let file = builder.tempfile_in(folder)?;
        let _ = file.as_file().lock(); // as long as this process lives; some disks have no locks
        if file.path().exists() {
            return Ok(file); // nobody took it for a dead one's before it was locked
        }
    }
}

/// Removes the temporary files in `folder` that no living process has locked.
pub fn remove_unfinished(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let is_unfinished = entry.file_name().to_string_lossy().starts_with(UNFINISHED);
        if is_unfinished
            && let Ok(file) = open(&entry.path())
            && file.try_lock().is_ok()
        {
            let _ = fs::remove_file(entry.path()); // still locked: nobody else has it
        }
    }
}

/// Saves the temporary `file` to the disk and renames it to `path`. If that fails, the
/// temporary file is removed.
pub fn finish(file: NamedTempFile, path: &Path) -> io::Result<()> {
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

/// Writes a table of numbers as `.csv`: a header, then a line for each row. Fails if the file
/// cannot be written.
pub fn save_csv<const N: usize>(path: &Path, header: [&str; N], rows: &[[f64; N]]) -> Result {
    write(path, |file| {
        let mut table = csv::Writer::from_writer(file);
        table.write_record(header)?;
        for row in rows {
            table.write_record(row.map(|v| v.to_string()))?;
        }
        table.flush().map_err(|error| io_error(path, &error))
    })
}

/// An error of the operating system at `path`, with the cure.
pub fn io_error(path: &Path, error: &io::Error) -> Error {
    let cure = match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            "the disk is full; free some space and run again"
        }
        ErrorKind::FileTooLarge => {
            "grows beyond what this disk or this account allows; choose another folder"
        }
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            "may not be written or read; choose another folder, or change its permissions"
        }
        ErrorKind::NotADirectory | ErrorKind::AlreadyExists => {
            "a file stands where a folder is needed; move it or choose another folder"
        }
        ErrorKind::IsADirectory => {
            "a folder stands where a file is needed; move it or choose another name"
        }
        ErrorKind::NotFound if path.is_symlink() => {
            "is a link to something that does not exist; mend the link"
        }
        ErrorKind::NotFound => "there is no such file; check the name",
        ErrorKind::OutOfMemory => "is larger than the memory; give a smaller file",
        _ => return Error::at(path, error),
    };
    Error::at(path, cure)
}
