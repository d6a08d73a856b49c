//! Runs one program: its output goes to a log, and Ctrl-C stops it.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use common::program::interrupt;
use common::{Error, Result, files};

/// How long a program may take to save its work after Ctrl-C.
const TIME_TO_STOP: Duration = Duration::from_secs(10);
/// How long Ctrl-C may take to be counted, on a machine that is busy with a build.
const TIME_TO_COUNT: Duration = Duration::from_millis(200);

/// A program that has ended.
#[derive(Clone, Debug)]
pub struct Finished {
    /// Its exit code, or the signal that ended it.
    pub status: ExitStatus,
    /// Everything it wrote to stdout.
    pub stdout: String,
    /// The last line that is not blank, from stdout or stderr.
    pub last_line: String,
    /// Its running time.
    pub seconds: f64,
    /// The time that all cores spent on it together; where only the running time is
    /// known, outside of Linux, that.
    pub cpu_seconds: f64,
}

impl Finished {
    /// "ended with exit code 1".
    pub fn cause(&self) -> String {
        match self.status.code() {
            Some(code) => format!("ended with exit code {code}"),
            None => format!("was ended by the system ({})", self.status),
        }
    }
}

/// Runs `command` to its end. Each line of stdout and stderr goes to the file
/// `log` and to `on_line` as soon as it is written; cargo's messages in JSON go
/// to `on_line` only.
///
/// A terminal sends Ctrl-C to the program too. It gets ten seconds to finish by
/// itself, or until Ctrl-C is pressed again, and is then killed.
/// Fails if it cannot be started or the log cannot be written.
pub fn run(command: &mut Command, log: &Path, mut on_line: impl FnMut(&str)) -> Result<Finished> {
    if let Some(folder) = log.parent() {
        std::fs::create_dir_all(folder).map_err(|error| files::io_error(folder, &error))?;
    }
    let mut log_file = File::create(log).map_err(|error| files::io_error(log, &error))?;
    let (start, cpu_before) = (Instant::now(), cpu_seconds_of_children());
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
    send_lines(child.stdout.take().expect("it is piped"), true, sender.clone());
    send_lines(child.stderr.take().expect("it is piped"), false, sender);
    let mut stdout = String::new();
    let mut last_line = String::new();
    let mut written = Ok(());
    let mut interrupted_at = None;
    loop {
        match lines.recv_timeout(Duration::from_millis(50)) {
            Ok((is_stdout, line)) => {
                let for_people = !line.starts_with("{\"reason\":");
                if for_people && written.is_ok() {
                    written = writeln!(log_file, "{line}");
                }
                if is_stdout {
                    stdout.push_str(&line);
                    stdout.push('\n');
                }
                if !line.trim().is_empty() {
                    on_line(line.trim());
                    if for_people {
                        line.trim().clone_into(&mut last_line);
                    }
                }
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
        let pressed = interrupt::pressed();
        if pressed > 0 {
            let since = *interrupted_at.get_or_insert_with(Instant::now);
            if pressed > 1 || since.elapsed() > TIME_TO_STOP {
                let _ = child.kill(); // fails if it has just ended by itself
            }
        }
    }
    let status = child.wait()?;
    // A terminal's Ctrl-C may end the child before it is counted here.
    let ended = Instant::now();
    while !status.success() && interrupt::pressed() == 0 && ended.elapsed() < TIME_TO_COUNT {
        thread::sleep(Duration::from_millis(5));
    }
    written.map_err(|error| files::io_error(log, &error))?;
    let seconds = start.elapsed().as_secs_f64();
    let cpu = cpu_before.and_then(|before| Some(cpu_seconds_of_children()? - before));
    Ok(Finished { status, stdout, last_line, seconds, cpu_seconds: cpu.unwrap_or(seconds) })
}

/// Seconds that all cores have spent on the programs that have ended, on Linux:
/// `cutime` and `cstime` of proc(5), in hundredths.
fn cpu_seconds_of_children() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let fields = stat.rsplit_once(')')?.1.split_whitespace().skip(13).take(2);
    fields.map(|field| Some(field.parse::<f64>().ok()? / 100.0)).sum()
}

/// Sends every line of `pipe` to `sender`, until the pipe closes.
fn send_lines(pipe: impl Read + Send + 'static, is_stdout: bool, sender: Sender<(bool, String)>) {
    thread::spawn(move || {
        for line in BufReader::new(pipe).split(b'\n').map_while(io::Result::ok) {
            let text = String::from_utf8_lossy(&line).trim_end_matches('\r').to_owned();
            if sender.send((is_stdout, text)).is_err() {
                return;
            }
        }
    });
}
