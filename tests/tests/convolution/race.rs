//! Lesson 07: the rungs agree, whoever does not stops the race, and what the
//! program writes can be read and adds up.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use cnn_naive::Window;
use common::Float;
use common::program::Summary;
use conv_race::{ARTICLE_MS, Course, Inputs, JUDGE, Layer, Network, Pass, RUNGS, Race, Rates};
use conv_race::{Row, Rung, Shape, race};
use ndarray::Array2;
use referee::{program, texts};
use serde_json::Value;

/// `n` built-in digits: `x (n, 784)`, `t (n, 10)`.
fn digits(n: usize) -> (Array2<Float>, Array2<Float>) {
    let drawn = datasets::digits::draw(1, 0, n);
    let x = Array2::from_shape_fn((n, 784), |(i, p)| {
        Float::from(drawn.images[[i, p / 28, p % 28]]) / 255.0
    });
    let t = Array2::from_shape_fn((n, 10), |(i, k)| {
        Float::from(u8::from(usize::from(drawn.labels[i]) == k))
    });
    (x, t)
}

/// A race of `rungs` with next to no time for each.
fn short_race(course: &Course, rungs: &[&Rung]) -> common::Result<Vec<Row>> {
    let (x, t) = digits(course.shape.batch);
    let rates = Rates::measure([course.shape.threads])?;
    let limit = Duration::from_millis(2);
    race(course, &Race { rungs, limit, seed: 1, digits: (&x, &t), rates: &rates })
}

/// All that run on the processor; the GPU's are in `gpu_race.rs`.
fn everyone() -> Vec<&'static Rung> {
    RUNGS.iter().filter(|rung| !rung.gpu).collect()
}

/// A quick race on the processor, whether there is a GPU or not.
const QUICK: [&str; 3] = ["--quick", "--rungs", "0,1,2,3,4,5"];

const PASSES: [Pass; 3] = [Pass::Forward, Pass::Backward, Pass::Step];

#[test]
fn every_rung_agrees_with_the_plain_loops_on_odd_shapes() {
    let shape = |batch, channels, size, filters, kernel, stride, padding| Shape {
        batch,
        channels,
        size,
        filters,
        kernel,
        window: Window { stride, padding },
        threads: 2,
    };
    for shape in [
        shape(1, 1, 1, 1, 1, 1, 0),
        shape(13, 2, 7, 3, 3, 1, 0),
        shape(11, 3, 9, 5, 3, 2, 1),
        shape(25, 1, 10, 7, 4, 3, 0),
        shape(12, 4, 5, 2, 5, 1, 4),
        shape(21, 1, 28, 1, 5, 1, 0),
    ] {
        for pass in PASSES {
            let rows = short_race(&Course { axis: None, pass, shape }, &everyone()).unwrap();
            assert_eq!(rows.iter().map(|row| row.rung).collect::<Vec<_>>(), [0, 1, 2, 3, 4, 5]);
            assert!(rows.iter().all(|row| row.difference < 1e-4 && row.ms > 0.0), "{rows:?}");
        }
    }
}

#[test]
fn every_rung_takes_the_same_step_of_the_articles_network() {
    let course = Course { axis: None, pass: Pass::Article, shape: Shape::article(60, 2) };
    let rows = short_race(&course, &everyone()).unwrap();
    assert_eq!(rows.len(), everyone().len());
    assert!(rows.iter().all(|row| row.difference < 1e-3), "{rows:?}");
}

#[test]
fn threads_do_not_change_a_bit() {
    let (x, t) = digits(43);
    let shape = Shape { filters: 4, ..Shape::article(43, 1) };
    let article = Shape::article(43, 1);
    for rung in RUNGS.iter().filter(|rung| rung.threaded) {
        for (pass, shape) in
            PASSES.map(|pass| (pass, shape)).into_iter().chain([(Pass::Article, article)])
        {
            let inputs = Inputs::new(&Course { axis: None, pass, shape }, (&x, &t), 1);
            let with = |threads: usize| {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
                pool.install(|| inputs.results(rung, 43))
            };
            let one = with(1);
            assert!(one == with(2) && one == with(5), "{} {pass:?}", rung.name);
        }
    }
}

/// A rung that does everything as the plain loops do, to be spoilt.
fn honest() -> Rung {
    Rung { number: 9, name: "crooked", title: "a crooked one", ..*JUDGE }
}

fn fault_of(rung: Rung, pass: Pass) -> String {
    let shape =
        Shape { filters: if pass == Pass::Article { 1 } else { 3 }, ..Shape::article(13, 1) };
    let course = Course { axis: None, pass, shape };
    short_race(&course, &[&rung]).err().map(|error| error.to_string()).unwrap_or_default()
}

#[test]
fn a_rung_that_disagrees_stops_the_race_with_its_name() {
    fn misses_the_last_row(layer: &mut Layer) {
        (JUDGE.forward)(layer);
        let (n, _, oh, _) = layer.out.dim();
        layer.out.slice_mut(ndarray::s![n - 1, .., oh - 1, ..]).fill(0.0); // of the last image only
    }
    fn forgets_an_image(layer: &mut Layer) {
        let kept = layer.dout.clone();
        layer.dout.slice_mut(ndarray::s![0, .., .., ..]).fill(0.0);
        (JUDGE.backward)(layer);
        layer.dout = kept;
    }
    fn averages(network: &mut Network) {
        let rates = network.rates;
        network.rates.0 /= network.x.nrows() as Float;
        (JUDGE.article)(network);
        network.rates = rates;
    }
    for pass in PASSES.into_iter().chain([Pass::Article]) {
        assert_eq!(fault_of(honest(), pass), "", "{pass:?}: an honest rung is stopped");
    }
    let fault = fault_of(Rung { forward: misses_the_last_row, ..honest() }, Pass::Forward);
    for part in
        ["rung 9 (crooked) disagrees with rung 1 (loops) on out", "images of 28 x 28", "3 filters"]
    {
        assert!(fault.contains(part), "{fault}");
    }
    let fault = fault_of(Rung { forward: misses_the_last_row, ..honest() }, Pass::Step);
    assert!(fault.contains("crooked"), "{fault}");
    let fault = fault_of(Rung { backward: forgets_an_image, ..honest() }, Pass::Backward);
    assert!(fault.contains("disagrees with rung 1 (loops) on d"), "{fault}");
    let fault = fault_of(Rung { article: averages, ..honest() }, Pass::Article);
    assert!(fault.contains("on f: article"), "{fault}");
}

#[test]
fn a_rung_that_does_nothing_is_not_taken_for_the_fastest() {
    let idle = || Rung { forward: |_| (), backward: |_| (), article: |_| (), ..honest() };
    for pass in PASSES.into_iter().chain([Pass::Article]) {
        assert!(fault_of(idle(), pass).contains("crooked"), "{pass:?}");
    }
}

#[test]
fn the_judge_runs_even_if_nobody_asks_for_it() {
    let course = Course { axis: None, pass: Pass::Forward, shape: Shape::article(5, 1) };
    let rows = short_race(&course, &[&RUNGS[4]]).unwrap();
    assert_eq!(rows.iter().map(|row| row.rung).collect::<Vec<_>>(), [1, 4]);
    assert_eq!((rows[0].speedup, rows[0].difference), (1.0, 0.0));
}

#[test]
fn what_is_too_slow_for_the_limit_is_projected_in_proportion() {
    let course = Course {
        axis: None,
        pass: Pass::Backward,
        shape: Shape { filters: 16, ..Shape::article(40, 1) },
    };
    let rows = short_race(&course, &everyone()).unwrap();
    let slow = &rows[0];
    assert!(slow.projected && slow.images < 40, "{slow:?}");
    // 40 images of 16 filters: 0.07 s and more, far beyond what was timed.
    assert!(slow.ms > 2.0 * 40.0 / slow.images as f64 / 4.0, "{slow:?}");
    assert!(rows.iter().all(|row| row.projected == (row.images < row.batch)));
}

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
    for rung in everyone() {
        let line = format!("{} {}", rung.number, rung.title);
        let found = text.lines().find(|l| l.starts_with(&line) && l.contains('x')).unwrap();
        let ms = found[line.len()..].split_whitespace().next().unwrap();
        let ms: f64 = ms.replace([',', '~'], "").parse().unwrap();
        assert!(ms > 0.0, "{found}");
    }
    let summary: Summary = text.lines().last().unwrap().parse().unwrap();
    assert_eq!(summary.chapter, "conv-race");
    for rung in everyone() {
        let name = format!("step, {}", rung.title);
        assert!(summary.figures.iter().any(|figure| figure.name == name), "{summary}");
    }

    // Programs: the same rows twice. (A reader of JSON may round the last digit.)
    let near = |a: f64, b: f64| (a - b).abs() <= 1e-9 * a.abs().max(b.abs());
    let rows = json["rows"].as_array().unwrap();
    assert!(json["number"] == "f32" && json["product_rates"][0]["gflops"].as_f64().unwrap() > 0.0);
    assert_eq!(rows.len() + 1, csv.len());
    assert_eq!(rows.len() % everyone().len(), 0, "every rung on every course");
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
    let judge_of = |row: &Value| {
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
        assert!(near(number("speedup") * number("ms"), judge_of(row)), "{row}");
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
    assert_eq!(csv.len(), 1 + 3 * 3); // three passes; the judge comes along
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
        (&["--channels", "99999"], &["--channels", "1..=1024"]),
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
