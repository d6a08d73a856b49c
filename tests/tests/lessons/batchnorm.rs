//! The lesson of chapter 10, run as a reader runs it, and what its page claims.

use std::fs;
use std::path::Path;
use std::process::Command;

use batchnorm::dataset::Points;
use batchnorm::experiments::{NEAR_BEST, second_half};
use batchnorm::least_squares::least_squares;
use batchnorm::loss::broadcast_mse;
use batchnorm::training::{Trained, Variant, train};
use batchnorm::{Network, running_stats};
use common::Float;
use common::params::Params;
use referee::lesson::{fails, figure, run};
use referee::{program, texts};

fn lesson(out: &Path, flags: &[&str]) -> Command {
    let mut lesson = program("batchnorm");
    lesson.args(["--quick", "--out"]).arg(out).args(flags);
    lesson
}

/// The article's training, as the lesson does it.
const LESSON: Variant = Variant {
    name: "batch norm",
    plain: false,
    standardised: false,
    extra_passes: 0,
    broadcast_loss: false,
    batch_size: 20,
    momentum: running_stats::MOMENTUM as Float,
    learning_rate: 0.001,
    iterations: 3000,
};

fn trained(variant: Variant, seed: u64) -> Trained {
    train(variant, &Points::linspace(300), seed).unwrap()
}

#[test]
fn the_lesson_reports_everything_under_its_right_name() {
    let out = tempfile::tempdir().unwrap();
    let (summary, printed, _) =
        run(&mut lesson(out.path(), &["--seed", "3", "--iterations", "500"]));
    assert_eq!((summary.chapter.as_str(), summary.data.as_str()), ("batchnorm", "300 points"));
    assert!(printed.contains("variance of 3 cos(20x) alone: 4.442"), "{printed}");
    assert!(printed.contains("the best polynomial leaves:   4.422"), "{printed}");
    let pictures = ["estimate", "loss", "without", "rates", "repeated", "square", "waves"];
    for file in pictures.iter().flat_map(|name| [format!("{name}.svg"), format!("{name}.png")]) {
        let found = fs::metadata(out.path().join(&file));
        assert!(found.is_ok_and(|file| file.len() > 1000), "{file} is missing");
    }
    let lines = |file| fs::read_to_string(out.path().join(file)).unwrap().lines().count();
    assert_eq!((lines("curve.csv"), lines("tests.csv")), (1 + 500, 1 + 5));

    // The printed numbers are the saved ones, and those of the network in the library.
    let params = Params::<Float>::load(&out.path().join("params.npz")).unwrap();
    let network = trained(Variant { iterations: 500, ..LESSON }, 3);
    let last = network.final_loss();
    let network = network.network;
    let Network { w1, b1, gamma, beta, w2, b2, running } = &network;
    for (name, label, array) in [
        ("w1", "w1 (6, 10)", w1),
        ("b1", "b1 (1, 10)", b1),
        ("gamma", "gamma (1, 10)", gamma),
        ("beta", "beta (1, 10)", beta),
        ("running_mean", "running mean (1, 10)", &running.mean),
        ("running_var", "running variance (1, 10), not its root", &running.var),
        ("w2", "w2 (10, 1)", w2),
        ("b2", "b2 (1, 1)", b2),
    ] {
        assert_eq!(params.get(name, array.dim()).unwrap(), array, "{name}");
        let block = printed.split(label).nth(1).unwrap_or_else(|| panic!("no {label}"));
        let numbers: Vec<f64> = block
            .split_once('\n')
            .unwrap()
            .1
            .split(|c: char| "[], \n".contains(c))
            .filter(|word| !word.is_empty())
            .take(array.len())
            .map(|word| word.parse().unwrap())
            .collect();
        for (printed, cache) in numbers.iter().zip(array) {
            assert!((printed - f64::from(*cache)).abs() < 6e-4, "{label}: {printed} {cache}");
        }
    }
    let tests = fs::read_to_string(out.path().join("tests.csv")).unwrap();
    let all: f64 = tests.lines().last().unwrap().split(',').nth(1).unwrap().parse().unwrap();
    assert_eq!(all, last, "the experiments begin with the lesson itself");
}

#[test]
fn the_same_seed_gives_the_same_bits_on_any_number_of_threads() {
    let files = |threads: &str, seed: &str| {
        let out = tempfile::tempdir().unwrap();
        run(&mut lesson(out.path(), &["--iterations", "60", "--threads", threads, "--seed", seed]));
        ["params.npz", "curve.csv", "repeated.svg"].map(|f| fs::read(out.path().join(f)).unwrap())
    };
    let one = files("1", "7");
    assert!(one == files("3", "7"), "three threads change the result");
    assert!(one != files("1", "8"), "another seed changes nothing");
}

#[test]
fn with_batch_norm_the_floor_is_reached_in_a_third_of_the_time() {
    let points = Points::<f64>::linspace(300);
    let (_, least) = least_squares(&points.x, &points.t);
    let summary_of = |seed: &str| {
        let out = tempfile::tempdir().unwrap();
        let mut lesson = program("batchnorm");
        lesson.args(["--quick", "--iterations", "3000", "--seed", seed, "--out"]).arg(out.path());
        run(&mut lesson).0
    };
    let summary = summary_of("1");
    assert!((figure(&summary, "best polynomial") - least).abs() < 0.006);
    let reached = figure(&summary, "all points");
    assert!(reached > least - 0.1 && reached < least * 1.08, "{reached}");
    for seed in [1, 2] {
        let with = trained(LESSON, seed);
        let without = trained(Variant { plain: true, ..LESSON }, seed);
        assert!(with.loss_after(1000) < least * 1.2, "{}", with.loss_after(1000));
        assert!(without.loss_after(1000) > least * 1.7, "{}", without.loss_after(1000));
        assert!(
            without.final_loss() < least * 1.25,
            "late, but it comes: {}",
            without.final_loss()
        );
        // What is new to it is as hard as what it has learnt from.
        assert!((with.test_loss / with.final_loss() - 1.0).abs() < 0.15, "{}", with.test_loss);
    }
}

#[test]
fn at_one_rate_batch_norm_is_faster_and_at_the_best_of_each_it_is_not() {
    let steps = |norm: bool, learning_rate: Float| {
        let mut steps: Vec<f64> = [1, 2, 3]
            .iter()
            .map(|&seed| {
                trained(Variant { plain: !norm, learning_rate, iterations: 1500, ..LESSON }, seed)
            })
            .map(|trained| trained.steps_to(NEAR_BEST))
            .collect();
        steps.sort_by(f64::total_cmp);
        steps[1]
    };
    for rate in [0.003, 0.01] {
        let (with, without) = (steps(true, rate), steps(false, rate));
        assert!(without > 2.5 * with, "{with} {without} at {rate}");
    }
    let (with, without) = (steps(true, 0.03), steps(false, 0.1));
    assert!(with < 100.0 && without < 100.0, "{with} {without}");
    assert!(steps(false, 0.01) < steps(true, 0.001), "a better rate is worth as much");
}

#[test]
fn ten_sigmoids_can_fit_some_of_the_waves_if_trained_for_long() {
    let long = trained(Variant { learning_rate: 0.01, iterations: 20_000, ..LESSON }, 1);
    assert!(
        long.final_loss() < 3.7 && long.test_loss < 3.9,
        "{} {}",
        long.final_loss(),
        long.test_loss
    );
}

#[test]
fn a_call_for_each_point_changes_no_weight_and_spoils_the_test_mode() {
    let once = trained(LESSON, 1);
    let often = trained(Variant { extra_passes: 19, ..LESSON }, 1);
    let (a, b) = (&once.network, &often.network);
    assert!(a.w1 == b.w1 && a.gamma == b.gamma && a.w2 == b.w2, "not a bit");
    assert!(a.running != b.running);
    let ((mean, scatter), (mean_often, scatter_often)) =
        (second_half(&once.curve), second_half(&often.curve));
    assert!(mean_often > mean + 0.5, "{mean} {mean_often}");
    assert!(scatter_often > 5.0 * scatter, "{scatter} {scatter_often}");
}

#[test]
fn who_learns_from_a_square_of_differences_learns_the_mean() {
    let square = trained(Variant { broadcast_loss: true, ..LESSON }, 1);
    let flat = square.y.iter().all(|y| (y - 3.7).abs() < 0.5);
    assert!(flat, "{:?}", square.y);
    assert!(square.final_loss() > 22.0, "{}", square.final_loss());
    // And the better network is told that it is the worse one.
    let points = Points::<Float>::linspace(300);
    let loss = |trained: &Trained| broadcast_mse(&trained.y, &points.t).0;
    assert!(loss(&trained(LESSON, 1)) > loss(&square) + 10.0);
    assert_eq!(loss(&square), square.broadcast_loss);
}

#[test]
fn a_batch_of_one_and_other_mistakes_end_with_2_and_say_why() {
    let cases: [(&[&str], &str); 9] = [
        (&["--batch-size", "1"], "needs at least 2 values a unit, not 1"),
        (&["--batch-size", "0"], "--batch-size"),
        (&["--batch-size", "301"], "from 2 to 300"),
        (&["--batch-size", "many"], "--batch-size"),
        (&["--momentum", "0"], "--momentum"),
        (&["--momentum", "1.5"], "--momentum"),
        (&["--learning-rate", "0"], "--learning-rate"),
        (&["--iterations", "0"], "--iterations"),
        (&["--wrong"], "--wrong"),
    ];
    for (flags, named) in cases {
        let err = fails(&program("batchnorm").args(flags).output().unwrap(), 2);
        assert!(err.contains(named), "{flags:?}: {err}");
    }
    let err = fails(&program("batchnorm").args(["--batch-size", "1"]).output().unwrap(), 2);
    assert!(err.contains("--batch-size") && err.contains("variance 0"), "{err}");
}

#[test]
fn the_smallest_batch_and_the_fewest_steps_there_may_be_are_fine() {
    let out = tempfile::tempdir().unwrap();
    run(&mut lesson(out.path(), &["--batch-size", "2", "--iterations", "1", "--momentum", "1"]));
}

#[test]
fn a_loss_that_is_no_number_ends_with_1_and_a_sentence() {
    let out = tempfile::tempdir().unwrap();
    let output = lesson(out.path(), &["--learning-rate", "1e30"]).output().unwrap();
    let err = fails(&output, 1);
    assert!(err.contains("no longer a number") && err.contains("--learning-rate"), "{err}");
}

#[test]
fn the_lesson_explains_its_flags() {
    let (help, _) = texts(&program("batchnorm").arg("--help").output().unwrap());
    for flag in ["--seed", "--iterations", "--batch-size", "--momentum", "--out", "--quick"] {
        assert!(help.contains(flag), "--help is silent about {flag}");
    }
}
