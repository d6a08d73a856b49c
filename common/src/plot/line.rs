//! A curve as it is drawn: thinned, cut at its gaps and at the frame.

use std::collections::HashSet;

use plotters::style::RGBColor;

use super::axis::Axis;
use super::curve::{Curve, Style};
use super::palette::Colour;

pub(super) type Point = (f64, f64);

/// A curve in places of both axes, 0 to 1 within the frame.
pub(super) struct Line<'a> {
    pub(super) curve: &'a Curve,
    pub(super) colour: RGBColor,
    pub(super) dashed: bool,
    /// The curve, or its running mean, in pieces without gaps.
    pub(super) pieces: Vec<Vec<Point>>,
    /// The points under a running mean.
    pub(super) raw: Vec<Vec<Point>>,
    /// The outlines of a band.
    pub(super) bands: Vec<Vec<Point>>,
}

/// Axes, cut into `columns` that are as wide as the finest detail that is drawn.
#[derive(Clone, Copy)]
pub(super) struct Raster<'a> {
    pub(super) x: &'a Axis,
    pub(super) y: &'a Axis,
    pub(super) columns: f64,
    /// How much of the x axis is drawn, from 0 to 1.
    pub(super) until: f64,
}

/// Every curve as it is drawn. Those without a colour take the next one that nobody chose,
/// dashed where it was taken before.
pub(super) fn lines<'a>(curves: &'a [Curve], raster: Raster) -> Vec<Line<'a>> {
    let chosen: Vec<Colour> = curves.iter().filter_map(|curve| curve.colour).collect();
    let count = Colour::IN_ORDER.len();
    let mut free = (0..)
        .map(|k| (Colour::IN_ORDER[k % count], k / count))
        .filter(|(colour, round)| *round > 0 || !chosen.contains(colour));
    let mut next = || free.next().unwrap_or((Colour::Grey, 0));
    let line = |curve: &'a Curve| {
        let (colour, round) = curve.colour.map_or_else(&mut next, |colour| (colour, 0));
        let raw = if curve.is_smoothed() { raster.pieces(&curve.points) } else { Vec::new() };
        Line {
            curve,
            colour: colour.rgb(),
            dashed: curve.dashed || round % 2 == 1,
            pieces: match curve.style {
                Style::Level => raster.level(curve.points[0].1),
                Style::Dots => vec![raster.dots(&curve.points)],
                _ if curve.is_smoothed() => raster.pieces(&curve.running_mean()),
                _ => raster.pieces(&curve.points),
            },
            raw,
            bands: raster.bands(curve),
        }
    };
    curves.iter().map(line).collect()
}

impl Line<'_> {
    pub(super) fn is_faint(&self) -> bool {
        self.curve.faint && !self.curve.is_smoothed()
    }

    pub(super) fn has_dots(&self) -> bool {
        matches!(self.curve.style, Style::Dots | Style::LineAndDots)
    }

    /// The last point.
    pub(super) fn head(&self) -> Option<&Point> {
        self.pieces.last()?.last()
    }
}

impl Raster<'_> {
    fn place(&self, (x, y): Point) -> Option<Point> {
        Some((self.x.place(x)?, self.y.place(y)?))
    }

    fn column(&self, (x, _): Point) -> i64 {
        (x * self.columns).floor() as i64
    }

    fn level(&self, y: f64) -> Vec<Vec<Point>> {
        let whole = Raster { until: 1.0, ..*self };
        self.y.place(y).map_or_else(Vec::new, |y| whole.cut(&[(0.0, y), (1.0, y)]))
    }

    fn pieces(&self, points: &[Point]) -> Vec<Vec<Point>> {
        let mut runs: Vec<Vec<Point>> = Vec::new();
        let mut gap = false;
        for &point in points {
            let Some(place) = self.place(point) else {
                gap = true;
                continue;
            };
            // Nobody could see a gap narrower than a column.
            let near = |last: Point| (0..=1).contains(&(self.column(place) - self.column(last)));
            match runs.last_mut() {
                Some(run) if !gap || near(run[run.len() - 1]) => run.push(place),
                _ => runs.push(vec![place]),
            }
            gap = false;
        }
        runs.iter().flat_map(|run| self.cut(&self.thin(run))).collect()
    }

    /// Of neighbouring points in one column only the lowest and the highest: the drawn line
    /// stays the same. Both ends stay, so that a single point is a line from it to itself.
    fn thin(&self, run: &[Point]) -> Vec<Point> {
        let mut thin = vec![run[0]];
        for group in run.chunk_by(|&a, &b| self.column(a) == self.column(b)) {
            let by_height = |&a: &usize, &b: &usize| group[a].1.total_cmp(&group[b].1);
            let low = (0..group.len()).min_by(by_height).unwrap_or(0);
            let high = (0..group.len()).max_by(by_height).unwrap_or(0);
            thin.extend([group[low.min(high)], group[low.max(high)]]);
        }
        thin.push(run[run.len() - 1]);
        // Points in no order: a part of them covers the paper as well.
        let every = thin.len().div_ceil(4 * self.columns as usize + 8);
        thin.into_iter().step_by(every).collect()
    }

    /// The parts of a line inside the frame.
    fn cut(&self, line: &[Point]) -> Vec<Vec<Point>> {
        let mut parts: Vec<Vec<Point>> = Vec::new();
        let (low, high) = ((-1e-6, -1e-6), (self.until + 1e-6, 1.0 + 1e-6));
        for (from, to) in line.windows(2).filter_map(|pair| clip((pair[0], pair[1]), low, high)) {
            match parts.last_mut() {
                Some(part) if part.last() == Some(&from) => part.push(to),
                _ => parts.push(vec![from, to]),
            }
        }
        parts.iter_mut().for_each(Vec::dedup);
        parts
    }

    /// One dot for each cell of a grid.
    fn dots(&self, points: &[Point]) -> Vec<Point> {
        let mut taken = HashSet::new();
        let cell = |place: f64| (place * self.columns / 2.0).floor() as i64;
        let places = points.iter().filter_map(|&point| self.place(point));
        let inside =
            places.filter(|(x, y)| (0.0..=self.until).contains(x) && (0.0..=1.0).contains(y));
        inside.filter(|&(x, y)| taken.insert((cell(x), cell(y)))).collect()
    }

    /// The band around the points of each piece.
    fn bands(&self, curve: &Curve) -> Vec<Vec<Point>> {
        let edge = |pick: fn(f64, f64) -> f64| {
            let bounds = curve.points.iter().zip(&curve.bounds);
            let point = |(&(x, _), &(low, high)): (&Point, &Point)| match (low + high).is_nan() {
                true => (x, f64::NAN),
                false => (x, pick(low, high).clamp(self.y.low, self.y.high)),
            };
            self.pieces(&bounds.map(point).collect::<Vec<Point>>())
        };
        let (lower, upper) = (edge(|low, _| low), edge(|_, high| high));
        let outline = |(lower, upper): (Vec<Point>, Vec<Point>)| {
            upper.into_iter().chain(lower.into_iter().rev()).collect()
        };
        lower.into_iter().zip(upper).map(outline).collect()
    }
}

/// The part of a line inside the rectangle from `low` to `high` (Liang and Barsky, 1984).
pub(super) fn clip((a, b): (Point, Point), low: Point, high: Point) -> Option<(Point, Point)> {
    let (mut enter, mut leave) = (0.0_f64, 1.0_f64);
    for (from, to, low, high) in [(a.0, b.0, low.0, high.0), (a.1, b.1, low.1, high.1)] {
        let cuts = [(low - from) / (to - from), (high - from) / (to - from)];
        enter = enter.max(cuts[0].min(cuts[1]));
        leave = leave.min(cuts[0].max(cuts[1]));
    }
    let at = |part: f64| (a.0 + part * (b.0 - a.0), a.1 + part * (b.1 - a.1));
    let from = if enter > 0.0 { at(enter) } else { a };
    let to = if leave < 1.0 { at(leave) } else { b };
    (enter < leave).then_some((from, to))
}
