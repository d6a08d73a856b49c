//! Every program, and every command of those that have some, when nobody listens any more,
//! as after `| head -1`.

use std::path::Path;
use std::process::{Command, Stdio};

use referee::{PROGRAMS, fixture_path, program, texts};

/// The commands that a program's help names.
fn commands(package: &str) -> Vec<String> {
    let (help, _) = texts(&program(package).arg("--help").output().unwrap());
    let lines = help.lines().skip_while(|line| !line.starts_with("Commands:")).skip(1);
    let words = lines.map_while(|line| line.split_whitespace().next().map(str::to_owned));
    words.filter(|word| word != "help").collect()
}

/// How `command` of `package` is called so that it prints something within seconds. `None` for
/// a command that nobody has thought of here.
fn call(package: &str, command: Option<&str>, place: &Path) -> Option<Command> {
    let mut lesson = program(package);
    lesson.args(command);
    let out = place.join("out");
    match (package, command) {
        ("checkpoints", Some("predict")) => {
            let picture = place.join("seven.png");
            plot_seven(&picture);
            lesson.arg(fixture_path("improved_digits.npz")).args([&picture, &picture]);
        }
        ("checkpoints", Some("test" | "resume")) => {
            lesson.args(["--data", "built-in", "--out"]).arg(out);
        }
        ("iris", None) => _ = lesson.args(["--quick", "--out"]).arg(out),
        (_, None) | ("deep-cnn", Some("speedrun" | "study")) | ("checkpoints", Some("train")) => {
            lesson.args(["--quick", "--data", "built-in", "--out"]).arg(out);
        }
        _ => return None,
    }
    Some(lesson)
}

fn plot_seven(path: &Path) {
    let mut picture = ndarray::Array2::zeros((28, 28));
    picture.slice_mut(ndarray::s![4..6, 6..20]).fill(1.0);
    (4..24).for_each(|i| picture[[i, 20 - i / 3]] = 1.0);
    common::plot::digit(path, &picture, "").unwrap();
}

#[cfg(unix)]
#[test]
fn a_reader_who_stops_listening_sees_no_panic() {
    let place = tempfile::tempdir().unwrap();
    // Something to test and to resume.
    let mut train = program("checkpoints");
    train.args(["--iterations", "20", "--every", "10", "--data", "built-in", "--out"]);
    assert!(train.arg(place.path().join("out")).output().unwrap().status.success());
    for package in PROGRAMS.into_iter().filter(|&package| package != "tour") {
        let commands = commands(package);
        let commands = commands.iter().map(|command| Some(command.as_str())).chain([None]);
        for command in commands {
            let mut lesson = call(package, command, place.path())
                .unwrap_or_else(|| panic!("add {package} {command:?} to this test"));
            let mut child = lesson.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
            drop(child.stdout.take());
            let output = child.wait_with_output().unwrap();
            let (_, err) = texts(&output);
            assert!(!err.contains("panicked"), "{package} {command:?}: {err}");
            assert!(matches!(output.status.code(), Some(0 | 1)), "{package} {command:?}: {err}");
        }
    }
}
