//! A curve of a chart: its points, and how they are drawn.

use super::palette::Colour;
use super::ticks::grouped;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    Line,
    Dots,
    LineAndDots,
    /// A horizontal reference line.
    Level,
}

/// One curve of a chart, with its name in the legend.
///
/// Points whose x or y is NaN or infinite (or not positive, on a logarithmic axis) are gaps.
#[derive(Clone, Debug)]
pub struct Curve {
    pub(super) name: String,
    pub(super) points: Vec<(f64, f64)>,
    /// Lower and upper bound at every point, or nothing.
    pub(super) bounds: Vec<(f64, f64)>,
    pub(super) style: Style,
    pub(super) colour: Option<Colour>,
    pub(super) faint: bool,
    pub(super) dashed: bool,
    window: usize,
}

impl Curve {
    /// A line through `points`, each `(x, y)`.
    pub fn new(name: impl Into<String>, points: &[(f64, f64)]) -> Curve {
        Curve {
            name: name.into(),
            points: points.to_vec(),
            bounds: Vec::new(),
            style: Style::Line,
            colour: None,
            faint: false,
            dashed: false,
            window: 0,
        }
    }

    /// A dashed horizontal line at `y`, for reference. Its name stands beside it, or in the legend
    /// where curves leave no room.
    pub fn level(name: impl Into<String>, y: f64) -> Curve {
        let curve = Curve::new(name, &[(f64::NAN, y)]).dashed().colour(Colour::Grey);
        Curve { style: Style::Level, ..curve }
    }

    /// The mean of several runs, one a seed, and a band from the lowest to the highest. Values
    /// of equal x belong together, so that a run may have stopped early.
    pub fn mean_and_range(name: impl Into<String>, runs: &[Vec<(f64, f64)>]) -> Curve {
        let mut all: Vec<(f64, f64)> = runs.iter().flatten().copied().collect();
        all.retain(|&(x, y)| x.is_finite() && y.is_finite());
        // A stable sort: values of one x are summed in the order of the runs.
        all.sort_by(|a, b| a.0.total_cmp(&b.0));
        let summary = |group: &[(f64, f64)]| {
            let values = || group.iter().map(|point| point.1);
            let mean = values().sum::<f64>() / group.len() as f64;
            let low = values().fold(f64::INFINITY, f64::min);
            ((group[0].0, mean), (low, values().fold(f64::NEG_INFINITY, f64::max)))
        };
        let (points, bounds): (Vec<_>, Vec<_>) =
            all.chunk_by(|a, b| a.0 == b.0).map(summary).unzip();
        let plural = if runs.len() == 1 { "" } else { "s" };
        let of = format!("mean and range of {} run{plural}", runs.len());
        Curve::new(format!("{} ({of})", name.into()), &points).band(&bounds)
    }

    /// In this colour instead of the next one in order.
    pub fn colour(self, colour: Colour) -> Curve {
        Curve { colour: Some(colour), ..self }
    }

    /// Pale and thin, for noisy curves behind others.
    pub fn faint(self) -> Curve {
        Curve { faint: true, ..self }
    }

    /// Pale, with the mean of the `window` points around each point on top.
    pub fn smoothed(self, window: usize) -> Curve {
        Curve { window, ..self }
    }

    /// Only the points, not joined.
    pub fn dots(self) -> Curve {
        Curve { style: Style::Dots, ..self }
    }

    /// The points, joined.
    pub fn line_and_dots(self) -> Curve {
        Curve { style: Style::LineAndDots, ..self }
    }

    /// A dashed line.
    pub fn dashed(self) -> Curve {
        Curve { dashed: true, ..self }
    }

    /// A pale band between a lower and an upper bound for each point, in the order of the
    /// points; points beyond the last bound have none.
    pub fn band(self, bounds: &[(f64, f64)]) -> Curve {
        Curve { bounds: bounds.to_vec(), ..self }
    }

    pub(super) fn is_smoothed(&self) -> bool {
        self.window > 1
    }

    pub(super) fn legend(&self) -> String {
        match self.is_smoothed() && !self.name.is_empty() {
            true => format!("{}, running mean of {}", self.name, grouped(self.window)),
            false => self.name.clone(),
        }
    }

    /// The mean of the `window` points around each point, fewer at both ends. Gaps stay gaps
    /// and do not count.
    pub(super) fn running_mean(&self) -> Vec<(f64, f64)> {
        let (before, after) = ((self.window - 1) / 2, self.window / 2);
        // The sum and the number of all values before each point.
        let mut sums = vec![(0.0, 0.0)];
        for &(_, y) in &self.points {
            let (sum, count) = sums[sums.len() - 1];
            sums.push(if y.is_finite() { (sum + y, count + 1.0) } else { (sum, count) });
        }
        let mean = |(k, &(x, y)): (usize, &(f64, f64))| {
            let from = sums[k.saturating_sub(before)];
            let to = sums[(k + after).min(self.points.len() - 1) + 1];
            (x, if y.is_finite() { (to.0 - from.0) / (to.1 - from.1) } else { f64::NAN })
        };
        self.points.iter().enumerate().map(mean).collect()
    }
}
