//! Charts: the ladder, and time against everything that a sweep varies.

use std::path::Path;

use common::Result;
use common::plot::{self, Bars, Chart, Colour, Curve};
use common::program::thousands;

use crate::benchmarks::Sweep;
use crate::measurement::{ARTICLE_MS, Measurement, by_rung, by_sweep};
use crate::shape::Pass;

/// Draws a chart for every sweep and pass in the folder `out`, `forward-batch.svg` and so
/// on. Both axes are logarithmic, so what grows in proportion is parallel to the
/// dashed line.
pub fn draw_sweeps(out: &Path, measurements: &[Measurement]) -> Result {
    for (sweep, pass, rows) in by_sweep(measurements) {
        if rows.iter().all(|row| row.value == rows[0].value) {
            continue; // a single point
        }
        let varied = sweep.name.replace("kernel", "filter size");
        let heading = format!("{}, time against {varied}", capital(pass.title()));
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

/// Draws `ladder.svg` in `out`: a bar for what each rung needs for a step of the article's
/// network and for 30 filters forward and backward, beside the article's own program.
pub fn draw_ladder(out: &Path, rows: &[Measurement]) -> Result {
    let alone = rows.iter().filter(|row| row.sweep.is_none() && row.batch == 100);
    let rungs = by_rung(&alone.collect::<Vec<_>>());
    let series = [
        ("a step of the article's network", Pass::Article, 1),
        ("30 filters, forward", Pass::Forward, 30),
        ("30 filters, backward", Pass::Backward, 30),
    ];
    let series = series.map(|(name, pass, filters)| {
        let ms = |rung: &Vec<&Measurement>| {
            let found = rung.iter().find(|row| row.pass == pass && row.filters == filters);
            found.map_or(f64::NAN, |row| row.ms)
        };
        (name.to_owned(), rungs.iter().map(ms).collect::<Vec<f64>>())
    });
    let measured = |(_, ms): &(String, Vec<f64>)| ms.iter().any(|ms| ms.is_finite());
    let series: Vec<_> = series.into_iter().filter(measured).collect();
    if series.is_empty() {
        return Ok(());
    }
    let article = format!("a step of the article's program: {} ms", thousands(ARTICLE_MS as usize));
    plot::bars(
        &out.join("ladder"),
        &Bars {
            title: "The ladder: 100 images at each rung".to_owned(),
            unit: "ms".to_owned(),
            x_label: "milliseconds".to_owned(),
            rows: rungs.iter().map(|rung| rung[0].label()).collect(),
            series,
            reference: Some((article, ARTICLE_MS)),
        },
    )
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}
