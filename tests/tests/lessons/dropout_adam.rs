//! The lesson of chapter 09, run as a reader runs it.

use std::fs;
use std::path::Path;
use std::process::Command;

use common::params::Params;
use referee::lesson::{fails, figure, run};
use referee::{program, real_data};

/// The lesson on built-in digits, a second or two of work.
fn small(out: &Path) -> Command {
    let mut lesson = program("dropout-adam");
    lesson.args(["--quick", "--data", "built-in", "--out"]).arg(out);
    lesson
}

#[test]
fn the_lesson_reads_the_built_in_digits_and_leaves_everything_it_names() {
    let out = tempfile::tempdir().unwrap();
    let (summary, printed, _) = run(&mut small(out.path()));
    assert_eq!(summary.chapter, "dropout-adam");
    assert_eq!(summary.data, "built-in digits");
    assert!(figure(&summary, "test accuracy") > 75.0, "{summary}");
    assert!(
        figure(&summary, "training") > 0.0 && figure(&summary, "loading and first training") > 0.0
    );
    for words in ["TensorFlow / Flux, the article's: 3.38", "NaN", "inf", "RMSProp", "ours, warm"] {
        assert!(printed.contains(words), "{words}: {printed}");
    }
    let charts = ["loss", "accuracy", "optimisers", "valley-1", "valley-2", "subnormals"];
    let charts = charts.iter().flat_map(|name| [format!("{name}.svg"), format!("{name}.png")]);
    let more = ["weights.png", "confusion.png", "curve.csv", "runs.csv", "params.npz"];
    for file in charts.chain(more.map(str::to_owned)) {
        let found = fs::metadata(out.path().join(&file));
        assert!(found.is_ok_and(|file| file.len() > 30), "{file} is missing");
    }
    let lines = |file| fs::read_to_string(out.path().join(file)).unwrap().lines().count();
    assert_eq!((lines("curve.csv"), lines("runs.csv")), (1 + 3 * 79, 1 + 2));
    // 1,500 steps of Adam with the flush and without, a row for every 50.
    assert!(printed.contains("after every step the weights of both have the same bits"));
    let table = fs::read_to_string(out.path().join("subnormals.csv")).unwrap();
    let rows = table.lines().skip(1).map(|row| row.split(',').map(|v| v.parse().unwrap()));
    let rows: Vec<Vec<f64>> = rows.map(Iterator::collect).collect();
    assert_eq!((rows.len(), rows[0][4]), (30, 0.0), "{table}");
    assert!(rows.iter().all(|row| row[1] > 0.0 && row[2] > 0.0 && row[3] == 0.0), "{table}");
    assert!(rows[29][4] > 100.0, "{table}");
    let params = Params::<f32>::load(&out.path().join("params.npz")).unwrap();
    assert!(params.get("w1", (784, 32)).is_ok() && params.get("b2", (1, 10)).is_ok());
}

#[test]
fn the_same_seed_gives_the_same_bits_on_any_number_of_threads() {
    let results = |threads: &str, seed: &str| {
        let out = tempfile::tempdir().unwrap();
        run(small(out.path()).args(["--runs", "1", "--threads", threads, "--seed", seed]));
        let curve = fs::read_to_string(out.path().join("curve.csv")).unwrap();
        (curve, fs::read(out.path().join("params.npz")).unwrap())
    };
    let one = results("1", "4");
    assert_eq!(one, results("3", "4"));
    assert_ne!(one, results("2", "5"));
}

#[test]
fn mnist_is_read_at_96_5_percent_by_the_mean_of_five_runs() {
    let Some(data) = real_data("mnist_is_read_at_96_5_percent_by_the_mean_of_five_runs") else {
        return;
    };
    let out = tempfile::tempdir().unwrap();
    let (summary, printed, _) =
        run(program("dropout-adam").arg("--data").arg(&data).arg("--out").arg(out.path()));
    assert_eq!(summary.data, "MNIST");
    assert!(figure(&summary, "test accuracy") >= 96.5, "{printed}");
    assert!(figure(&summary, "peak memory") < 450.0, "{summary}");
}

#[test]
fn the_choice_is_shown_as_two_tables() {
    let out = tempfile::tempdir().unwrap();
    let (summary, printed, _) = run(small(out.path()).args(["--choose", "--epochs", "1"]));
    assert!(figure(&summary, "best on images held back") > 40.0, "{printed}");
    let lines = |file| fs::read_to_string(out.path().join(file)).unwrap().lines().count();
    assert_eq!((lines("rates.csv"), lines("widths.csv")), (1 + 5 * 4, 1 + 2 * 5));
    assert!(printed.contains("| hidden units |"), "{printed}");
}

#[test]
fn mistakes_on_the_command_line_end_with_2_and_name_the_flag() {
    let cases: [(&[&str], &str); 6] = [
        (&["--runs", "0"], "--runs"),
        (&["--epochs", "0"], "--epochs"),
        (&["--batch-size", "0"], "--batch-size"),
        (&["--learning-rate", "0"], "must be a number above 0"),
        (&["--dropout", "1"], "must be a number from 0 to below 1"),
        (&["--dropout", "80%"], "--dropout"),
    ];
    for (flags, named) in cases {
        let err = fails(&program("dropout-adam").args(flags).output().unwrap(), 2);
        assert!(err.contains(named), "{flags:?}: {err}");
    }
}

#[test]
fn a_loss_that_is_no_number_ends_with_1_and_says_what_to_lower() {
    let out = tempfile::tempdir().unwrap();
    let err = fails(&small(out.path()).args(["--learning-rate", "1e30"]).output().unwrap(), 1);
    assert!(err.contains("no longer a number at iteration"), "{err}");
    assert!(err.contains("lower --learning-rate"), "{err}");
}
