//! Names of curves: in rows above the chart, and those of reference lines on the lines.

use plotters::element::DashedPathElement;
use plotters::prelude::*;
use plotters::style::text_anchor::HPos;

use super::axis::{Frame, TICK_SIZE};
use super::canvas::{Area, Drawn, at, stroke, units, write};
use super::curve::Style;
use super::font;
use super::line::{Line, Point};
use super::palette::{DARK, pale};

pub(super) const SIZE: f64 = 13.0;
pub(super) const ROW: f64 = 21.0;
/// Names that need more rows are only counted.
const MOST_ROWS: usize = 12;
/// The width of the sample of a curve, and where its name begins.
pub(super) const SAMPLE: f64 = 24.0;
const NAME: f64 = SAMPLE + 7.0;

/// Where names stand.
pub(super) struct Legend {
    /// The number of a curve, and where its entry begins, on the baseline.
    entries: Vec<(usize, Point)>,
    right: f64,
    pub(super) rows: usize,
    /// How many names have no place, and where that is written.
    left_out: usize,
    last_row: Point,
}

impl Legend {
    /// The names that are not empty, in rows from `left` to `right` below `top`, with `room`
    /// for a value behind each.
    pub(super) fn new<'a>(
        names: impl Iterator<Item = &'a str>,
        (left, top): Point,
        right: f64,
        room: f64,
    ) -> Legend {
        let last_row = (left, top + (MOST_ROWS + 1) as f64 * ROW);
        let mut legend = Legend { entries: Vec::new(), right, rows: 0, left_out: 0, last_row };
        let mut x = right;
        for (index, name) in names.enumerate().filter(|(_, name)| !name.is_empty()) {
            // Viewers that lack the font take another one, which may be wider.
            let width = 1.04 * (NAME + font::width(name, SIZE) + room);
            if legend.rows == 0 || x + width > right {
                (legend.rows, x) = (legend.rows + 1, left);
            }
            match legend.rows <= MOST_ROWS {
                true => legend.entries.push((index, (x, top + legend.rows as f64 * ROW))),
                false => legend.left_out += 1,
            }
            x += width + 20.0;
        }
        legend.rows = legend.rows.min(MOST_ROWS + 1);
        legend
    }

    /// `sample(index, place)` draws the sample of a curve and returns its name.
    pub(super) fn draw<B: DrawingBackend>(
        &self,
        area: &Area<B>,
        sample: impl Fn(usize, Point) -> Drawn<B, String>,
    ) -> Drawn<B> {
        for &(index, (x, y)) in &self.entries {
            let name = sample(index, (x, y - 0.34 * SIZE))?;
            let name = font::fit(&name, SIZE, self.right - x - NAME);
            write(area, &name, (x + NAME, y), SIZE, HPos::Left, DARK)?;
        }
        if self.left_out > 0 {
            let text = format!("and {} more", self.left_out);
            write(area, &text, self.last_row, SIZE, HPos::Left, DARK)?;
        }
        Ok(())
    }
}

/// What a curve looks like, in the legend.
pub(super) fn draw_sample<B: DrawingBackend>(
    area: &Area<B>,
    line: &Line,
    (x, y): Point,
) -> Drawn<B> {
    let block = |half: f64, colour: RGBColor| {
        Rectangle::new([at((x, y - half)), at((x + SAMPLE, y + half))], colour.filled())
    };
    if !line.bands.is_empty() {
        area.draw(&block(6.0, pale(line.colour, 0.18)))?;
    }
    if !line.raw.is_empty() {
        area.draw(&block(4.0, pale(line.colour, 0.3)))?;
    }
    let style = match line.faint {
        true => stroke(pale(line.colour, 0.4), 2.0),
        false => stroke(line.colour, 2.5),
    };
    let ends = [at((x, y)), at((x + SAMPLE, y))];
    if line.dashed {
        area.draw(&DashedPathElement::new(ends, units(6.0), units(3.0), style))?;
    } else if line.style != Style::Dots {
        area.draw(&PathElement::new(ends, style))?;
    }
    if line.has_dots() {
        let centre = at((x + SAMPLE / 2.0, y));
        area.draw(&Circle::new(centre, units(3.5), style.filled()))?;
    }
    Ok(())
}

/// The places for names of reference lines that are free of `curves` and of one another.
pub(super) struct LevelNames {
    pub(super) frame: Frame,
    /// Points on all curves, close together.
    pub(super) curves: Vec<Point>,
    pub(super) taken: Vec<Frame>,
}

impl LevelNames {
    /// Writes `name` on its line at height `y`, where it covers least.
    pub(super) fn draw<B: DrawingBackend>(
        &mut self,
        area: &Area<B>,
        name: &str,
        y: f64,
        colour: RGBColor,
    ) -> Drawn<B> {
        let name = font::fit(name, TICK_SIZE, self.frame.width() - 20.0);
        if name.is_empty() {
            return Ok(());
        }
        let width = font::width(&name, TICK_SIZE);
        let places = (0..=8).rev().flat_map(|k| {
            let room = self.frame.width() - width - 12.0;
            let left = self.frame.left + 3.0 + room * f64::from(k) / 8.0;
            // Above the line or below it.
            [-5.0, TICK_SIZE + 3.0].map(|shift| Frame {
                left,
                right: left + width + 6.0,
                top: y + shift - TICK_SIZE,
                bottom: y + shift + 3.0,
            })
        });
        let covered = |place: &Frame| {
            let outside = place.top < self.frame.top || place.bottom > self.frame.bottom;
            let clash = self.taken.iter().any(|other| {
                let beside = place.left >= other.right || place.right <= other.left;
                !beside && place.top < other.bottom && place.bottom > other.top
            });
            let hidden = self.curves.iter().filter(|&&point| place.holds(point)).count();
            hidden + if outside || clash { 1_000_000 } else { 0 }
        };
        let Some(best) = places.min_by_key(covered) else { return Ok(()) };
        let corners = [at((best.left, best.top)), at((best.right, best.bottom))];
        area.draw(&Rectangle::new(corners, WHITE.filled()))?;
        let place = (best.left + 3.0, best.bottom - 3.0);
        write(area, &name, place, TICK_SIZE, HPos::Left, colour)?;
        self.taken.push(best);
        Ok(())
    }
}
