//! A curve as it is drawn: thinned, cut at its gaps and at the frame.

use std::collections::HashSet;
use std::iter::once;

use plotters::prelude::*;

use super::axes::{Axes, Axis, Point, Series};
use super::canvas::{Area, Drawn, stroke, units};
use super::curve::{Curve, Style};
use super::palette::{Colour, pale};

/// A curve in places of both axes, 0 to 1 within the frame.
#[derive(Clone)]
pub(super) struct Line<'a> {
    pub(super) curve: &'a Curve,
    pub(super) colour: RGBColor,
    dashed: bool,
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
    pub(super) axes: &'a Axes,
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
    let line = |curve: &'a Curve| {
        let chosen = curve.colour.map(|colour| (colour, 0));
        let (colour, round) = chosen.or_else(|| free.next()).unwrap_or((Colour::Grey, 0));
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
    fn has_dots(&self) -> bool {
        matches!(self.curve.style, Style::Dots | Style::LineAndDots)
    }

    /// What lies under all lines: the band, and the points under a running mean.
    pub(super) fn draw_background(&self, chart: &mut Series) -> Drawn {
        for band in &self.bands {
            chart.draw_series(once(Polygon::new(band.clone(), self.colour.mix(0.18))))?;
        }
        for raw in &self.raw {
            let style = stroke(pale(self.colour, 0.3), 1.0);
            chart.draw_series(LineSeries::new(raw.clone(), style))?;
        }
        Ok(())
    }

    /// Draws the line with its dots. `until`: how much of the x axis is drawn, in a frame of an
    /// animation; `dash`: the length of a dash in pixels.
    pub(super) fn draw(&self, chart: &mut Series, until: Option<f64>, dash: f64) -> Drawn {
        let pairs = self.pieces.iter().flat_map(|piece| piece.windows(2));
        let climb: f64 = pairs.map(|pair| (pair[1].1 - pair[0].1).abs()).sum();
        let style = match self.curve.style {
            Style::Level => stroke(self.colour, 1.5),
            _ if self.curve.faint && self.raw.is_empty() => stroke(pale(self.colour, 0.4), 1.5),
            // A line that goes up and down all the time would be a blot at full width.
            _ if climb > 6.0 * until.unwrap_or(1.0) => stroke(self.colour, 1.0),
            _ => stroke(self.colour, 2.0),
        };
        let circle =
            |size: f64| move |&point: &Point| Circle::new(point, units(size), style.filled());
        for piece in &self.pieces {
            if self.has_dots() || piece.len() == 1 {
                chart.draw_series(piece.iter().map(circle(3.5)))?;
            }
            if self.dashed {
                let (dash, gap) = (units(dash), units(0.65 * dash));
                chart.draw_series(DashedLineSeries::new(piece.clone(), dash, gap, style))?;
            } else if self.curve.style != Style::Dots {
                chart.draw_series(LineSeries::new(piece.clone(), style))?;
            }
        }
        if until.is_some() && self.curve.style != Style::Dots {
            chart.draw_series(self.head().map(circle(4.5)))?;
        }
        Ok(())
    }

    /// The last point, but of a reference line.
    pub(super) fn head(&self) -> Option<&Point> {
        self.pieces.last().filter(|_| self.curve.style != Style::Level)?.last()
    }

    /// Draws the line into the legend.
    pub(super) fn draw_sample(&self, area: &Area) -> Drawn {
        let unit = Axis::with_ticks(Vec::new());
        let mut series = ChartBuilder::on(area).build_cartesian_2d(unit.clone(), unit)?;
        let inset = if self.has_dots() { 0.12 } else { 0.0 };
        let piece = vec![(inset, 0.5), (1.0 - inset, 0.5)];
        let mut sample = Line { pieces: vec![piece], ..self.clone() };
        sample.raw.truncate(1);
        sample.bands.truncate(1);
        let zigzag = (0..=12).map(|k| (f64::from(k) / 12.0, 0.2 + 0.6 * f64::from(k % 2)));
        sample.raw.fill(zigzag.collect());
        sample.bands.fill(vec![(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)]);
        sample.draw_background(&mut series)?;
        sample.draw(&mut series, None, 7.0)
    }
}

impl Raster<'_> {
    fn column(&self, (x, _): Point) -> i64 {
        (x * self.columns).floor() as i64
    }

    /// A reference line over the whole axis.
    fn level(&self, y: f64) -> Vec<Vec<Point>> {
        let y = self.axes.y.place(y).filter(|y| (-1e-6..1.0 + 1e-6).contains(y));
        y.map(|y| vec![(0.0, y), (1.0, y)]).into_iter().collect()
    }

    fn pieces(&self, points: &[Point]) -> Vec<Vec<Point>> {
        let places = points.iter().map(|&point| self.axes.place(point)).enumerate();
        let places: Vec<(usize, Point)> =
            places.filter_map(|(k, place)| Some((k, place?))).collect();
        // A missing point is a gap, but nobody could see one narrower than a column.
        let joined = |a: &(usize, Point), b: &(usize, Point)| {
            b.0 == a.0 + 1 || (0..=1).contains(&(self.column(b.1) - self.column(a.1)))
        };
        places.chunk_by(joined).flat_map(|run| self.cut(&self.thin(run))).collect()
    }

    /// Of neighbouring points in one column only the lowest and the highest: the drawn line
    /// stays the same. Both ends stay, so that a single point is a line from it to itself.
    fn thin(&self, run: &[(usize, Point)]) -> Vec<Point> {
        let mut thin = vec![run[0].1];
        for group in run.chunk_by(|a, b| self.column(a.1) == self.column(b.1)) {
            let by_height = |a: &&(usize, Point), b: &&(usize, Point)| a.1.1.total_cmp(&b.1.1);
            let mut ends = [group.iter().min_by(by_height), group.iter().max_by(by_height)];
            ends.sort_by_key(|end| end.map(|end| end.0));
            thin.extend(ends.iter().flatten().map(|end| end.1));
        }
        thin.push(run[run.len() - 1].1);
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
        let places = points.iter().filter_map(|&point| self.axes.place(point));
        let inside =
            places.filter(|(x, y)| (0.0..=self.until).contains(x) && (0.0..=1.0).contains(y));
        inside.filter(|&(x, y)| taken.insert((cell(x), cell(y)))).collect()
    }

    /// The band around the points of each piece.
    fn bands(&self, curve: &Curve) -> Vec<Vec<Point>> {
        let (bottom, top) = (self.axes.y.value(0.0), self.axes.y.value(1.0));
        let edge = |pick: fn(f64, f64) -> f64| {
            let bounds = curve.points.iter().zip(&curve.bounds);
            let point = |(&(x, _), &(low, high)): (&Point, &Point)| match (low + high).is_nan() {
                true => (x, f64::NAN),
                false => (x, pick(low, high).clamp(bottom, top)),
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
