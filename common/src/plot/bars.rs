//! A horizontal bar chart on a logarithmic axis.

use std::path::Path;

use plotters::prelude::*;
use plotters::style::text_anchor::HPos;

use super::axis::{Axis, Frame, TICK_SIZE, draw_axes};
use super::canvas::{self, MARGIN, RIGHT, WIDTH, rectangle, stroke, units, write};
use super::chart::Chart;
use super::font;
use super::legend::{Legend, ROW, SAMPLE};
use super::line_plot::{TITLE, TITLE_SIZE};
use super::output;
use super::palette::{Colour, DARK};
use super::ticks::{Tick, grouped};
use crate::Result;

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
pub fn bars(stem: &Path, bars: &Bars) -> Result {
    let scale = Chart::new("", "", "").log_x().x;
    let reference = bars.reference.iter().map(|&(_, value)| value);
    let values = bars.series.iter().flat_map(|(_, values)| values).copied().chain(reference);
    let values: Vec<f64> = values.filter(|&value| scale.shows(value)).collect();
    // A round number, so much smaller that even the shortest bar has a length.
    let least = values.iter().copied().fold(f64::INFINITY, f64::min).clamp(1e-299, 1e299) / 1.5;
    let decade = 10_f64.powf(least.log10().floor());
    let round = [5.0, 2.0].into_iter().find(|round| round * decade <= least).unwrap_or(1.0);
    let ends = values.iter().copied().chain(values.first().map(|_| round * decade));

    let rows = bars.rows.iter().map(|row| font::fit(row, TICK_SIZE, 280.0));
    let count = bars.rows.len().max(1) as f64;
    let ticks: Vec<Tick> = rows.enumerate().map(|(k, row)| (count - k as f64 - 0.5, row)).collect();
    // A single series needs no name.
    let named = if bars.series.len() > 1 { &bars.series[..] } else { &[] };
    let legend = Legend::new(named.iter().map(|(name, _)| name.clone()), 0.0);
    let words = if bars.reference.is_some() { 24.0 } else { 0.0 };
    let top = TITLE + 18.0 + legend.rows as f64 * ROW + words;
    let widest = |width: f64, text: &str| width.max(font::width(text, TICK_SIZE));
    let texts = values.iter().map(|&value| with_unit(value, &bars.unit));
    let frame = Frame {
        left: MARGIN + ticks.iter().fold(0.0, |width, tick| widest(width, &tick.1)) + 8.0,
        top,
        right: RIGHT - 10.0 - texts.fold(0.0, |width, text| widest(width, &text)),
        bottom: top + (BAR * bars.series.len().max(1) as f64 + GAP) * count,
    };
    let x = Axis::over(ends, &scale, Some(frame.width()));
    let y = Axis { low: 0.0, high: count, log: false, ticks };
    let svg = canvas::svg((WIDTH, frame.bottom + 54.0), &bars.title, |area| {
        let mut axes = draw_axes(area, &frame, (&x, &y), &bars.x_label, false)?;
        for (series, (_, values)) in bars.series.iter().enumerate() {
            for (k, &value) in values.iter().take(bars.rows.len()).enumerate() {
                let Some(end) = x.place(value) else { continue };
                let top = frame.top + k as f64 * frame.height() / y.high;
                let top = top + GAP / 2.0 + BAR * series as f64;
                let end = frame.pixel((end, 0.0)).0;
                area.draw(&rectangle((frame.left, top), (end, top + BAR - 1.5), colour(series)))?;
                let (text, place) = (with_unit(value, &bars.unit), (end + 6.0, top + 0.75 * BAR));
                write(area, &text, place, TICK_SIZE, HPos::Left, DARK)?;
            }
        }
        if let Some((words, value)) = &bars.reference
            && let Some(x) = x.place(*value)
        {
            let (grey, line) = (Colour::Grey.rgb(), [(x, 1.0), (x, 0.0)]);
            let style = stroke(grey, 1.5);
            axes.draw_series(DashedLineSeries::new(line, units(7.0), units(4.5), style))?;
            let words = font::fit(words, TICK_SIZE, RIGHT - MARGIN);
            let half = font::width(&words, TICK_SIZE) / 2.0;
            let middle = frame.pixel((x, 0.0)).0.min(RIGHT - half).max(MARGIN + half);
            write(area, &words, (middle, frame.top - 6.0), TICK_SIZE, HPos::Center, grey)?;
        }
        let title = font::fit(&bars.title, TITLE_SIZE, RIGHT - MARGIN);
        write(area, &title, (MARGIN, TITLE), TITLE_SIZE, HPos::Left, DARK)?;
        legend.draw(area, |series, (x, y)| {
            area.draw(&rectangle((x, y - 5.0), (x + SAMPLE, y + 5.0), colour(series)))?;
            Ok(bars.series[series].0.clone())
        })
    });
    output::svg_and_png(stem, svg)
}

fn colour(series: usize) -> RGBColor {
    [Colour::Blue, Colour::Cyan, Colour::Orange][series % 3].rgb()
}

/// Two digits that count, and the unit.
fn with_unit(value: f64, unit: &str) -> String {
    let decimals = 1.0 - value.log10().floor();
    let number = match decimals {
        -6.0..=6.0 => format!("{value:.*}", decimals.max(0.0) as usize),
        _ => format!("{value:.1e}"),
    };
    format!("{} {unit}", grouped(&number))
}
