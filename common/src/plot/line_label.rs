//! The words of reference lines, beside the line where they cover nothing.

use super::axes::{Axes, Point};
use super::canvas::SMALL;
use super::curve::Style;
use super::font;
use super::line::{Line, clip};

/// What stays free around words, in pixels.
const GAP: f64 = 4.5;
/// The height of a capital letter in pixels.
const CAPITAL: f64 = 0.72 * SMALL;
/// The distance between two places that are tried, in pixels.
const STEP: f64 = 8.0;

/// The words of a reference line.
pub(super) struct Label {
    /// The number of the line among all curves.
    pub(super) index: usize,
    pub(super) text: String,
    /// Where the words end on their baseline, in places of both axes.
    pub(super) end: Point,
    /// The rectangle that they take, from its lowest to its highest place.
    taken: (Point, Point),
}

/// The words for which there is room. Places are tried from right to left, above the line
/// before below.
pub(super) fn labels(lines: &[Line], axes: &Axes) -> Vec<Label> {
    let (x, y) = (1.0 / axes.width(), 1.0 / (axes.bottom - axes.top));
    let mut labels: Vec<Label> = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let level = line.pieces.first().filter(|_| line.curve.style == Style::Level);
        let Some(&[(_, level), _]) = level.map(Vec::as_slice) else { continue };
        let text = font::fit(&line.curve.legend(), SMALL, axes.width());
        // Viewers that lack the font take another one, which may be wider.
        let width = x * (1.04 * font::width(&text, SMALL) + 2.0 * GAP);
        let height = y * (CAPITAL + 2.0 * GAP);
        let rights = (0..).map(|k| 1.0 - f64::from(k) * STEP * x);
        let places = rights.take_while(|right| right - width > 0.0).flat_map(|right| {
            [level, level - height]
                .map(|bottom| ((right - width, bottom), (right, bottom + height)))
        });
        let free = |&(low, high): &(Point, Point)| {
            // The gap may lie on the frame, letters may not.
            (low.1 >= -GAP * y && high.1 <= 1.0 + GAP * y)
                && !lines.iter().any(|line| crosses(line, low, high))
                && !labels.iter().any(|label| overlap(label.taken, (low, high)))
        };
        if let Some(taken) = places.into_iter().find(free) {
            let end = (taken.1.0 - GAP * x, taken.0.1 + GAP * y);
            labels.push(Label { index, text, end, taken });
        }
    }
    labels
}

/// Whether anything of `line` lies between `low` and `high`. The edge does not count.
fn crosses(line: &Line, low: Point, high: Point) -> bool {
    let joined = if line.curve.style == Style::Dots { 1 } else { 2 };
    let within = |part: &[Point]| clip((part[0], part[part.len() - 1]), low, high).is_some();
    let mut pieces = line.pieces.iter().chain(&line.raw).chain(&line.bands);
    pieces.any(|piece| piece.chunks(1).chain(piece.windows(joined)).any(within))
}

fn overlap(a: (Point, Point), b: (Point, Point)) -> bool {
    a.0.0 < b.1.0 && b.0.0 < a.1.0 && a.0.1 < b.1.1 && b.0.1 < a.1.1
}
