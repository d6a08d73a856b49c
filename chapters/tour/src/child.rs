//! One child process: its output is kept, and Ctrl-C reaches it.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use common::program::interrupt;
use common::{Error, Result, files};

/// After Ctrl-C a chapter may take this long to save what it has.
const PATIENCE: Duration = Duration::from_secs(10);

/// How a child ended.
#[derive(Clone, Debug)]
pub struct Ended {
    /// Its exit code, or the signal that ended it.
    pub status: ExitStatus,
    /// What it wrote to stdout.
    pub stdout: String,
    /// The last line that it wrote to stdout or stderr, if not blank.
    pub last_line: String,
    /// How long it ran, in seconds.
    pub seconds: f64,
}

/// Runs `command` to its end. Both its stdout and stderr go to the file `log`,
/// line by line as they come; `tell` sees each line too.
///
/// On Ctrl-C a terminal tells the child as well; it is given ten seconds to
/// finish in its own way, none if Ctrl-C is pressed again, and then ended.
///
/// # Errors
/// If it cannot be started or the log cannot be written.
pub fn run(command: &mut Command, log: &Path, mut tell: impl FnMut(&str)) -> Result<Ended> {
    if let Some(folder) = log.parent() {
        std::fs::create_dir_all(folder).map_err(|error| files::io_error(folder, &error))?;
    }
    let mut file = File::create(log).map_err(|error| files::io_error(log, &error))?;
    let start = Instant::now();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| {
            let program = command.get_program().display();
            Error::new(format!(
                "{program}: cannot be started ({error}); see that it is installed and in the PATH"
            ))
        })?;

    let (sender, lines) = mpsc::channel();
    if let Some(pipe) = child.stdout.take() {
        read_lines(pipe, true, sender.clone());
    }
    if let Some(pipe) = child.stderr.take() {
        read_lines(pipe, false, sender);
    }
    let mut stdout = String::new();
    let mut last_line = String::new();
    let mut disk = Ok(());
    let mut stop_seen = None;
    loop {
        match lines.recv_timeout(Duration::from_millis(50)) {
            Ok((from_stdout, line)) => {
                if disk.is_ok() {
                    disk = writeln!(file, "{line}");
                }
                if from_stdout {
                    stdout.push_str(&line);
                    stdout.push('\n');
                }
                if !line.trim().is_empty() {
                    tell(line.trim());
                    line.trim().clone_into(&mut last_line);
                }
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
        let pressed = interrupt::pressed();
        if pressed > 0 {
            let since = *stop_seen.get_or_insert_with(Instant::now);
            if pressed > 1 || since.elapsed() > PATIENCE {
                let _ = child.kill(); // it may have ended by itself just now
            }
        }
    }
    let status = child.wait()?;
    disk.map_err(|error| files::io_error(log, &error))?;
    Ok(Ended { status, stdout, last_line, seconds: start.elapsed().as_secs_f64() })
}

/// Sends every line of `pipe` on, until it closes.
fn read_lines(pipe: impl Read + Send + 'static, is_stdout: bool, sender: Sender<(bool, String)>) {
    thread::spawn(move || {
        let mut pipe = BufReader::new(pipe);
        let mut line = Vec::new();
        while pipe.read_until(b'\n', &mut line).is_ok_and(|n| n > 0) {
            let text = String::from_utf8_lossy(&line);
            let text = text.trim_end_matches(['\n', '\r']).to_owned();
            if sender.send((is_stdout, text)).is_err() {
                return;
            }
            line.clear();
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_streams_reach_the_log_and_stdout_is_kept_apart() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("new/child.log");
        let mut told = Vec::new();
        let mut command = Command::new("rustc");
        command.args(["--version", "--verbose"]);
        let ended = run(&mut command, &log, |line| told.push(line.to_owned())).unwrap();
        assert!(ended.status.success());
        assert!(ended.stdout.starts_with("rustc 1."));
        assert_eq!(std::fs::read_to_string(&log).unwrap(), ended.stdout);
        assert_eq!(told.last(), Some(&ended.last_line));
    }

    #[test]
    fn a_child_that_fails_leaves_its_code_and_its_last_line() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("child.log");
        let mut command = Command::new("rustc");
        command.arg("--no-such-flag");
        let ended = run(&mut command, &log, |_| ()).unwrap();
        assert_eq!(ended.status.code(), Some(1));
        assert_eq!(ended.stdout, "");
        let kept = std::fs::read_to_string(&log).unwrap();
        assert!(kept.contains("no-such-flag"), "{kept}");
        assert!(kept.trim_end().ends_with(&ended.last_line));
    }

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("child.log");
        let error = run(&mut Command::new("no-such-program"), &log, |_| ()).unwrap_err();
        assert!(error.to_string().starts_with("no-such-program: cannot be started"), "{error}");
    }
}
