//! The names of curves or bars, in rows above the chart.

use plotters::style::text_anchor::HPos;

use super::axes::Point;
use super::canvas::{Area, Drawn, MARGIN, RIGHT, SIZE, TITLE, units, write};
use super::font;
use super::palette::DARK;

const ROW: f64 = 21.0;
/// Names that need more rows are only counted.
const MOST_ROWS: f64 = 12.0;
/// The size of a sample, and where the name behind it begins.
const SAMPLE: (f64, f64) = (28.0, 12.0);
const NAME: f64 = SAMPLE.0 + 7.0;

/// Where names stand.
pub(super) struct Legend {
    /// The number of a curve, and where its entry begins, on the baseline.
    entries: Vec<(usize, Point)>,
    left_out: usize,
    /// The baseline of the last row.
    pub(super) bottom: f64,
}

impl Legend {
    /// The names that are not empty, with `room` for a value behind each.
    pub(super) fn new(names: impl Iterator<Item = String>, room: f64) -> Legend {
        let top = TITLE + 4.0;
        let (mut entries, mut x, mut y) = (Vec::new(), RIGHT, top);
        for (index, name) in names.enumerate().filter(|(_, name)| !name.is_empty()) {
            // Viewers that lack the font take another one, which may be wider.
            let width = 1.04 * (NAME + font::width(&name, SIZE) + room);
            if entries.is_empty() || x + width > RIGHT {
                (x, y) = (MARGIN, y + ROW);
            }
            entries.push((index, (x, y)));
            x += width + 20.0;
        }
        let shown = entries.partition_point(|(_, (_, y))| *y <= top + MOST_ROWS * ROW);
        let left_out = entries.len() - shown;
        entries.truncate(shown + 1);
        Legend { left_out, bottom: entries.last().map_or(top, |(_, (_, y))| *y), entries }
    }

    /// `sample(index, area)` draws the sample of a curve and returns its name.
    pub(super) fn draw(
        &self,
        area: &Area,
        sample: impl Fn(usize, &Area) -> Drawn<String>,
    ) -> Drawn {
        for (k, &(index, (x, y))) in self.entries.iter().enumerate() {
            let corner = (units(x), units(y - 0.34 * SIZE - SAMPLE.1 / 2.0));
            let place = area.clone().shrink(corner, (units(SAMPLE.0), units(SAMPLE.1)));
            let name = match sample(index, &place)? {
                _ if self.left_out > 0 && k + 1 == self.entries.len() => {
                    format!("and {} more", self.left_out)
                }
                name => font::fit(&name, SIZE, RIGHT - x - NAME),
            };
            write(area, &name, (x + NAME, y), SIZE, HPos::Left, DARK)?;
        }
        Ok(())
    }
}
