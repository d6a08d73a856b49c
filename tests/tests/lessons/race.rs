//! Lesson 07: what the program prints and writes can be read and adds up.

use std::path::Path;
use std::process::Command;

use common::program::Summary;
use conv_race::measurement::ARTICLE_MS;
use conv_race::rungs::{RUNGS, Rung};
use referee::{program, texts};
use serde_json::Value;

/// All that run on the processor.
fn on_the_processor() -> Vec<&'static Rung> {
    RUNGS.iter().filter(|rung| !rung.gpu).collect()
}

/// A quick race on the processor, whether there is a GPU or not.
const QUICK: [&str; 3] = ["--quick", "--rungs", "0,1,2,3,4,5"];

/// Runs the program to its end; what it printed, and its rows as `.csv` and
/// `.json` have them.
fn run(program: &mut Command, out: &Path) -> (String, Vec<csv::StringRecord>, Value) {
    let output = program.args(["--data", "built-in", "--out"]).arg(out).output().unwrap();
    let (text, err) = texts(&output);
    assert!(output.status.success(), "{program:?}\n{text}\n{err}");
    let mut table = csv::Reader::from_path(out.join("race.csv")).unwrap();
    let header = table.headers().unwrap().clone();
    let rows = std::iter::once(header).chain(table.records().map(|row| row.unwrap())).collect();
    let json = std::fs::read_to_string(out.join("race.json")).unwrap();
    (text, rows, serde_json::from_str(&json).unwrap())
}

#[test]
fn a_quick_race_can_be_read_by_people_and_by_programs() {
    let out = tempfile::tempdir().unwrap();
    let (text, csv, json) =
        run(program("conv-race").args(QUICK).args(["--limit", "0.001"]), out.path());

    // People: a table with every rung, and a last line for the tour.
    for part in ["a training step of the article's network", "GFLOP/s", "than article"] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    for rung in on_the_processor() {
        let line = format!("{} {}", rung.number, rung.title);
        let found = text.lines().find(|l| l.starts_with(&line) && l.contains('x')).unwrap();
        let ms = found[line.len()..].split_whitespace().next().unwrap();
        let ms: f64 = ms.replace([',', '~'], "").parse().unwrap();
        assert!(ms > 0.0, "{found}");
    }
    let summary: Summary = text.lines().last().unwrap().parse().unwrap();
    assert_eq!(summary.chapter, "conv-race");
    for rung in on_the_processor() {
        let name = format!("step, {}", rung.title);
        assert!(summary.figures.iter().any(|figure| figure.name == name), "{summary}");
    }

    // Programs: the same rows twice. (A reader of JSON may round the last digit.)
    let near = |a: f64, b: f64| (a - b).abs() <= 1e-9 * a.abs().max(b.abs());
    let rows = json["rows"].as_array().unwrap();
    assert!(json["number"] == "f32" && json["library"] == "gemm");
    for rate in json["product_rates"].as_array().unwrap() {
        assert!(rate["gflops"].as_f64().unwrap() > 0.0, "{rate}");
        let limit = rate["limit_gflops"].as_f64().unwrap();
        let lanes = &rate["lanes"];
        assert!(limit > 0.0 && [4, 8, 16].iter().any(|n| lanes == n), "{rate}");
        let end = format!(" by gemm, of {limit:.0} that {lanes} lanes can do");
        assert!(text.lines().any(|line| line.ends_with(&end)), "{end}\n{text}");
    }
    assert_eq!(rows.len() + 1, csv.len());
    assert_eq!(rows.len() % on_the_processor().len(), 0, "every rung on every benchmark");
    for (record, row) in csv[1..].iter().zip(rows) {
        for (key, cell) in csv[0].iter().zip(record) {
            let value = match &row[key] {
                Value::Null => String::new(),
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            let same = value == cell
                || value.parse::<f64>().is_ok_and(|a| cell.parse().is_ok_and(|b| near(a, b)));
            assert!(same, "{key}: {cell} in the table, {value} in the tree");
        }
    }

    // They add up.
    let reference_of = |row: &Value| {
        let same = |a: &Value| {
            ["sweep", "pass", "batch", "filters", "kernel", "size", "channels"]
                .iter()
                .all(|key| a[key] == row[key])
        };
        let found = rows.iter().find(|a| a["rung"] == 1 && same(a)).unwrap();
        found["ms"].as_f64().unwrap()
    };
    for row in rows {
        let number = |key: &str| row[key].as_f64().unwrap();
        assert!(number("ms_low") <= number("ms") && number("ms") <= number("ms_high"), "{row}");
        assert!(number("difference") < 1e-3, "{row}");
        assert!(near(number("speedup") * number("ms"), reference_of(row)), "{row}");
        let share = 100.0 * number("gflops") / number("product_gflops");
        assert!(near(number("share"), share) && share > 0.0, "{row}");
        if row["pass"] == "forward" {
            let side = number("size") - number("kernel") + 1.0;
            let outputs = number("batch") * number("filters") * side * side;
            let flops = 2.0 * outputs * number("channels") * number("kernel").powi(2);
            assert!(near(number("gflops") * number("ms") * 1e6, flops), "{row}");
        }
        if let Some(factor) = row["article_factor"].as_f64() {
            assert!(row["pass"] == "article" && row["batch"] == 100, "{row}");
            assert!(near(factor * number("ms"), ARTICLE_MS), "{row}");
        }
    }
    for picture in ["ladder", "forward-batch", "backward-filters", "step-kernel", "forward-pixels"]
    {
        for ending in ["svg", "png"] {
            let file = out.path().join(picture).with_extension(ending);
            assert!(std::fs::metadata(&file).is_ok_and(|f| f.len() > 1000), "{file:?}");
        }
    }
}

#[test]
fn one_shape_of_ones_own_is_raced_by_the_rungs_that_were_asked_for() {
    let out = tempfile::tempdir().unwrap();
    let shape = ["--batch", "30", "--filters", "4", "--channels", "2", "--size", "9"];
    let window = ["--kernel", "3", "--stride", "2", "--padding", "1"];
    let mut program = program("conv-race");
    program.args(shape).args(window).args(["--rungs", "article,5", "--limit", "0.0001"]);
    let (text, csv, json) = run(&mut program, out.path());
    assert!(
        text.contains("30 images of 9 x 9, 2 channels, 4 filters of 3 x 3, stride 2, padding 1")
    );
    assert!(text.contains("projected from"), "{text}");
    assert_eq!(csv.len(), 1 + 3 * 3); // three passes; the reference comes along
    let rows = json["rows"].as_array().unwrap();
    assert!(rows.iter().any(|row| row["projected"] == true && row["images"].as_u64() < Some(30)));
    assert!(rows.iter().all(|row| row["threads"] == 1 || row["name"] == "fused"));
}

#[test]
fn mistakes_on_the_command_line_end_with_2_and_a_sentence() {
    let cases: [(&[&str], &[&str]); 14] = [
        (&["--kernel", "29"], &["--kernel", "filter of 29 is larger", "at most 28"]),
        (&["--stride", "2"], &["--stride", "does not divide the span of 23"]),
        (&["--stride", "0"], &["--stride"]),
        (&["--batch", "0"], &["--batch"]),
        (&["--filters", "none"], &["--filters"]),
        (&["--channels", "99999"], &["--channels", "from 1 to 1,024"]),
        (&["--size", "-3"], &["-3"]),
        (&["--padding", "1025"], &["--padding"]),
        (&["--limit", "0"], &["--limit", "above 0"]),
        (&["--limit", "NaN"], &["--limit", "above 0"]),
        (&["--rungs", "0,8"], &["--rungs", "5 fused", "6 gpu"]),
        (&["--batch", "4096", "--size", "1024", "--channels", "64"], &["GB", "lower --batch"]),
        (&["--full", "--quick"], &["--quick"]),
        (&["--full", "--batch", "3"], &["--batch", "--full"]),
    ];
    for (flags, parts) in cases {
        let output = program("conv-race").args(flags).output().unwrap();
        let (out, err) = texts(&output);
        assert_eq!(output.status.code(), Some(2), "{flags:?}: {out}{err}");
        for part in parts {
            assert!(err.contains(part), "{flags:?}: {err}");
        }
    }
}

#[test]
fn what_cannot_be_written_ends_with_1_and_names_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("in-the-way");
    std::fs::write(&file, "a file").unwrap();
    let mut program = program("conv-race");
    program.args(["--batch", "1", "--rungs", "5", "--limit", "0.001", "--data", "built-in"]);
    let output = program.arg("--out").arg(&file).output().unwrap();
    let (_, err) = texts(&output);
    assert_eq!(output.status.code(), Some(1), "{err}");
    assert!(err.contains("in-the-way") && !err.contains("panicked"), "{err}");
}

#[test]
fn the_help_says_what_can_be_chosen() {
    let (help, _) = texts(&program("conv-race").arg("--help").output().unwrap());
    for part in ["--rungs", "--limit", "--stride", "--padding", "--full", "--quick", "--gpu"] {
        assert!(help.contains(part), "{part}");
    }
}

#[test]
fn a_variable_forbids_wide_vectors() {
    let out = tempfile::tempdir().unwrap();
    let race = |most: &str| {
        let mut program = program("conv-race");
        let shape = ["--batch", "12", "--filters", "7", "--rungs", "3,5", "--limit", "0.0001"];
        run(program.args(shape).env("MAX_LANES", most), out.path()).2
    };
    for (most, lanes) in [("4", 4), ("8", 8)] {
        let found = race(most)["product_rates"][0]["lanes"].as_u64().unwrap();
        assert!(found <= lanes, "{found} lanes where {most} are allowed");
    }
    let mut program = program("conv-race");
    program.args(["--data", "built-in", "--batch", "2", "--limit", "0.0001", "--out"]);
    let (_, err) = texts(&program.arg(out.path()).env("MAX_LANES", "7").output().unwrap());
    let complaint = "MAX_LANES is not 4, 8 or 16, so it forbids no vectors; set one of these";
    assert!(err.lines().any(|line| line == complaint), "{err}");
}
