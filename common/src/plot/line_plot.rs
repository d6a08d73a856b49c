//! A chart of curves.

use std::iter::once;
use std::path::Path;

use plotters::prelude::*;
use plotters::style::text_anchor::HPos;

use super::axis::{Axis, Frame, LABEL_SIZE, TICK_SIZE, draw_axes};
use super::canvas::{self, Area, Drawn, MARGIN, RIGHT, WIDTH, rectangle, stroke, units, write};
use super::chart::Chart;
use super::curve::{Curve, Style};
use super::font;
use super::legend::{self, Legend, draw_sample};
use super::line::{Line, Point, Raster, clip, lines};
use super::output;
use super::palette::{DARK, TEXT, pale};
use super::ticks::grouped;
use crate::Result;

/// The height of a chart with up to two rows of legend; more make it higher.
const HEIGHT: f64 = 450.0;
pub(super) const TITLE_SIZE: f64 = 17.0;
/// The baseline of the title.
pub(super) const TITLE: f64 = MARGIN + 14.0;

/// SVGs that are larger get less detail.
const LARGEST_SVG: usize = 190_000;

/// Any curves on the axes of `chart`, as SVG and PNG.
pub fn curves(stem: &Path, chart: &Chart, curves: &[Curve]) -> Result {
    let mut column = 1.0;
    let mut svg = LinePlot::new(chart, curves, column, None).svg();
    while column < 100.0 && svg.as_ref().is_ok_and(|svg| svg.len() > LARGEST_SVG) {
        column *= 1.4;
        svg = LinePlot::new(chart, curves, column, None).svg();
    }
    output::svg_and_png(stem, svg)
}

/// Everything of a chart, ready to be drawn.
pub(super) struct LinePlot<'a> {
    chart: &'a Chart,
    lines: Vec<Line<'a>>,
    x: Axis,
    y: Axis,
    frame: Frame,
    height: f64,
    legend: Legend,
    column: f64,
    until: Option<f64>,
}

impl<'a> LinePlot<'a> {
    /// `column`: the finest detail along x, in pixels. `until`: draw only so much of the x
    /// axis, 0 to 1, and the values there.
    pub(super) fn new(
        chart: &'a Chart,
        curves: &'a [Curve],
        column: f64,
        until: Option<f64>,
    ) -> LinePlot<'a> {
        let name = |curve: &Curve| match curve.style {
            Style::Level => String::new(),
            _ => curve.legend(),
        };
        let room = until.map_or(0.0, |_| font::width("  −0.0000", legend::SIZE));
        let legend = Legend::new(curves.iter().map(name), room);

        let y = y_axis(chart, curves);
        let widest = y.ticks.iter().map(|(_, label)| font::width(label, TICK_SIZE));
        let rows = legend.rows as f64 * legend::ROW;
        let height = HEIGHT + (rows - 2.0 * legend::ROW).max(0.0);
        let frame = Frame {
            left: MARGIN + widest.fold(0.0, f64::max) + 8.0,
            top: MARGIN + rows + 52.0,
            right: WIDTH - 32.0,
            bottom: height - 54.0,
        };
        let xs = curves.iter().flat_map(|curve| &curve.points).map(|point| point.0);
        let x = Axis::over(xs, &chart.x, Some(frame.width()));
        let columns = (frame.width() / column).max(1.0);
        let raster = Raster { x: &x, y: &y, columns, until: until.unwrap_or(1.0) };
        let lines = lines(curves, raster);
        LinePlot { chart, lines, x, y, frame, height, legend, column, until }
    }

    /// Lines that go up and down all the time would be a blot at full width.
    fn is_noisy(&self, line: &Line) -> bool {
        let pairs = line.pieces.iter().flat_map(|piece| piece.windows(2));
        let climb: f64 = pairs.map(|pair| (pair[1].1 - pair[0].1).abs()).sum();
        climb > 6.0 * self.until.unwrap_or(1.0)
    }

    fn levels(&self, are: bool) -> impl Iterator<Item = &Line<'a>> {
        self.lines.iter().filter(move |line| (line.curve.style == Style::Level) == are)
    }

    pub(super) fn svg(&self) -> Result<String> {
        canvas::svg((WIDTH, self.height), &self.chart.title, |area| self.draw(area))
    }

    fn draw(&self, area: &Area) -> Drawn {
        let mut axes = draw_axes(area, &self.frame, (&self.x, &self.y), &self.chart.x_label, true)?;
        for line in &self.lines {
            for band in &line.bands {
                axes.draw_series(once(Polygon::new(band.clone(), line.colour.mix(0.18))))?;
            }
        }
        for line in &self.lines {
            let style = stroke(pale(line.colour, 0.3), 1.0);
            for raw in &line.raw {
                axes.draw_series(LineSeries::new(raw.clone(), style))?;
            }
        }
        // Reference lines lie under the curves.
        for line in self.levels(true).chain(self.levels(false)) {
            let style = match line.curve.style {
                Style::Level => stroke(line.colour, 1.5),
                _ if line.is_faint() => stroke(pale(line.colour, 0.4), 1.25),
                _ if self.is_noisy(line) => stroke(line.colour, 1.0),
                _ => stroke(line.colour, 2.0),
            };
            let circle =
                |size: f64| move |&point: &Point| Circle::new(point, units(size), style.filled());
            for piece in &line.pieces {
                if line.has_dots() || piece.len() == 1 {
                    axes.draw_series(piece.iter().map(circle(3.5)))?;
                }
                if line.dashed {
                    // Where detail is coarse, dashes are too: each is an element of the SVG.
                    let (dash, gap) = (units(7.0 * self.column), units(4.5 * self.column));
                    axes.draw_series(DashedLineSeries::new(piece.clone(), dash, gap, style))?;
                } else if line.curve.style != Style::Dots {
                    axes.draw_series(LineSeries::new(piece.clone(), style))?;
                }
            }
            if self.until.is_some() && !matches!(line.curve.style, Style::Dots | Style::Level) {
                axes.draw_series(line.head().map(circle(4.5)))?;
            }
        }
        self.draw_level_names(area)?;
        self.draw_words(area)
    }

    /// Writes the name of each reference line on it, where it covers least.
    fn draw_level_names(&self, area: &Area) -> Drawn {
        let frame = &self.frame;
        let pixel = |&place: &Point| frame.pixel(place);
        let curves = self.levels(false).flat_map(|line| line.pieces.iter().chain(&line.raw));
        let curves: Vec<Vec<Point>> =
            curves.map(|piece| piece.iter().map(pixel).collect()).collect();
        let segments = || curves.iter().flat_map(|piece| piece.windows(2));
        let mut taken: Vec<(Point, Point)> = Vec::new();
        for line in self.levels(true).filter(|line| !line.pieces.is_empty()) {
            let name = font::fit(&line.curve.name, TICK_SIZE, frame.width() - 20.0);
            let width = font::width(&name, TICK_SIZE) + 6.0;
            let y = frame.pixel(line.pieces[0][0]).1;
            let places = (0..=8).rev().flat_map(|k| {
                let x = frame.left + 3.0 + (frame.width() - width - 6.0) * f64::from(k) / 8.0;
                // Above the line or below it.
                [y - 17.0, y + 3.0].map(|top| ((x, top), (x + width, top + 15.0)))
            });
            let covered = |&(low, high): &(Point, Point)| {
                let meets = |&(from, to): &(Point, Point)| {
                    from.0 < high.0 && low.0 < to.0 && from.1 < high.1 && low.1 < to.1
                };
                let outside = low.1 < frame.top || high.1 > frame.bottom;
                let hidden = segments().filter(|s| clip((s[0], s[1]), low, high).is_some());
                (outside || taken.iter().any(meets), hidden.count())
            };
            if let (false, Some(best)) = (name.is_empty(), places.min_by_key(covered)) {
                area.draw(&rectangle(best.0, best.1, WHITE))?;
                let place = (best.0.0 + 3.0, best.1.1 - 3.0);
                write(area, &name, place, TICK_SIZE, HPos::Left, line.colour)?;
                taken.push(best);
            }
        }
        Ok(())
    }

    fn draw_words(&self, area: &Area) -> Drawn {
        let (chart, frame) = (self.chart, &self.frame);
        let mut room = RIGHT - MARGIN;
        if let Some(part) = self.until {
            let count = reading(self.x.value(part), self.x.high);
            let text = format!("{count} {}", chart.x_label);
            room -= font::width(&text, legend::SIZE) + 40.0;
            write(area, &text, (frame.right, TITLE), legend::SIZE, HPos::Right, TEXT)?;
        }
        let title = font::fit(&chart.title, TITLE_SIZE, room);
        write(area, &title, (MARGIN, TITLE), TITLE_SIZE, HPos::Left, DARK)?;
        // plotters can only write it upright, from bottom to top.
        let y_label = font::fit(&chart.y_label, LABEL_SIZE, frame.width());
        write(area, &y_label, (MARGIN, frame.top - 12.0), LABEL_SIZE, HPos::Left, TEXT)?;
        self.legend.draw(area, |index, place| {
            let line = &self.lines[index];
            draw_sample(area, line, place)?;
            let value = self.until.and(line.head()).map(|head| self.y.value(head.1));
            let value = value.map(|value| format!("  {}", reading(value, self.y.high)));
            Ok(line.curve.legend() + &value.unwrap_or_default())
        })?;
        if self.lines.iter().flat_map(|line| &line.pieces).all(|piece| piece.is_empty()) {
            let middle = frame.pixel((0.5, 0.5));
            write(area, "no points to show", middle, LABEL_SIZE, HPos::Center, TEXT)?;
        }
        Ok(())
    }
}

fn y_axis(chart: &Chart, curves: &[Curve]) -> Axis {
    let range = chart.x.range();
    let in_view = |x: f64| range.is_none_or(|(low, high)| x >= low && x <= high);
    // A point without a place on the x axis must not stretch the y axis.
    let placed = |x: f64| chart.x.shows(x) && in_view(x);
    let ys = curves.iter().flat_map(|curve| {
        let is_level = curve.style == Style::Level;
        let points = curve.points.iter().filter(move |point| is_level || placed(point.0));
        let bounded = curve.points.iter().zip(&curve.bounds);
        let bounds = bounded.filter(move |(point, _)| placed(point.0));
        points.map(|point| point.1).chain(bounds.flat_map(|(_, &(low, high))| [low, high]))
    });
    Axis::over(ys, &chart.y, None)
}

/// A value of an animation, in as many digits as the largest one needs.
fn reading(value: f64, largest: f64) -> String {
    grouped(&match largest.abs() {
        size if !(0.01..=1e9).contains(&size) => format!("{value:.2e}"),
        size if size > 200.0 => format!("{value:.0}"),
        size if size > 20.0 => format!("{value:.1}"),
        _ => format!("{value:.3}"),
    })
}
