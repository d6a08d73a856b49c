//! Lesson 06 from outside: what it prints and keeps, what can be chosen, and what it
//! says when there is no GPU.

use std::process::Command;
use std::time::Instant;

use cnn_gpu::benchmark::Benchmark;
use cnn_gpu::conv30_network::{self, Conv30Network};
use cnn_gpu::dataset::DeviceDataset;
use common::params::Params;
use common::program::Summary;
use common::seeded;
use ndarray::Array2;
use referee::{gpu, program, texts};

fn lesson(arguments: &[&str]) -> Command {
    let mut lesson = program("cnn-gpu");
    lesson.args(["--data", "built-in"]).args(arguments);
    lesson
}

/// Hides all drivers from the Vulkan loader.
fn without_a_gpu(command: &mut Command) -> &mut Command {
    command.env("VK_DRIVER_FILES", "/no/such/driver").env("VK_ICD_FILENAMES", "/no/such/driver")
}

#[test]
fn a_quick_run_trains_both_networks_compares_and_keeps() {
    if gpu("a_quick_run_trains_both_networks_compares_and_keeps").is_none() {
        return;
    }
    let out = tempfile::tempdir().unwrap();
    let arguments =
        ["--quick", "--iterations", "10", "--batch-size", "8", "--learning-rate", "0.001"];
    let start = Instant::now();
    let mut lesson = lesson(&arguments);
    lesson.env_remove("XDG_RUNTIME_DIR"); // as where there is no desktop
    let output = lesson.arg("--out").arg(out.path()).output().unwrap();
    let elapsed = 1e6 * start.elapsed().as_secs_f64(); // microseconds
    let (text, err) = texts(&output);
    assert!(output.status.success(), "{text}{err}");
    assert!(text.starts_with("on "), "it says what it runs on: {text}");
    assert!(!err.contains("XDG_RUNTIME_DIR"), "Mesa's layer is switched off: {err}");

    // The same losses on both, at a rate that does not amplify rounding; `gpu_network.rs`
    // looks closer, in f64.
    let pairs: Vec<[f64; 3]> = text
        .lines()
        .filter_map(|line| {
            let numbers: Option<Vec<f64>> =
                line.split_whitespace().map(|word| word.parse().ok()).collect();
            numbers?.try_into().ok()
        })
        .collect();
    assert_eq!(pairs.iter().map(|p| p[0]).collect::<Vec<_>>(), [1.0, 2.0, 5.0, 10.0], "{text}");
    for [_, gpu, processor] in pairs {
        assert!((gpu / processor - 1.0).abs() < 5e-3, "{text}");
    }

    let summary: Summary = text.lines().last().unwrap().parse().unwrap();
    assert_eq!(summary.chapter, "cnn-gpu");
    let names: Vec<&str> = summary.figures.iter().map(|figure| figure.name.as_str()).collect();
    assert_eq!(names[..3], ["test accuracy", "step", "step of 30 filters"]);
    assert!(summary.figures.iter().all(|figure| figure.value > 0.0));
    // Ten steps of the first network cannot take longer than the whole program, and no GPU
    // makes one in less than a microsecond.
    assert!((1.0..elapsed / 10.0).contains(&summary.figures[1].value), "{summary}");
    let params: Params<f32> = Params::load(&out.path().join("params.npz")).unwrap();
    assert_eq!(params.any_shape("wo").unwrap().shape(), [576, 10]);
    let curve = std::fs::read_to_string(out.path().join("curve.csv")).unwrap();
    assert_eq!(curve.lines().count(), 11);
    assert!(out.path().join("loss.svg").is_file() && out.path().join("loss.png").is_file());
}

#[test]
fn the_same_seed_learns_the_same_and_another_another() {
    if gpu("the_same_seed_learns_the_same_and_another_another").is_none() {
        return;
    }
    let curve = |seed: &str| {
        let out = tempfile::tempdir().unwrap();
        let arguments = ["--quick", "--iterations", "3", "--batch-size", "3", "--seed", seed];
        assert!(lesson(&arguments).arg("--out").arg(out.path()).status().unwrap().success());
        std::fs::read_to_string(out.path().join("curve.csv")).unwrap()
    };
    assert_eq!(curve("5"), curve("5"));
    assert_ne!(curve("5"), curve("6"));
}

#[test]
fn the_adapters_are_listed_and_can_be_chosen_by_name() {
    let Some(gpu) = gpu("the_adapters_are_listed_and_can_be_chosen_by_name") else { return };
    let (list, _) = texts(&lesson(&["--adapter", "list"]).output().unwrap());
    assert!(list.lines().any(|line| line == gpu.name), "{list}");
    let output = lesson(&["--adapter", "no such card"]).output().unwrap();
    let (_, err) = texts(&output);
    assert_eq!(output.status.code(), Some(1));
    assert!(err.contains("no adapter is called no such card; there is "), "{err}");
    assert!(err.contains(&gpu.name), "{err}");
}

#[test]
#[cfg(target_os = "linux")]
fn without_a_gpu_it_says_what_to_install() {
    let run = |arguments: &[&str]| {
        let output = without_a_gpu(&mut lesson(arguments)).output().unwrap();
        (output.status.code(), texts(&output).1)
    };
    for arguments in [&[][..], &["--adapter", "list"], &["--adapter", "software"]] {
        let (code, err) = run(arguments);
        assert_eq!(code, Some(1), "{err}");
        assert_eq!(err.lines().count(), 1, "one sentence: {err}");
        assert!(err.starts_with("Error: no GPU was found") && err.contains("install"), "{err}");
    }
    let (code, err) = run(&["--backend", "metal"]);
    assert_eq!(code, Some(1));
    assert!(err.contains("--backend metal"), "{err}");
}

/// The whole tour, with this lesson alone: it is skipped, and that is no failure.
#[test]
#[cfg(target_os = "linux")]
fn the_tour_says_that_it_skipped_the_lesson() {
    let out = tempfile::tempdir().unwrap();
    let mut tour = program("tour");
    let target = std::path::Path::new(tour.get_program()).ancestors().nth(2).unwrap().to_owned();
    tour.env("CARGO_TARGET_DIR", target).env("CARGO_NET_OFFLINE", "true");
    tour.args(["--only", "cnn-gpu", "--quick", "--data", "built-in", "--out"]).arg(out.path());
    let output = without_a_gpu(&mut tour).output().unwrap();
    let (text, err) = texts(&output);
    assert_eq!(output.status.code(), Some(0), "{text}{err}");
    assert!(text.contains("skipped, see below"), "{text}");
    assert!(err.contains("cnn-gpu was skipped: no GPU was found"), "{err}");
    let ledger = std::fs::read_to_string(out.path().join("ledger.md")).unwrap();
    assert!(ledger.contains("> **Skipped**: no GPU was found"), "{ledger}");
}

/// 53 GB in one piece: more than any GPU allows.
#[test]
fn what_does_not_fit_on_the_gpu_is_refused_with_its_size() {
    let Some(gpu) = gpu("what_does_not_fit_on_the_gpu_is_refused_with_its_size") else { return };
    let (x, t) = (Array2::<f32>::zeros((1, 784)), Array2::zeros((1, 10)));
    let dataset = DeviceDataset::upload(gpu, &x, &t).unwrap();
    let w = conv30_network::start::<f32>(&mut seeded(1));
    let error = Conv30Network::new(gpu, &dataset, 1 << 20, &w).err().unwrap().to_string();
    assert!(error.starts_with("the second network: 5298") && error.contains("MB"), "{error}");
    assert!(error.contains("smaller --batch-size"), "{error}");
}

#[test]
fn wrong_flags_are_usage_errors() {
    for (flags, part) in [
        (["--backend", "glide"], "--backend"),
        (["--iterations", "0"], "--iterations"),
        (["--learning-rate", "0"], "--learning-rate"),
        (["--batch-size", "10001"], "--batch-size"),
    ] {
        let output = lesson(&flags).output().unwrap();
        let (_, err) = texts(&output);
        assert_eq!(output.status.code(), Some(2), "{err}");
        assert!(err.contains(part), "{err}");
    }
}

#[test]
fn a_training_that_diverges_says_so_and_keeps_the_last_good_parameters() {
    if gpu("a_training_that_diverges_says_so_and_keeps_the_last_good_parameters").is_none() {
        return;
    }
    let out = tempfile::tempdir().unwrap();
    let flags = ["--iterations", "4", "--batch-size", "5", "--learning-rate", "1e38"];
    let output = lesson(&flags).arg("--out").arg(out.path()).output().unwrap();
    let (_, err) = texts(&output);
    assert_eq!(output.status.code(), Some(1), "{err}");
    assert!(err.contains("no longer a number at iteration") && err.contains("--learning-rate"));
    assert!(out.path().join("params.npz").is_file());
}

#[test]
fn the_times_stand_beside_their_floors() {
    let Some(gpu) = gpu("the_times_stand_beside_their_floors") else { return };
    let benchmark = Benchmark::measure(gpu, 2).unwrap();
    let rates = &benchmark.rates;
    assert!(rates.dispatch > 0.0 && rates.arithmetic > 0.0 && rates.memory > 0.0);
    for run in &benchmark.measurements {
        assert!(run.seconds > 0.0 && run.floor > 0.0, "{}", run.name);
    }
    let table = benchmark.table();
    for part in ["whole step", "floor us", "tiled: dw", "product of", "back "] {
        assert!(table.contains(part), "{part}\n{table}");
    }
    let whole =
        benchmark.measurements.iter().find(|run| run.name == "article: whole step").unwrap();
    // 2 images, each 2 (14,400 + 5,760) forward and as much back, and dwo and dbc
    assert_eq!(whole.operations, 2.0 * 2.0 * (14_400.0 + 5_760.0 + 5_760.0 + 14_400.0 + 11_520.0));
}
