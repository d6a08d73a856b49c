//! What a chart shows: curves, bands, points and reference lines.

use super::ink::Colour;
use super::numbers::grouped;

/// How the points of a curve are joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    Line,
    Dots,
    LineAndDots,
    /// A horizontal reference line.
    Level,
}

/// One curve of a chart, with the name that the legend gives it.
///
/// Points whose x or y is NaN or infinite (or not positive, on a logarithmic
/// axis) are gaps.
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
    pub(super) window: usize,
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

    /// A dashed horizontal line at `y`, with its name written on it.
    pub fn level(name: impl Into<String>, y: f64) -> Curve {
        Curve {
            style: Style::Level,
            colour: Some(Colour::Grey),
            dashed: true,
            ..Curve::new(name, &[(f64::NAN, y)])
        }
    }

    /// The mean of several runs, one a seed, and a band from the lowest to the
    /// highest of them. Values are gathered by equal x, so that a run may have
    /// stopped early.
    pub fn mean_and_range(name: impl Into<String>, runs: &[Vec<(f64, f64)>]) -> Curve {
        let spread = |values: &[f64]| {
            let low = values.iter().copied().fold(f64::INFINITY, f64::min);
            let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            (low, high)
        };
        Curve::of_runs(name, "mean and range", runs, spread)
    }

    /// The mean of several runs, one a seed, and a band of one standard
    /// deviation (of the sample, divided by n - 1) to either side.
    pub fn mean_and_sd(name: impl Into<String>, runs: &[Vec<(f64, f64)>]) -> Curve {
        let spread = |values: &[f64]| {
            let mean = mean(values);
            let squares: f64 = values.iter().map(|v| (v - mean).powi(2)).sum();
            let sd = (squares / (values.len().max(2) - 1) as f64).sqrt();
            (mean - sd, mean + sd)
        };
        Curve::of_runs(name, "mean ± standard deviation", runs, spread)
    }

    fn of_runs(
        name: impl Into<String>,
        what: &str,
        runs: &[Vec<(f64, f64)>],
        spread: impl Fn(&[f64]) -> (f64, f64),
    ) -> Curve {
        let mut all: Vec<(f64, f64)> = runs.iter().flatten().copied().collect();
        all.retain(|&(x, y)| x.is_finite() && y.is_finite());
        // A stable sort: values at one x are summed in the order of the runs.
        all.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut points = Vec::new();
        let mut bounds = Vec::new();
        for group in all.chunk_by(|a, b| a.0 == b.0) {
            let values: Vec<f64> = group.iter().map(|&(_, y)| y).collect();
            points.push((group[0].0, mean(&values)));
            bounds.push(spread(&values));
        }
        let plural = if runs.len() == 1 { "" } else { "s" };
        let name = format!("{} ({what} of {} run{plural})", name.into(), runs.len());
        Curve::new(name, &points).band(&bounds)
    }

    /// In this colour instead of the next one in order.
    pub fn colour(mut self, colour: Colour) -> Curve {
        self.colour = Some(colour);
        self
    }

    /// Pale and thin, for noisy curves behind others.
    pub fn faint(mut self) -> Curve {
        self.faint = true;
        self
    }

    /// Pale, with the mean of the `window` points around each point on top.
    pub fn smoothed(mut self, window: usize) -> Curve {
        self.window = window;
        self
    }

    /// Only the points, not joined.
    pub fn dots(mut self) -> Curve {
        self.style = Style::Dots;
        self
    }

    /// The points, joined.
    pub fn line_and_dots(mut self) -> Curve {
        self.style = Style::LineAndDots;
        self
    }

    /// A dashed line.
    pub fn dashed(mut self) -> Curve {
        self.dashed = true;
        self
    }

    /// A pale band between a lower and an upper bound for each point, in the
    /// order of the points; points beyond the last bound have none.
    pub fn band(mut self, bounds: &[(f64, f64)]) -> Curve {
        self.bounds = bounds.to_vec();
        self
    }

    pub(super) fn is_level(&self) -> bool {
        self.style == Style::Level
    }

    pub(super) fn is_smoothed(&self) -> bool {
        self.window > 1
    }

    /// What the legend says.
    pub(super) fn legend(&self) -> String {
        if self.is_smoothed() && !self.name.is_empty() {
            format!("{}, running mean of {}", self.name, grouped(&self.window.to_string()))
        } else {
            self.name.clone()
        }
    }

    /// The running mean: of the `window` points around each point, fewer at
    /// both ends. Gaps stay gaps and do not count.
    pub(super) fn running_mean(&self) -> Vec<(f64, f64)> {
        let (before, after) = ((self.window - 1) / 2, self.window / 2);
        let count = self.points.len();
        let mut sum = 0.0;
        let mut used = 0_usize;
        let mut held = 0..0;
        let mut means = Vec::with_capacity(count);
        for (k, &(x, y)) in self.points.iter().enumerate() {
            let wanted = k.saturating_sub(before)..(k + after + 1).min(count);
            // Now and then from scratch, so that rounding does not add up.
            if k % self.window == 0 {
                (sum, used, held) = (0.0, 0, wanted.start..wanted.start);
            }
            for value in held.start..wanted.start {
                if self.points[value].1.is_finite() {
                    sum -= self.points[value].1;
                    used -= 1;
                }
            }
            for value in held.end..wanted.end {
                if self.points[value].1.is_finite() {
                    sum += self.points[value].1;
                    used += 1;
                }
            }
            held = wanted;
            let mean = if y.is_finite() { sum / used as f64 } else { f64::NAN };
            means.push((x, mean));
        }
        means
    }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_running_mean_is_the_mean_of_the_points_around() {
        let points: Vec<_> = (0..7).map(|k| (f64::from(k), f64::from(k * k))).collect();
        let means = Curve::new("a", &points).smoothed(3).running_mean();
        assert_eq!(means[0], (0.0, 0.5));
        assert_eq!(means[3], (3.0, (4.0 + 9.0 + 16.0) / 3.0));
        assert_eq!(means[6], (6.0, (25.0 + 36.0) / 2.0));
    }

    #[test]
    fn a_gap_stays_a_gap_and_spoils_nothing_else() {
        let points = [(0.0, 1.0), (1.0, f64::NAN), (2.0, 3.0), (3.0, 5.0)];
        let means = Curve::new("a", &points).smoothed(3).running_mean();
        assert_eq!(means[0].1, 1.0);
        assert!(means[1].1.is_nan());
        assert_eq!(means[2].1, 4.0);
    }

    #[test]
    fn runs_are_gathered_by_x_even_if_one_stopped_early() {
        let runs = [vec![(1.0, 2.0), (2.0, 4.0)], vec![(1.0, 6.0)]];
        let curve = Curve::mean_and_range("a", &runs);
        assert_eq!(curve.points, [(1.0, 4.0), (2.0, 4.0)]);
        assert_eq!(curve.bounds, [(2.0, 6.0), (4.0, 4.0)]);
        let spread = Curve::mean_and_sd("a", &runs).bounds[0];
        assert!((spread.1 - 4.0 - 8_f64.sqrt()).abs() < 1e-12);
    }
}
