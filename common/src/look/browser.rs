//! Opens a file in the user's browser.

use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;
use std::{env, io};

/// Opens `path` in the program of the variable `BROWSER`, else as the desktop opens such a
/// file. A program that lives on is not waited for. Fails if none starts, or if it gives up
/// at once.
pub fn open(path: &Path) -> io::Result<()> {
    let variable = env::var("BROWSER").ok().filter(|program| !program.is_empty());
    let (program, before): (&str, &[&str]) = match &variable {
        Some(program) => (program.as_str(), &[]),
        None if cfg!(windows) => ("cmd", &["/C", "start", ""]), // the first text is a title
        None if cfg!(target_os = "macos") => ("open", &[]),
        None => ("xdg-open", &[]),
    };
    let mut command = Command::new(program);
    command.args(before).arg(std::path::absolute(path)?);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let named = |fault: &dyn std::fmt::Display| io::Error::other(format!("{program}: {fault}"));
    let mut child = command.spawn().map_err(|error| named(&error))?;
    for _ in 0..20 {
        if let Some(status) = child.try_wait()? {
            return if status.success() { Ok(()) } else { Err(named(&status)) };
        }
        sleep(Duration::from_millis(50));
    }
    Ok(())
}
