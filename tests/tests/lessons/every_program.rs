//! What holds for every program, whatever it teaches.

use std::path::Path;
use std::process::{Command, Stdio};

use referee::lesson::{fails, write_digits};
use referee::{PROGRAMS, fixture_path, program, texts};

/// The commands that a program's help names.
fn commands(package: &str) -> Vec<String> {
    let (help, _) = texts(&program(package).arg("--help").output().unwrap());
    let lines = help.lines().skip_while(|line| !line.starts_with("Commands:")).skip(1);
    let words = lines.map_while(|line| line.split_whitespace().next().map(str::to_owned));
    let mut words: Vec<String> = words.filter(|word| word != "help").collect();
    if package == "deep-cnn" {
        words.push("study".to_owned());
    }
    if package == "speedrun" {
        words.extend(["ladder".to_owned(), "tried".to_owned()]);
    }
    words
}

/// Every program, and every command of those that have some, called so that it prints
/// something within seconds. What they write goes into `place`.
fn entry_points(place: &Path) -> Vec<(String, Command)> {
    let trained = place.join("trained"); // something to test and to resume
    let mut train = program("checkpoints");
    train.args(["--iterations", "20", "--every", "10", "--data", "built-in", "--out"]);
    assert!(train.arg(&trained).output().unwrap().status.success());
    let picture = place.join("seven.png");
    plot_seven(&picture);
    let mut all = Vec::new();
    for package in PROGRAMS {
        let commands = commands(package).into_iter().map(Some).chain([None]);
        for command in commands {
            let mut call = program(package);
            call.args(&command);
            let name = format!("{package} {}", command.as_deref().unwrap_or("alone"));
            match (package, command.as_deref()) {
                ("checkpoints", Some("predict")) => {
                    call.arg(fixture_path("improved_digits.npz")).args([&picture, &picture]);
                }
                ("checkpoints", Some("test")) => {
                    call.args(["--data", "built-in", "--out"]).arg(&trained);
                }
                ("checkpoints", Some("resume")) => {
                    call.args(["--iterations", "40", "--data", "built-in", "--out"]).arg(&trained);
                }
                ("checkpoints", Some("train")) | ("deep-cnn" | "speedrun", _) | (_, None) => {
                    if package != "iris" {
                        call.args(["--data", "built-in"]);
                    }
                    match package {
                        "tour" => _ = call.args(["--only", "iris"]),
                        "conv-race" => _ = call.args(["--limit", "0.001"]),
                        _ => {}
                    }
                    call.args(["--quick", "--out"]).arg(place.join(&name));
                }
                (_, Some(_)) => panic!("add {name} to this test"),
            }
            all.push((name, call));
        }
    }
    all
}

fn plot_seven(path: &Path) {
    let mut picture = ndarray::Array2::zeros((28, 28));
    picture.slice_mut(ndarray::s![4..6, 6..20]).fill(1.0);
    (4..24).for_each(|i| picture[[i, 20 - i / 3]] = 1.0);
    common::plot::digit(path, &picture, "").unwrap();
}

#[test]
fn ten_images_are_enough_for_every_lesson_and_nine_are_refused() {
    let [ten, nine] = [10, 9].map(|images| {
        let folder = tempfile::tempdir().unwrap();
        write_digits(folder.path(), images, 5);
        folder
    });
    let mut commands: Vec<(&str, Vec<&str>)> =
        PROGRAMS.iter().map(|name| (*name, vec!["--quick"])).collect();
    commands.retain(|(name, _)| !["iris", "batchnorm", "tour"].contains(name)); // no images
    for (name, flags) in &mut commands {
        match *name {
            "conv-race" => flags.extend(["--limit", "0.001", "--batch", "30"]),
            "cnn-naive" => flags.extend(["--iterations", "10"]),
            "fashion" => flags.extend(["--naive-steps", "1"]),
            _ => {}
        }
    }
    commands.push(("perceptron", vec!["--check-gradient"]));
    commands.push(("deep-cnn", vec!["study", "--quick"]));
    commands.push(("speedrun", vec!["ladder", "--quick"]));
    commands.push(("dropout-adam", vec!["--choose", "--quick"]));
    for (name, flags) in commands {
        let out = tempfile::tempdir().unwrap();
        let mut lesson = program(name);
        lesson.args(&flags).arg("--out").arg(out.path()).arg("--data").arg(ten.path());
        let (text, err) = texts(&lesson.output().unwrap());
        let no_gpu = err.contains("no GPU was found");
        assert!(!err.contains("panicked") && !text.contains("NaN %"), "{name}: {text}{err}");
        assert!(no_gpu || !err.contains("Error:"), "{name} {flags:?}: {err}");
        let mut lesson = program(name);
        lesson.args(&flags).arg("--out").arg(out.path()).arg("--data").arg(nine.path());
        let err = fails(&lesson.output().unwrap(), 1);
        assert!(no_gpu || err.contains("9 training images ("), "{name}: {err}");
    }
}

/// As a pipe into `head -0`: nothing reads what is written.
#[test]
fn a_closed_output_ends_every_program_without_a_word() {
    let place = tempfile::tempdir().unwrap();
    for (name, mut command) in entry_points(place.path()) {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        command.stdout(writer).stderr(Stdio::piped());
        let err = fails(&command.output().unwrap(), 1);
        assert!(!err.contains("Error:"), "{name}: {err}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_under_the_output_is_named_by_every_program() {
    let place = tempfile::tempdir().unwrap();
    for (name, mut command) in entry_points(place.path()) {
        let full = std::fs::File::create("/dev/full").unwrap();
        command.stdout(full).stderr(Stdio::piped());
        let err = fails(&command.output().unwrap(), 1);
        let named = err.contains("Error: stdout: No space left on device");
        assert!(named || err.contains("no GPU was found"), "{name}: {err}");
        if name == "tour alone" {
            let ledger = place.path().join(&name).join("ledger.md");
            assert!(ledger.exists(), "the ledger is written before");
        }
    }
}

#[test]
fn a_number_out_of_range_is_refused_by_name_also_if_it_is_negative() {
    let mut flags = 0;
    let commands = |name| commands(name).into_iter().filter(move |_| name == "checkpoints");
    let calls = PROGRAMS.into_iter().flat_map(|name| {
        std::iter::once((name, None)).chain(commands(name).map(move |c| (name, Some(c))))
    });
    for (name, command) in calls {
        let call = |args: &[&str]| program(name).args(&command).args(args).output().unwrap();
        let (help, _) = texts(&call(&["--help"]));
        for line in help.lines().map(str::trim_start).filter(|line| line.starts_with("--")) {
            let Some((flag, value)) = line.split_once(' ') else { continue };
            let numeric = ["<COUNT>", "<NUMBER>", "<RATE>", "<SHARE>", "<PART>", "<PIXELS>"];
            let values: Vec<&str> = value.split(' ').filter(|v| v.starts_with('<')).collect();
            if values.len() != 1 || !numeric.contains(&values[0]) {
                continue;
            }
            flags += 1;
            for bad in ["-1", "-0.5", "1e999", "many", ""] {
                let err = fails(&call(&[flag, bad]), 2);
                let told = err.contains(flag)
                    && ["must be", "is not in"].iter().any(|range| err.contains(range));
                assert!(told && !err.contains("digit"), "{name} {flag} {bad}: {err}");
            }
        }
    }
    assert!(flags > 50, "{flags}");
}

#[test]
fn a_hundred_thousand_threads_are_refused_also_by_their_variable() {
    for name in PROGRAMS {
        let mut lesson = program(name);
        let err = fails(&lesson.env("RAYON_NUM_THREADS", "100000").output().unwrap(), 2);
        assert!(err.contains("RAYON_NUM_THREADS is 100000; set it to 1024 at most"), "{err}");
    }
}

/// `nohup` lets a program begin with SIGHUP ignored.
#[cfg(target_os = "linux")]
#[test]
fn a_closed_terminal_does_not_stop_what_nohup_has_started() {
    for (command, ignored) in
        [("trap '' HUP; exec \"$0\" \"$@\"", true), ("exec \"$0\" \"$@\"", false)]
    {
        let out = tempfile::tempdir().unwrap();
        let mut shell = Command::new("sh");
        shell.args(["-c", command]).arg(program("deep-cnn").get_program());
        shell.args(["--quick", "--data", "built-in", "--epochs", "2", "--out"]).arg(out.path());
        let child = shell.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(1500));
        let hang_up = Command::new("kill").args(["-HUP", &child.id().to_string()]).status();
        assert!(hang_up.unwrap().success(), "it has already ended");
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.success(), ignored, "{:?}", texts(&output));
    }
}
