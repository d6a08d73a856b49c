//! The lesson of chapter 12, run as a reader runs it.

use std::fs;
use std::path::Path;
use std::process::Command;

use common::params::Params;
use referee::lesson::{fails, figure, run};
use referee::{program, real_data};

/// The lesson on built-in digits with small networks, a second or two of work.
fn small(out: &Path, flags: &[&str]) -> Command {
    let mut lesson = program("fashion");
    lesson.args(["--quick", "--data", "built-in", "--out"]).arg(out);
    lesson.args(["--layers", "conv4x5,pool2,20", "--hidden", "30"]).args(flags);
    lesson
}

#[test]
fn the_lesson_leaves_everything_it_names_and_says_loudly_that_digits_are_no_clothes() {
    let out = tempfile::tempdir().unwrap();
    let mut lesson = program("fashion");
    lesson.args(["--quick", "--data", "built-in", "--out"]).arg(out.path());
    let (summary, printed, err) = run(&mut lesson);
    assert_eq!((summary.chapter.as_str(), summary.data.as_str()), ("fashion", "built-in digits"));
    assert!(err.contains("NOTICE: these are digits and no clothes"), "{err}");
    assert!(figure(&summary, "MLP accuracy") > 75.0, "{summary}");
    assert!(figure(&summary, "CNN accuracy") > 90.0, "{summary}");
    for name in ["MLP epoch", "CNN epoch", "CNN epoch in naive convolution"] {
        assert!(figure(&summary, name) > 0.0, "{summary}");
    }
    assert!(printed.contains("projected") && printed.contains("measured"), "{printed}");
    let pictures = ["classes.png", "mistakes-mlp.png", "mistakes-cnn.png", "confusion-mlp.svg"];
    let more = ["confusion-cnn.svg", "accuracy.svg", "time.svg", "loss.svg"];
    let numbers = ["curve.csv", "epochs.csv", "classes.csv", "params.npz"];
    for file in pictures.iter().chain(&more).chain(&numbers) {
        let found = fs::metadata(out.path().join(file));
        assert!(found.is_ok_and(|file| file.len() > 100), "{file} is missing");
    }
    let lines = |file| fs::read_to_string(out.path().join(file)).unwrap().lines().count();
    assert_eq!((lines("curve.csv"), lines("epochs.csv")), (1 + 200, 1 + 2));
    assert_eq!(lines("classes.csv"), 1 + 10);
    let params = Params::<f32>::load(&out.path().join("params.npz")).unwrap();
    assert!(
        params.get("mlp_w1", (784, 256)).is_ok() && params.get("cnn_w1", (20, 1, 5, 5)).is_ok()
    );
}

#[test]
fn only_clothes_are_shown_in_a_mirror_and_only_unless_they_are_wanted_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let curve = |name: &str, data: &Path, flags: &[&str]| {
        let out = folder.path().join(name);
        let layers = ["--quick", "--epochs", "1", "--layers", "conv2x5,pool4,10", "--hidden", "10"];
        let mut lesson = program("fashion");
        run(lesson.args(layers).args(flags).arg("--data").arg(data).arg("--out").arg(&out));
        fs::read(out.join("curve.csv")).unwrap()
    };
    // The built-in digits, and the same images as a data set that could be clothes.
    let built_in = curve("built-in", Path::new("built-in"), &[]);
    let cache = datasets::images::cache_folder();
    let same = fs::read_dir(cache).unwrap().map(|entry| entry.unwrap().path());
    let same = same.filter(|path| path.to_string_lossy().contains("built-in-digits"));
    let same = same.last().expect("the digits that the first run has drawn");
    assert_eq!(built_in, curve("as-they-are", &same, &["--as-they-are"]));
    assert_ne!(built_in, curve("mirrored", &same, &[]));
}

#[test]
fn without_data_and_without_a_network_the_built_in_digits_step_in_loudly() {
    // The digits that were drawn for the other tests, in a cache without clothes.
    datasets::mnist::<f32>(Some(Path::new("built-in"))).unwrap();
    let (empty, cache) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    for entry in fs::read_dir(datasets::images::cache_folder()).unwrap() {
        let (folder, name) = {
            let e = entry.unwrap();
            (e.path(), e.file_name())
        };
        if name.to_string_lossy().starts_with("built-in") && folder.is_dir() {
            fs::create_dir(cache.path().join(&name)).unwrap();
            for file in fs::read_dir(&folder).unwrap() {
                let file = file.unwrap();
                fs::copy(file.path(), cache.path().join(&name).join(file.file_name())).unwrap();
            }
        }
    }
    let out = tempfile::tempdir().unwrap();
    let mut lesson = program("fashion");
    lesson.args(["--quick", "--layers", "conv4x5,pool2,20", "--out"]).arg(out.path());
    lesson.env("DATASETS_DIR", empty.path()).env("DATASETS_CACHE", cache.path());
    for proxy in
        ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"]
    {
        lesson.env(proxy, "http://127.0.0.1:9"); // where nobody answers
    }
    lesson.env_remove("NO_PROXY").env_remove("no_proxy");
    let (summary, _, err) = run(&mut lesson);
    assert_eq!(summary.data, "built-in digits");
    assert!(err.contains("holds no Fashion-MNIST; looking further"), "{err}");
    assert!(err.contains("NOTICE: Fashion-MNIST cannot be downloaded"), "{err}");
    assert!(err.contains("NOTICE: the built-in digits step in"), "{err}");
    assert!(err.contains("NOTICE: these are digits and no clothes"), "{err}");
}

#[test]
fn clothes_are_told_apart_after_an_epoch() {
    let name = "clothes_are_told_apart_after_an_epoch";
    let Some(data) = real_data(name).filter(|data| data.join("fashion-mnist").is_dir()) else {
        eprintln!("SKIPPED {name}: it needs fashion-mnist/ in DATASETS_DIR");
        return;
    };
    let out = tempfile::tempdir().unwrap();
    let mut lesson = program("fashion");
    lesson.args(["--epochs", "1", "--naive-steps", "2", "--data"]).arg(&data);
    let (summary, printed, err) = run(lesson.arg("--out").arg(out.path()));
    assert_eq!(summary.data, "Fashion-MNIST");
    assert!(!err.contains("NOTICE"), "{err}");
    assert!(figure(&summary, "MLP accuracy") > 84.0, "{summary}");
    assert!(figure(&summary, "CNN accuracy") > 87.0, "{summary}");
    assert!(figure(&summary, "peak memory") < 400.0, "{summary}");
    for class in ["T-shirt", "trousers", "pullover", "dress", "coat", "sandal", "ankle boot"] {
        assert!(printed.lines().any(|line| line.starts_with(class)), "{class}: {printed}");
    }
    let classes = fs::read_to_string(out.path().join("classes.csv")).unwrap();
    assert!(classes.lines().nth(1).unwrap().starts_with("T-shirt,"), "{classes}");
    let confusion = fs::read_to_string(out.path().join("confusion-cnn.svg")).unwrap();
    assert!(confusion.contains("ankle boot"), "the matrix has no names");
}

#[test]
fn the_same_seed_gives_the_same_bits_on_any_number_of_threads() {
    let results = |threads: &str| {
        let out = tempfile::tempdir().unwrap();
        run(&mut small(out.path(), &["--epochs", "1", "--threads", threads]));
        let curve = fs::read_to_string(out.path().join("curve.csv")).unwrap();
        (curve, fs::read(out.path().join("params.npz")).unwrap())
    };
    assert_eq!(results("1"), results("3"));
}

#[test]
fn naive_convolution_goes_to_the_end_when_it_is_asked_to() {
    let out = tempfile::tempdir().unwrap();
    let flags = ["--epochs", "1", "--full", "--layers", "conv2x5s1,pool2"];
    let mut lesson = program("fashion");
    lesson.args(["--quick", "--data", "built-in", "--hidden", "20", "--out"]).arg(out.path());
    let (_, printed, _) = run(lesson.args(flags));
    assert!(printed.contains("naive to the end"), "{printed}");
    let naive = printed.lines().find(|line| line.starts_with("naive, 1 thread")).unwrap();
    assert!(naive.contains("measured"), "{naive}");
    // It is the same network: both read as much of what was held back, nearly.
    let of = |line: &str| -> f64 {
        let percent = line.split(" %").next().unwrap().rsplit(' ').next().unwrap();
        percent.parse().unwrap_or_else(|_| panic!("{line}"))
    };
    let naive = of(printed.lines().find(|line| line.starts_with("naive to the end")).unwrap());
    let epochs = fs::read_to_string(out.path().join("epochs.csv")).unwrap();
    let fast: f64 = epochs.lines().nth(1).unwrap().split(',').nth(6).unwrap().parse().unwrap();
    assert!((naive - fast).abs() < 2.0, "{naive} {fast}");
}

#[test]
fn mistakes_on_the_command_line_end_with_2_and_name_the_flag() {
    let cases: [(&[&str], &str); 12] = [
        (&["--layers", "conv20x5,pol2"], "`pol2` is no layer"),
        (&["--layers", "conv20x29"], "larger than an image of 28"),
        (&["--epochs", "0"], "--epochs"),
        (&["--batch-size", "0"], "--batch-size"),
        (&["--batch-size", "1001"], "--batch-size"),
        (&["--mlp-rate", "0"], "--mlp-rate"),
        (&["--cnn-rate", "NaN"], "--cnn-rate"),
        (&["--dropout", "1"], "--dropout"),
        (&["--dropout=-0.1"], "--dropout"),
        (&["--hidden", "0"], "--hidden"),
        (&["--naive-steps", "0"], "--naive-steps"),
        (&["--full", "--naive-steps", "3"], "--naive-steps"),
    ];
    for (flags, named) in cases {
        let err = fails(&program("fashion").args(flags).output().unwrap(), 2);
        assert!(err.contains(named), "{flags:?}: {err}");
    }
}

#[test]
fn what_goes_wrong_later_ends_with_1_and_a_sentence() {
    let out = tempfile::tempdir().unwrap();
    let err = fails(&small(out.path(), &["--cnn-rate", "1e30"]).output().unwrap(), 1);
    assert!(err.contains("lower --cnn-rate"), "{err}");
    // A folder that the user named must hold the clothes: no other data step in.
    let mut lesson = program("fashion");
    let err = fails(&lesson.arg("--data").arg(out.path()).output().unwrap(), 1);
    assert!(err.contains("of Fashion-MNIST is missing"), "{err}");
    let mut lesson = program("fashion");
    lesson.args(["--data", "built-in", "--layers", "conv500x5", "--batch-size", "1000"]);
    let err = fails(&lesson.output().unwrap(), 2);
    assert!(err.contains("--batch-size: 1000 images"), "{err}");
}
