//! How far a measured number may be from the true one: intervals that hold it in
//! 95 of 100 experiments.

use common::metric::mean_and_deviation;

/// Standard normal deviation that 95 % of all draws stay within.
const Z: f64 = 1.959_963_984_540_054;
const CONFIDENCE: f64 = 0.95;

/// A number and the ends of its interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// What was measured.
    pub middle: f64,
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl Interval {
    fn around(middle: f64, half: f64) -> Interval {
        Interval { middle, low: middle - half, high: middle + half }
    }

    /// Whether `value` is in it.
    pub fn holds(&self, value: f64) -> bool {
        (self.low..=self.high).contains(&value)
    }
}

/// Student's interval for the mean of independent values, all from one source:
/// `mean ± t s / sqrt(J)`. For differences over random splits of the **same**
/// flowers: what another draw of splits would give.
///
/// Student, "The probable error of a mean", Biometrika 6, 1908.
///
/// # Panics
/// If there are fewer than two values.
pub fn student(values: &[f64]) -> Interval {
    corrected(values, 0.0)
}

/// The same for **other** flowers of these species: `mean ± t s sqrt(1 / J + test /
/// train)`, with `ratio` the flowers tested by those learnt from. Splits share most
/// of their flowers, so J of them know less than J independent experiments would,
/// however many are drawn.
///
/// C. Nadeau, Y. Bengio, "Inference for the generalization error", Machine Learning
/// 52, 2003.
///
/// # Panics
/// If there are fewer than two values.
pub fn corrected(values: &[f64], ratio: f64) -> Interval {
    assert!(values.len() > 1, "an interval needs two values at least, not {}", values.len());
    let j = values.len() as f64;
    let (mean, s) = mean_and_deviation(values);
    Interval::around(mean, student_quantile(j - 1.0) * s * (1.0 / j + ratio).sqrt())
}

/// The `t` that a Student variable with `df` degrees of freedom stays within, on
/// both sides, with a probability of 95 %.
///
/// With `t = sqrt(df) tan(a)` its density becomes `cos(a)^(df - 1)`, from -90 to 90
/// degrees. So we look for the angle that has 95 % of the area on its near side.
pub fn student_quantile(df: f64) -> f64 {
    let right = std::f64::consts::FRAC_PI_2;
    let area = |to: f64| simpson(to, |a| a.cos().powf(df - 1.0));
    let wanted = CONFIDENCE * area(right);
    let (mut low, mut high) = (0.0, right);
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        if area(middle) < wanted { low = middle } else { high = middle }
    }
    df.sqrt() * low.tan()
}

/// The area under `f` from 0 to `to`, by Simpson's rule.
fn simpson(to: f64, f: impl Fn(f64) -> f64) -> f64 {
    const PARTS: usize = 2_000; // even
    let width = to / PARTS as f64;
    let inner: f64 = (1..PARTS).map(|k| [2.0, 4.0][k % 2] * f(k as f64 * width)).sum();
    (f(0.0) + inner + f(to)) * width / 3.0
}

/// The median, and two of the sorted values that the true one lies between. Each
/// value is above it or below, like a coin; so the ends are the last two of which a
/// coin says that so few beyond them are no accident. Nothing else is assumed, and a
/// few wild values do no harm: for times. With fewer than six values it is their
/// range, which holds it less often than in 95 of 100 cases.
///
/// # Panics
/// If there are no values.
pub fn median(values: &[f64]) -> Interval {
    assert!(!values.is_empty(), "nothing has no median");
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let n = sorted.len();
    // The lower end is the value of rank r, from 1: the largest r with
    // P(fewer than r of n coins show heads) <= 2.5 %.
    let mut rank = 0;
    let mut ln_chance = -(n as f64) * std::f64::consts::LN_2; // of exactly `rank` heads
    let mut at_most = ln_chance.exp(); // `rank` heads
    while at_most <= (1.0 - CONFIDENCE) / 2.0 {
        rank += 1;
        ln_chance += ((n + 1 - rank) as f64 / rank as f64).ln();
        at_most += ln_chance.exp();
    }
    let first = rank.max(1) - 1;
    let middle = (sorted[(n - 1) / 2] + sorted[n / 2]) / 2.0;
    Interval { middle, low: sorted[first], high: sorted[n - 1 - first] }
}

/// Wilson's interval for a share, `right` of `n` independent tries, as parts of 1:
/// all shares `p` with `|right / n - p| <= z sqrt(p (1 - p) / n)`. It does not fail
/// where everything was right.
///
/// E. B. Wilson, "Probable inference, the law of succession, and statistical
/// inference", Journal of the American Statistical Association 22, 1927.
///
/// # Panics
/// If `n` is 0.
pub fn wilson(right: f64, n: f64) -> Interval {
    assert!(n > 0.0, "a share of nothing");
    let (p, z) = (right / n, Z * Z / n);
    let centre = (p + z / 2.0) / (1.0 + z);
    let half = (z * p * (1.0 - p) + z * z / 4.0).sqrt() / (1.0 + z);
    Interval { middle: p, low: (centre - half).max(0.0), high: (centre + half).min(1.0) }
}
