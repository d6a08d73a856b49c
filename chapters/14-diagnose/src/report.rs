//! What the program prints.

use common::Result;
use rayon::prelude::*;

use crate::bug::Bug;
use crate::checks::CHECKS;
use crate::histogram::{Histogram, blocks};
use crate::museum::{EXHIBITS, Exhibit};
use crate::patient::{Line, Patient};
use crate::training::Trace;

/// Which of the seven checks a patient passes: `true` at 0 for check 1.
/// Fails if batch norm gets a single image.
pub fn verdicts(patient: &Patient) -> Result<[bool; 7]> {
    let mut passed = [true; 7];
    for (check, passed) in CHECKS.iter().zip(&mut passed) {
        *passed = (check.run)(patient)?.iter().all(|line| line.passed);
    }
    Ok(passed)
}

/// Prints the report of the checks `which`, counted from 1.
/// Fails if batch norm gets a single image.
pub fn checks(patient: &Patient, which: impl Iterator<Item = usize>) -> Result {
    for k in which {
        let check = &CHECKS[k - 1];
        let lines = (check.run)(patient)?;
        let passed = lines.iter().all(|line| line.passed);
        println!("check {k}, {}: {}", check.title, if passed { "passed" } else { "FAILED" });
        for Line { text, passed } in &lines {
            println!("    {} {text}", if *passed { ' ' } else { 'x' });
        }
    }
    Ok(())
}

/// Prints the museum: what each bug is, what one sees, what to do, where it was found.
pub fn list() {
    for Exhibit { bug, symptom, first, cure, lesson, sources, .. } in EXHIBITS {
        println!("{}: {}", bug.name(), bug.about());
        println!("    symptom  {symptom}");
        println!("    seen by  {}", seen_by(*first));
        println!("    cure     {cure}");
        println!("    lesson   docs/en/{lesson}.md");
        sources.iter().for_each(|source| println!("    found in {source}"));
    }
}

/// `check 3, the gradient is that of differences`.
pub fn seen_by(first: usize) -> String {
    match first.checked_sub(1) {
        Some(k) => format!("check {first}, {}", CHECKS[k].title),
        None => "none of the seven checks".to_owned(),
    }
}

/// Runs the seven checks on the programs of `exhibits` and prints a table; returns how many
/// bugs were seen first by the check that the museum names.
/// Fails if batch norm gets a single image.
pub fn table(exhibits: &[&Exhibit], patients: impl Fn(Bug) -> Patient + Sync) -> Result<usize> {
    let results: Result<Vec<[bool; 7]>> =
        exhibits.par_iter().map(|exhibit| verdicts(&patients(exhibit.bug))).collect();
    println!("bug                  1  2  3  4  5  6  7   x: a check that fails");
    let mut as_said = 0;
    for (Exhibit { bug, first, .. }, passed) in exhibits.iter().zip(results?) {
        let marks = passed.map(|passed| if passed { ".  " } else { "x  " }).concat();
        println!("{:<20} {}", bug.name(), marks.trim_end());
        let found = passed.iter().position(|passed| !passed).map_or(0, |k| k + 1);
        as_said += usize::from(found == *first);
    }
    Ok(as_said)
}

/// Prints what was watched of two trainings side by side.
pub fn compare(names: [&str; 2], traces: [&Trace; 2]) {
    let [a, b] = names;
    println!(
        "{:>6} {:>14} {:>14} {:>14} {:>14}",
        "step",
        a.to_owned() + " loss",
        b.to_owned() + " loss",
        a.to_owned() + " test",
        b.to_owned() + " test"
    );
    let longest = traces.iter().map(|t| t.tests.len()).max().unwrap_or(0);
    for k in (0..longest).step_by(longest.div_ceil(8).max(1)) {
        let step = traces.iter().find_map(|t| t.tests.get(k)).map_or(0.0, |p| p[0]);
        let loss = traces.map(|t| t.curve.get(step as usize - 1).map_or(f64::NAN, |p| p[1]));
        let test = traces.map(|t| t.tests.get(k).map_or(f64::NAN, |p| p[1]));
        println!(
            "{step:>6} {} {} {} {}",
            cell(loss[0], ""),
            cell(loss[1], ""),
            cell(test[0], " %"),
            cell(test[1], " %")
        );
    }
    for (name, trace) in names.iter().zip(traces) {
        let part = trace.curve.len().div_ceil(40).max(1);
        let losses: Vec<f64> = trace
            .curve
            .chunks(part)
            .map(|c| c.iter().map(|p| p[1]).sum::<f64>() / c.len() as f64)
            .collect();
        println!("loss of {name:<8} {}", blocks(&losses));
    }
    for (name, trace) in names.iter().zip(traces) {
        if let Some(step) = trace.stopped {
            println!("{name}: the loss is no number at step {step}; the training stops");
        }
        let [first, last] = trace.milliseconds;
        let (reached, count) = (cell(trace.reached, " %"), trace.subnormals);
        println!(
            "{name}: {} after saving and loading; {first:.2} ms a step at first, {last:.2} at last; \
             {count} subnormal velocities",
            reached.trim_start()
        );
    }
    println!("\nin the layers, from the left end of a range to its right:");
    println!("{:<30} {a} first    and last        {b} first    and last", "");
    for k in 0..6 {
        let line = |trace: &Trace| {
            let ends = [trace.layers.first(), trace.layers.last()];
            ends.map(|end| end.map_or(String::new(), |(_, h)| h[k].line())).join("|")
        };
        let Some((_, h)) = traces.iter().find_map(|t| t.layers.first()) else { return };
        let Histogram { name, .. } = &h[k];
        let range = if k < 2 { h[k].range() } else { format!("1e{} to 1e{}", h[k].low, h[k].high) };
        println!(
            "{:<30} |{}|   |{}|",
            format!("{name}, {range}"),
            line(traces[0]),
            line(traces[1])
        );
    }
    println!();
}

fn cell(value: f64, unit: &str) -> String {
    match value.is_finite() {
        true if unit.is_empty() => format!("{value:>14.4}"),
        true => format!("{:>14}", format!("{value:.1}{unit}")),
        false => format!("{:>14}", "-"),
    }
}
