//! Every command on a page is run, as quickly as it can be.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use referee::lesson::write_digits;
use referee::pages::all_markdown;
use referee::{gpu, program, root, texts};

/// A command, and the page that it is on.
struct Command {
    page: PathBuf,
    /// The word after `cargo`: `run`, `test`, ...
    kind: String,
    /// Cargo's own flags.
    cargo: Vec<String>,
    /// The words after `--`.
    flags: Vec<String>,
}

impl Command {
    /// The value of one of cargo's flags.
    fn cargo_flag(&self, flag: &str) -> Option<&str> {
        let at = self.cargo.iter().position(|word| word == flag)?;
        self.cargo.get(at + 1).map(String::as_str)
    }
}

/// All commands on all pages: in blocks, in prose and in tables.
fn commands() -> Vec<Command> {
    let mut found = Vec::new();
    for page in all_markdown() {
        let text = fs::read_to_string(&page).unwrap();
        let kinds = ["run", "test", "bench", "install", "build"];
        for rest in text.split("cargo ").skip(1) {
            let line = rest.split(['\n', '`', '#', ';', '|']).next().unwrap_or("");
            let mut words = line.split_whitespace().map(str::to_owned);
            let Some(kind) = words.next().filter(|kind| kinds.contains(&kind.as_str())) else {
                continue;
            };
            let cargo = words.by_ref().take_while(|word| word != "--").collect::<Vec<_>>();
            // `cargo run` in the middle of a sentence.
            if cargo.first().is_some_and(|word| word.starts_with('-')) {
                found.push(Command { page: page.clone(), kind, cargo, flags: words.collect() });
            }
        }
    }
    found
}

/// The names of packages, with their folders.
fn packages() -> BTreeMap<String, PathBuf> {
    let mut folders = vec![root().join("common"), root().join("data"), root().join("tests")];
    folders.push(root().join("docs/book"));
    folders.extend(fs::read_dir(root().join("chapters")).unwrap().map(|e| e.unwrap().path()));
    let name = |folder: &PathBuf| {
        let toml = fs::read_to_string(folder.join("Cargo.toml")).unwrap();
        let line = toml.lines().find_map(|line| line.strip_prefix("name = ")).unwrap().to_owned();
        line.trim_matches('"').to_owned()
    };
    folders.iter().map(|folder| (name(folder), folder.clone())).collect()
}

#[test]
fn packages_and_targets_of_every_command_exist() {
    let packages = packages();
    let checked_in_f64 = fs::read_to_string(root().join(".ci/run")).unwrap();
    let exercises = fs::read_to_string(root().join("docs/exercises/Cargo.toml")).unwrap();
    for command in commands() {
        let at = format!("{}: cargo {} {:?}", command.page.display(), command.kind, command.cargo);
        if command.kind == "install" {
            continue;
        }
        // In docs/exercises, a workspace of its own
        if let Some(name) = command.cargo_flag("--bin") {
            assert!(exercises.contains(&format!("name = \"{name}\"")), "{at}: which exercise?");
            continue;
        }
        assert!(command.kind == "bench" || command.cargo[0] == "--release", "{at}: --release");
        if let Some(package) = command.cargo_flag("-p") {
            assert!(packages.contains_key(package), "{at}: no package {package}");
        } else {
            assert!(command.cargo.iter().any(|word| word == "--workspace"), "{at}: which package?");
        }
        for (flag, folder) in [("--test", "tests/tests"), ("--bench", "tests/benches")] {
            if let Some(name) = command.cargo_flag(flag) {
                let places = [format!("{name}.rs"), format!("{name}/main.rs")];
                let found = places.iter().any(|file| root().join(folder).join(file).is_file());
                // NAME stands for any of them.
                assert!(found || name == "NAME", "{at}: {name}");
            }
        }
        if let Some(features) = command.cargo_flag("--features") {
            let package = command.cargo_flag("-p").unwrap();
            assert_eq!(features, "common/f64", "{at}");
            assert!(checked_in_f64.contains(&format!("-p {package} ")), "{at}: see .ci/run");
        }
    }
}

/// The output of a program's `--help`.
fn help(package: &str) -> String {
    texts(&program(package).arg("--help").output().unwrap()).0
}

#[test]
fn every_flag_on_a_page_is_in_the_programs_help() {
    let has_flags = |command: &&Command| {
        command.kind == "run" && command.flags.iter().any(|word| word.starts_with("--"))
    };
    for command in commands().iter().filter(has_flags) {
        let package = command.cargo_flag("-p").unwrap().to_owned();
        let help = help(&package);
        for flag in command.flags.iter().filter(|word| word.starts_with("--")) {
            let flag = flag.split('=').next().unwrap();
            let exists = help.split_whitespace().any(|word| word.trim_end_matches(',') == flag);
            assert!(exists, "{}: {package} has no {flag}", command.page.display());
        }
    }
}

/// The flags of a command, changed so that it ends in seconds: without those that
/// [`SHORT`] sets, and without their opposites.
fn short(flags: &[String]) -> Vec<String> {
    let mut short = Vec::new();
    let mut words = flags.iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--quick" | "--full" => {}
            // One seed is as good as another to see that a command works.
            "--data" | "--out" | "--seed" => _ = words.next(),
            given if SHORT.iter().any(|(flag, _)| *flag == given) => _ = words.next(),
            _ => short.push(word.clone()),
        }
    }
    short
}

/// The fewest iterations, where a program has such a flag.
const SHORT: [(&str, &str); 3] = [("--iterations", "100"), ("--epochs", "1"), ("--limit", "0.01")];

#[test]
fn every_command_on_a_page_runs() {
    let digits = tempfile::tempdir().unwrap();
    write_digits(digits.path(), 6_000, 500);
    let mut seen = BTreeMap::<(String, Vec<String>), PathBuf>::new();
    for command in commands().into_iter().filter(|command| command.kind == "run") {
        let package = command.cargo_flag("-p").unwrap().to_owned();
        // The tour runs the others, and has tests of its own; the book needs mdBook, and the
        // tests' own examples are run with a browser.
        // Subcommands go on from what an earlier command has left, in their own test.
        let alone = command.flags.first().is_none_or(|word| word.starts_with("--"));
        if alone && !["tour", "book", "referee"].contains(&package.as_str()) {
            seen.entry((package, short(&command.flags))).or_insert(command.page);
        }
    }
    assert!(seen.len() > 15, "{}", seen.len());
    for ((package, flags), page) in seen {
        let out = tempfile::tempdir().unwrap();
        let help = help(&package);
        let mut lesson = program(&package);
        for (flag, value) in SHORT {
            // A fixed recipe, or a study, has a length of its own.
            let fixed = flags.iter().any(|flag| flag == "--speedrun" || flag == "--study");
            if help.contains(&format!(" {flag} ")) && !(flag == "--epochs" && fixed) {
                lesson.args([flag, value]);
            }
        }
        let data = match package.as_str() {
            "iris" => Path::new("built-in"),
            _ => digits.path(),
        };
        lesson.args(&flags).args(["--quick", "--out"]).arg(out.path()).arg("--data").arg(data);
        let began = std::time::Instant::now();
        let output = lesson.output().unwrap();
        let (_, err) = texts(&output);
        // To diverge, or to be refused, is what some of them are there to show.
        let ok = match output.status.code() {
            // Says that it skipped, and fails where a GPU is required.
            Some(1) if err.contains("no GPU was found") => {
                gpu(&format!("{package}, run")).is_none()
            }
            Some(1) => err.contains("no longer a number"),
            Some(2) => flags == ["--batch-size", "1"] && err.contains("needs at least 2 values"),
            code => code == Some(0),
        };
        assert!(ok, "{}: {package} {flags:?}: {err}", page.display());
        println!("{:5.1} s {package} {}", began.elapsed().as_secs_f64(), flags.join(" "));
    }
}
