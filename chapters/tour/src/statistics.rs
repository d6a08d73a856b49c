//! Statistics of one figure over several seeds.

use common::metric::mean_and_deviation;

/// Mean and spread of some measurements of the same figure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Statistics {
    /// Number of measurements, at least 1.
    pub n: usize,
    /// Their mean.
    pub mean: f64,
    /// Standard deviation of the sample (divided by `n - 1`); `None` for a
    /// single measurement.
    pub sd: Option<f64>,
    /// The lowest.
    pub min: f64,
    /// The highest.
    pub max: f64,
}

impl Statistics {
    /// Of `values`; `None` if there are none.
    pub fn of(values: &[f64]) -> Option<Statistics> {
        if values.is_empty() {
            return None;
        }
        let (mean, deviation) = mean_and_deviation(values);
        Some(Statistics {
            n: values.len(),
            mean,
            sd: (values.len() > 1).then_some(deviation),
            min: values.iter().copied().fold(f64::INFINITY, f64::min),
            max: values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        })
    }

    /// `86.31 ± 0.35 %`, or `86.31 %` for a single measurement.
    pub fn mean_and_sd(&self, unit: &str) -> String {
        match self.sd {
            Some(sd) => format!("{:.2} ± {sd:.2} {unit}", self.mean),
            None => format!("{:.2} {unit}", self.mean),
        }
    }

    /// `85.90 to 86.80 %`.
    pub fn range(&self, unit: &str) -> String {
        format!("{:.2} to {:.2} {unit}", self.min, self.max)
    }
}
