//! Pictures: the ladder, and time against everything that can grow.

use std::path::Path;

use common::Result;
use common::plot::{self, Chart, Colour, Curve};
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

/// Draws `ladder.svg` in `out`: what each rung needs for a step of the article's
/// network and for 30 filters forward, beside the article's own program.
///
/// # Errors
/// If the picture cannot be written.
pub fn draw_ladder(out: &Path, rows: &[Row]) -> Result {
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
