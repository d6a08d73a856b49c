//! The names of curves or bars, in rows above the chart.

use plotters::element::DashedPathElement;
use plotters::prelude::*;
use plotters::style::text_anchor::HPos;

use super::canvas::{Area, Drawn, MARGIN, RIGHT, at, rectangle, stroke, units, write};
use super::curve::Style;
use super::font;
use super::line::{Line, Point};
use super::palette::{DARK, pale};

pub(super) const SIZE: f64 = 13.0;
pub(super) const ROW: f64 = 21.0;
const TOP: f64 = MARGIN + 18.0;
/// Names that need more rows are only counted.
const MOST_ROWS: usize = 12;
/// The width of the sample of a curve, and where its name begins.
pub(super) const SAMPLE: f64 = 24.0;
const NAME: f64 = SAMPLE + 7.0;

/// Where names stand.
pub(super) struct Legend {
    /// The number of a curve, and where its entry begins, on the baseline.
    entries: Vec<(usize, Point)>,
    pub(super) rows: usize,
    left_out: usize,
}

impl Legend {
    /// The names that are not empty, with `room` for a value behind each.
    pub(super) fn new(names: impl Iterator<Item = String>, room: f64) -> Legend {
        let mut legend = Legend { entries: Vec::new(), rows: 0, left_out: 0 };
        let mut x = RIGHT;
        for (index, name) in names.enumerate().filter(|(_, name)| !name.is_empty()) {
            // Viewers that lack the font take another one, which may be wider.
            let width = 1.04 * (NAME + font::width(&name, SIZE) + room);
            if legend.rows == 0 || x + width > RIGHT {
                (legend.rows, x) = (legend.rows + 1, MARGIN);
            }
            match legend.rows <= MOST_ROWS {
                true => legend.entries.push((index, (x, TOP + legend.rows as f64 * ROW))),
                false => legend.left_out += 1,
            }
            x += width + 20.0;
        }
        legend.rows = legend.rows.min(MOST_ROWS + 1);
        legend
    }

    /// `sample(index, place)` draws the sample of a curve and returns its name.
    pub(super) fn draw(
        &self,
        area: &Area,
        sample: impl Fn(usize, Point) -> Drawn<String>,
    ) -> Drawn {
        for &(index, (x, y)) in &self.entries {
            let name = sample(index, (x, y - 0.34 * SIZE))?;
            let name = font::fit(&name, SIZE, RIGHT - x - NAME);
            write(area, &name, (x + NAME, y), SIZE, HPos::Left, DARK)?;
        }
        if self.left_out > 0 {
            let text = format!("and {} more", self.left_out);
            let place = (MARGIN, TOP + self.rows as f64 * ROW);
            write(area, &text, place, SIZE, HPos::Left, DARK)?;
        }
        Ok(())
    }
}

/// What a curve looks like, in the legend.
pub(super) fn draw_sample(area: &Area, line: &Line, (x, y): Point) -> Drawn {
    let block = |half: f64, part: f64| {
        rectangle((x, y - half), (x + SAMPLE, y + half), pale(line.colour, part))
    };
    if !line.bands.is_empty() {
        area.draw(&block(6.0, 0.18))?;
    }
    if !line.raw.is_empty() {
        area.draw(&block(4.0, 0.3))?;
    }
    let style = match line.is_faint() {
        true => stroke(pale(line.colour, 0.4), 2.0),
        false => stroke(line.colour, 2.5),
    };
    let ends = [at((x, y)), at((x + SAMPLE, y))];
    if line.dashed {
        area.draw(&DashedPathElement::new(ends, units(6.0), units(3.0), style))?;
    } else if line.curve.style != Style::Dots {
        area.draw(&PathElement::new(ends, style))?;
    }
    if line.has_dots() {
        let centre = at((x + SAMPLE / 2.0, y));
        area.draw(&Circle::new(centre, units(3.5), style.filled()))?;
    }
    Ok(())
}
