//! The lesson of chapter 08, run as a reader runs it.

use std::fs;
use std::path::Path;
use std::process::Command;

use common::params::Params;
use common::program::Summary;
use referee::lesson::{fails, figure, run};
use referee::{program, real_data};

/// The lesson on built-in digits with small layers, a second or two of work.
fn small(out: &Path, flags: &[&str]) -> Command {
    let mut lesson = program("deep-cnn");
    lesson.args(["--quick", "--data", "built-in", "--out"]).arg(out);
    lesson.args(["--layers", "conv6x5,pool2,conv8x5,pool2,30"]).args(flags);
    lesson
}

#[test]
fn the_lesson_reads_the_built_in_digits_and_leaves_everything_it_names() {
    let out = tempfile::tempdir().unwrap();
    let mut lesson = program("deep-cnn");
    lesson.args(["--quick", "--data", "built-in", "--out"]).arg(out.path());
    let (summary, printed, _) = run(&mut lesson);
    assert_eq!((summary.chapter.as_str(), summary.data.as_str()), ("deep-cnn", "built-in digits"));
    let reached = figure(&summary, "test accuracy");
    assert!(reached > 90.0, "{reached}");
    assert!(figure(&summary, "peak memory") < 350.0, "{summary}");
    assert!(printed.contains("431,080 parameters"), "{printed}");
    let pictures = ["filters-1.png", "filters-2.png", "stages.png", "stage-1.png", "stage-4.png"];
    let more = ["wrong.png", "confusion.png", "augmented.png", "errors.svg", "loss.svg"];
    let numbers = ["curve.csv", "epochs.csv", "params.npz"];
    for file in pictures.iter().chain(&more).chain(&numbers) {
        let found = fs::metadata(out.path().join(file));
        assert!(found.is_ok_and(|file| file.len() > 100), "{file} is missing");
    }
    let lines = |file| fs::read_to_string(out.path().join(file)).unwrap().lines().count();
    assert_eq!((lines("curve.csv"), lines("epochs.csv")), (1 + 200, 1 + 2));
    let params = Params::<f32>::load(&out.path().join("params.npz")).unwrap();
    let names: Vec<&str> = params.names().collect();
    assert_eq!(names, ["w1", "b1", "w2", "b2", "w3", "b3", "w4", "b4"]);
    assert!(params.get("w2", (50, 20, 5, 5)).is_ok() && params.get("w3", (800, 500)).is_ok());
}

#[test]
fn the_same_seed_gives_the_same_bits_on_any_number_of_threads() {
    let curves = |threads: &str, augment: &[&str]| {
        let out = tempfile::tempdir().unwrap();
        run(small(out.path(), &["--epochs", "1", "--threads", threads]).args(augment));
        let curve = fs::read_to_string(out.path().join("curve.csv")).unwrap();
        (curve, fs::read(out.path().join("params.npz")).unwrap())
    };
    let plain = curves("1", &[]);
    assert_eq!(plain, curves("3", &[]));
    let augmented = curves("1", &["--augment"]);
    assert_eq!(augmented, curves("2", &["--augment"]));
    assert_ne!(plain, augmented);
}

#[test]
fn every_optimiser_learns() {
    for optimiser in ["sgd", "momentum", "nesterov", "adam"] {
        let out = tempfile::tempdir().unwrap();
        let (summary, _, _) = run(&mut small(out.path(), &["--optimiser", optimiser]));
        let reached = figure(&summary, "test accuracy");
        assert!(reached > 80.0, "{optimiser}: {reached}");
    }
}

#[test]
fn any_layers_are_trained() {
    for layers in ["conv8x4s3,pool3s2,20", "conv4x3p1,avgpool2,conv6x3p1,pool4s2", "30,20"] {
        let out = tempfile::tempdir().unwrap();
        let mut lesson = program("deep-cnn");
        lesson.args(["--quick", "--data", "built-in", "--layers", layers, "--out"]);
        let (summary, _, _) = run(lesson.arg(out.path()));
        let reached = figure(&summary, "test accuracy");
        assert!(reached > 70.0, "{layers}: {reached}");
    }
}

#[test]
fn mnist_is_read_at_98_percent_after_an_epoch() {
    let Some(data) = real_data("mnist_is_read_at_98_percent_after_an_epoch") else { return };
    let out = tempfile::tempdir().unwrap();
    let mut lesson = program("deep-cnn");
    lesson.args(["--epochs", "1", "--data"]).arg(&data).arg("--out").arg(out.path());
    let (summary, _, _) = run(&mut lesson);
    let reached = figure(&summary, "test accuracy");
    assert!(reached > 98.0, "{reached}");
    assert!(figure(&summary, "peak memory") < 350.0, "{summary}");
}

#[test]
fn training_goes_on_from_an_earlier_runs_parameters() {
    let out = tempfile::tempdir().unwrap();
    let (first, second) = (out.path().join("first"), out.path().join("second"));
    run(&mut small(&first, &[]));
    let file = first.join("params.npz");
    let start = ["--start", file.to_str().unwrap(), "--epochs", "1"];
    run(&mut small(&second, &start));
    let loss_of_step_1 = |out: &Path| -> f64 {
        let curve = fs::read_to_string(out.join("curve.csv")).unwrap();
        curve.lines().nth(1).unwrap().split(',').nth(1).unwrap().parse().unwrap()
    };
    let (before, after) = (loss_of_step_1(&first), loss_of_step_1(&second));
    assert!(after < before / 4.0, "{before} {after}");
    // Another network's parameters are refused, and so is a file that is not there.
    let mut other = program("deep-cnn");
    other.args(["--data", "built-in", "--layers", "conv6x5,pool2,30"]).args(&start[..2]);
    let err = fails(&other.arg("--out").arg(&second).output().unwrap(), 1);
    assert!(err.contains("belongs to another network"), "{err}");
    let err = fails(&small(&second, &["--start", "no/such.npz"]).output().unwrap(), 1);
    assert!(err.contains("no/such.npz"), "{err}");
}

#[test]
fn a_loss_that_is_no_number_stops_and_the_last_good_parameters_are_kept() {
    let out = tempfile::tempdir().unwrap();
    let err = fails(&small(out.path(), &["--learning-rate", "1e30"]).output().unwrap(), 1);
    assert!(err.contains("no longer a number at iteration"), "{err}");
    assert!(err.contains("lower --learning-rate") && err.contains("of iteration 1"), "{err}");
    let params = Params::<f32>::load(&out.path().join("params.npz")).unwrap();
    assert!(params.get("w1", (6, 1, 5, 5)).is_ok(), "every number is one");
}

#[cfg(unix)]
#[test]
fn a_training_that_is_stopped_keeps_the_best_and_tests_it() {
    use std::io::{BufRead, BufReader};
    use std::process::Stdio;

    let out = tempfile::tempdir().unwrap();
    let mut lesson = small(out.path(), &["--epochs", "1000"]);
    let mut child = lesson.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // Two lines are printed before training.
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    lines.next();
    lines.next();
    std::thread::sleep(std::time::Duration::from_millis(1500));
    let id = child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    let last = lines.map_while(Result::ok).last().unwrap();
    let err = fails(&child.wait_with_output().unwrap(), 1);
    assert!(err.contains("stopped in epoch"), "{err}");
    let summary: Summary = last.parse().unwrap();
    assert!(figure(&summary, "test accuracy") > 50.0, "{summary}");
    assert!(Params::<f32>::load(&out.path().join("params.npz")).is_ok());
}

#[test]
fn the_study_leaves_its_table() {
    let out = tempfile::tempdir().unwrap();
    let mut lesson = program("deep-cnn");
    lesson.args(["study", "--quick", "--data", "built-in", "--out"]);
    let (_, printed, _) = run(lesson.arg(out.path()));
    let table = fs::read_to_string(out.path().join("study.md")).unwrap();
    assert!(printed.contains(&table), "{printed}");
    assert_eq!(table.lines().count(), 2 + 18);
    let csv = fs::read_to_string(out.path().join("study.csv")).unwrap();
    assert_eq!(csv.lines().count(), 1 + 18);
    for line in csv.lines().skip(1) {
        let accuracy: f64 = line.rsplit(',').nth(2).unwrap().parse().unwrap();
        assert!((20.0..100.0).contains(&accuracy), "{line}");
    }
}

#[test]
fn mistakes_on_the_command_line_end_with_2_and_name_the_flag() {
    let cases: [(&[&str], &str); 13] = [
        (&["--layers", "conv20x5,pol2"], "`pol2` is no layer"),
        (&["--layers", "conv20x5s3"], "does not divide the span of 23"),
        (&["--layers", "conv20x29"], "larger than an image of 28"),
        (&["--layers", "conv0x5"], "0 is not possible here"),
        (&["--layers", "conv99999x5"], "more memory than is sane"),
        (&["--layers", ""], "--layers"),
        (&["--epochs", "0"], "--epochs"),
        (&["--batch-size", "0"], "--batch-size"),
        (&["--batch-size", "1001"], "--batch-size"),
        (&["--learning-rate", "0"], "--learning-rate"),
        (&["--momentum", "1"], "--momentum"),
        (&["--optimiser", "newton"], "[possible values: sgd, momentum, nesterov, adam]"),
        (&["study", "--epochs", "3"], "--epochs"),
    ];
    for (flags, named) in cases {
        let err = fails(&program("deep-cnn").args(flags).output().unwrap(), 2);
        assert!(err.contains(named), "{flags:?}: {err}");
    }
    // The mark stands under the fault.
    let output = program("deep-cnn").args(["--layers", "conv20x5,pol2"]).output().unwrap();
    let err = fails(&output, 2);
    assert!(err.contains("\n    conv20x5,pol2\n             ^^^^\n"), "{err}");
}

#[test]
fn a_batch_beyond_all_memory_is_refused() {
    let out = tempfile::tempdir().unwrap();
    let flags = ["--layers", "conv500x5", "--batch-size", "1000", "--out"];
    let output = program("deep-cnn").args(flags).arg(out.path()).output().unwrap();
    let err = fails(&output, 2);
    assert!(err.contains("--batch-size: 1000 images of 288,000 values each"), "{err}");
    assert!(err.contains("use at most 347"), "{err}");
}
