//! Each lesson, run as a reader runs it.

use std::fs;
use std::path::Path;
use std::process::Command;

use common::params::Params;
use common::program::Summary;
use referee::lesson::{self, figure};
use referee::{program, real_data, texts};

/// Runs a lesson to its end; the summary on its last line.
fn run(lesson: &mut Command) -> Summary {
    lesson::run(lesson).0
}

#[test]
fn the_perceptron_reads_the_built_in_digits() {
    let out = tempfile::tempdir().unwrap();
    let summary =
        run(program("perceptron").args(["--quick", "--data", "built-in", "--out"]).arg(out.path()));
    assert_eq!(
        (summary.chapter.as_str(), summary.data.as_str()),
        ("perceptron", "built-in digits")
    );
    let reached = figure(&summary, "test accuracy");
    assert!((71.0..77.0).contains(&reached), "{reached}");
    let pictures = ["digit-0.png", "loss.svg", "loss.png", "accuracy.svg", "accuracy.png"];
    let results = ["wrong.png", "confusion.png", "weights.png", "params.npz", "curve.csv"];
    for file in pictures.iter().chain(&results) {
        assert!(
            fs::metadata(out.path().join(file)).is_ok_and(|f| f.len() > 100),
            "{file} is missing"
        );
    }
    let curve = fs::read_to_string(out.path().join("curve.csv")).unwrap();
    assert_eq!(curve.lines().count(), 1 + 1000);
}

#[test]
fn the_hidden_layer_reads_the_built_in_digits() {
    let out = tempfile::tempdir().unwrap();
    let summary = run(program("hidden-layer")
        .args(["--quick", "--data", "built-in", "--out"])
        .arg(out.path()));
    let reached = figure(&summary, "test accuracy");
    assert!((70.0..77.0).contains(&reached), "{reached}");
}

#[test]
fn the_perceptron_reaches_the_articles_range_on_mnist() {
    let Some(data) = real_data("the_perceptron_reaches_the_articles_range_on_mnist") else {
        return;
    };
    for seed in ["1", "2"] {
        let out = tempfile::tempdir().unwrap();
        let summary = run(program("perceptron")
            .args(["--seed", seed, "--data"])
            .arg(&data)
            .arg("--out")
            .arg(out.path()));
        let reached = figure(&summary, "test accuracy");
        assert!((85.5..87.5).contains(&reached), "seed {seed}: {reached}");
        within_memory(&summary);
    }
}

#[test]
fn the_hidden_layer_reaches_the_articles_range_on_mnist() {
    let Some(data) = real_data("the_hidden_layer_reaches_the_articles_range_on_mnist") else {
        return;
    };
    for seed in ["1", "2"] {
        let out = tempfile::tempdir().unwrap();
        let summary = run(program("hidden-layer")
            .args(["--seed", seed, "--data"])
            .arg(&data)
            .arg("--out")
            .arg(out.path()));
        let reached = figure(&summary, "test accuracy");
        assert!((85.5..88.5).contains(&reached), "seed {seed}: {reached}");
        within_memory(&summary);
    }
}

#[test]
fn the_naive_cnn_reads_the_built_in_digits() {
    let out = tempfile::tempdir().unwrap();
    let summary =
        run(program("cnn-naive").args(["--quick", "--data", "built-in", "--out"]).arg(out.path()));
    // From one step to the next this network moves by several points: the page says why.
    let (reached, mean) =
        (figure(&summary, "test accuracy"), figure(&summary, "mean of the later tests"));
    assert!((45.0..80.0).contains(&reached), "{reached}");
    assert!((52.0..70.0).contains(&mean), "{mean}");
    for file in ["stages.png", "filter.png", "biases.png", "confusion.svg", "loss.svg"] {
        let path = out.path().join(file);
        assert!(fs::metadata(&path).is_ok_and(|f| f.len() > 100), "{file} is missing");
    }
    let curve = fs::read_to_string(out.path().join("curve.csv")).unwrap();
    assert_eq!(curve.lines().count(), 1 + 300);
    // Tests at the start, after 3 steps, after every 15, and two dots in the legend.
    let accuracies = fs::read_to_string(out.path().join("accuracy.svg")).unwrap();
    assert_eq!(accuracies.matches("<circle").count(), 1 + 1 + 20 + 2);
    // Four stages of a digit in a row, after 0, 3, 30 and 300 steps.
    let stages = fs::File::open(out.path().join("stages.png")).unwrap();
    let stages = png::Decoder::new(std::io::BufReader::new(stages)).read_info().unwrap();
    assert!(stages.info().height.abs_diff(stages.info().width) < 10);
    let [faster, seconds] = ["faster per step", "training"].map(|name| figure(&summary, name));
    let articles = 18_282.343 / 3_000.0; // seconds of a step
    assert!((faster / (300.0 * articles / seconds) - 1.0).abs() < 0.05, "{summary}");
    let params = Params::<f32>::load(&out.path().join("params.npz")).unwrap();
    assert_eq!(params.names().collect::<Vec<_>>(), ["f", "bc", "wo", "bo"]);
    params.get("bc", (1, 576)).unwrap();
}

#[test]
fn the_naive_cnn_reaches_its_range_on_mnist() {
    let Some(data) = real_data("the_naive_cnn_reaches_its_range_on_mnist") else { return };
    let out = tempfile::tempdir().unwrap();
    let mut lesson = program("cnn-naive");
    let summary =
        run(lesson.args(["--seed", "2", "--out"]).arg(out.path()).arg("--data").arg(data));
    let mean = figure(&summary, "mean of the later tests");
    assert!((82.0..92.0).contains(&mean), "{mean}");
    within_memory(&summary);
}

#[test]
fn a_naive_cnn_that_diverges_keeps_its_last_good_parameters() {
    let folder = tempfile::tempdir().unwrap();
    let cases: [(&[&str], &str); 2] =
        [(&["--learning-rate", "1e30"], "; lower"), (&["--naive-softmax", "--seed", "3"], "leave")];
    for (flags, cure) in cases {
        let out = folder.path().join(flags[0]);
        let mut lesson = program("cnn-naive");
        lesson.args(["--quick", "--data", "built-in", "--out"]).arg(&out).args(flags);
        let output = lesson.output().unwrap();
        let (_, err) = texts(&output);
        assert_eq!(output.status.code(), Some(1), "{flags:?}: {err}");
        let said = "the loss is no longer a number at iteration ";
        assert!(err.contains(said) && err.contains(cure), "{flags:?}: {err}");
        let path = out.join("params.npz");
        assert!(err.contains(&path.display().to_string()), "{flags:?}: {err}");
        let params = Params::<f32>::load(&path).unwrap();
        for (name, shape) in [("f", (5, 5)), ("bc", (1, 576)), ("wo", (576, 10)), ("bo", (1, 10))] {
            params.get(name, shape).unwrap(); // finite, or this would be an error
        }
    }
}

/// No loss notices what the last step of a training does.
#[test]
fn a_last_step_that_diverges_is_neither_tested_nor_reported() {
    for (lesson, flags) in [
        ("perceptron", &["--iterations", "1"][..]),
        ("hidden-layer", &["--iterations", "1"]),
        ("cnn-naive", &["--iterations", "1"]),
        ("cnn-im2col", &["--iterations", "1"]),
        ("dropout-adam", &["--epochs", "1", "--batch-size", "10000", "--runs", "1"]),
        ("batchnorm", &["--iterations", "1"]),
        ("iris", &["--epochs", "1", "--batch-size", "120"]),
    ] {
        let out = tempfile::tempdir().unwrap();
        let mut program = program(lesson);
        program.args(flags).args(["--learning-rate", "1e38", "--quick", "--out"]).arg(out.path());
        if lesson != "batchnorm" && lesson != "iris" {
            program.args(["--data", "built-in"]);
        }
        let output = program.output().unwrap();
        let err = lesson::fails(&output, 1);
        assert!(err.contains("no longer a number at iteration "), "{lesson}: {err}");
        let (out, _) = texts(&output);
        assert!(!out.contains(" right") && !out.contains("accuracy"), "{lesson}: {out}");
    }
}

#[test]
fn the_three_kinds_of_gradients_are_three_trainings_that_start_alike() {
    let folder = tempfile::tempdir().unwrap();
    let curve = |kind: &str, rate: &str| -> Vec<String> {
        let out = folder.path().join(format!("{kind}-{rate}"));
        let mut lesson = program("cnn-naive");
        lesson.args(["--iterations", "40", "--quick", "--data", "built-in"]);
        run(lesson.args(["--gradients", kind, "--learning-rate", rate, "--out"]).arg(&out));
        let text = fs::read_to_string(out.join("curve.csv")).unwrap();
        text.lines().map(str::to_owned).collect()
    };
    let kinds = [("article", "0.01"), ("sum", "0.01"), ("mean", "0.01")];
    let [article, sum, mean] = kinds.map(|(kind, rate)| curve(kind, rate));
    assert!(article[1] == sum[1] && sum[1] == mean[1], "the first loss is that of the start");
    assert!(article[2] != sum[2] && sum[2] != mean[2] && mean[2] != article[2]);
    // A mean over 128 with 128 times the rate is a sum: a power of 2 rounds nothing.
    let rates = [("sum", "0.0078125"), ("mean", "1")];
    let [sum, mean] = rates.map(|(kind, rate)| {
        let out = folder.path().join(format!("{kind}-128"));
        let mut lesson = program("cnn-naive");
        lesson.args(["--iterations", "40", "--quick", "--data", "built-in"]);
        lesson.args(["--batch-size", "128", "--gradients", kind, "--learning-rate", rate]);
        run(lesson.arg("--out").arg(&out));
        fs::read(out.join("params.npz")).unwrap()
    });
    assert!(sum == mean);
}

#[test]
fn the_im2col_cnn_reads_the_built_in_digits() {
    let out = tempfile::tempdir().unwrap();
    let summary =
        run(program("cnn-im2col").args(["--quick", "--data", "built-in", "--out"]).arg(out.path()));
    let reached = figure(&summary, "test accuracy");
    assert!((45.0..80.0).contains(&reached), "{reached}");
    assert!(figure(&summary, "training in one go") > 0.0);
    for file in ["unrolled.png", "taps.png", "gain.svg", "gain.png", "gain.csv", "loss.svg"] {
        let path = out.path().join(file);
        assert!(fs::metadata(&path).is_ok_and(|f| f.len() > 100), "{file} is missing");
    }
    let params = Params::<f32>::load(&out.path().join("params.npz")).unwrap();
    assert_eq!(params.names().collect::<Vec<_>>(), ["f", "bc", "wo", "bo"]);
}

/// At this rate training does not amplify rounding; the page shows what happens
/// at the article's.
#[test]
fn loops_im2col_and_one_go_have_the_same_losses() {
    let folder = tempfile::tempdir().unwrap();
    let start = |lesson: &str| {
        let out = folder.path().join(lesson);
        let mut program = program(lesson);
        program.args(["--iterations", "100", "--learning-rate", "0.001", "--seed", "4"]);
        let output = program.args(["--data", "built-in", "--quick", "--out"]).arg(&out);
        let output = output.output().unwrap();
        assert!(output.status.success(), "{}", texts(&output).1);
        let curve = fs::read_to_string(out.join("curve.csv")).unwrap();
        let losses = curve.lines().skip(1).map(|line| line.split(',').nth(1).unwrap().parse());
        (losses.map(Result::unwrap).collect::<Vec<f64>>(), texts(&output).0)
    };
    let same = |a: f64, b: f64| (a / b - 1.0).abs() < 1e-4;
    let ((loops, _), (by_im2col, said)) = (start("cnn-naive"), start("cnn-im2col"));
    assert_eq!(loops.len(), 100);
    assert!(loops.iter().zip(&by_im2col).all(|(&a, &b)| same(a, b)), "{loops:?} {by_im2col:?}");
    // The lesson's own table: iteration, loss by im2col, loss in one go.
    let table = said.lines().skip_while(|line| !line.starts_with("iteration   loss")).skip(1);
    let rows: Vec<Vec<f64>> = table
        .take(3)
        .map(|line| line.split_whitespace().map(|v| v.parse().unwrap()).collect())
        .collect();
    assert_eq!(rows.iter().map(|row| row[0]).collect::<Vec<_>>(), [1.0, 10.0, 100.0], "{said}");
    for row in rows {
        assert!(same(row[1], loops[row[0] as usize - 1]) && same(row[2], row[1]), "{said}");
    }
}

#[test]
fn an_im2col_cnn_that_diverges_keeps_its_last_good_parameters() {
    let out = tempfile::tempdir().unwrap();
    let mut lesson = program("cnn-im2col");
    lesson.args(["--quick", "--data", "built-in", "--learning-rate", "1e30", "--out"]);
    let output = lesson.arg(out.path()).output().unwrap();
    let (_, err) = texts(&output);
    assert_eq!(output.status.code(), Some(1), "{err}");
    assert!(err.contains("no longer a number at iteration") && err.contains("lower"), "{err}");
    let params = Params::<f32>::load(&out.path().join("params.npz")).unwrap();
    params.get("wo", (576, 10)).unwrap(); // finite, or this would be an error
}

#[test]
fn longer_training_separates_the_networks_on_mnist() {
    let Some(data) = real_data("longer_training_separates_the_networks_on_mnist") else { return };
    let out = tempfile::tempdir().unwrap();
    let mut lesson = program("iterations");
    lesson.args(["--study", "iterations", "--iterations", "10000", "--data"]).arg(&data);
    let summary = run(lesson.arg("--out").arg(out.path()));
    let simple = figure(&summary, "simple after 10,000 iterations");
    let hidden = figure(&summary, "hidden after 10,000 iterations");
    assert!((88.5..91.0).contains(&simple), "{simple}");
    assert!((90.5..93.0).contains(&hidden), "{hidden}");
    within_memory(&summary);
}

fn within_memory(summary: &Summary) {
    if cfg!(target_os = "linux") {
        let memory = figure(summary, "peak memory");
        assert!(memory < 300.0, "{memory} MB");
    }
}

#[test]
fn the_same_seed_gives_the_same_bits_on_any_number_of_threads() {
    let folder = tempfile::tempdir().unwrap();
    let files = |lesson: &str, threads: &str, seed: &str| {
        let out = folder.path().join(format!("{lesson}-{threads}-{seed}"));
        let mut program = program(lesson);
        program.args(["--quick", "--iterations", "300", "--data", "built-in"]);
        run(program.args(["--threads", threads, "--seed", seed, "--out"]).arg(&out));
        (fs::read(out.join("params.npz")).unwrap(), fs::read(out.join("curve.csv")).unwrap())
    };
    for lesson in ["perceptron", "hidden-layer", "cnn-naive", "cnn-im2col"] {
        let one = files(lesson, "1", "7");
        assert!(one == files(lesson, "2", "7"), "{lesson}: two threads change the result");
        assert!(one != files(lesson, "2", "8"), "{lesson}: another seed changes nothing");
    }
}

fn quick_study(out: &Path, iterations: &str) -> Command {
    let mut lesson = program("iterations");
    lesson.args(["--quick", "--iterations", iterations, "--data", "built-in", "--out"]).arg(out);
    lesson
}

#[test]
fn a_study_that_was_stopped_goes_on_to_the_same_numbers() {
    let folder = tempfile::tempdir().unwrap();
    let (whole, pieces) = (folder.path().join("whole"), folder.path().join("pieces"));
    run(quick_study(&whole, "6000").args(["--threads", "1"]));
    // The same in pieces: a shorter study first, then all of it on two threads.
    run(quick_study(&pieces, "1300").args(["--threads", "2"]));
    run(quick_study(&pieces, "6000").args(["--threads", "2"]));
    let curves = |out: &Path| fs::read_to_string(out.join("curves.csv")).unwrap();
    assert_eq!(curves(&whole), curves(&pieces));
    for picture in ["iterations.gif", "iterations.svg", "rates-simple.svg", "widths.png"] {
        assert!(whole.join(picture).exists(), "{picture} is missing");
    }
    // And a damaged piece is not taken for a whole one.
    let runs = pieces.join("runs");
    let first = fs::read_dir(&runs).unwrap().next().unwrap().unwrap().path();
    let bytes = fs::read(&first).unwrap();
    fs::write(&first, &bytes[..bytes.len() / 2]).unwrap();
    let output = quick_study(&pieces, "6000").output().unwrap();
    let (_, err) = texts(&output);
    assert_eq!(output.status.code(), Some(1));
    assert!(err.contains(&first.display().to_string()) && err.contains("--fresh"), "{err}");
    run(quick_study(&pieces, "6000").arg("--fresh"));
}

#[cfg(unix)]
#[test]
fn ctrl_c_keeps_what_there_is_and_kill_loses_little() {
    use std::process::Stdio;
    use std::time::Duration;

    let folder = tempfile::tempdir().unwrap();
    let (whole, pieces) = (folder.path().join("whole"), folder.path().join("pieces"));
    let start = |out: &Path| {
        let mut lesson = quick_study(out, "6000");
        lesson.args(["--study", "iterations", "--threads", "1"]);
        lesson.stdout(Stdio::piped()).stderr(Stdio::piped());
        lesson
    };
    run(&mut start(&whole));
    let mut stopped = 0;
    for signal in ["-INT", "-KILL", "-INT", "-INT"] {
        let child = start(&pieces).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(700));
        let id = child.id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
        let output = child.wait_with_output().unwrap();
        let (_, err) = texts(&output);
        assert!(!err.contains("panicked"), "{err}");
        if signal == "-INT" && output.status.code() == Some(1) {
            assert!(err.contains("run the same command again to go on"), "{err}");
            stopped += 1;
        }
    }
    run(&mut start(&pieces));
    let curves = |out: &Path| fs::read_to_string(out.join("curves.csv")).unwrap();
    assert_eq!(curves(&whole), curves(&pieces), "{stopped} stops later");
}

#[test]
fn mistakes_on_the_command_line_end_with_2_and_name_the_flag() {
    let cases: [(&str, &[&str], &str); 16] = [
        ("perceptron", &["--batch-size", "0"], "--batch-size"),
        ("perceptron", &["--batch-size", "99999999999"], "--batch-size"),
        ("perceptron", &["--iterations", "-3"], "-3"),
        ("perceptron", &["--iterations", "many"], "--iterations"),
        ("perceptron", &["--learning-rate", "0"], "--learning-rate"),
        ("perceptron", &["--learning-rate", "NaN"], "--learning-rate"),
        ("perceptron", &["--threads", "0"], "--threads"),
        ("perceptron", &["--seed", "-1"], "-1"),
        ("perceptron", &["--wrong"], "--wrong"),
        ("hidden-layer", &["--hidden", "0"], "--hidden"),
        ("iterations", &["--full", "--quick"], "--quick"),
        ("cnn-naive", &["--gradients", "median"], "--gradients"),
        ("cnn-naive", &["--learning-rate=-0.1"], "--learning-rate"),
        ("cnn-im2col", &["--batch-size", "20000"], "--batch-size"),
        ("cnn-im2col", &["--learning-rate", "0"], "--learning-rate"),
        ("iterations", &["--study", "depth"], "--study"),
    ];
    for (lesson, flags, named) in cases {
        let output = program(lesson).args(flags).output().unwrap();
        let (_, err) = texts(&output);
        assert_eq!(output.status.code(), Some(2), "{lesson} {flags:?}: {err}");
        assert!(err.contains(named), "{lesson} {flags:?}: {err}");
    }
}

#[test]
fn what_goes_wrong_later_ends_with_1_and_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let empty = folder.path().join("empty");
    fs::create_dir(&empty).unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "in the way").unwrap();
    let missing = folder.path().join("missing");
    let cases: [(&[&std::ffi::OsStr], &str); 4] = [
        (&["--data".as_ref(), missing.as_ref()], "missing"),
        (&["--data".as_ref(), empty.as_ref()], "train-images"),
        (
            &["--data".as_ref(), "built-in".as_ref(), "--out".as_ref(), file.as_ref()],
            "file stands where a folder",
        ),
        (
            &[
                "--data".as_ref(),
                "built-in".as_ref(),
                "--learning-rate".as_ref(),
                "1e38".as_ref(),
                "--out".as_ref(),
                empty.as_ref(),
            ],
            "lower --learning-rate",
        ),
    ];
    for (flags, named) in cases {
        let output = program("perceptron").args(flags).output().unwrap();
        let (_, err) = texts(&output);
        assert_eq!(output.status.code(), Some(1), "{flags:?}: {err}");
        assert!(err.contains(named), "{flags:?}: {err}");
        assert!(!err.contains("panicked") && !err.contains("backtrace"), "{flags:?}: {err}");
        assert_eq!(err.lines().filter(|line| line.starts_with("Error")).count(), 1, "{err}");
    }
}

#[test]
fn every_lesson_explains_its_flags() {
    for lesson in ["perceptron", "hidden-layer", "iterations", "cnn-naive", "cnn-im2col"] {
        let (help, _) = texts(&program(lesson).arg("--help").output().unwrap());
        for flag in ["--data", "--seed", "--iterations", "--threads", "--out", "--quick"] {
            assert!(help.contains(flag), "{lesson} --help is silent about {flag}");
        }
    }
}
