//! What holds for every program, whatever it teaches.

use std::process::{Command, Stdio};

use referee::lesson::{fails, write_digits};
use referee::{PROGRAMS, program, texts};

/// Every program, and every command of those that have some, on little data.
fn entry_points() -> Vec<(String, Command)> {
    let mut all = Vec::new();
    for name in PROGRAMS {
        let mut alone = program(name);
        alone.args(["--quick", "--data", "built-in"]);
        match name {
            "iris" => alone = program(name),
            "tour" => _ = alone.args(["--only", "iris"]),
            "conv-race" => _ = alone.args(["--limit", "0.001"]),
            _ => {}
        }
        all.push((name.to_owned(), alone));
    }
    for command in ["study", "speedrun"] {
        let mut deep = program("deep-cnn");
        deep.args([command, "--quick", "--data", "built-in"]);
        all.push((format!("deep-cnn {command}"), deep));
    }
    all
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
    commands.push(("deep-cnn", vec!["speedrun", "--quick"]));
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
    for (name, mut command) in entry_points() {
        let out = tempfile::tempdir().unwrap();
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        command.arg("--out").arg(out.path()).stdout(writer).stderr(Stdio::piped());
        let err = fails(&command.output().unwrap(), 1);
        assert!(!err.contains("Error:"), "{name}: {err}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_under_the_output_is_named_by_every_program() {
    for (name, mut command) in entry_points() {
        let out = tempfile::tempdir().unwrap();
        let full = std::fs::File::create("/dev/full").unwrap();
        command.arg("--out").arg(out.path()).stdout(full).stderr(Stdio::piped());
        let err = fails(&command.output().unwrap(), 1);
        let named = err.contains("Error: stdout: No space left on device");
        assert!(named || err.contains("no GPU was found"), "{name}: {err}");
        if name == "tour" {
            assert!(out.path().join("ledger.md").exists(), "the ledger is written before");
        }
    }
}

#[test]
fn a_number_out_of_range_is_refused_by_name_also_if_it_is_negative() {
    let mut flags = 0;
    for name in PROGRAMS {
        let (help, _) = texts(&program(name).arg("--help").output().unwrap());
        for line in help.lines().map(str::trim_start).filter(|line| line.starts_with("--")) {
            let Some((flag, value)) = line.split_once(' ') else { continue };
            let numeric = ["<COUNT>", "<NUMBER>", "<RATE>", "<SHARE>", "<PART>", "<PIXELS>"];
            let values: Vec<&str> = value.split(' ').filter(|v| v.starts_with('<')).collect();
            if values.len() != 1 || !numeric.contains(&values[0]) {
                continue;
            }
            flags += 1;
            for bad in ["-1", "-0.5", "1e999", "many", ""] {
                let err = fails(&program(name).args([flag, bad]).output().unwrap(), 2);
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
