//! A horizontal bar chart on a logarithmic axis.

use std::path::Path;

use plotters::prelude::*;
use plotters::style::text_anchor::HPos;

use super::axes::{Axes, Axis, BELOW};
use super::canvas::{self, MARGIN, RIGHT, SMALL, WIDTH, rectangle, stroke, units, write};
use super::chart::Chart;
use super::font;
use super::legend::Legend;
use super::output;
use super::palette::{Colour, DARK};
use super::ticks::rounded;
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
    // Even the shortest bar has a length.
    let start = values.iter().copied().reduce(f64::min).map(|least| least / 1.5);
    let texts = values.iter().map(|&value| font::width(&with_unit(value, &bars.unit), SMALL));
    let right = RIGHT - 10.0 - texts.fold(0.0, f64::max);
    let x = Axis::over(values.iter().copied().chain(start), &scale, 8, 0.0);

    let (rows, series) = (bars.rows.len().max(1) as f64, bars.series.len().max(1) as f64);
    let middle = |k: usize| 1.0 - (k as f64 + 0.5) / rows;
    let names = bars.rows.iter().map(|row| font::fit(row, SMALL, 240.0));
    let y = Axis::with_ticks(names.enumerate().map(|(k, name)| (middle(k), name)).collect());

    // A single series needs no name.
    let named = if bars.series.len() > 1 { &bars.series[..] } else { &[] };
    let legend = Legend::new(named.iter().map(|(name, _)| name.clone()), 0.0);
    let top = legend.bottom + if bars.reference.is_some() { 38.0 } else { 14.0 };
    let pitch = BAR * series + GAP;
    let axes = Axes::new((x, y), top, right, pitch * rows);
    let svg = canvas::svg((WIDTH, axes.bottom + BELOW), &bars.title, |area| {
        let mut chart = axes.draw(area, &bars.x_label, false)?;
        for (series, (_, values)) in bars.series.iter().enumerate() {
            for (k, &value) in values.iter().take(bars.rows.len()).enumerate() {
                let Some(end) = axes.x.place(value).filter(|_| scale.shows(value)) else {
                    continue;
                };
                let top = axes.top + pitch * k as f64 + GAP / 2.0 + BAR * series as f64;
                let end = axes.pixel((end, 0.0)).0;
                area.draw(&rectangle((axes.left, top), (end, top + BAR - 1.5), colour(series)))?;
                let (text, place) = (with_unit(value, &bars.unit), (end + 6.0, top + 0.75 * BAR));
                write(area, &text, place, SMALL, HPos::Left, DARK)?;
            }
        }
        if let Some((words, value)) = &bars.reference
            && let Some(x) = axes.x.place(*value)
        {
            let (grey, line) = (Colour::Grey.rgb(), [(x, 1.0), (x, 0.0)]);
            let style = stroke(grey, 1.5);
            chart.draw_series(DashedLineSeries::new(line, units(7.0), units(4.5), style))?;
            let words = font::fit(words, SMALL, RIGHT - MARGIN);
            let half = font::width(&words, SMALL) / 2.0;
            let middle = axes.pixel((x, 0.0)).0.min(RIGHT - half).max(MARGIN + half);
            write(area, &words, (middle, axes.top - 6.0), SMALL, HPos::Center, grey)?;
        }
        legend.draw(area, |series, sample| {
            sample.fill(&colour(series))?;
            Ok(bars.series[series].0.clone())
        })
    });
    output::svg_and_png(stem, svg)
}

fn colour(series: usize) -> RGBColor {
    [Colour::Blue, Colour::Cyan, Colour::Orange][series % 3].rgb()
}

fn with_unit(value: f64, unit: &str) -> String {
    format!("{} {unit}", rounded(value, value, 2))
}
