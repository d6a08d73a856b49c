//! Tables, one for each benchmark and one for each sweep, and the summary line.

use std::collections::BTreeSet;

use common::program::{Summary, thousands};

use crate::benchmarks::{Benchmark, Sweep};
use crate::measurement::{ARTICLE_MS, Measurement, by_rung, by_sweep};
use crate::shape::Pass;

/// The table of one benchmark, a line for each rung. `~` marks a time that was projected,
/// and the last line tells from how many images.
pub fn benchmark_table(benchmark: &Benchmark, rows: &[Measurement]) -> String {
    let pass = match benchmark.pass {
        Pass::Backward => "backward, dx and dw",
        Pass::Step => "a training step around it",
        pass => pass.title(),
    };
    let mut text = format!("{pass}: {}\n", benchmark.shape);
    let head = ["rung", "ms", "half of all runs", "GFLOP/s", "product", "faster", "differs"];
    let has_factors = rows.iter().any(|row| row.article_factor.is_some());
    text += &line(head, if has_factors { "than article" } else { "" });
    for row in rows {
        let half = format!("{} to {}", three_digits(row.ms_low), three_digits(row.ms_high));
        let difference = match row.difference {
            0.0 => "0".to_owned(),
            difference => format!("{difference:.0e}"),
        };
        let cells = [
            &row.label(),
            &milliseconds(row),
            &half,
            &three_digits(row.gflops),
            &format!("{:.1} %", row.share),
            &format!("{} x", three_digits(row.speedup)),
            &difference,
        ];
        let factor = row.article_factor.map(|factor| format!("{} x", three_digits(factor)));
        text += &line(cells.map(String::as_str), &factor.unwrap_or_default());
    }
    let projected = rows.iter().filter(|row| row.projected);
    let projected: Vec<_> =
        projected.map(|row| format!("{} from {}", row.rung, row.images)).collect();
    if !projected.is_empty() {
        text += &format!("~ projected from fewer images: rung {}\n", projected.join(", "));
    }
    text
}

fn line([rung, ms, half, gflops, share, faster, differs]: [&str; 7], factor: &str) -> String {
    let line = format!(
        "{rung:<30} {ms:>7} {half:>16} {gflops:>7} {share:>7} {faster:>8} {differs:>7} {factor:>12}"
    );
    format!("{}\n", line.trim_end())
}

/// The tables of all sweeps, an empty line after each: a line for each rung, a column
/// for each value.
pub fn sweep_tables(measurements: &[Measurement]) -> String {
    let mut text = String::new();
    for (Sweep { name, .. }, pass, rows) in by_sweep(measurements) {
        text += &format!("{}, milliseconds by {name}\n{name:<30}", pass.title());
        for value in rows.iter().map(|row| row.value).collect::<BTreeSet<usize>>() {
            text += &format!(" {:>7}", thousands(value));
        }
        for rung in by_rung(&rows) {
            text += &format!("\n{:<30}", rung[0].label());
            for row in rung {
                text += &format!(" {:>7}", milliseconds(row));
            }
        }
        if rows.iter().any(|row| row.projected) {
            text += "\n~ projected from fewer images";
        }
        text += "\n\n";
    }
    text
}

fn milliseconds(row: &Measurement) -> String {
    format!("{}{}", if row.projected { "~" } else { "" }, three_digits(row.ms))
}

/// A positive number with three significant digits.
pub fn three_digits(v: f64) -> String {
    if v >= 999.5 {
        return thousands(v.round() as usize);
    }
    let decimals = [99.95, 9.995, 0.9995, 0.09995].iter().filter(|&&bound| v < bound).count();
    format!("{v:.decimals$}")
}

/// The article's step on every rung, 30 filters on the last, and the `seconds` of the
/// whole program.
pub fn summary(data: &str, measurements: &[Measurement], seconds: f64) -> Summary {
    let mut summary = Summary::new("conv-race", data);
    let single: Vec<&Measurement> =
        measurements.iter().filter(|m| m.sweep.is_none() && m.batch == 100).collect();
    for m in single.iter().filter(|m| m.pass == Pass::Article) {
        let article = (m.rung == 0).then(|| format!("{:.3} s", ARTICLE_MS / 1e3));
        summary = summary.figure(&format!("step, {}", m.title), m.ms, "ms", article.as_deref());
    }
    if let Some(m) = single.iter().rfind(|m| m.pass == Pass::Forward && m.filters == 30) {
        summary = summary.figure("30 filters, forward", m.ms, "ms", None);
        summary = summary.figure("of the product rate", m.share, "%", None);
    }
    summary.figure("everything", seconds, "s", None).with_peak_memory()
}
