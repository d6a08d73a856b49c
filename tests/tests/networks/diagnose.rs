//! The museum of bugs: who sees what, and that the healthy lines are those of the lessons.

use std::fs;
use std::path::Path;

use common::{Float, Result, cross_entropy, seeded, softmax};
use datasets::{Dataset, mnist};
use deep_cnn::pool::{Pooling, backward, forward};
use diagnose::bug::Bug;
use diagnose::checks::CHECKS;
use diagnose::museum::{EXHIBITS, exhibit};
use diagnose::network::Kind;
use diagnose::patient::{Line, Patient};
use diagnose::report::verdicts;
use diagnose::{images, loss, mystery, optimiser, pool};
use dropout_adam::adam::Adam;
use ndarray::Array2;
use rayon::prelude::*;
use referee::{numbers, real_data, root};

/// What the program checks: 20 batches and a short one.
const SIZE: (usize, usize) = (2_030, 500);

fn patient(data: &Dataset<Float>, kind: Kind, bug: Bug, seed: u64) -> Patient {
    Patient { kind, bug, digits: images::read(data, SIZE, bug), seed }
}

/// Every bug with `seed`, and both healthy networks: the checks that fail are those that the
/// museum names.
fn the_museum_is_right(data: &Dataset<Float>, seed: u64) {
    let faults: Vec<String> = EXHIBITS
        .par_iter()
        .filter_map(|row| {
            let passed = verdicts(&patient(data, row.kind, row.bug, seed)).unwrap();
            let first = passed.iter().position(|passed| !passed).map_or(0, |k| k + 1);
            let never = row.never.iter().all(|k| passed[k - 1]);
            let right = first == row.first && never && !row.never.contains(&first);
            (!right).then(|| format!("{} ({}, seed {seed}): {passed:?}", row.bug.name(), data.name))
        })
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    for kind in [Kind::Mlp, Kind::Cnn] {
        let passed = verdicts(&patient(data, kind, Bug::None, seed)).unwrap();
        assert_eq!(passed, [true; 7], "healthy {kind:?} ({}, seed {seed})", data.name);
    }
}

#[test]
fn every_bug_is_seen_first_by_the_check_of_its_row_and_never_by_those_named_so() {
    let digits = mnist(Some(Path::new("built-in"))).unwrap();
    the_museum_is_right(&digits, 2);
    let name = "every_bug_is_seen_first_by_the_check_of_its_row_and_never_by_those_named_so";
    if let Some(folder) = real_data(name) {
        the_museum_is_right(&mnist(Some(&folder)).unwrap(), 3);
    }
}

#[test]
fn a_gradient_of_zeros_is_no_agreement() {
    let digits = mnist(Some(Path::new("built-in"))).unwrap();
    let report = |bug| (CHECKS[2].run)(&patient(&digits, Kind::Mlp, bug, 1)).unwrap();
    let zero = report(Bug::ZeroStart);
    let blind = |line: &Line| line.text.ends_with("it is found in 2 of 4 arrays") && !line.passed;
    assert!(zero.iter().any(blind) && zero.iter().filter(|line| !line.passed).count() == 1);
    assert!(report(Bug::None).iter().all(|line| line.passed));
}

#[test]
fn the_table_has_every_bug_once_with_a_lesson_and_a_report() {
    let bugs: Vec<Bug> = EXHIBITS.iter().map(|row| row.bug).collect();
    assert_eq!(bugs, Bug::all());
    assert!(exhibit(Bug::None).is_none());
    for row in EXHIBITS {
        let name = row.bug.name();
        assert!(row.first <= 7 && (row.first > 0 || row.never.len() == 7), "{name}");
        assert!(!row.sources.is_empty(), "{name}");
        for source in row.sources {
            let article = source.starts_with("the ") && source.contains(" article of lesson");
            let number =
                |kind| source.rsplit_once(kind).is_some_and(|(_, n)| n.parse::<u32>().is_ok());
            let report = source.starts_with("https://github.com/")
                && (number("/issues/") || number("/pull/"));
            assert!(article || report, "{name}: {source}");
        }
        for language in ["en", "ja"] {
            let docs = root().join("docs").join(language);
            assert!(docs.join(row.lesson).with_extension("md").is_file(), "{name}");
            let page = fs::read_to_string(docs.join("14-diagnose.md")).unwrap();
            let line = page.lines().find(|line| line.contains(&format!("| `{name}` |")));
            let line = line.unwrap_or_else(|| panic!("{language}: no row of {name}"));
            assert!(line.contains(&format!("({}.md", row.lesson)), "{language}: {line}");
            let symptom = format!("| {} |", row.symptom);
            assert!(language != "en" || line.starts_with(&symptom), "{symptom} {line}");
            let check =
                if row.first == 0 { "| – |".to_owned() } else { format!("| {} |", row.first) };
            assert!(line.contains(&check), "{language}: {check} {line}");
            for link in row.sources.iter().filter(|source| source.starts_with("https")) {
                assert!(line.contains(&format!("({link})")), "{language}: {link}");
            }
        }
    }
}

#[test]
fn a_mystery_hides_what_a_check_can_see_and_explains_the_answer() {
    let hidden: Vec<Bug> = (0..200).map(mystery::hidden).collect();
    assert!(hidden.iter().all(|bug| exhibit(*bug).unwrap().first > 0));
    let all = Bug::all().iter().filter(|bug| hidden.contains(bug)).count();
    assert_eq!(all, Bug::all().len() - 1, "every one of them is hidden by some number");
    for number in 0..20 {
        let bug = mystery::hidden(number);
        assert!(mystery::answer(number, bug).starts_with(&format!("Right: it is {}.", bug.name())));
        let other = if bug == Bug::WrongAxis { Bug::ZeroStart } else { Bug::WrongAxis };
        let answer = mystery::answer(number, other);
        assert!(answer.starts_with("No") && answer.contains(&format!("It is {}.", bug.name())));
    }
}

#[test]
fn the_healthy_lines_are_those_of_the_lessons() {
    // The pool of lesson 08, windows that overlap and equal pixels
    let h = numbers((2, 3, 9, 9), 1, 2.0).mapv(|v: f64| v.max(0.0));
    let p = pool::forward(&h, Bug::None);
    assert_eq!(p, forward(Pooling::Max, &h, 3, 2));
    let dp = numbers((2, 3, 4, 4), 2, 1.0);
    let dh = pool::backward(&dp, &h, &p, Bug::None);
    assert!((&dh - &backward(Pooling::Max, &dp, &h, 3, 2)).iter().all(|d| d.abs() < 1e-14));
    assert_ne!(dh, pool::backward(&dp, &h, &p, Bug::AssignForAdd));
    // The Adam of lesson 09
    let mut w: Array2<f64> = numbers((4, 3), 3, 1.0);
    let (mut ours, mut v, mut s) = (w.clone(), Array2::zeros((4, 3)), Array2::zeros((4, 3)));
    let mut adam = Adam::new(&w);
    for i in 1..=5 {
        let dw = numbers((4, 3), 10 + i as u64, 1.0);
        adam.step(&mut w, &dw, i, optimiser::ADAM_RATE);
        optimiser::adam(&mut ours, &dw, (&mut v, &mut s), i, Bug::None);
        assert!((&w - &ours).iter().all(|d| d.abs() < 1e-14));
    }
    // Softmax and cross-entropy of lesson 01
    let (z, t) =
        (numbers((3, 10), 4, 5.0), Array2::from_shape_fn((3, 10), |(i, k)| f64::from(i == k)));
    let y = loss::softmax(&z, Bug::None);
    assert!((&y - &softmax(&z)).iter().all(|d| d.abs() < 1e-15));
    assert_eq!(loss::loss(&y, &t, Bug::None), cross_entropy(&y, &t));
}

#[test]
fn an_epoch_has_every_image_once_and_no_batch_of_one() -> Result {
    let digits: Dataset<Float> = mnist(Some(Path::new("built-in")))?;
    for (asked, read) in [(101, 100), (100, 100), (102, 102), (7, 7), (1, 1)] {
        assert_eq!(images::read(&digits, (asked, asked), Bug::None).x.nrows(), read);
    }
    let mut rows = images::epoch(2_030, Bug::None, &mut seeded(1)).concat();
    rows.sort_unstable();
    assert_eq!(rows, (0..2_030).collect::<Vec<_>>());
    Ok(())
}
