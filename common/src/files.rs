//! Files that are written whole or not at all.

use std::fs;
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::Path;

use crate::{Error, Result};

/// Writes a temporary file in the same folder, then renames it to `path`: even
/// after a crash there is the old file or the new one, never a part. Missing
/// folders are created.
///
/// # Errors
/// A sentence that names `path`, the fault and the cure.
pub fn write(path: &Path, content: impl FnOnce(&mut BufWriter<&mut fs::File>) -> Result) -> Result {
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let error_at_path = |error: io::Error| io_error(path, &error);
    fs::create_dir_all(folder).map_err(|error| io_error(folder, &error))?;
    let file = tempfile::Builder::new().prefix(".unfinished-").tempfile_in(folder);
    let mut file = file.map_err(error_at_path)?;
    let mut writer = BufWriter::new(file.as_file_mut());
    content(&mut writer)?;
    writer.flush().map_err(error_at_path)?;
    drop(writer);
    readable_by_all(file.as_file());
    file.as_file().sync_all().map_err(error_at_path)?;
    file.persist(path).map_err(|error| io_error(path, &error.error))?;
    Ok(())
}

/// Writes a table of numbers as `.csv`: a header, then a line for each row.
///
/// # Errors
/// If the file cannot be written.
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

/// Temporary files are readable by their owner only; results should be by all.
fn readable_by_all(file: &fs::File) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // Fails on file systems without permissions, where it is not needed.
        let _ = file.set_permissions(fs::Permissions::from_mode(0o644));
    }
    #[cfg(not(unix))]
    let _ = file;
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
        ErrorKind::NotFound => "there is no such file; check the name",
        _ => return Error::at(path, error),
    };
    Error::at(path, cure)
}
