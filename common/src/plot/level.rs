//! The names of reference lines.

use super::curve::Style;
use super::font;
use super::ink::WHITE;
use super::layout::{Drawn, Layout, TICK_SIZE};
use super::path::Frame;
use super::raster::Anchor;
use super::scene::{Point, Scene};

impl Layout<'_> {
    /// The name stands on its line, where it covers least of the curves.
    pub(super) fn draw_level_name(&self, scene: &mut Scene, drawn: &Drawn, taken: &mut Vec<Frame>) {
        let Some(y) = drawn.lines.first().and_then(|line| line.first()).map(|at| at.1) else {
            return;
        };
        let name = font::fit(&drawn.legend, TICK_SIZE, self.frame.width() - 20.0);
        let width = font::width(&name, TICK_SIZE);
        if name.is_empty() {
            return;
        }
        let room = self.frame.width() - width - 12.0;
        let places = (0..=8).rev().flat_map(|k| {
            let left = self.frame.left + 6.0 + room * f64::from(k) / 8.0;
            [-5.0, TICK_SIZE + 3.0].map(|shift| Frame {
                left: left - 3.0,
                right: left + width + 3.0,
                top: y + shift - TICK_SIZE,
                bottom: y + shift + 3.0,
            })
        });
        let covered = |place: &Frame| -> usize {
            let outside = place.top < self.frame.top || place.bottom > self.frame.bottom;
            let clash = taken.iter().any(|other| {
                place.left < other.right
                    && place.right > other.left
                    && place.top < other.bottom
                    && place.bottom > other.top
            });
            let lines =
                self.drawn.iter().flat_map(|d| d.lines.iter().chain(&d.raw).map(move |l| (d, l)));
            let ink: usize = lines
                .filter(|(other, _)| other.style != Style::Level || !std::ptr::eq(*other, drawn))
                .map(|(_, line)| pixels_within(line, place))
                .sum();
            ink + 10_000 * usize::from(outside) + 10_000 * usize::from(clash)
        };
        let Some(best) = places.min_by_key(covered) else {
            return;
        };
        let size = (best.right - best.left, best.bottom - best.top);
        scene.block((best.left, best.top), size, WHITE);
        let at = (best.left + 3.0, best.bottom - 3.0);
        scene.words(name, at, TICK_SIZE, Anchor::Start, drawn.ink);
        taken.push(best);
    }
}

/// How many pixels of a line lie within `place`, about.
fn pixels_within(line: &[Point], place: &Frame) -> usize {
    let around = |&(x, y): &Point| {
        x >= place.left && x <= place.right && y >= place.top && y <= place.bottom
    };
    let steps = line.windows(2).map(|pair| {
        let (a, b) = (pair[0], pair[1]);
        let count = ((b.0 - a.0).hypot(b.1 - a.1) / 3.0).clamp(1.0, 400.0).ceil();
        (0..=count as usize)
            .map(|k| k as f64 / count)
            .filter(|part| around(&(a.0 + part * (b.0 - a.0), a.1 + part * (b.1 - a.1))))
            .count()
    });
    steps.sum()
}
