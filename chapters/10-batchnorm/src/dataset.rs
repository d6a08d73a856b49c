//! The data: points of a parabola with a fast cosine on it.

use common::{Real, Rng};
use ndarray::{Array1, Array2};
use rand::Rng as _;

const INTERVAL: std::ops::Range<f64> = -2.0..2.0; // the article's
/// Points to test on, random ones; the article tests on its training points.
pub const TEST_POINTS: usize = 300;
/// Inputs of the network: 1, x, x^2, x^3, x^4, x^5.
pub const POWERS: usize = 6;

/// The curve: `3x + 2x^2 + 1 + 3 cos(20x)`, the article's.
fn curve(x: f64) -> f64 {
    3.0 * x + 2.0 * x * x + 1.0 + cosine(x)
}

/// The part of it that no polynomial of degree 5 fits: `3 cos(20x)`, 12.7 periods.
pub fn cosine(x: f64) -> f64 {
    3.0 * (20.0 * x).cos()
}

/// Points of the curve.
#[derive(Clone, Debug)]
pub struct Points<F> {
    /// The `N` abscissas.
    pub at: Vec<f64>,
    /// Their powers, `(N, 6)`.
    pub x: Array2<F>,
    /// The curve there, `(N, 1)`: the targets.
    pub t: Array2<F>,
}

impl<F: Real> Points<F> {
    /// `n` points, evenly spaced, with both ends of the interval.
    pub fn linspace(n: usize) -> Points<F> {
        Points::new(Array1::linspace(INTERVAL.start, INTERVAL.end, n).to_vec())
    }

    /// `n` points drawn uniformly from the interval, sorted.
    pub fn uniform(n: usize, rng: &mut Rng) -> Points<F> {
        let mut at: Vec<f64> = (0..n).map(|_| rng.random_range(INTERVAL)).collect();
        at.sort_by(f64::total_cmp);
        Points::new(at)
    }

    fn new(at: Vec<f64>) -> Points<F> {
        let x = Array2::from_shape_fn((at.len(), POWERS), |(i, k)| F::of(at[i].powi(k as i32)));
        let t = Array2::from_shape_fn((at.len(), 1), |(i, _)| F::of(curve(at[i])));
        Points { at, x, t }
    }

    /// The same with each power but the constant one standardised by the mean and the
    /// variance that it has over `reference`.
    pub fn standardised(&self, reference: &Points<F>) -> Points<F> {
        let mut points = self.clone();
        for k in 1..POWERS {
            let column: Vec<f64> = reference.x.column(k).iter().map(|&v| v.into()).collect();
            let (mean, std) = (mean(&column), variance(&column).sqrt());
            points.x.column_mut(k).mapv_inplace(|v| F::of((v.into() - mean) / std));
        }
        points
    }
}

/// The mean of some numbers.
pub fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Their variance, divided by how many there are.
pub fn variance(values: &[f64]) -> f64 {
    let mean = mean(values);
    values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / values.len() as f64
}
