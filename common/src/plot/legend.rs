//! The legend: rows of names under the title, where they cover no curve.

use super::curve::{Curve, Style};
use super::font;
use super::ink::{DARK, WHITE, mix};
use super::layout::{Layout, MARGIN, WIDTH};
use super::numbers::grouped;
use super::path::dashes;
use super::raster::Anchor;
use super::scene::{Point, Scene};

/// The height of a row.
pub(super) const ROW: f64 = 21.0;
pub(super) const SIZE: f64 = 13.0;
/// Length of the sample of a line.
const SAMPLE: f64 = 24.0;

/// More curves than this many rows can name are drawn without a name.
const MOST_ROWS: usize = 12;

/// Where the names stand.
pub(super) struct Legend {
    /// Which curve, and where its entry begins, on the baseline.
    entries: Vec<(usize, Point)>,
    pub(super) rows: usize,
    /// How many names had no room.
    left_out: usize,
}

impl Legend {
    /// `live`: with room for a value behind each name.
    pub(super) fn of(curves: &[Curve], names: &[String], live: bool) -> Legend {
        let mut legend = Legend { entries: Vec::new(), rows: 0, left_out: 0 };
        let value = if live { font::width("  −0.0000", SIZE) } else { 0.0 };
        let mut x = MARGIN;
        for (index, name) in names.iter().enumerate() {
            if name.is_empty() || curves[index].is_level() {
                continue;
            }
            let width = SAMPLE + 7.0 + font::width(name, SIZE) + value;
            if legend.rows == 0 || x + width > WIDTH as f64 - MARGIN {
                if legend.rows == MOST_ROWS {
                    legend.left_out += 1;
                    continue;
                }
                legend.rows += 1;
                x = MARGIN;
            }
            legend.entries.push((index, (x, row(legend.rows))));
            // Viewers set SVG text in a font of their own, which may be wider.
            x += width * 1.04 + 20.0;
        }
        if legend.left_out > 0 {
            legend.rows += 1;
        }
        legend
    }
}

/// The baseline of a row, counted from 1.
fn row(number: usize) -> f64 {
    MARGIN + 18.0 + number as f64 * ROW
}

impl Layout<'_> {
    /// `heads`: the value at the moving end of each curve of an animation.
    pub(super) fn draw_legend(&self, scene: &mut Scene, heads: &[Option<f64>]) {
        for &(index, (x, y)) in &self.legend.entries {
            let drawn = &self.drawn[index];
            let middle = y - SIZE * 0.34;
            let (from, to) = ((x, middle), (x + SAMPLE, middle));
            let centre = ((from.0 + to.0) / 2.0, middle);
            if !drawn.bands.is_empty() {
                let (corner, size) = ((x, middle - 6.0), (SAMPLE, 12.0));
                scene.block(corner, size, mix(WHITE, drawn.ink, 0.18));
            }
            if !drawn.raw.is_empty() {
                let (corner, size) = ((x, middle - 4.0), (SAMPLE, 8.0));
                scene.block(corner, size, mix(WHITE, drawn.ink, 0.3));
            }
            let (ink, width) = match drawn.faint {
                true => (mix(WHITE, drawn.ink, 0.4), 2.0),
                false => (drawn.ink, 2.5),
            };
            if drawn.style == Style::Dots {
                scene.dot(centre, 3.5, ink);
            } else if drawn.dashed {
                for dash in dashes(&[from, to], 6.0, 3.0) {
                    scene.line(dash, width, ink);
                }
            } else {
                scene.line(vec![from, to], width, ink);
            }
            if drawn.style == Style::LineAndDots {
                scene.dot(centre, 3.5, ink);
            }
            let mut text = drawn.legend.clone();
            if let (true, Some(value)) = (self.live, heads.get(index).copied().flatten()) {
                text += &format!("  {}", reading(value, self.y.high));
            }
            let room = WIDTH as f64 - MARGIN - (to.0 + 7.0);
            let text = font::fit(&text, SIZE, room);
            scene.words(text, (to.0 + 7.0, y), SIZE, Anchor::Start, DARK);
        }
        if self.legend.left_out > 0 {
            let text = format!("and {} more", self.legend.left_out);
            scene.words(text, (MARGIN, row(self.legend.rows)), SIZE, Anchor::Start, DARK);
        }
    }
}

/// A value beside a moving point: whole numbers on large axes.
pub(super) fn reading(value: f64, largest: f64) -> String {
    let text = match largest.abs() {
        size if !(0.01..=1e9).contains(&size) => format!("{value:.2e}"),
        size if size > 200.0 => format!("{value:.0}"),
        size if size > 20.0 => format!("{value:.1}"),
        _ => format!("{value:.3}"),
    };
    grouped(&text)
}
