//! The museum of bugs, run as a reader runs it.

use std::fs;
use std::path::Path;
use std::process::Command;

use diagnose::bug::Bug;
use diagnose::mystery::hidden;
use referee::lesson::{fails, figure, run};
use referee::{program, texts};

/// The program on built-in digits, seconds of work.
fn small(out: &Path) -> Command {
    let mut museum = program("diagnose");
    museum.args(["--quick", "--data", "built-in", "--out"]).arg(out);
    museum
}

#[test]
fn without_a_name_it_checks_the_healthy_networks_and_one_bug_for_each_check() {
    let out = tempfile::tempdir().unwrap();
    let (summary, printed, _) = run(&mut small(out.path()));
    assert_eq!((&*summary.chapter, &*summary.data), ("diagnose", "built-in digits"));
    assert_eq!(figure(&summary, "seen by the check that the museum names"), 8.0, "{printed}");
    let healthy = figure(&summary, "healthy network's test accuracy");
    assert!(healthy > figure(&summary, "sick network's test accuracy") + 20.0, "{summary}");
    assert_eq!(printed.matches(": passed").count(), 14, "{printed}");
    for file in ["loss.svg", "test.svg", "layers.png", "curve.csv", "healthy.npz"] {
        let file = out.path().join(format!("zero-start-{file}"));
        assert!(fs::metadata(&file).is_ok_and(|file| file.len() > 100), "{}", file.display());
    }
}

#[test]
fn what_stops_a_training_is_said_and_what_a_bug_needs_happens_to_both() {
    let stops = |name: &str| format!("{name}: the loss is no number at step ");
    for (bug, ends) in [
        (Bug::AdamOffByOne, vec![stops("sick") + "2;"]),
        (Bug::SoftmaxUnshifted, vec!["at step 40, in both: 1,000 is".to_owned(), stops("sick")]),
        (Bug::NanInPool, vec!["at step 40, in both: a pixel".to_owned(), stops("healthy")]),
        (Bug::Subnormals, vec!["at step 40, in both: the upper half".to_owned()]),
    ] {
        let (out, name) = (tempfile::tempdir().unwrap(), bug.name());
        let flags = ["--seed", "2", "--bug", &name];
        let (_, printed, err) = run(small(out.path()).args(flags));
        assert!(printed.contains(&format!("\n{name}: {}", bug.about())), "{printed}");
        assert!(ends.iter().all(|words| printed.contains(words)), "{printed}{err}");
        let stopped = printed.matches("the training stops").count();
        assert_eq!(stopped, usize::from(bug != Bug::Subnormals), "{printed}");
        assert!(out.path().join(format!("{name}-layers.png")).is_file());
    }
}

#[test]
fn the_same_seed_gives_the_same_bits_on_any_number_of_threads() {
    let curve = |threads: &str, seed: &str| {
        let out = tempfile::tempdir().unwrap();
        let flags = ["--bug", "dropout-in-test", "--iterations", "20", "--threads", threads];
        run(small(out.path()).args(flags).args(["--seed", seed]));
        let file =
            |name: &str| fs::read(out.path().join(format!("dropout-in-test-{name}"))).unwrap();
        (file("curve.csv"), file("healthy.npz"))
    };
    let one = curve("1", "4");
    assert_eq!(one, curve("3", "4"));
    assert_ne!(one, curve("2", "5"));
}

#[test]
fn a_mystery_does_not_say_its_name_before_the_answer() {
    for number in ["3"] {
        let (bug, out) = (hidden(number.parse().unwrap()), tempfile::tempdir().unwrap());
        let mut asked = small(out.path());
        let (_, printed, err) = run(asked.args(["--iterations", "30", "--mystery", number]));
        let checks = small(out.path()).args(["--mystery", number, "--checks"]).output().unwrap();
        let all = printed + &err + &texts(&checks).0;
        assert!(!all.contains(&bug.name()) && !all.contains(&bug.about()), "{all}");
        assert!(all.contains("FAILED"), "{all}");
        for file in fs::read_dir(out.path()).unwrap() {
            let name = file.unwrap().file_name().into_string().unwrap();
            assert!(name.starts_with(&format!("mystery-{number}-")), "{name}");
        }
        let guess = |name: &str| {
            let mut museum = program("diagnose");
            texts(&museum.args(["--mystery", number, "--guess", name]).output().unwrap()).0
        };
        assert!(guess(&bug.name()).starts_with("Right: "));
        let other = if bug == Bug::WrongLoss { "wrong-axis" } else { "wrong-loss" };
        let wrong = guess(other);
        assert!(wrong.starts_with("No") && wrong.contains(&bug.name()), "{wrong}");
    }
}

#[test]
fn the_list_has_every_bug_with_its_sources() {
    let (list, _) = texts(&program("diagnose").arg("--list").output().unwrap());
    for row in diagnose::museum::EXHIBITS {
        assert!(list.contains(&format!("{}: {}", row.bug.name(), row.bug.about())), "{list}");
        assert!(row.sources.iter().all(|source| list.contains(source)));
    }
}

#[test]
fn mistakes_on_the_command_line_end_with_2_and_name_the_flag() {
    let cases: [(&[&str], &str); 6] = [
        (&["--bug", "zero"], "zero-start"),
        (&["--check", "8"], "must be a whole number from 1 to 7"),
        (&["--guess", "zero-start"], "--mystery"),
        (&["--bug", "zero-start", "--mystery", "1"], "--mystery"),
        (&["--mystery", "-1"], "--mystery"),
        (&["--check", "1", "--checks"], "--checks"),
    ];
    for (flags, named) in cases {
        let err = fails(&program("diagnose").args(flags).output().unwrap(), 2);
        assert!(err.contains(named), "{flags:?}: {err}");
    }
}
