//! A chart of curves.

use std::iter::once;
use std::path::Path;

use plotters::prelude::*;
use plotters::style::text_anchor::HPos;

use super::axis::{Axis, Frame, LABEL_SIZE, Room, TICK_SIZE, draw_axes};
use super::canvas::{self, Area, Drawn, Picture, stroke, units, write};
use super::chart::Chart;
use super::curve::{Curve, Style};
use super::font;
use super::legend::{self, Legend, LevelNames, draw_sample};
use super::line::{Line, Point, Raster, colours};
use super::output;
use super::palette::{DARK, TEXT, pale};
use super::ticks::grouped;
use crate::Result;

pub(super) const WIDTH: usize = 720;
/// The height of a chart with up to two rows of legend; more make it higher.
const HEIGHT: f64 = 450.0;
pub(super) const MARGIN: f64 = 16.0;
pub(super) const TITLE_SIZE: f64 = 17.0;
/// The baseline of the title.
pub(super) const TITLE: f64 = MARGIN + 14.0;

/// SVGs that are larger get less detail.
const LARGEST_SVG: usize = 190_000;

/// Any curves on the axes of `chart`, as SVG and PNG.
///
/// # Errors
/// If a file cannot be written; the message names it.
pub fn curves(stem: &Path, chart: &Chart, curves: &[Curve]) -> Result {
    let mut column = 1.0;
    let mut plot = LinePlot::new(chart, curves, column, None);
    while column < 100.0 && canvas::svg(&plot).is_ok_and(|svg| svg.len() > LARGEST_SVG) {
        column *= 1.4;
        plot = LinePlot::new(chart, curves, column, None);
    }
    output::svg_and_png(stem, &plot)
}

/// Everything of a chart, ready to be drawn.
pub(super) struct LinePlot<'a> {
    chart: &'a Chart,
    lines: Vec<Line>,
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
        curves: &[Curve],
        column: f64,
        until: Option<f64>,
    ) -> LinePlot<'a> {
        let names: Vec<String> = curves.iter().map(Curve::legend).collect();
        let named = names.iter().zip(curves);
        let names = named.map(|(name, curve)| match curve.style {
            Style::Level => "",
            _ => name,
        });
        let right = WIDTH as f64 - MARGIN;
        let room = until.map_or(0.0, |_| font::width("  −0.0000", legend::SIZE));
        let legend = Legend::new(names, (MARGIN, MARGIN + 18.0), right, room);

        let y = y_axis(chart, curves);
        let labels = y.ticks.iter().filter_map(|tick| tick.label.as_deref());
        let widest = labels.map(|label| font::width(label, TICK_SIZE)).fold(0.0, f64::max);
        let rows = legend.rows as f64 * legend::ROW;
        let height = HEIGHT + (rows - 2.0 * legend::ROW).max(0.0);
        let frame = Frame {
            left: MARGIN + widest + 8.0,
            top: MARGIN + rows + 52.0,
            right: WIDTH as f64 - 32.0,
            bottom: height - 54.0,
        };
        let xs = curves.iter().flat_map(|curve| &curve.points).map(|point| point.0);
        let x = Axis::over(xs, &chart.x, Room::Across(frame.width()));
        let raster = Raster {
            x: &x,
            y: &y,
            columns: (frame.width() / column).max(1.0),
            until: until.unwrap_or(1.0),
        };
        let lines = curves.iter().zip(colours(curves));
        let lines = lines.map(|(curve, (rgb, dashed))| Line::new(curve, rgb, dashed, raster));
        let lines = lines.collect();
        LinePlot { chart, lines, x, y, frame, height, legend, column, until }
    }

    fn pixel(&self, (x, y): Point) -> Point {
        let (x, y) = (self.x.place(x).unwrap_or(0.0), self.y.place(y).unwrap_or(0.0));
        (self.frame.left + x * self.frame.width(), self.frame.bottom - y * self.frame.height())
    }

    /// Points on all curves, about 3 pixels apart.
    fn covered(&self) -> Vec<Point> {
        let curves = self.lines.iter().filter(|line| line.style != Style::Level);
        let pieces = curves.flat_map(|line| line.pieces.iter().chain(&line.raw));
        let mut covered = Vec::new();
        for piece in pieces {
            let pixels: Vec<Point> = piece.iter().map(|&point| self.pixel(point)).collect();
            covered.extend(pixels.first());
            for pair in pixels.windows(2) {
                let (dx, dy) = (pair[1].0 - pair[0].0, pair[1].1 - pair[0].1);
                let steps = (dx.hypot(dy) / 3.0).ceil() as i32;
                let part = |k: i32| f64::from(k) / f64::from(steps);
                covered.extend(
                    (1..=steps).map(|k| (pair[0].0 + part(k) * dx, pair[0].1 + part(k) * dy)),
                );
            }
        }
        covered
    }

    /// Lines that go up and down all the time would be a blot at full width.
    fn is_noisy(&self, line: &Line) -> bool {
        let pairs = line.pieces.iter().flat_map(|piece| piece.windows(2));
        let way: f64 = pairs.map(|p| (self.pixel(p[1]).1 - self.pixel(p[0]).1).abs()).sum();
        way > 6.0 * self.until.unwrap_or(1.0) * self.frame.height()
    }
}

impl Picture for LinePlot<'_> {
    fn size(&self) -> (usize, usize) {
        (WIDTH, self.height as usize)
    }

    fn title(&self) -> &str {
        &self.chart.title
    }

    fn draw<B: DrawingBackend>(&self, area: &Area<B>) -> Drawn<B> {
        let mut axes = draw_axes(area, &self.frame, (&self.x, &self.y), &self.chart.x_label, true)?;
        for line in &self.lines {
            for band in &line.bands {
                axes.draw_series(once(Polygon::new(band.clone(), line.colour.mix(0.18))))?;
            }
        }
        for line in &self.lines {
            for raw in &line.raw {
                let style = stroke(pale(line.colour, 0.3), 1.0);
                axes.draw_series(LineSeries::new(raw.clone(), style))?;
            }
        }
        // Reference lines lie under the curves.
        let is_level = |line: &&Line| line.style == Style::Level;
        let levels = || self.lines.iter().filter(is_level);
        for line in levels().chain(self.lines.iter().filter(|line| !is_level(line))) {
            let style = match line.style {
                Style::Level => stroke(line.colour, 1.5),
                _ if line.faint => stroke(pale(line.colour, 0.4), 1.25),
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
                } else if line.style != Style::Dots {
                    axes.draw_series(LineSeries::new(piece.clone(), style))?;
                }
            }
            if self.until.is_some() && line.style != Style::Dots && !is_level(&line) {
                axes.draw_series(line.head().map(circle(4.5)))?;
            }
        }
        let mut names = LevelNames { frame: self.frame, curves: Vec::new(), taken: Vec::new() };
        if levels().next().is_some() {
            names.curves = self.covered();
        }
        for line in levels().filter(|line| !line.pieces.is_empty()) {
            names.draw(area, &line.name, self.pixel(line.pieces[0][0]).1, line.colour)?;
        }
        self.draw_words(area)
    }
}

impl LinePlot<'_> {
    fn draw_words<B: DrawingBackend>(&self, area: &Area<B>) -> Drawn<B> {
        let (chart, frame) = (self.chart, &self.frame);
        let mut room = WIDTH as f64 - 2.0 * MARGIN;
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
            Ok(match (self.until, line.head()) {
                (Some(_), Some(&(_, y))) => format!("{}  {}", line.name, reading(y, self.y.high)),
                _ => line.name.clone(),
            })
        })?;
        if self.lines.iter().all(|line| line.pieces.iter().all(|piece| piece.is_empty())) {
            let place = ((frame.left + frame.right) / 2.0, (frame.top + frame.bottom) / 2.0);
            write(area, "no points to show", place, LABEL_SIZE, HPos::Center, TEXT)?;
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
    Axis::over(ys, &chart.y, Room::Down(if chart.y.log { 8 } else { 6 }))
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
