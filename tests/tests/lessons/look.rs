//! `look.html`, which the lessons on images write: the network that was learnt, in one file.

use std::fs;
use std::path::Path;
use std::process::Command;

use base64::prelude::{BASE64_STANDARD, Engine};
use common::look::{self, Page, SCRIPTS, data_of};
use common::params::Params;
use ndarray::{Array1, Array2, arr2};
use referee::lesson::{run, write_digits};
use referee::{program, texts};
use serde_json::Value;

/// The lessons, with flags that make them short, and the kinds of their layers.
const LESSONS: [(&str, &[&str], &[&str]); 8] = [
    ("perceptron", &["--iterations", "5"], &["affine"]),
    ("hidden-layer", &["--iterations", "5"], &["affine", "sigmoid", "affine"]),
    ("cnn-naive", &["--iterations", "4"], ONE_FILTER),
    ("cnn-im2col", &["--iterations", "4"], ONE_FILTER),
    ("cnn-gpu", &[], ONE_FILTER),
    (
        "deep-cnn",
        &["--layers", "conv2x5s1p2,pool2,conv3x5,avgpool2,20", "--epochs", "1"],
        &["conv", "relu", "max_pool", "conv", "relu", "average_pool", "affine", "relu", "affine"],
    ),
    (
        "fashion",
        &["--layers", "conv2x5,pool2,10", "--epochs", "1", "--naive-steps", "1"],
        &["conv", "relu", "max_pool", "affine", "relu", "affine"],
    ),
    (
        "checkpoints",
        &["--iterations", "10"],
        &["conv", "relu", "max_pool", "affine", "relu", "affine"],
    ),
];
const ONE_FILTER: &[&str] = &["conv", "relu", "affine"];

/// The numbers of a page in `out`, and the page.
fn page(out: &Path) -> (Value, String) {
    let html = fs::read_to_string(out.join("look.html")).unwrap();
    (serde_json::from_str(data_of(&html).unwrap()).unwrap(), html)
}

fn numbers(array: &Value) -> Vec<f32> {
    let bytes = BASE64_STANDARD.decode(array["data"].as_str().unwrap()).unwrap();
    bytes.chunks(4).map(|four| f32::from_le_bytes(four.try_into().unwrap())).collect()
}

#[test]
fn every_lesson_on_images_writes_the_network_that_it_saves() {
    let data = tempfile::tempdir().unwrap();
    write_digits(data.path(), 300, 100);
    for (lesson, flags, kinds) in LESSONS {
        if lesson == "cnn-gpu" && referee::gpu("look.html of cnn-gpu").is_none() {
            continue;
        }
        let out = tempfile::tempdir().unwrap();
        let mut program = program(lesson);
        program.args(["--quick", "--data"]).arg(data.path()).arg("--out").arg(out.path());
        let (_, text, _) = run(program.args(flags));
        let said = format!("open {} in a browser", out.path().join("look.html").display());
        assert!(text.contains(&said), "{lesson}: {text}");

        let (data, html) = page(out.path());
        let params = Params::<f32>::load(&out.path().join("params.npz")).unwrap();
        let layers = data["layers"].as_array().unwrap();
        let found: Vec<&str> = layers.iter().map(|layer| layer["kind"].as_str().unwrap()).collect();
        assert_eq!(found, kinds, "{lesson}");
        let named = layers.iter().flat_map(|layer| ["w", "b"].map(|key| layer[key].as_str()));
        let named: Vec<&str> = named.flatten().collect();
        assert_eq!(data["arrays"].as_object().unwrap().len(), named.len(), "{lesson}");
        for name in named {
            let (array, saved) = (&data["arrays"][name], params.any_shape(name).unwrap());
            assert_eq!(array["shape"], serde_json::json!(saved.shape()), "{lesson}: {name}");
            assert_eq!(numbers(array), saved.into_iter().collect::<Vec<_>>(), "{lesson}: {name}");
        }
        let labels = data["samples"]["labels"].as_array().unwrap();
        let images = BASE64_STANDARD.decode(data["samples"]["images"].as_str().unwrap()).unwrap();
        assert_eq!((labels.len(), images.len()), (20, 20 * 784), "{lesson}: two of each class");
        assert!(images.contains(&255), "{lesson}");
        let moments = data["history"].as_array().unwrap();
        assert_eq!(moments.is_empty(), lesson != "cnn-naive", "{lesson}");
        for moment in moments {
            assert_eq!(numbers(&moment["arrays"]["f"]).len(), 25);
        }

        // One file, which may load nothing.
        assert!(html.contains("content=\"default-src 'none';"), "{lesson}");
        for word in ["src=\"", "http:", "https:"] {
            assert!(!html.contains(word), "{lesson}: {word}");
        }
        for (name, script) in SCRIPTS {
            assert!(html.contains(script), "{lesson}: {name}");
        }
    }
}

#[test]
fn words_in_the_numbers_are_no_html_and_what_is_not_finite_is_refused() {
    let out = tempfile::tempdir().unwrap();
    let (w, b) = (Array2::<common::Float>::zeros((784, 2)), arr2(&[[0.5, -1.0]]));
    let params = Params::new().with("w", &w).with("b", &b);
    let classes = ["</script><b>", "<!--"];
    let layers = || [look::affine("w", "b")];
    let page_of = |params| Page::new("x", &classes, layers(), params);
    let x = Array2::from_shape_fn((3, 784), |(_, i)| if i == 0 { 1.0 } else { 0.25 });
    let samples = page_of(&params).unwrap().samples(&x, &Array1::from(vec![1, 0, 1]));
    samples.save(out.path(), false).unwrap();
    let (data, html) = page(out.path());
    assert_eq!(data["classes"], serde_json::json!(classes));
    assert!(!html.contains("<b>"));
    assert_eq!(data["samples"]["labels"], serde_json::json!([0, 1, 1]));
    let images = BASE64_STANDARD.decode(data["samples"]["images"].as_str().unwrap()).unwrap();
    assert_eq!(images[..2], [255, 64]);

    let nan = Params::new().with("w", &w).with("b", &arr2(&[[0.5, common::Float::NAN]]));
    let error = page_of(&nan).unwrap_err().to_string();
    assert!(error.contains("`b` holds NaN"), "{error}");
    let error = page_of(&Params::new().with("w", &w)).unwrap_err().to_string();
    assert!(error.contains("holds no array `b`"), "{error}");
}

#[cfg(unix)]
#[test]
fn the_flag_opens_the_page_and_a_browser_that_does_not_start_is_only_a_note() {
    use std::os::unix::fs::PermissionsExt;
    let place = tempfile::tempdir().unwrap();
    let browser = place.path().join("browser");
    fs::write(&browser, format!("#!/bin/sh\necho \"$1\" > {}/opened\n", place.path().display()))
        .unwrap();
    fs::set_permissions(&browser, PermissionsExt::from_mode(0o755)).unwrap();
    let out = place.path().join("out");
    let look = |browser: &Path| {
        let mut lesson: Command = program("perceptron");
        lesson.args(["--quick", "--iterations", "2", "--data", "built-in", "--look", "--out"]);
        let output = lesson.arg(&out).env("BROWSER", browser).output().unwrap();
        assert!(output.status.success());
        texts(&output).1
    };
    let err = look(&browser);
    assert!(!err.contains("--look"), "{err}");
    let opened = fs::read_to_string(place.path().join("opened")).unwrap();
    assert_eq!(Path::new(opened.trim()), out.join("look.html"));

    for (name, why) in [("false", "exit status: 1"), ("no-browser", "No such file")] {
        let err = look(Path::new(name));
        let notes: Vec<&str> = err.lines().filter(|line| line.contains("--look")).collect();
        assert_eq!(notes.len(), 1, "{err}");
        assert!(notes[0].contains(&format!("({name}: {why}")), "{err}");
        assert!(notes[0].ends_with("; open the page by hand"), "{err}");
    }
}
