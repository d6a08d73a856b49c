//! A curve as it is drawn: thinned, cut at its gaps and at the frame.

use std::collections::HashSet;

use plotters::style::RGBColor;

use super::axis::Axis;
use super::curve::{Curve, Style};
use super::palette::Colour;

pub(super) type Point = (f64, f64);

pub(super) struct Line {
    pub(super) name: String,
    pub(super) style: Style,
    pub(super) colour: RGBColor,
    pub(super) faint: bool,
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

impl Line {
    pub(super) fn new(curve: &Curve, colour: RGBColor, dashed: bool, raster: Raster) -> Line {
        let mut line = Line {
            name: curve.legend(),
            style: curve.style,
            colour,
            faint: curve.faint && !curve.is_smoothed(),
            dashed: dashed || curve.dashed,
            pieces: Vec::new(),
            raw: Vec::new(),
            bands: raster.bands(curve),
        };
        match curve.style {
            Style::Level => {
                let ends = [raster.x.low, raster.x.high].map(|x| (x, curve.points[0].1));
                line.pieces = Raster { until: 1.0, ..raster }.clip(&ends);
            }
            Style::Dots => line.pieces = raster.dots(&curve.points),
            _ if curve.is_smoothed() => {
                line.pieces = raster.pieces(&curve.running_mean());
                line.raw = raster.pieces(&curve.points);
            }
            _ => line.pieces = raster.pieces(&curve.points),
        }
        line
    }

    /// The last point.
    pub(super) fn head(&self) -> Option<&Point> {
        self.pieces.last()?.last()
    }

    pub(super) fn has_dots(&self) -> bool {
        matches!(self.style, Style::Dots | Style::LineAndDots)
    }
}

/// The colour of every curve, and whether it has to be dashed to differ from another: those
/// without a colour take the next one that nobody chose.
pub(super) fn colours(curves: &[Curve]) -> Vec<(RGBColor, bool)> {
    let chosen: Vec<Colour> = curves.iter().filter_map(|curve| curve.colour).collect();
    let count = Colour::IN_ORDER.len();
    let mut free = (0..)
        .map(|k| (Colour::IN_ORDER[k % count], k / count))
        .filter(|(colour, round)| *round > 0 || !chosen.contains(colour));
    let mut next = || free.next().map_or((Colour::Grey, 1), |colour| colour);
    let colour = |curve: &Curve| curve.colour.map_or_else(&mut next, |colour| (colour, 0));
    curves.iter().map(colour).map(|(colour, round)| (colour.rgb(), round % 2 == 1)).collect()
}

impl Raster<'_> {
    /// Both places of a point, from 0 to 1 within the frame.
    fn place(&self, (x, y): Point) -> Option<Point> {
        Some((self.x.place(x)?, self.y.place(y)?))
    }

    fn column(&self, x: f64) -> i64 {
        self.x.place(x).map_or(i64::MIN, |x| (x * self.columns).floor() as i64)
    }

    fn pieces(&self, points: &[Point]) -> Vec<Vec<Point>> {
        let mut runs: Vec<Vec<Point>> = Vec::new();
        for run in points.split(|&point| self.place(point).is_none()).filter(|r| !r.is_empty()) {
            // Nobody could see a gap narrower than a column.
            let next = self.column(run[0].0);
            let near = |before: &Point| (0..=1).contains(&(next - self.column(before.0)));
            match runs.last_mut() {
                Some(last) if last.last().is_some_and(near) => last.extend_from_slice(run),
                _ => runs.push(run.to_vec()),
            }
        }
        runs.iter().flat_map(|run| self.clip(&self.thin(run))).collect()
    }

    /// Of neighbouring points in one column only the lowest and the highest: the drawn line
    /// stays the same. Both ends stay.
    fn thin(&self, run: &[Point]) -> Vec<Point> {
        let mut kept = vec![run[0]];
        for group in run.chunk_by(|a, b| self.column(a.0) == self.column(b.0)) {
            let by_height = |&a: &usize, &b: &usize| group[a].1.total_cmp(&group[b].1);
            let low = (0..group.len()).min_by(by_height).unwrap_or(0);
            let high = (0..group.len()).max_by(by_height).unwrap_or(0);
            kept.extend([group[low.min(high)], group[low.max(high)]]);
        }
        kept.push(run[run.len() - 1]);
        kept.dedup();
        // Points in no order: a part of them covers the paper as well.
        let every = kept.len().div_ceil(4 * self.columns as usize + 8);
        kept.into_iter().step_by(every).collect()
    }

    /// The parts of a line inside the frame (Liang and Barsky, 1984).
    fn clip(&self, line: &[Point]) -> Vec<Vec<Point>> {
        let inside = |part: f64, end: f64| (-1e-6..=end + 1e-6).contains(&part);
        let Some(places) = line.iter().map(|&p| self.place(p)).collect::<Option<Vec<_>>>() else {
            return Vec::new();
        };
        if places.iter().all(|&(x, y)| inside(x, self.until) && inside(y, 1.0)) {
            return vec![line.to_vec()];
        }
        let mut parts: Vec<Vec<Point>> = Vec::new();
        for (ends, points) in places.windows(2).zip(line.windows(2)) {
            let (a, b) = (ends[0], ends[1]);
            let (mut enter, mut leave) = (0.0_f64, 1.0_f64);
            for (from, to, end) in [(a.0, b.0, self.until), (a.1, b.1, 1.0)] {
                let cuts = match to - from {
                    0.0 if inside(from, end) => continue,
                    0.0 => (2.0, 2.0), // nowhere
                    way => (-from / way, (end - from) / way),
                };
                enter = enter.max(cuts.0.min(cuts.1));
                leave = leave.min(cuts.0.max(cuts.1));
            }
            let at = |part: f64| {
                let (x, y) = (a.0 + part * (b.0 - a.0), a.1 + part * (b.1 - a.1));
                (self.x.value(x), self.y.value(y))
            };
            let from = if enter > 0.0 { at(enter) } else { points[0] };
            let to = if leave < 1.0 { at(leave) } else { points[1] };
            match parts.last_mut() {
                _ if enter >= leave => {}
                Some(part) if part.last() == Some(&from) => part.push(to),
                _ => parts.push(vec![from, to]),
            }
        }
        parts
    }

    /// One dot for each cell of a grid.
    fn dots(&self, points: &[Point]) -> Vec<Vec<Point>> {
        let mut taken = HashSet::new();
        let mut is_first = |&point: &Point| {
            let Some((x, y)) = self.place(point) else { return false };
            let cell = |part: f64| (part * self.columns / 2.0).floor() as i64;
            (0.0..=self.until).contains(&x)
                && (0.0..=1.0).contains(&y)
                && taken.insert((cell(x), cell(y)))
        };
        vec![points.iter().copied().filter(&mut is_first).collect()]
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
