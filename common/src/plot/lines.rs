//! The curves themselves.

use super::curve::Style;
use super::ink::{Ink, WHITE, mix};
use super::layout::{Drawn, Layout, has_dots};
use super::path::{clip, dashes};
use super::scene::{Mark, Point, Scene};

impl Layout<'_> {
    /// Returns the value at the end of each curve, for the legend of an
    /// animation.
    pub(super) fn draw_curves(&self, scene: &mut Scene, end: Option<f64>) -> Vec<Option<f64>> {
        let cut = |lines: &[Vec<Point>], style: Style| -> Vec<Vec<Point>> {
            let begun = |line: &Vec<Point>| match end {
                Some(end) if style == Style::Dots => {
                    line.iter().filter(|at| at.0 <= end).copied().collect()
                }
                Some(end) => until(line, end),
                None => line.clone(),
            };
            let lines = lines.iter().map(begun);
            lines.filter(|line| !line.is_empty()).collect()
        };
        for drawn in &self.drawn {
            for band in &drawn.bands {
                let there = |&&(x, ..): &&(f64, f64, f64)| end.is_none_or(|end| x <= end);
                let upper = band.iter().filter(there).map(|&(x, _, high)| (x, high));
                let lower = band.iter().rev().filter(there).map(|&(x, low, _)| (x, low));
                scene.marks.push(Mark::Area {
                    points: upper.chain(lower).collect(),
                    ink: drawn.ink,
                    opacity: 0.18,
                });
            }
        }
        for drawn in &self.drawn {
            let pale = mix(WHITE, drawn.ink, 0.3);
            for line in cut(&drawn.raw, Style::Line) {
                self.draw_line(scene, &line, 1.0, pale, false);
            }
        }
        let mut heads = Vec::new();
        let mut taken = Vec::new();
        // Reference lines lie under the curves.
        for drawn in self.drawn.iter().filter(|drawn| drawn.style == Style::Level) {
            for line in &drawn.lines {
                self.draw_line(scene, line, 1.5, drawn.ink, true);
            }
        }
        for drawn in &self.drawn {
            let lines = if drawn.style == Style::Level {
                Vec::new()
            } else {
                cut(&drawn.lines, drawn.style)
            };
            let (ink, width) = match drawn.faint {
                true => (mix(WHITE, drawn.ink, 0.4), 1.25),
                false if self.is_noisy(drawn) => (drawn.ink, 1.0),
                false => (drawn.ink, 2.0),
            };
            for line in &lines {
                if drawn.style != Style::Dots {
                    self.draw_line(scene, line, width, ink, drawn.dashed);
                }
                if has_dots(drawn.style) || line.len() == 1 {
                    for &at in line.iter().filter(|&&at| self.frame.holds(at)) {
                        scene.dot(at, 3.5, ink);
                    }
                }
            }
            let head = lines.last().and_then(|line| line.last()).copied();
            let live = end.is_some() && drawn.style != Style::Dots;
            if let (Some(at), true) = (head.filter(|&at| self.frame.holds(at)), live) {
                scene.dot(at, 4.5, ink);
            }
            heads.push(
                head.map(|(_, y)| self.y.value((self.frame.bottom - y) / self.frame.height())),
            );
        }
        for drawn in self.drawn.iter().filter(|drawn| drawn.style == Style::Level) {
            self.draw_level_name(scene, drawn, &mut taken);
        }
        heads
    }

    /// A line that goes up and down all the time would be a blot at full width.
    fn is_noisy(&self, drawn: &Drawn) -> bool {
        let climbs = drawn.lines.iter().flat_map(|line| line.windows(2));
        let way: f64 = climbs.map(|pair| (pair[1].1 - pair[0].1).abs()).sum();
        way > 6.0 * self.frame.height()
    }

    fn draw_line(&self, scene: &mut Scene, line: &[Point], width: f64, ink: Ink, dashed: bool) {
        for part in clip(line, &self.frame) {
            if dashed {
                for dash in dashes(&part, 7.0, 4.5) {
                    scene.line(dash, width, ink);
                }
            } else {
                scene.line(part, width, ink);
            }
        }
    }
}

/// The beginning of a line, up to x = `end`.
fn until(line: &[Point], end: f64) -> Vec<Point> {
    let mut begun: Vec<Point> = line.iter().take_while(|at| at.0 <= end).copied().collect();
    if let (Some(&from), Some(&to)) = (begun.last(), line.get(begun.len())) {
        let part = (end - from.0) / (to.0 - from.0);
        begun.push((end, from.1 + part * (to.1 - from.1)));
    }
    begun
}
