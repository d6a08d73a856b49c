//! Where everything of a chart stands on the paper.

use super::axis::{Axis, Room};
use super::chart::Chart;
use super::curve::{Curve, Style};
use super::font;
use super::ink::{Colour, Ink, TEXT};
use super::legend::{self, Legend};
use super::path::{Frame, runs, thin};
use super::scene::Point;

pub(super) const WIDTH: usize = 720;
/// The height of a chart with up to two rows of legend; more make it higher.
const HEIGHT: usize = 450;
pub(super) const MARGIN: f64 = 16.0;
pub(super) const TICK_SIZE: f64 = 12.0;
/// Points of all curves together, so that an SVG stays below 200 KB.
const MOST_POINTS: f64 = 11_000.0;
const MOST_DOTS: usize = 1_200;

/// A curve in pixels, thinned.
pub(super) struct Drawn {
    pub(super) legend: String,
    pub(super) style: Style,
    pub(super) ink: Ink,
    pub(super) faint: bool,
    pub(super) dashed: bool,
    /// The line itself; the running mean where there is one.
    pub(super) lines: Vec<Vec<Point>>,
    /// The raw points under a running mean.
    pub(super) raw: Vec<Vec<Point>>,
    /// (x, lower, upper)
    pub(super) bands: Vec<Vec<(f64, f64, f64)>>,
}

/// Everything that stays the same from frame to frame of an animation.
pub(super) struct Layout<'a> {
    pub(super) chart: &'a Chart,
    pub(super) height: usize,
    pub(super) frame: Frame,
    pub(super) x: Axis,
    pub(super) y: Axis,
    pub(super) drawn: Vec<Drawn>,
    pub(super) legend: Legend,
    pub(super) y_label_at: f64,
    pub(super) live: bool,
}

impl<'a> Layout<'a> {
    /// `live`: leaves room in the legend for the value at the moving end.
    pub(super) fn of(chart: &'a Chart, curves: &[Curve], live: bool) -> Layout<'a> {
        let y = y_axis(chart, curves);
        let labels = y.ticks.iter().filter_map(|tick| tick.label.as_deref());
        let widest = labels.map(|label| font::width(label, TICK_SIZE)).fold(0.0, f64::max);

        let inks = inks(curves);
        let names: Vec<String> = curves.iter().map(Curve::legend).collect();
        let legend = Legend::of(curves, &names, live);
        let rows = legend.rows as f64 * legend::ROW;
        let y_label_at = MARGIN + 40.0 + rows;
        let height = HEIGHT + (rows - 2.0 * legend::ROW).max(0.0) as usize;
        let frame = Frame {
            left: MARGIN + widest + 8.0,
            top: y_label_at + 12.0,
            right: WIDTH as f64 - 32.0,
            bottom: height as f64 - 54.0,
        };
        let xs = curves.iter().flat_map(|curve| &curve.points).map(|point| point.0);
        let x = Axis::over(xs, chart.x, Room::Across(frame.width(), TICK_SIZE));

        let count = curves.iter().map(|curve| 1 + usize::from(curve.is_smoothed())).sum::<usize>();
        // Two points a column: the lowest and the highest.
        let columns = (MOST_POINTS / 2.0 / count.max(1) as f64).clamp(60.0, frame.width());
        let mut layout =
            Layout { chart, height, frame, x, y, drawn: Vec::new(), legend, y_label_at, live };
        let dotted = curves.iter().filter(|curve| has_dots(curve.style)).count();
        for ((curve, (ink, dashed)), legend) in curves.iter().zip(inks).zip(names) {
            let mut drawn = layout.curve(curve, ink, legend, frame.width() / columns);
            drawn.dashed |= dashed;
            if drawn.style == Style::Dots {
                drawn.lines = fewer_dots(drawn.lines, MOST_DOTS / dotted.max(1));
            }
            layout.drawn.push(drawn);
        }
        layout
    }

    fn point(&self, (x, y): Point) -> Option<Point> {
        let (x, y) = (self.x.place(x)?, self.y.place(y)?);
        Some((
            self.frame.left + x * self.frame.width(),
            self.frame.bottom - y * self.frame.height(),
        ))
    }

    fn curve(&self, curve: &Curve, ink: Ink, legend: String, column: f64) -> Drawn {
        let lines_of = |points: &[Point]| -> Vec<Vec<Point>> {
            let lines = runs(points.iter().map(|&point| self.point(point)));
            lines.iter().map(|line| thin(line, column)).collect()
        };
        let mut drawn = Drawn {
            legend,
            style: curve.style,
            ink,
            faint: curve.faint && !curve.is_smoothed(),
            dashed: curve.dashed,
            lines: Vec::new(),
            raw: Vec::new(),
            bands: Vec::new(),
        };
        if curve.is_level() {
            let height = curve.points.first().and_then(|point| self.y.place(point.1));
            if let Some(part) = height.filter(|part| (-0.001..=1.001).contains(part)) {
                let y = self.frame.bottom - part * self.frame.height();
                drawn.lines.push(vec![(self.frame.left, y), (self.frame.right, y)]);
            }
        } else if curve.is_smoothed() {
            drawn.raw = lines_of(&curve.points);
            drawn.lines = lines_of(&curve.running_mean());
        } else if curve.style == Style::Dots {
            drawn.lines = runs(curve.points.iter().map(|&point| self.point(point)));
        } else {
            drawn.lines = lines_of(&curve.points);
        }
        drawn.bands = self.bands(curve, column);
        drawn
    }

    /// The band of each unbroken stretch, the widest of each column.
    fn bands(&self, curve: &Curve, column: f64) -> Vec<Vec<(f64, f64, f64)>> {
        let mut bands: Vec<Vec<(f64, f64, f64)>> = vec![Vec::new()];
        for (&(x, _), &(low, high)) in curve.points.iter().zip(&curve.bounds) {
            let (Some(low), Some(high)) = (self.point((x, low)), self.point((x, high))) else {
                bands.push(Vec::new());
                continue;
            };
            if low.0 < self.frame.left - 0.5 || low.0 > self.frame.right + 0.5 {
                continue;
            }
            let inside = |y: f64| y.clamp(self.frame.top, self.frame.bottom);
            let new = (low.0, inside(low.1), inside(high.1));
            let Some(band) = bands.last_mut() else {
                continue;
            };
            match band.last_mut() {
                Some(last) if band_column(last.0, column) == band_column(new.0, column) => {
                    *last = (last.0, last.1.max(new.1), last.2.min(new.2));
                }
                _ => band.push(new),
            }
        }
        bands.retain(|band| band.len() > 1);
        bands
    }
}

fn y_axis(chart: &Chart, curves: &[Curve]) -> Axis {
    let in_view = |x: f64| chart.x.range.is_none_or(|(low, high)| x >= low && x <= high);
    // A point without a place on the x axis must not stretch the y axis.
    let placed = |x: f64| x.is_finite() && in_view(x) && (!chart.x.log || x > 0.0);
    let ys = curves.iter().flat_map(|curve| {
        let points = curve.points.iter().filter(move |point| curve.is_level() || placed(point.0));
        let bounded = curve.points.iter().zip(&curve.bounds);
        let bounds = bounded.filter(move |(point, _)| placed(point.0));
        points.map(|point| point.1).chain(bounds.flat_map(|(_, &(low, high))| [low, high]))
    });
    let most = if chart.y.log { 8 } else { 6 };
    Axis::over(ys, chart.y, Room::Down(most))
}

/// The colour of every curve, and whether it must be dashed to be told apart.
/// Those that did not choose take the next colour that nobody chose.
fn inks(curves: &[Curve]) -> Vec<(Ink, bool)> {
    let chosen = curves.iter().filter(|curve| !curve.is_level()).filter_map(|curve| curve.colour);
    let chosen: Vec<Colour> = chosen.collect();
    let mut free = (0..1000)
        .map(Colour::of_curve)
        .filter(|&(colour, again)| again || !chosen.contains(&colour));
    curves
        .iter()
        .map(|curve| match curve.colour {
            Some(colour) => (colour.ink(), false),
            None => free.next().map_or((TEXT, true), |(colour, again)| (colour.ink(), again)),
        })
        .collect()
}

pub(super) fn has_dots(style: Style) -> bool {
    matches!(style, Style::Dots | Style::LineAndDots)
}

fn band_column(x: f64, column: f64) -> i64 {
    (x / column).floor() as i64
}

/// One dot for each cell of a grid, as coarse as needed.
fn fewer_dots(lines: Vec<Vec<Point>>, most: usize) -> Vec<Vec<Point>> {
    let mut dots: Vec<Point> = lines.into_iter().flatten().collect();
    let mut cell = 1.0;
    while dots.len() > most.max(1) && cell < 1e4 {
        let mut seen = std::collections::HashSet::new();
        dots.retain(|&(x, y)| seen.insert(((x / cell) as i64, (y / cell) as i64)));
        cell *= 1.5;
    }
    if dots.is_empty() {
        return Vec::new();
    }
    vec![dots]
}
