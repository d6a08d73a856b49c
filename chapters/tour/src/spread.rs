//! What several seeds say about one figure.

/// Mean and spread of some measurements of the same thing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// How many measurements there are, at least 1.
    pub n: usize,
    /// Their mean.
    pub mean: f64,
    /// Their standard deviation, of the sample (divided by `n - 1`); `None`
    /// for a single measurement, which says nothing of its spread.
    pub sd: Option<f64>,
    /// The lowest.
    pub min: f64,
    /// The highest.
    pub max: f64,
}

impl Spread {
    /// Of `values`; `None` if there are none.
    pub fn of(values: &[f64]) -> Option<Spread> {
        if values.is_empty() {
            return None;
        }
        let n = values.len();
        let mean = values.iter().sum::<f64>() / n as f64;
        let squares: f64 = values.iter().map(|v| (v - mean).powi(2)).sum();
        Some(Spread {
            n,
            mean,
            sd: (n > 1).then(|| (squares / (n - 1) as f64).sqrt()),
            min: values.iter().copied().fold(f64::INFINITY, f64::min),
            max: values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        })
    }

    /// `86.31 ± 0.35 %`, or `86.31 %` for a single measurement.
    pub fn text(&self, unit: &str) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standard_deviation_is_that_of_the_sample() {
        let spread = Spread::of(&[2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0]).unwrap();
        assert_eq!((spread.n, spread.mean, spread.min, spread.max), (8, 5.0, 2.0, 9.0));
        assert!((spread.sd.unwrap() - (32.0_f64 / 7.0).sqrt()).abs() < 1e-12);
    }

    #[test]
    fn one_measurement_has_no_spread_and_none_has_nothing() {
        assert_eq!(Spread::of(&[3.0]).unwrap().sd, None);
        assert_eq!(Spread::of(&[3.0]).unwrap().text("s"), "3.00 s");
        assert_eq!(Spread::of(&[]), None);
    }

    #[test]
    fn a_spread_reads_as_mean_and_deviation() {
        let spread = Spread::of(&[86.0, 87.0]).unwrap();
        assert_eq!(spread.text("%"), "86.50 ± 0.71 %");
        assert_eq!(spread.range("%"), "86.00 to 87.00 %");
    }
}
