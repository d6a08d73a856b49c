//! Pictures: the ladder, and time against everything that can grow.

use std::path::Path;

use common::Result;
use common::plot::{self, Bars, Chart, Colour, Curve};
use common::program::thousands;

use crate::courses::Axis;
use crate::race::ARTICLE_MS;
use crate::row::Row;
use crate::shape::Pass;
use crate::table::{stop, title, what};

/// Draws a chart for every sweep and pass of `rows` in `out`, `forward-batch.svg`
/// and so on, both axes logarithmic: what grows in proportion is a line at 45
/// degrees, and one such line stands there for comparison.
///
/// # Errors
/// If a picture cannot be written.
pub fn draw_sweeps(out: &Path, rows: &[Row]) -> Result {
    for axis in Axis::ALL {
        for pass in [Pass::Forward, Pass::Backward, Pass::Step, Pass::Article] {
            let found: Vec<&Row> =
                rows.iter().filter(|row| row.sweep == Some(axis) && row.pass == pass).collect();
            let places = found.iter().map(|row| stop(axis, row));
            if places.clone().min() == places.max() {
                continue; // a point is no curve
            }
            let name = format!("{}-{}", pass.name(), axis.name());
            let x_label = match axis {
                Axis::Batch => "images in the batch",
                Axis::Filters => "filters",
                Axis::Kernel => "rows and columns of a filter",
                Axis::Channels => "channels",
                Axis::Pixels => "pixels of an image",
                Axis::Threads => "threads",
            };
            let heading = format!("{}, time against {}", capital(what(pass)), axis.name());
            let chart = Chart::new(heading, x_label, "milliseconds").log_x().log_y();
            plot::curves(&out.join(name), &chart, &curves(axis, &found))?;
        }
    }
    Ok(())
}

/// A curve for each rung, and what growing in proportion looks like.
fn curves(axis: Axis, rows: &[&Row]) -> Vec<Curve> {
    let mut rungs: Vec<usize> = rows.iter().map(|row| row.rung).collect();
    rungs.sort_unstable();
    rungs.dedup();
    let mut curves = Vec::new();
    for rung in rungs {
        let of_rung = || rows.iter().filter(|row| row.rung == rung);
        let points: Vec<_> = of_rung().map(|row| (stop(axis, row) as f64, row.ms)).collect();
        let projected = if of_rung().any(|row| row.projected) { ", partly projected" } else { "" };
        let Some(first) = of_rung().next() else { continue };
        curves.push(Curve::new(format!("{}{projected}", title(first)), &points).line_and_dots());
    }
    let places = || rows.iter().map(|row| stop(axis, row) as f64);
    let (low, high) = (places().fold(f64::INFINITY, f64::min), places().fold(0.0, f64::max));
    let slowest = |at: f64| {
        let there = rows.iter().filter(|row| stop(axis, row) as f64 == at);
        there.map(|row| row.ms).fold(0.0, f64::max)
    };
    // A little above everything else, so that it hides nothing.
    let growth: fn(f64) -> f64 = match axis {
        Axis::Kernel => |k| k * k, // the taps of a filter
        Axis::Threads => |t| 1.0 / t,
        _ => |v| v,
    };
    let name = match axis {
        Axis::Kernel => "in proportion to its square",
        Axis::Threads => "divided by the threads",
        _ => "in proportion",
    };
    let top = 1.5 * slowest(high);
    let line = [low, high].map(|at| (at, top * growth(at) / growth(high)));
    curves.push(Curve::new(name, &line).dashed().colour(Colour::Grey));
    curves
}

/// Draws `ladder.svg` in `out`: a bar for what each rung needs for a step of the article's
/// network and for 30 filters forward and backward, beside the article's own program.
///
/// # Errors
/// If the picture cannot be written.
pub fn draw_ladder(out: &Path, rows: &[Row]) -> Result {
    let alone = |row: &&Row| row.sweep.is_none() && row.batch == 100;
    let mut rungs: Vec<&Row> = rows.iter().filter(alone).collect();
    rungs.sort_by_key(|row| row.rung);
    rungs.dedup_by_key(|row| row.rung);
    let series: Vec<(String, Vec<f64>)> = [
        ("a step of the article's network", Pass::Article, 1),
        ("30 filters, forward", Pass::Forward, 30),
        ("30 filters, backward", Pass::Backward, 30),
    ]
    .into_iter()
    .map(|(name, pass, filters)| {
        let ms = |rung: &&Row| {
            let mut found = rows.iter().filter(alone).filter(|row| row.rung == rung.rung);
            let found = found.find(|row| row.pass == pass && row.filters == filters);
            found.map_or(f64::NAN, |row| row.ms)
        };
        (name.to_owned(), rungs.iter().map(ms).collect::<Vec<f64>>())
    })
    .filter(|(_, ms)| ms.iter().any(|ms| ms.is_finite()))
    .collect();
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
            rows: rungs.iter().map(|row| title(row)).collect(),
            series,
            reference: Some((article, ARTICLE_MS)),
        },
    )
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}
