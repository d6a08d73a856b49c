//! A chart of curves.

use std::path::Path;

use plotters::style::text_anchor::HPos;

use super::axes::{Axes, Axis, BELOW};
use super::canvas::{self, MARGIN, SIZE, SMALL, WIDTH, write};
use super::chart::Chart;
use super::curve::{Curve, Style};
use super::font;
use super::legend::Legend;
use super::line::{Line, Raster, lines};
use super::line_label::labels;
use super::output;
use super::palette::TEXT;
use super::ticks::rounded;
use crate::Result;

/// The height of the axes.
const HEIGHT: f64 = 307.0;
/// SVGs that are larger get less detail.
const LARGEST_SVG: usize = 190_000;

/// Any curves on the axes of `chart`, as SVG and PNG.
pub fn curves(stem: &Path, chart: &Chart, curves: &[Curve]) -> Result {
    let mut column = 1.0;
    let mut picture = svg(chart, curves, column, None);
    while column < 100.0 && picture.as_ref().is_ok_and(|svg| svg.len() > LARGEST_SVG) {
        column *= 1.4;
        picture = svg(chart, curves, column, None);
    }
    output::svg_and_png(stem, picture)
}

/// `column`: the finest detail along x, in pixels. `until`: draw only so much of the x axis,
/// 0 to 1, and write the values there.
pub(super) fn svg(
    chart: &Chart,
    curves: &[Curve],
    column: f64,
    until: Option<f64>,
) -> Result<String> {
    let room = until.map_or(0.0, |_| font::width("  −0.0000", SIZE));
    let xs = || curves.iter().flat_map(|curve| &curve.points).map(|point| point.0);
    let x = |most| Axis::over(xs(), &chart.x, most, 0.1);
    let x = if x(10).label_width() < 48.0 { x(10) } else { x(5) };
    let most = if chart.y.log { 8 } else { 6 };
    let y = Axis::over(heights(curves, &x), &chart.y, most, 1.0);
    let axes = Axes::new((x, y), 0.0, WIDTH - 32.0, HEIGHT);
    let columns = (axes.width() / column).max(1.0);
    // Frames of an animation have their words in the same place, that of the last one.
    let labels = labels(&lines(curves, Raster { axes: &axes, columns, until: 1.0 }), &axes);
    let in_legend = |index: usize| labels.iter().all(|label| label.index != index);
    let names = curves.iter().enumerate();
    let names = names.map(|(k, curve)| if in_legend(k) { curve.legend() } else { String::new() });
    let legend = Legend::new(names, room);
    let axes = Axes::new((axes.x, axes.y), legend.bottom + 34.0, WIDTH - 32.0, HEIGHT);
    let lines = lines(curves, Raster { axes: &axes, columns, until: until.unwrap_or(1.0) });

    canvas::svg((WIDTH, axes.bottom + BELOW), &chart.title, |area| {
        let mut series = axes.draw(area, &chart.x_label, true)?;
        for line in &lines {
            line.draw_background(&mut series)?;
        }
        // Reference lines lie under the curves.
        let mut ordered: Vec<&Line> = lines.iter().collect();
        ordered.sort_by_key(|line| line.curve.style != Style::Level);
        for line in ordered {
            // Where detail is coarse, dashes are too: each is an element of the SVG.
            line.draw(&mut series, until, 7.0 * column)?;
        }
        for label in &labels {
            let colour = lines[label.index].colour;
            write(area, &label.text, axes.pixel(label.end), SMALL, HPos::Right, colour)?;
        }

        // plotters can only write it upright, from bottom to top.
        let y_label = font::fit(&chart.y_label, SMALL, axes.width() / 2.0);
        write(area, &y_label, (MARGIN, axes.top - 12.0), SMALL, HPos::Left, TEXT)?;
        if let Some(part) = until {
            let count = rounded(axes.x.value(part), axes.x.value(1.0), 4);
            let text = format!("{count} {}", chart.x_label);
            let text = font::fit(&text, SIZE, axes.width() / 2.0);
            write(area, &text, (axes.right, axes.top - 12.0), SIZE, HPos::Right, TEXT)?;
        }
        if lines.iter().flat_map(|line| &line.pieces).all(|piece| piece.is_empty()) {
            let middle = axes.pixel((0.5, 0.5));
            write(area, "no points to show", middle, SMALL, HPos::Center, TEXT)?;
        }
        legend.draw(area, |index, place| {
            let line = &lines[index];
            line.draw_sample(place)?;
            let value = until.and(line.head()).map(|head| axes.y.value(head.1));
            let value = value.map(|value| format!("  {}", rounded(value, axes.y.value(1.0), 4)));
            Ok(line.curve.legend() + &value.unwrap_or_default())
        })
    })
}

/// All values that have a place on the x axis; others must not stretch the y axis.
fn heights(curves: &[Curve], x: &Axis) -> impl Iterator<Item = f64> {
    let inside = |value| x.place(value).is_some_and(|place| (-1e-6..1.0 + 1e-6).contains(&place));
    curves.iter().flat_map(move |curve| {
        let points = curve.points.iter().enumerate();
        let shown = points.filter(move |(_, p)| curve.style == Style::Level || inside(p.0));
        shown.flat_map(|(k, &(_, y))| {
            let (low, high) = curve.bounds.get(k).copied().unwrap_or((y, y));
            [y, low, high]
        })
    })
}
