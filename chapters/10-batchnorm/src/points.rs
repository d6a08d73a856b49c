//! What is to be learnt: a parabola with a fast wave on it.

use common::{Real, Rng};
use ndarray::Array2;
use rand::Rng as _;

/// The article's interval: from -2 to 2.
pub const INTERVAL: (f64, f64) = (-2.0, 2.0);
/// Inputs of the network: 1, x, x^2, x^3, x^4, x^5.
pub const POWERS: usize = 6;

/// The curve: `3x + 2x^2 + 1 + 3 cos(20x)`, the article's.
pub fn curve(x: f64) -> f64 {
    3.0 * x + 2.0 * x * x + 1.0 + wave(x)
}

/// The part of it that nothing smooth can follow: `3 cos(20x)`, 12.7 waves.
pub fn wave(x: f64) -> f64 {
    3.0 * (20.0 * x).cos()
}

/// Points of the curve.
#[derive(Clone, Debug)]
pub struct Points<F> {
    /// Where they are, `N` numbers.
    pub at: Vec<f64>,
    /// Their powers, `(N, 6)`.
    pub x: Array2<F>,
    /// What the curve is there, `(N, 1)`: a column, one target a row.
    pub t: Array2<F>,
}

impl<F: Real> Points<F> {
    /// `n` points, evenly spaced, both ends among them.
    pub fn even(n: usize) -> Points<F> {
        let (low, high) = INTERVAL;
        let apart = (high - low) / (n - 1) as f64;
        Points::of((0..n).map(|i| low + i as f64 * apart).collect())
    }

    /// `n` points drawn at random from the interval, in order.
    pub fn sample_rows(n: usize, rng: &mut Rng) -> Points<F> {
        let (low, high) = INTERVAL;
        let mut at: Vec<f64> = (0..n).map(|_| rng.random_range(low..high)).collect();
        at.sort_by(f64::total_cmp);
        Points::of(at)
    }

    /// The points at these places.
    pub fn of(at: Vec<f64>) -> Points<F> {
        let x = Array2::from_shape_fn((at.len(), POWERS), |(i, k)| F::of(at[i].powi(k as i32)));
        let t = Array2::from_shape_fn((at.len(), 1), |(i, _)| F::of(curve(at[i])));
        Points { at, x, t }
    }

    /// The same with each power at mean 0 and variance 1 over `like`, all but the
    /// first, which is 1 everywhere.
    pub fn standardised(&self, like: &Points<F>) -> Points<F> {
        let mut points = self.clone();
        for k in 1..POWERS {
            let column: Vec<f64> = like.x.column(k).iter().map(|&v| v.into()).collect();
            let mean = mean(&column);
            let std = variance(&column).sqrt();
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
