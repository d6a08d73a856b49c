//! A horizontal bar chart on a logarithmic axis.

use std::iter::once;
use std::path::Path;

use plotters::prelude::*;
use plotters::style::text_anchor::HPos;

use super::axis::{Axis, Frame, Room, TICK_SIZE, draw_axes};
use super::canvas::{Area, Drawn, Picture, at, stroke, units, write};
use super::chart::Chart;
use super::font;
use super::legend::{Legend, ROW, SAMPLE};
use super::line_plot::{MARGIN, TITLE, TITLE_SIZE, WIDTH};
use super::output;
use super::palette::{Colour, DARK};
use super::ticks::{Tick, grouped};
use crate::Result;

const COLOURS: [Colour; 3] = [Colour::Blue, Colour::Cyan, Colour::Orange];
/// The height of a bar, and the gap between two rows.
const BAR: f64 = 16.0;
const GAP: f64 = 12.0;

/// What a bar chart shows: `rows` from top to bottom, each with a bar of every series.
#[derive(Clone, Debug)]
pub struct Bars {
    /// Over everything.
    pub title: String,
    /// Of the values, "ms", as it stands behind them.
    pub unit: String,
    /// Under the axis.
    pub x_label: String,
    /// The name of each row, at its left.
    pub rows: Vec<String>,
    /// The name of each series and its values, one a row: NaN where there is none.
    pub series: Vec<(String, Vec<f64>)>,
    /// Words and a value, for a dashed line across all rows.
    pub reference: Option<(String, f64)>,
}

/// Draws a bar for each positive value, with the value written at its end, into `stem`.svg and
/// `stem`.png.
///
/// # Errors
/// If a file cannot be written; the message names it.
pub fn bars(stem: &Path, bars: &Bars) -> Result {
    let scale = Chart::new("", "", "").log_x().x;
    let words = bars.reference.iter().map(|&(_, value)| value);
    let values = bars.series.iter().flat_map(|(_, values)| values).copied().chain(words);
    let values: Vec<f64> = values.filter(|&value| scale.shows(value)).collect();
    // A round number, so much smaller that even the shortest bar has a length.
    let least = values.iter().copied().fold(f64::INFINITY, f64::min).clamp(1e-299, 1e299) / 1.5;
    let decade = 10_f64.powf(least.log10().floor());
    let round = [5.0, 2.0].into_iter().find(|round| round * decade <= least).unwrap_or(1.0);
    let least = round * decade;

    let width = |text: &String| font::width(text, TICK_SIZE);
    let rows: Vec<String> = bars.rows.iter().map(|row| font::fit(row, TICK_SIZE, 280.0)).collect();
    let text = |&value: &f64| width(&with_unit(value, &bars.unit));
    let right = WIDTH as f64 - MARGIN;
    let names = match bars.series.len() {
        0 | 1 => Vec::new(), // a single series needs no name
        _ => bars.series.iter().map(|(name, _)| name.as_str()).collect(),
    };
    let legend = Legend::new(names.into_iter(), (MARGIN, MARGIN + 18.0), right, 0.0);
    let words = if bars.reference.is_some() { 24.0 } else { 0.0 };
    let top = TITLE + 18.0 + legend.rows as f64 * ROW + words;
    let row = BAR * bars.series.len().max(1) as f64 + GAP;
    let frame = Frame {
        left: MARGIN + rows.iter().map(width).fold(0.0, f64::max) + 8.0,
        top,
        right: right - 10.0 - values.iter().map(text).fold(0.0, f64::max),
        bottom: top + row * rows.len().max(1) as f64,
    };
    let count = rows.len().max(1) as f64;
    let tick = |(k, name): (usize, &String)| Tick {
        value: count - k as f64 - 0.5,
        label: Some(name.clone()),
    };
    let ticks = rows.iter().enumerate().map(tick).collect();
    let y = Axis { low: 0.0, high: count, log: false, ticks };
    let ends = values.iter().copied().chain(values.first().map(|_| least));
    let x = Axis::over(ends, &scale, Room::Across(frame.width()));
    output::svg_and_png(stem, &BarPlot { bars, x, y, frame, legend })
}

struct BarPlot<'a> {
    bars: &'a Bars,
    x: Axis,
    y: Axis,
    frame: Frame,
    legend: Legend,
}

impl Picture for BarPlot<'_> {
    fn size(&self) -> (usize, usize) {
        (WIDTH, self.frame.bottom as usize + 54)
    }

    fn title(&self) -> &str {
        &self.bars.title
    }

    fn draw<B: DrawingBackend>(&self, area: &Area<B>) -> Drawn<B> {
        let (bars, frame) = (self.bars, &self.frame);
        let mut axes = draw_axes(area, frame, (&self.x, &self.y), &bars.x_label, false)?;
        let row = frame.height() / self.y.high;
        let pixel = |value| frame.left + self.x.place(value).unwrap_or(0.0) * frame.width();
        for (series, (_, values)) in bars.series.iter().enumerate() {
            let colour = COLOURS[series % COLOURS.len()].rgb();
            for (k, &value) in values.iter().take(bars.rows.len()).enumerate() {
                if self.x.place(value).is_none() {
                    continue;
                }
                let top = GAP / 2.0 + BAR * series as f64;
                let y = |down: f64| self.y.high - k as f64 - (top + down) / row;
                let corners = [(self.x.low, y(0.0)), (value, y(BAR - 1.5))];
                axes.draw_series(once(Rectangle::new(corners, colour.filled())))?;
                let baseline = frame.top + k as f64 * row + top + 0.75 * BAR;
                let text = with_unit(value, &bars.unit);
                write(area, &text, (pixel(value) + 6.0, baseline), TICK_SIZE, HPos::Left, DARK)?;
            }
        }
        if let Some((words, value)) = &bars.reference
            && self.x.place(*value).is_some()
        {
            let grey = Colour::Grey.rgb();
            let line = [(*value, self.y.high), (*value, 0.0)];
            let style = stroke(grey, 1.5);
            axes.draw_series(DashedLineSeries::new(line, units(7.0), units(4.5), style))?;
            let words = font::fit(words, TICK_SIZE, WIDTH as f64 - 2.0 * MARGIN);
            let half = font::width(&words, TICK_SIZE) / 2.0;
            let middle = pixel(*value).min(WIDTH as f64 - MARGIN - half).max(MARGIN + half);
            write(area, &words, (middle, frame.top - 6.0), TICK_SIZE, HPos::Center, grey)?;
        }
        let title = font::fit(&bars.title, TITLE_SIZE, WIDTH as f64 - 2.0 * MARGIN);
        write(area, &title, (MARGIN, TITLE), TITLE_SIZE, HPos::Left, DARK)?;
        self.legend.draw(area, |series, (x, y)| {
            let corners = [at((x, y - 5.0)), at((x + SAMPLE, y + 5.0))];
            let colour = COLOURS[series % COLOURS.len()].rgb();
            area.draw(&Rectangle::new(corners, colour.filled()))?;
            Ok(bars.series[series].0.clone())
        })
    }
}

/// Two digits that count, and the unit.
fn with_unit(value: f64, unit: &str) -> String {
    let decimals = 1.0 - value.log10().floor();
    match decimals {
        -6.0..=6.0 => {
            format!("{} {unit}", grouped(&format!("{value:.*}", decimals.max(0.0) as usize)))
        }
        _ => format!("{} {unit}", grouped(&format!("{value:.1e}"))),
    }
}
