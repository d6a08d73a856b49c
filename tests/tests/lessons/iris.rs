//! The lesson of chapter 11, run as a reader runs it.

use std::fs;
use std::path::Path;
use std::process::Command;

use common::params::Params;
use referee::lesson::{fails, run};
use referee::program;

/// The lesson with few splits and epochs, a second of work.
fn small(out: &Path) -> Command {
    let mut lesson = program("iris");
    lesson.args(["--splits", "3", "--epochs", "20", "--out"]).arg(out);
    lesson
}

#[test]
fn the_lesson_compares_and_leaves_everything_it_names() {
    let out = tempfile::tempdir().unwrap();
    let mut lesson = program("iris");
    let (summary, printed, _) = run(lesson.args(["--quick", "--out"]).arg(out.path()));
    assert_eq!((summary.chapter.as_str(), summary.data.as_str()), ("iris", "Iris"));
    let figure = |name: &str| {
        let found = summary.figures.iter().find(|figure| figure.name == name);
        found.unwrap_or_else(|| panic!("no {name} in {summary}")).value
    };
    for name in ["same rules", "Keras's rules", "Knet's rules", "Flux's rules"] {
        let reached = figure(&format!("test accuracy, {name}"));
        assert!((90.0..100.0).contains(&reached), "{name}: {reached}");
    }
    for name in ["Knet", "Flux"] {
        let same = figure(&format!("{name} less Keras, same rules"));
        assert_eq!(same, 0.0, "the same rules make the same network");
    }
    assert!(printed.contains("alike to the last bit on 10 of 10 splits"), "{printed}");
    // Steps and flowers of 100 epochs: Keras 4 of 120, Knet 7 of 112, Flux 12 of 120.
    for work in ["32    400    12000", "16    700    11200", "10   1200    12000"] {
        assert!(printed.contains(work), "{work}\n{printed}");
    }
    let pictures = ["loss", "accuracy", "time", "luck", "decision", "confusion", "test-size"];
    let pictures = pictures.iter().flat_map(|name| [format!("{name}.svg"), format!("{name}.png")]);
    let numbers = ["curve.csv", "verdict.csv", "params.npz"].map(str::to_owned);
    for file in pictures.chain(numbers) {
        let found = fs::metadata(out.path().join(&file));
        assert!(found.is_ok_and(|file| file.len() > 100), "{file} is missing");
    }
    let text = |file| fs::read_to_string(out.path().join(file)).unwrap();
    assert_eq!(text("curve.csv").lines().count(), 1 + 100);
    let verdict = text("verdict.csv");
    assert_eq!(verdict.lines().count(), 1 + 3 + 3 + 10);
    let columns = verdict.lines().next().unwrap().split(',').count();
    assert!(verdict.lines().all(|line| line.split(',').count() == columns), "{verdict}");
    // A flower is a dot of its species, or red if most networks misread it; equal flowers are
    // one dot.
    let decision = text("decision.svg");
    let dots = |colour: &str| decision.matches(&format!("fill=\"{colour}\"")).count();
    for (species, colour) in [("setosa", "#0077BB"), ("versicolor", "#009988")] {
        assert!(dots(colour) > 20, "{species}: {} dots", dots(colour));
    }
    let misread = dots("#CC3311");
    assert!(misread <= 10 + 1, "{misread} red dots"); // one is in the legend
    let params = Params::<f32>::load(&out.path().join("params.npz")).unwrap();
    assert!(params.get("wh", (4, 8)).is_ok() && params.get("wo", (8, 3)).is_ok());
    assert!(params.get("mean", 4).is_ok() && params.get("deviation", 4).is_ok());
}

#[test]
fn the_same_seed_gives_the_same_numbers_on_any_number_of_threads() {
    let results = |seed: &str, threads: &str| {
        let out = tempfile::tempdir().unwrap();
        run(small(out.path()).args(["--seed", seed, "--threads", threads]));
        let verdict = fs::read_to_string(out.path().join("verdict.csv")).unwrap();
        // Everything but the times.
        let accuracies: Vec<String> = verdict
            .lines()
            .map(|line| {
                let fields: Vec<&str> = line.split(',').collect();
                [&fields[..7], &fields[8..13]].concat().join(",")
            })
            .collect();
        (accuracies, fs::read(out.path().join("params.npz")).unwrap())
    };
    let one = results("1", "1");
    assert_eq!(one, results("1", "3"));
    assert_ne!(one, results("2", "1"));
}

#[test]
fn flowers_of_ones_own_are_taken_from_a_file_or_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let built_in = fs::read_to_string(referee::root().join("data/iris.csv")).unwrap();
    // Every other flower, so 75.
    let half: Vec<&str> = built_in.lines().step_by(2).collect();
    let half = format!("{}\n{}\n", built_in.lines().next().unwrap(), half[1..].join("\n"));
    let file = folder.path().join("iris.csv");
    fs::write(&file, half).unwrap();
    let out = folder.path().join("out");
    for data in [file.as_path(), folder.path()] {
        let (_, printed, _) = run(small(&out).arg("--data").arg(data).args(["--test", "15"]));
        assert!(
            printed.starts_with(&format!("Iris, 75 flowers ({})", file.display())),
            "{printed}"
        );
        assert!(printed.contains("60 flowers to learn from, 15 to test"), "{printed}");
    }
    // A folder of other data is no reason to stop, and is said.
    let other = folder.path().join("mnist");
    fs::create_dir(&other).unwrap();
    let (_, printed, _) = run(small(&out).arg("--data").arg(&other));
    assert!(printed.contains("150 flowers (the built-in copy; "), "{printed}");
    assert!(printed.contains("holds no iris.csv"), "{printed}");
    let (_, printed, _) = run(small(&out).args(["--data", "built-in"]));
    assert!(printed.starts_with("Iris, 150 flowers (the built-in copy)\n"), "{printed}");
}

#[test]
fn a_damaged_table_is_one_sentence_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("flowers.csv");
    let header = "sepal_length,sepal_width,petal_length,petal_width,species\n";
    let two = "5.1,3.5,1.4,0.2,setosa\n5.0,3.4,1.5,0.2,setosa\n7,3.2,4.7,1.4,versicolor\n\
               6.4,3.2,4.5,1.5,versicolor\n6.3,3.3,6,2.5,virginica\n5.8,2.7,5.1,1.9,virginica\n";
    let cases = [
        (String::new(), "is empty"),
        (header.to_owned(), "holds no flowers"),
        (format!("{header}5.1,3.5,1.4,much,setosa\n"), "line 2: petal_width is \"much\""),
        (format!("{header}{two}5.1,3.5,1.4\n"), "line 8: has 3 fields"),
        (format!("{header}{two}5.1,3.5,-1.4,0.2,setosa\n"), "line 8: petal_length is \"-1.4\""),
        (format!("{header}{two}5.1,3.5,1.4,0.2,tulipa\n"), "the species \"tulipa\" is none of"),
        ("a,b\n1,2\n".to_owned(), "has no column sepal_length"),
        (format!("{header}5.1,3.5,1.4,0.2,setosa\n"), "holds 1 of setosa"),
        (
            format!("{header}{two}1e30,3.5,1.4,0.2,setosa\n"),
            "line 8: sepal_length is \"1e30\", not a length",
        ),
        (format!("{header}{two}"), "--batch-size: 16 is more than the 3 flowers to learn from"),
    ];
    for (text, fault) in cases {
        fs::write(&path, &text).unwrap();
        let mut lesson = small(&folder.path().join("out"));
        let output = lesson.args(["--test", "3", "--data"]).arg(&path).output().unwrap();
        let err = fails(&output, 1);
        assert!(err.contains(fault), "{text}\n{err}");
        assert_eq!(err.lines().filter(|line| line.starts_with("Error")).count(), 1, "{err}");
    }
    // The fair batches may be smaller; by Knet's own rules it would train on nothing.
    fs::write(&path, format!("{header}{two}")).unwrap();
    let mut lesson = small(&folder.path().join("out"));
    let lesson = lesson.args(["--test", "3", "--batch-size", "3", "--data"]).arg(&path);
    let err = fails(&lesson.output().unwrap(), 1);
    assert!(err.contains("3 flowers do not fill one of 16"), "{err}");
    let missing = folder.path().join("none.csv");
    let output = small(folder.path()).arg("--data").arg(&missing).output().unwrap();
    let err = fails(&output, 1);
    assert!(err.contains("none.csv: there is no such file"), "{err}");
}

#[test]
fn flags_that_cannot_be_are_refused_by_name() {
    let cases: [(&[&str], i32, &str); 11] = [
        (&["--splits", "1"], 2, "--splits"),
        (&["--splits", "99999999"], 2, "--splits"),
        (&["--epochs", "0"], 2, "--epochs"),
        (&["--batch-size", "0"], 2, "--batch-size"),
        (&["--hidden", "0"], 2, "--hidden"),
        (&["--test", "0"], 2, "--test"),
        (&["--learning-rate", "-1"], 2, "-1"),
        (&["--learning-rate", "NaN"], 2, "--learning-rate"),
        (&["--test", "150"], 2, "--test: 150 of 150 flowers leave none to learn from"),
        (&["--batch-size", "121"], 1, "--batch-size: 121 is more than the 120 flowers"),
        (&["--learning-rate", "1e38"], 1, "lower --learning-rate"),
    ];
    let out = tempfile::tempdir().unwrap();
    for (flags, code, named) in cases {
        let output = program("iris").args(["--out"]).arg(out.path()).args(flags).output().unwrap();
        let err = fails(&output, code);
        assert!(err.contains(named), "{flags:?}: {err}");
    }
    // Absurd, but possible.
    for flags in [["--batch-size", "120"], ["--test", "1"], ["--test", "130"], ["--hidden", "1"]] {
        run(small(out.path()).args(flags));
    }
}
