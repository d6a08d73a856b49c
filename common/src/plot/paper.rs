//! A chart on paper: grid, words, curves and legend.

use super::axis::Axis;
use super::font;
use super::ink::{DARK, FINE_GRID, GRID, LINE, TEXT};
use super::layout::{Layout, MARGIN, TICK_SIZE, WIDTH};
use super::legend::{self, reading};
use super::raster::Anchor;
use super::scene::Scene;

const TITLE_SIZE: f64 = 17.0;
const LABEL_SIZE: f64 = 12.5;

impl Layout<'_> {
    /// The chart; with `until`, only its beginning, 0 to 1 along the x axis.
    pub(super) fn scene(&self, until: Option<f64>) -> Scene {
        let mut scene = Scene {
            width: WIDTH,
            height: self.height,
            title: self.chart.title.clone(),
            marks: Vec::new(),
        };
        let end = self.frame.left + until.unwrap_or(1.0) * self.frame.width() + 1e-6;
        self.draw_grid(&mut scene);
        let heads = self.draw_curves(&mut scene, until.map(|_| end));
        self.draw_words(&mut scene, until);
        self.draw_legend(&mut scene, &heads);
        if self.drawn.iter().all(|drawn| drawn.lines.is_empty()) {
            let middle = (
                (self.frame.left + self.frame.right) / 2.0,
                (self.frame.top + self.frame.bottom) / 2.0,
            );
            scene.words("no points to show", middle, LABEL_SIZE, Anchor::Middle, TEXT);
        }
        scene
    }

    fn draw_grid(&self, scene: &mut Scene) {
        let frame = &self.frame;
        // Fine lines first: the labelled ones lie on them.
        for fine in [true, false] {
            let ink = if fine { FINE_GRID } else { GRID };
            let wanted = |axis: &Axis| -> Vec<(f64, Option<String>)> {
                let ticks = axis.ticks.iter().filter(|tick| tick.label.is_none() == fine);
                ticks
                    .filter_map(|tick| Some((axis.place(tick.value)?, tick.label.clone())))
                    .filter(|(part, _)| (-1e-6..=1.0 + 1e-6).contains(part))
                    .collect()
            };
            for (part, label) in wanted(&self.x) {
                let x = frame.left + part * frame.width();
                scene.line(vec![(x, frame.top), (x, frame.bottom)], 1.0, ink);
                if let Some(label) = label {
                    let at = (x, frame.bottom + 18.0);
                    scene.words(label, at, TICK_SIZE, Anchor::Middle, TEXT);
                }
            }
            for (part, label) in wanted(&self.y) {
                let y = frame.bottom - part * frame.height();
                scene.line(vec![(frame.left, y), (frame.right, y)], 1.0, ink);
                if let Some(label) = label {
                    let at = (frame.left - 8.0, y + TICK_SIZE * 0.36);
                    scene.words(label, at, TICK_SIZE, Anchor::End, TEXT);
                }
            }
        }
        let (left, right) = ((frame.left, frame.bottom), (frame.right, frame.bottom));
        scene.line(vec![left, right], 1.25, LINE);
    }

    fn draw_words(&self, scene: &mut Scene, until: Option<f64>) {
        let chart = self.chart;
        let mut room = WIDTH as f64 - 2.0 * MARGIN;
        if let Some(part) = until {
            let count = reading(self.x.value(part), self.x.high);
            let text = format!("{count} {}", chart.x_label);
            let at = (self.frame.right, MARGIN + 14.0);
            room -= font::width(&text, legend::SIZE) + 40.0;
            scene.words(text, at, legend::SIZE, Anchor::End, TEXT);
        }
        let title = font::fit(&chart.title, TITLE_SIZE, room);
        scene.words(title, (MARGIN, MARGIN + 14.0), TITLE_SIZE, Anchor::Start, DARK);
        let room = self.frame.width();
        let y_label = font::fit(&chart.y_label, LABEL_SIZE, room);
        scene.words(y_label, (MARGIN, self.y_label_at), LABEL_SIZE, Anchor::Start, TEXT);
        let x_label = font::fit(&chart.x_label, LABEL_SIZE, room);
        let middle = (self.frame.left + self.frame.right) / 2.0;
        let at = (middle, self.height as f64 - 14.0);
        scene.words(x_label, at, LABEL_SIZE, Anchor::Middle, TEXT);
    }
}
