//! The tour: its parts, and the program from outside, which builds chapters with
//! cargo and runs them, here without a network.

mod build;
mod chapters;
mod curves;
mod docs;
mod doctor;
mod ledger;
mod report;
mod results;
mod work;
mod workspace;

use std::fs;
use std::path::Path;
use std::process::Output;

use referee::{program, texts};
use tour::results::{ChapterResult, Failure, Run};

/// A result of the first chapter as if each of `summaries` had ended a run.
fn result_of(summaries: &[&str]) -> ChapterResult {
    let mut result = ChapterResult::new(&tour::chapters::all()[0]);
    for (seed, line) in (1..).zip(summaries) {
        result.runs.push(Run {
            seed,
            summary: line.parse().unwrap(),
            more_figures: Vec::new(),
            stdout: format!("{line}\n"),
            seconds: 2.0,
            cpu_seconds: 3.0,
            out: format!("out/tour/perceptron/seed-{seed}").into(),
            began: std::time::SystemTime::UNIX_EPOCH,
        });
    }
    result
}

/// The summaries of two runs.
const TWO: [&str; 2] = [
    "perceptron on MNIST: test accuracy 86.00 % (article 86.64 %); training 0.20 s (article 3.685 s)",
    "perceptron on MNIST: test accuracy 87.00 % (article 86.64 %); training 0.30 s (article 3.685 s)",
];

fn failure() -> Failure {
    Failure {
        how: "seed 2 ended with exit code 1".to_owned(),
        last_line: "Error: the disk is full".to_owned(),
        log: "out/tour/perceptron/seed-2.log".into(),
    }
}

/// Runs the tour, which runs cargo, which must do with what is here.
fn tour(arguments: &[&str]) -> Output {
    let mut tour = program("tour");
    let target = Path::new(tour.get_program()).ancestors().nth(2).unwrap().to_owned();
    tour.env("CARGO_TARGET_DIR", target).env("CARGO_NET_OFFLINE", "true");
    tour.args(arguments).output().unwrap()
}

#[test]
fn a_tour_of_one_chapter_shows_a_table_and_writes_ledger_logs_and_pictures() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().to_str().unwrap();
    let only = ["--only", "perceptron", "--quick", "--seeds", "2"];
    let tour = tour(&[&only[..], &["--data", "built-in", "--out", out]].concat());
    let (stdout, stderr) = texts(&tour);
    assert_eq!(tour.status.code(), Some(0), "{stdout}\n{stderr}");
    assert!(
        stderr.contains("NOTICE: perceptron ran on the built-in digits, not on MNIST"),
        "{stderr}"
    );

    let line = |start: &str| stdout.lines().find(|line| line.starts_with(start)).unwrap();
    assert!(
        line("chapter")
            .ends_with("reached                       article    seeds  seconds  estimate")
    );
    let row: Vec<&str> = line("perceptron").split_whitespace().collect();
    let [_, "test", "accuracy", mean, "±", sd, "%", "86.64", "%", "2", seconds] = row[..] else {
        panic!("{row:?}");
    };
    let [mean, sd, seconds]: [f64; 3] = [mean, sd, seconds].map(|number| number.parse().unwrap());
    assert!((70.0..100.0).contains(&mean) && sd < 5.0 && seconds > 0.0, "{row:?}");

    let text_of = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    let ledger = text_of("ledger.md");
    assert!(ledger.contains("NOT COMPARABLE: these runs saw built-in digits, not MNIST"));
    assert!(ledger.contains(&format!("| test accuracy | 86.64 % | {mean:.2} ± {sd:.2} % |")));
    assert!(
        text_of("ledger.csv").lines().nth(1).unwrap().starts_with("perceptron,test accuracy,%,")
    );
    assert!(text_of("tour.svg").contains("no hidden layer"));
    let accuracy_of = |seed: usize| {
        let log = text_of(&format!("perceptron/seed-{seed}.log"));
        assert!(log.contains("iteration"), "stderr is in the log too: {log}");
        let summary: common::program::Summary = log.lines().last().unwrap().parse().unwrap();
        let folder = folder.path().join(format!("perceptron/seed-{seed}"));
        assert!(folder.join("accuracy.svg").is_file());
        summary.figures[0].value
    };
    let (first, second) = (accuracy_of(1), accuracy_of(2));
    assert_ne!(first, second, "another seed, another run");
    assert!(((first + second) / 2.0 - mean).abs() < 0.006);
}

#[test]
fn the_estimate_stands_beside_what_a_chapter_took() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().to_str().unwrap();
    let tour = tour(&["--only", "perceptron", "--quick", "--data", "built-in", "--out", out]);
    let (stdout, stderr) = texts(&tour);
    assert_eq!(tour.status.code(), Some(0), "{stdout}\n{stderr}");
    assert!(stderr.contains("now they run, for about "), "{stderr}");
    let row = stdout.lines().find(|line| line.starts_with("perceptron")).unwrap();
    let mut words = row.split_whitespace().rev().map(|word| word.parse::<f64>().unwrap());
    let (estimate, seconds) = (words.next().unwrap(), words.next().unwrap());
    // Other tests run beside it, and keep the cores busy.
    assert!((0.1..10.0).contains(&(estimate / seconds)), "{row}");
    assert!(stdout.lines().any(|line| line.starts_with("estimated ")), "{stdout}");
}

#[test]
fn a_chapter_that_fails_is_reported_at_the_end_with_its_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("empty");
    fs::create_dir(&data).unwrap();
    let (data, out) = (data.to_str().unwrap(), folder.path().to_str().unwrap());
    let only = ["--only", "perceptron,hidden-layer", "--quick"];
    let tour = tour(&[&only[..], &["--data", data, "--out", out]].concat());
    let (stdout, stderr) = texts(&tour);
    assert_eq!(tour.status.code(), Some(1), "{stdout}\n{stderr}");
    assert!(stdout.contains("perceptron    FAILED, see below"), "{stdout}");
    let log = Path::new(out).join("perceptron/seed-1.log");
    let sentence = fs::read_to_string(&log).unwrap();
    let sentence = sentence.trim();
    assert!(sentence.contains("empty") && sentence.contains("MNIST"), "{sentence}");
    for package in ["perceptron", "hidden-layer"] {
        let report = format!("{package} failed: seed 1 ended with exit code 1: {sentence}");
        assert!(stderr.contains(&report), "{report}\nis not in\n{stderr}");
    }
    assert!(stderr.contains(&format!("its whole output is in {}", log.display())), "{stderr}");
    let ledger = fs::read_to_string(Path::new(out).join("ledger.md")).unwrap();
    assert!(ledger.contains("> **Failed**: seed 1 ended with exit code 1."));
}

#[test]
fn a_name_that_is_no_chapter_is_answered_with_all_chapters() {
    let tour = tour(&["--only", "nonsense"]);
    let (_, stderr) = texts(&tour);
    assert_eq!(tour.status.code(), Some(2), "{stderr}");
    assert!(stderr.contains("'nonsense'"), "{stderr}");
    assert!(stderr.contains("the chapters are perceptron, hidden-layer, iterations"), "{stderr}");
}

#[test]
fn pages_are_not_renewed_from_quick_runs_or_built_in_digits() {
    for other in [&["--quick"][..], &["--data", "built-in"]] {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        let tour = tour(&[&["--write-docs", "--out", out.to_str().unwrap()], other].concat());
        assert!(!tour.status.success());
        let (_, stderr) = texts(&tour);
        assert!(stderr.contains("--write-docs"), "{stderr}");
        assert!(!out.exists(), "nothing runs before it is refused");
    }
}
