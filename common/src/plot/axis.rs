//! An axis, and the mesh of two of them on plotters' coordinates.

use std::ops::Range;

use plotters::chart::ChartContext;
use plotters::coord::cartesian::Cartesian2d;
use plotters::coord::ranged1d::{DefaultFormatting, KeyPointHint, Ranged};
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;

use super::canvas::{Area, Drawn, stroke, text_style, units};
use super::chart::Scale;
use super::font;
use super::palette::{FINE_GRID, GRID, LINE, TEXT};
use super::ticks::{self, Tick};

pub(super) const TICK_SIZE: f64 = 12.0;
pub(super) const LABEL_SIZE: f64 = 12.5;

/// A range of numbers, finite and not empty, and its ticks.
#[derive(Clone)]
pub(super) struct Axis {
    pub(super) low: f64,
    pub(super) high: f64,
    pub(super) log: bool,
    pub(super) ticks: Vec<Tick>,
}

impl Axis {
    /// An axis over `values`, of which those that it cannot show are ignored. Its labels stand
    /// side by side over `length` pixels, or above one another.
    pub(super) fn over(
        values: impl Iterator<Item = f64>,
        scale: &Scale,
        length: Option<f64>,
    ) -> Axis {
        let (log, fixed) = (scale.log, scale.range().is_some());
        let values = values.filter(|&value| scale.shows(value)).map(|value| (value, value));
        let data = values.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
        let empty = if log { (1.0, 10.0) } else { (0.0, 1.0) };
        let (mut low, high) = scale.range().or(data).unwrap_or(empty);
        if !fixed && !log && low >= 0.0 && (scale.from_zero || low <= 0.05 * high) {
            low = 0.0;
        }
        let (low, high) = widened(low, high, log);
        // An axis that nearly reaches a tick goes on to it, the y axis always.
        let reach = if length.is_some() { 0.1 } else { 1.0 };
        let reach = if fixed { 1e-9 } else { reach };
        let axis = |most: usize| {
            if log {
                return Axis { low, high, log, ticks: ticks::logarithmic(low, high, most) };
            }
            let step = ticks::step(low, high, most);
            let (under, over) = ((low / step + 1e-9).floor(), (high / step - 1e-9).ceil());
            let low = if low / step - under <= reach { under * step } else { low };
            let high = if over - high / step <= reach { over * step } else { high };
            Axis { low, high, log, ticks: ticks::linear(low, high, step) }
        };
        let Some(length) = length else { return axis(if log { 8 } else { 6 }) };
        let fitting = (2..=10).rev().map(axis).find(|axis| axis.labels_fit(length));
        fitting.unwrap_or_else(|| axis(1))
    }

    fn labels_fit(&self, length: f64) -> bool {
        let mut end = f64::NEG_INFINITY;
        self.ticks.iter().filter(|(_, label)| !label.is_empty()).all(|(value, label)| {
            let half = font::width(label, TICK_SIZE) / 2.0;
            let middle = self.place(*value).unwrap_or(0.0) * length;
            let free = middle - half >= end;
            end = middle + half + 14.0;
            free
        })
    }

    /// Where `value` stands, 0 at the beginning of the axis and 1 at its end; beyond for
    /// values outside. None for what has no place.
    pub(super) fn place(&self, value: f64) -> Option<f64> {
        // A rounded axis may end a little beyond the largest number that it shows.
        if !(value.abs() <= 8e300 && (!self.log || value >= 1e-301)) {
            return None;
        }
        let scaled = |value: f64| if self.log { value.ln() } else { value };
        let (low, high) = (scaled(self.low), scaled(self.high));
        // Farther out a line is the same line, and products stay finite.
        Some(((scaled(value) - low) / (high - low)).clamp(-1e4, 1e4))
    }

    /// The inverse of `place`.
    pub(super) fn value(&self, place: f64) -> f64 {
        match self.log {
            true => (self.low.ln() + place * (self.high.ln() - self.low.ln())).exp(),
            false => self.low + place * (self.high - self.low),
        }
    }

    fn label(&self, place: f64) -> String {
        let tick = self.ticks.iter().find(|tick| self.place(tick.0) == Some(place));
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
        let ticks = self.ticks.iter().filter(|(_, label)| fine || !label.is_empty());
        ticks.filter_map(|tick| self.place(tick.0)).collect()
    }

    fn range(&self) -> Range<f64> {
        0.0..1.0
    }
}

/// A range that is wide enough to be divided.
fn widened(low: f64, high: f64, log: bool) -> (f64, f64) {
    let size = low.abs().max(high.abs());
    match log {
        true if high / low > 1.001 => (low, high),
        true => (low / 3.0, high * 3.0),
        false if high - low > size * 1e-9 && high - low > 1e-300 => (low, high),
        false if size > 1e-300 => (low - size * 0.1, high + size * 0.1),
        false => (low - 1.0, high + 1.0),
    }
}

/// The rectangle of the curves, in pixels.
#[derive(Clone, Copy)]
pub(super) struct Frame {
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) right: f64,
    pub(super) bottom: f64,
}

impl Frame {
    pub(super) fn width(&self) -> f64 {
        self.right - self.left
    }

    pub(super) fn height(&self) -> f64 {
        self.bottom - self.top
    }

    /// The pixel at a place of both axes.
    pub(super) fn pixel(&self, (x, y): (f64, f64)) -> (f64, f64) {
        (self.left + x * self.width(), self.bottom - y * self.height())
    }
}

/// The mesh and the labels of two axes, ready for points in places of both, 0 to 1.
pub(super) fn draw_axes<'a, 'b>(
    area: &'a Area<'b>,
    frame: &Frame,
    (x, y): (&Axis, &Axis),
    x_label: &str,
    horizontal_lines: bool,
) -> Drawn<ChartContext<'a, SVGBackend<'b>, Cartesian2d<Axis, Axis>>> {
    const BELOW: i32 = 40; // 10 pixels
    let (width, height) = area.dim_in_pixel();
    let mut axes = ChartBuilder::on(area)
        .margin_top(units(frame.top))
        .margin_right(width as i32 - units(frame.right))
        .margin_bottom(BELOW)
        .x_label_area_size(height as i32 - units(frame.bottom) - BELOW)
        .y_label_area_size(units(frame.left))
        .build_cartesian_2d(x.clone(), y.clone())?;
    let mut mesh = axes.configure_mesh();
    if !horizontal_lines {
        mesh.disable_y_mesh();
    }
    mesh.axis_style(stroke(GRID, 1.0))
        .bold_line_style(stroke(GRID, 1.0))
        .light_line_style(stroke(FINE_GRID, 1.0))
        .label_style(text_style(TICK_SIZE, TEXT))
        .axis_desc_style(text_style(LABEL_SIZE, TEXT))
        .set_all_tick_mark_size(units(4.0))
        // plotters centres small letters; digits are taller.
        .y_label_offset(units(1.0))
        .x_label_formatter(&|&place| x.label(place))
        .y_label_formatter(&|&place| y.label(place))
        .x_desc(font::fit(x_label, LABEL_SIZE, frame.width()))
        .draw()?;
    axes.draw_series(LineSeries::new([(0.0, 0.0), (1.0, 0.0)], stroke(LINE, 1.25)))?;
    Ok(axes)
}
