//! No program waits for a pipe, whichever of its files it is.

#![cfg(unix)]

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use referee::{program, texts};

const FAULT: &str = "is a pipe or a device; copy what it gives into a file, and name that";

/// Runs `package` for at most a minute: what it says on stderr.
fn error_of(package: &str, args: &[&str], folder: &Path) -> String {
    let mut command = program(package);
    command.current_dir(folder).args(args).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let start = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if start.elapsed() > Duration::from_secs(60) {
            child.kill().unwrap();
            panic!("{package} {args:?} waits for ever");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{package} {args:?}");
    texts(&output).1
}

#[test]
fn a_pipe_is_refused_wherever_a_file_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = |name: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
    };
    pipe("pipe");
    pipe("checkpoint.json");
    let train = ["--data", "built-in", "--iterations", "2", "--every", "1", "--out", "trained"];
    let trained = program("checkpoints").current_dir(folder.path()).args(train).output().unwrap();
    assert!(trained.status.success(), "{}", texts(&trained).1);
    pipe("out/runs/iterations-simple-rate-0.001-batch-100-seed-1.npz");
    let iterations =
        ["--data", "built-in", "--quick", "--study", "iterations", "--seed", "1", "--out", "out"];
    let built_in = ["--data", "built-in", "--quick", "--start", "pipe", "--out", "deep"];
    let cases: [(&str, &[&str]); 5] = [
        ("iris", &["--data", "pipe"]),
        ("iterations", &iterations),
        ("deep-cnn", &built_in),
        ("checkpoints", &["test", "checkpoint.json", "--data", "built-in"]),
        ("checkpoints", &["predict", "trained", "pipe"]),
    ];
    for (package, args) in cases {
        let error = error_of(package, args, folder.path());
        assert!(error.contains(FAULT), "{package} {args:?}: {error}");
    }
}
