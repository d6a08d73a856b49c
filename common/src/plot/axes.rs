//! Two axes on the paper, and the mesh between them.

use std::ops::Range;

use plotters::chart::ChartContext;
use plotters::coord::cartesian::Cartesian2d;
use plotters::coord::ranged1d::{DefaultFormatting, KeyPointHint, Ranged};
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;

use super::canvas::{Area, Drawn, MARGIN, SMALL, WIDTH, stroke, text_style, units};
use super::chart::Scale;
use super::font;
use super::palette::{FINE_GRID, GRID, LINE, TEXT};
use super::ticks::{self, Tick};

/// In pixels, or in places of both axes from 0 to 1.
pub(super) type Point = (f64, f64);

/// plotters' chart of places from 0 to 1.
pub(super) type Series<'a, 'b> = ChartContext<'a, SVGBackend<'b>, Cartesian2d<Axis, Axis>>;

/// The room for ticks and label under the x axis.
pub(super) const BELOW: f64 = 54.0;

/// Two axes, and the rectangle between them in pixels.
pub(super) struct Axes {
    pub(super) x: Axis,
    pub(super) y: Axis,
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) right: f64,
    pub(super) bottom: f64,
}

impl Axes {
    pub(super) fn new((x, y): (Axis, Axis), top: f64, right: f64, height: f64) -> Axes {
        let left = MARGIN + y.label_width() + 8.0;
        Axes { x, y, left, top, right, bottom: top + height }
    }

    pub(super) fn width(&self) -> f64 {
        self.right - self.left
    }

    pub(super) fn place(&self, (x, y): Point) -> Option<Point> {
        Some((self.x.place(x)?, self.y.place(y)?))
    }

    /// The pixel at a place of both axes.
    pub(super) fn pixel(&self, (x, y): Point) -> Point {
        (self.left + x * self.width(), self.bottom - y * (self.bottom - self.top))
    }

    /// Draws the mesh and the labels, ready for series.
    pub(super) fn draw<'a, 'b>(
        &self,
        area: &'a Area<'b>,
        x_label: &str,
        horizontal_lines: bool,
    ) -> Drawn<Series<'a, 'b>> {
        let mut chart = ChartBuilder::on(area)
            .margin_top(units(self.top))
            .margin_right(units(WIDTH - self.right))
            .margin_bottom(units(10.0))
            .x_label_area_size(units(BELOW - 10.0))
            .y_label_area_size(units(self.left))
            .build_cartesian_2d(self.x.clone(), self.y.clone())?;
        let mut mesh = chart.configure_mesh();
        if !horizontal_lines {
            mesh.disable_y_mesh();
        }
        mesh.axis_style(stroke(GRID, 1.0))
            .bold_line_style(stroke(GRID, 1.0))
            .light_line_style(stroke(FINE_GRID, 1.0))
            .label_style(text_style(SMALL, TEXT))
            .set_all_tick_mark_size(units(4.0))
            // plotters centres small letters; digits are taller.
            .y_label_offset(units(1.0))
            .x_label_formatter(&|&place| self.x.label(place))
            .y_label_formatter(&|&place| self.y.label(place))
            .x_desc(font::fit(x_label, SMALL, self.width()))
            .draw()?;
        chart.draw_series(LineSeries::new([(0.0, 0.0), (1.0, 0.0)], stroke(LINE, 1.25)))?;
        Ok(chart)
    }
}

/// A range of numbers, finite and not empty, and the places and labels of its ticks.
#[derive(Clone)]
pub(super) struct Axis {
    /// Both ends, or their logarithms.
    low: f64,
    high: f64,
    log: bool,
    pub(super) ticks: Vec<Tick>,
}

impl Axis {
    /// An axis from 0 to 1.
    pub(super) fn with_ticks(ticks: Vec<Tick>) -> Axis {
        Axis { low: 0.0, high: 1.0, log: false, ticks }
    }

    /// An axis over `values`, of which those that it cannot show are ignored, with about `most`
    /// ticks. If the next tick is not farther than `reach` steps, the axis goes on to it.
    pub(super) fn over(
        values: impl Iterator<Item = f64>,
        scale: &Scale,
        most: usize,
        reach: f64,
    ) -> Axis {
        let values = values.filter(|&value| scale.shows(value)).map(|value| (value, value));
        let data = values.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
        let (log, range) = (scale.log, scale.range());
        let empty = if log { (1.0, 10.0) } else { (0.0, 1.0) };
        let (mut low, mut high) = range.or(data).unwrap_or(empty);
        let starts_at_zero = scale.from_zero || low <= 0.05 * high;
        if range.is_none() && !log && low >= 0.0 && starts_at_zero {
            low = 0.0;
        }
        // Wide enough to be divided.
        let size = low.abs().max(high.abs());
        if high - low <= (size * 1e-9).max(1e-300) {
            let margin = if size >= 1e-300 { size * 0.1 } else { 1.0 };
            (low, high) = (low - margin, high + margin);
        }
        let step = ticks::step(low, high, most);
        if range.is_none() && !log {
            let under = (low / step + 1e-9).floor() * step;
            let over = (high / step - 1e-9).ceil() * step;
            low = if low - under <= reach * step { under } else { low };
            high = if over - high <= reach * step { over } else { high };
        }
        let (low_end, high_end) = if log { (low.ln(), high.ln()) } else { (low, high) };
        let mut axis = Axis { low: low_end, high: high_end, log, ticks: Vec::new() };
        let ticks = match log {
            true => ticks::logarithmic(low, high, most),
            false => ticks::linear(low, high, step),
        };
        let place = |(value, label): Tick| Some((axis.place(value)?, label));
        axis.ticks = ticks.into_iter().filter_map(place).collect();
        axis
    }

    /// Where `value` stands, 0 at the beginning of the axis and 1 at its end; beyond for
    /// values outside. None for what has no place.
    pub(super) fn place(&self, value: f64) -> Option<f64> {
        let value = if self.log { value.ln() } else { value };
        // Farther out a line is the same line, and products stay finite.
        let place = ((value - self.low) / (self.high - self.low)).clamp(-1e4, 1e4);
        value.is_finite().then_some(place)
    }

    /// The inverse of `place`.
    pub(super) fn value(&self, place: f64) -> f64 {
        let value = self.low + place * (self.high - self.low);
        if self.log { value.exp() } else { value }
    }

    /// The width of the widest label.
    pub(super) fn label_width(&self) -> f64 {
        self.ticks.iter().map(|(_, label)| font::width(label, SMALL)).fold(0.0, f64::max)
    }

    pub(super) fn label(&self, place: f64) -> String {
        let tick = self.ticks.iter().find(|tick| tick.0 == place);
        tick.map_or_else(String::new, |tick| tick.1.clone())
    }
}

/// plotters' coordinate for places, with our ticks.
impl Ranged for Axis {
    type FormatOption = DefaultFormatting;
    type ValueType = f64;

    fn map(&self, place: &f64, limit: (i32, i32)) -> i32 {
        RangedCoordf64::from(0.0..1.0).map(place, limit)
    }

    fn key_points<H: KeyPointHint>(&self, hint: H) -> Vec<f64> {
        let fine = hint.weight().allow_light_points();
        let ticks = self.ticks.iter().filter(|(_, label)| label.is_empty() == fine);
        ticks.map(|tick| tick.0).collect()
    }

    fn range(&self) -> Range<f64> {
        0.0..1.0
    }
}
