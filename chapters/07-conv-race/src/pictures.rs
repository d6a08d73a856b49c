//! Charts: the ladder, and time against everything that a sweep varies.

use std::path::Path;

use common::Result;
use common::plot::{self, Chart, Colour, Curve};
use common::program::thousands;

use crate::benchmarks::Sweep;
use crate::measurement::{ARTICLE_MS, Measurement, by_rung, by_sweep};
use crate::shape::Pass;

/// Draws a chart for every sweep and pass in the folder `out`, `forward-batch.svg` and so
/// on. Both axes are logarithmic, so what grows in proportion is a line at 45 degrees; a
/// dashed one is drawn for comparison.
///
/// # Errors
/// If a picture cannot be written.
pub fn draw_sweeps(out: &Path, measurements: &[Measurement]) -> Result {
    for (sweep, pass, rows) in by_sweep(measurements) {
        if rows.iter().all(|row| row.value == rows[0].value) {
            continue; // a single point
        }
        let heading = format!("{}, time against {}", capital(pass.title()), sweep.name);
        let chart = Chart::new(heading, sweep.label, "milliseconds").log_x().log_y();
        let name = format!("{}-{}", pass.name(), sweep.name);
        plot::curves(&out.join(name), &chart, &curves(sweep, &rows))?;
    }
    Ok(())
}

/// A curve for each rung, and a dashed one of the growth in proportion.
fn curves(sweep: &Sweep, rows: &[&Measurement]) -> Vec<Curve> {
    let mut curves = Vec::new();
    for rung in by_rung(rows) {
        let points: Vec<_> = rung.iter().map(|row| (row.value as f64, row.ms)).collect();
        let projected = rung.iter().any(|row| row.projected);
        let note = if projected { ", partly projected" } else { "" };
        let name = format!("{}{note}", rung[0].label());
        curves.push(Curve::new(name, &points).line_and_dots());
    }
    let (name, growth): (_, fn(f64) -> f64) = match sweep.name {
        "kernel" => ("in proportion to its square", |k| k * k), // the taps of a filter
        "threads" => ("divided by the threads", |t| 1.0 / t),
        _ => ("in proportion", |v| v),
    };
    let (low, high) = (rows[0].value, rows[rows.len() - 1].value);
    let at_high = rows.iter().filter(|row| row.value == high);
    let top = 1.5 * at_high.map(|row| row.ms).fold(0.0, f64::max); // above all other curves
    let (low, high) = (low as f64, high as f64);
    let line = [low, high].map(|at| (at, top * growth(at) / growth(high)));
    curves.push(Curve::new(name, &line).dashed().colour(Colour::Grey));
    curves
}

/// Draws `ladder.svg` in `out`: what each rung needs for a step of the article's
/// network and for 30 filters forward, beside the article's own program.
///
/// # Errors
/// If the picture cannot be written.
pub fn draw_ladder(out: &Path, rows: &[Measurement]) -> Result {
    let alone = |pass: Pass, filters: usize| -> Vec<(f64, f64)> {
        let found = rows.iter().filter(|row| {
            row.sweep.is_none() && row.pass == pass && row.filters == filters && row.batch == 100
        });
        found.map(|row| (row.rung as f64, row.ms)).collect()
    };
    let curves: Vec<Curve> = [
        ("a step of the article's network", alone(Pass::Article, 1)),
        ("30 filters, forward", alone(Pass::Forward, 30)),
        ("30 filters, backward", alone(Pass::Backward, 30)),
    ]
    .into_iter()
    .filter(|(_, points)| points.len() > 1)
    .map(|(name, points)| Curve::new(name, &points).line_and_dots())
    .collect();
    if curves.is_empty() {
        return Ok(());
    }
    let article = format!("a step of the article's program: {} ms", thousands(ARTICLE_MS as usize));
    let level = Curve::level(article, ARTICLE_MS);
    let chart = Chart::new("The ladder: 100 images at each rung", "rung", "milliseconds");
    let chart = chart.log_y().x_range(0.0, 7.0); // 6 and 7 are the GPU's
    plot::curves(
        &out.join("ladder"),
        &chart,
        &curves.into_iter().chain([level]).collect::<Vec<_>>(),
    )
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}
