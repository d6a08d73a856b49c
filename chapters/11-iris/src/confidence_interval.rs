//! 95 % confidence intervals of a mean, a median and a proportion.

use common::metric::mean_and_deviation;

/// The standard normal deviation that 95 % of all values stay within.
const Z: f64 = 1.959_963_984_540_054;
const CONFIDENCE: f64 = 0.95;

/// An estimate and its interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The estimate.
    pub estimate: f64,
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl Interval {
    /// Whether `value` is in it.
    pub fn contains(&self, value: f64) -> bool {
        (self.low..=self.high).contains(&value)
    }
}

/// Student's interval for the mean of independent values: `mean ± t s / sqrt(J)`. For
/// differences over random splits of the **same** flowers: what other splits would give.
/// Student, "The probable error of a mean", Biometrika 6, 1908.
/// Panics if there are fewer than two values.
pub fn t_interval(values: &[f64]) -> Interval {
    corrected_t_interval(values, 0.0)
}

/// The same for **other** flowers of these species: `mean ± t s sqrt(1 / J + test /
/// train)`, with `ratio` the size of the test set divided by that of the training set.
/// Splits share most of their flowers, so J of them carry less information than J
/// independent experiments. C. Nadeau, Y. Bengio, "Inference for the
/// generalization error", Machine Learning 52, 2003.
/// Panics if there are fewer than two values.
pub fn corrected_t_interval(values: &[f64], ratio: f64) -> Interval {
    assert!(values.len() > 1, "an interval needs two values at least, not {}", values.len());
    let j = values.len() as f64;
    let (mean, s) = mean_and_deviation(values);
    let half = t_quantile(j - 1.0) * s * (1.0 / j + ratio).sqrt();
    Interval { estimate: mean, low: mean - half, high: mean + half }
}

/// The `t` that a Student variable with `df` degrees of freedom stays within, on both
/// sides, with a probability of 95 %.
///
/// With `t = sqrt(df) tan(a)` its density becomes `cos(a)^(df - 1)`, from -90 to 90
/// degrees. Bisection finds the angle below which 95 % of the area from 0 to 90 lie.
pub fn t_quantile(df: f64) -> f64 {
    let right_angle = std::f64::consts::FRAC_PI_2;
    let area = |to: f64| simpson(to, |a| a.cos().powf(df - 1.0));
    let target = CONFIDENCE * area(right_angle);
    let (mut low, mut high) = (0.0, right_angle);
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        if area(middle) < target { low = middle } else { high = middle }
    }
    df.sqrt() * low.tan()
}

/// The integral of `f` from 0 to `to`, by Simpson's rule.
fn simpson(to: f64, f: impl Fn(f64) -> f64) -> f64 {
    const PARTS: usize = 2_000; // even
    let width = to / PARTS as f64;
    let inner: f64 = (1..PARTS).map(|k| [2.0, 4.0][k % 2] * f(k as f64 * width)).sum();
    (f(0.0) + inner + f(to)) * width / 3.0
}

/// The median, and an interval between two of the sorted values. Each value is above or
/// below the true median with probability 1/2, so the ends follow from the binomial
/// distribution. Nothing else is assumed and outliers do no harm: for times. With fewer
/// than six values it is their range, at less than 95 %.
/// Panics if there are no values.
pub fn median_interval(values: &[f64]) -> Interval {
    assert!(!values.is_empty(), "the median of no values");
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let n = sorted.len();
    // The lower end is the value of rank r, from 1: the largest r with
    // P(fewer than r of n coins show heads) <= 2.5 %
    let mut rank = 0;
    let mut ln_chance = -(n as f64) * std::f64::consts::LN_2; // of exactly `rank` heads
    let mut at_most = ln_chance.exp(); // `rank` heads
    while at_most <= (1.0 - CONFIDENCE) / 2.0 {
        rank += 1;
        ln_chance += ((n + 1 - rank) as f64 / rank as f64).ln();
        at_most += ln_chance.exp();
    }
    let first = rank.max(1) - 1;
    let estimate = (sorted[(n - 1) / 2] + sorted[n / 2]) / 2.0;
    Interval { estimate, low: sorted[first], high: sorted[n - 1 - first] }
}

/// Wilson's interval for a proportion, `right` of `n` independent trials, from 0 to 1: all
/// `p` with `|right / n - p| <= z sqrt(p (1 - p) / n)`. It holds for 0 and 1 too. E. B.
/// Wilson, "Probable inference, the law of succession, and statistical inference", Journal
/// of the American Statistical Association 22, 1927.
/// Panics if `n` is 0.
pub fn wilson_interval(right: f64, n: f64) -> Interval {
    assert!(n > 0.0, "a proportion of no trials");
    let (p, z) = (right / n, Z * Z / n);
    let centre = (p + z / 2.0) / (1.0 + z);
    let half = (z * p * (1.0 - p) + z * z / 4.0).sqrt() / (1.0 + z);
    Interval { estimate: p, low: (centre - half).max(0.0), high: (centre + half).min(1.0) }
}
