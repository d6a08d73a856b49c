//! Lesson 15, run as a reader runs it.

use std::fs;
use std::path::Path;
use std::process::Command;

use common::params::Params;
use referee::lesson::{fails, figure, run};
use referee::program;

/// The program on built-in digits, seconds of work.
fn quick(out: &Path, flags: &[&str]) -> Command {
    let mut lesson = program("speedrun");
    lesson.args(flags).args(["--quick", "--data", "built-in", "--out"]).arg(out);
    lesson
}

/// Lines of the file, without its header.
fn rows(path: &Path) -> Vec<String> {
    fs::read_to_string(path).unwrap().lines().skip(1).map(str::to_owned).collect()
}

#[test]
fn a_recipe_leaves_its_seeds_its_mistakes_and_its_parameters() {
    let out = tempfile::tempdir().unwrap();
    let (summary, printed, _) = run(&mut quick(out.path(), &["--epochs", "1"]));
    assert_eq!((&*summary.chapter, &*summary.data), ("speedrun", "built-in digits"));
    assert!(figure(&summary, "accuracy") > 90.0, "{summary}");
    assert!(printed.contains("mean of 2 seeds: "), "{printed}");
    let seeds = rows(&out.path().join("speedrun.csv"));
    assert!(seeds.len() == 2 && seeds[1].starts_with("2,"), "{seeds:?}");
    assert!(out.path().join("wrong.png").is_file());
    let params = Params::<f32>::load(&out.path().join("params.npz")).unwrap();
    assert!(params.get("w1", ndarray::Ix4(8, 1, 5, 5)).is_ok());
}

#[test]
fn the_same_seed_gives_the_same_accuracy_on_any_number_of_threads() {
    let accuracies = |threads: &str, rung: &str| {
        let out = tempfile::tempdir().unwrap();
        run(&mut quick(out.path(), &["--rung", rung, "--threads", threads]));
        let row = |row: String| row.rsplit(',').next().unwrap().to_owned();
        let params = fs::read(out.path().join("params.npz")).unwrap();
        let accuracies = rows(&out.path().join("speedrun.csv")).into_iter().map(row);
        (accuracies.collect::<Vec<_>>(), params)
    };
    for rung in ["5", "9"] {
        let one = accuracies("1", rung);
        assert!(one.0[0] != one.0[1], "two seeds, {:?}", one.0);
        assert!(one == accuracies("3", rung), "rung {rung}");
    }
}

#[test]
fn the_ladder_and_what_was_tried_leave_tables_and_charts() {
    for (experiment, lines) in [("ladder", 10), ("tried", 13)] {
        let out = tempfile::tempdir().unwrap();
        let (_, printed, _) = run(&mut quick(out.path(), &[experiment, "--seeds", "1"]));
        let table = fs::read_to_string(out.path().join(format!("{experiment}.md"))).unwrap();
        assert!(printed.contains(&table), "{printed}");
        assert_eq!(table.lines().count(), 2 + lines);
        assert_eq!(rows(&out.path().join(format!("{experiment}.csv"))).len(), lines);
        assert!(out.path().join(format!("{experiment}.svg")).is_file());
        assert!(!out.path().join("params.npz").exists());
    }
}

#[test]
fn mistakes_on_the_command_line_end_with_2_and_name_the_flag() {
    let cases: [(&[&str], &str); 9] = [
        (&["--rung", "0"], "--rung"),
        (&["--rung", "10"], "--rung"),
        (&["--aim", "98"], "[possible values: 99.0, 99.4]"),
        (&["--aim", "99.4", "--rung", "3"], "--rung"),
        (&["--epochs", "0"], "--epochs"),
        (&["--epochs", "NaN"], "must be a number from 0.01 to 1000"),
        (&["--seeds", "0"], "--seeds"),
        (&["ladder", "--rung", "3"], "--rung"),
        (&["tried", "--validate"], "--validate"),
    ];
    for (flags, named) in cases {
        let err = fails(&program("speedrun").args(flags).output().unwrap(), 2);
        assert!(err.contains(named), "{flags:?}: {err}");
    }
}
