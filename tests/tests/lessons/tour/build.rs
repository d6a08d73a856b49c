//! One build for all chapters, of which some do not compile; and running the
//! programs.

use std::fs;
use std::path::Path;
use std::process::Command;

use tour::build::build;
use tour::chapters::Chapter;
use tour::process;

/// A chapter whose program is `main`, in a course of its own.
fn add_chapter(root: &Path, folder: &str, main: &str) -> Chapter {
    // Not a real chapter's name: the target folder may be the real one.
    let package = format!("tour-test-{folder}");
    let place = root.join("chapters").join(folder);
    fs::create_dir_all(place.join("src")).unwrap();
    let manifest = format!("[package]\nname = \"{package}\"\nedition = \"2024\"\n");
    fs::write(place.join("Cargo.toml"), manifest).unwrap();
    fs::write(place.join("src/main.rs"), main).unwrap();
    let plan = r#"{ "seeds": 1, "arguments": [] }"#;
    let entry = format!(
        r#"{{ "package": "{package}", "folder": "{folder}", "title": "", "data": "", "quick": {plan},
        "normal": {plan}, "full": {plan}, "published": [] }}"#
    );
    serde_json::from_str(&entry).unwrap()
}

#[test]
fn chapters_that_do_not_compile_are_named_with_their_error_and_the_others_are_built() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::write(root.join("Cargo.toml"), "[workspace]\nmembers = [\"chapters/*\"]\n").unwrap();
    let chapters = [
        add_chapter(root, "01-good", "fn main() { println!(\"well\"); }\n"),
        add_chapter(root, "02-type", "fn main() { let _: u8 = true; }\n"),
        add_chapter(root, "03-name", "fn main() { nothing(); }\n"),
    ];
    let mut built = Vec::new();
    let chapter_refs: Vec<&Chapter> = chapters.iter().collect();
    let on_built = |package: &str| built.push(package.to_owned());
    let build = build(root, &chapter_refs, &root.join("out"), |_| (), on_built).unwrap();
    assert_eq!(built, ["tour-test-01-good"]);

    let program = build.program(&chapters[0]).unwrap();
    let log = root.join("out/good.log");
    let finished = process::run(&mut Command::new(program), &log, |_| ()).unwrap();
    assert_eq!(finished.stdout, "well\n");

    let log = fs::read_to_string(root.join("out/build.log")).unwrap();
    assert!(!log.contains("{\"reason\""), "no JSON for people: {log}");
    for (chapter, code, place) in [
        (&chapters[1], "E0308", "chapters/02-type/src/main.rs:1:25"),
        (&chapters[2], "E0425", "chapters/03-name/src/main.rs:1:13"),
    ] {
        let failure = build.program(chapter).unwrap_err();
        assert_eq!(failure.how, "the build ended with exit code 101");
        assert!(failure.last_line.starts_with(&format!("error[{code}]: ")), "{failure:?}");
        let line = failure.last_line.replace('\\', "/");
        assert!(line.ends_with(&format!("({place})")), "{line}");
        assert!(log.contains(code));
    }
}

#[test]
fn a_build_that_cargo_refuses_is_reported_with_cargo_s_error() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let chapter = add_chapter(root, "01-good", "fn main() {}\n");
    fs::write(root.join("Cargo.toml"), "[workspace\n").unwrap();
    let build = build(root, &[&chapter], &root.join("out"), |_| (), |_| ()).unwrap();
    let failure = build.program(&chapter).unwrap_err();
    assert!(failure.last_line.starts_with("error: "), "{failure:?}");
    assert!(failure.log.is_file());
}

#[test]
fn both_streams_reach_the_log_and_stdout_is_also_kept_apart() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("new/rustc.log");
    let mut lines = Vec::new();
    let mut command = Command::new("rustc");
    command.args(["--version", "--verbose"]);
    let finished = process::run(&mut command, &log, |line| lines.push(line.to_owned())).unwrap();
    assert!(finished.status.success());
    assert!(finished.stdout.starts_with("rustc 1."));
    assert_eq!(fs::read_to_string(&log).unwrap(), finished.stdout);
    assert_eq!(lines.last(), Some(&finished.last_line));
}

#[test]
fn a_program_that_fails_leaves_its_exit_code_and_its_last_line() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("rustc.log");
    let mut command = Command::new("rustc");
    command.arg("--no-such-flag");
    let finished = process::run(&mut command, &log, |_| ()).unwrap();
    assert_eq!(finished.status.code(), Some(1));
    assert_eq!(finished.cause(), "ended with exit code 1");
    assert_eq!(finished.stdout, "");
    let text = fs::read_to_string(&log).unwrap();
    assert!(text.contains("no-such-flag"), "{text}");
    assert!(text.trim_end().ends_with(&finished.last_line));
}

#[test]
fn a_program_that_is_not_there_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("none.log");
    let error = process::run(&mut Command::new("no-such-program"), &log, |_| ()).unwrap_err();
    assert!(error.to_string().starts_with("no-such-program: cannot be started"), "{error}");
}

/// Ctrl-C of a terminal reaches cargo too, which may end before the tour has counted it.
#[cfg(unix)]
#[test]
fn ctrl_c_during_the_build_is_no_failure_even_if_cargo_ends_first() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let cargo = folder.path().join("cargo");
    let script = "#!/bin/sh\n(sleep 0.05; kill -INT $PPID) >/dev/null 2>&1 &\nexit 101\n";
    fs::write(&cargo, script).unwrap();
    fs::set_permissions(&cargo, fs::Permissions::from_mode(0o755)).unwrap();
    let mut tour = referee::program("tour");
    tour.env("CARGO", &cargo).args(["--only", "perceptron", "--quick", "--out"]);
    let output = tour.arg(folder.path().join("out")).output().unwrap();
    let (stdout, stderr) = referee::texts(&output);
    assert_eq!(output.status.code(), Some(1), "{stdout}\n{stderr}");
    assert!(stderr.contains("stopped; what was finished is in the ledger"), "{stderr}");
    let all = stdout + &stderr;
    assert!(!all.contains("fail") && !all.contains("does not build"), "{all}");
}
