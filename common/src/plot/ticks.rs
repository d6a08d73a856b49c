//! Where the ticks of an axis stand.

use super::numbers::{log_label, number, power_of_ten};

/// A tick at `value`; without a label it is a fine grid line only.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Tick {
    pub(super) value: f64,
    pub(super) label: Option<String>,
}

/// The smallest of 1, 2, 5, 10, 20, ... that needs at most `most` steps.
pub(super) fn step_for(low: f64, high: f64, most: usize) -> f64 {
    let rough = (high - low) / most.max(1) as f64;
    let decade = rough.log10().floor() as i32;
    for factor in [1.0, 2.0, 5.0, 10.0] {
        let step = factor * power_of_ten(decade);
        if step >= rough * (1.0 - 1e-9) {
            return step;
        }
    }
    rough
}

pub(super) fn linear(low: f64, high: f64, step: f64) -> Vec<Tick> {
    let first = (low / step - 1e-9).ceil();
    let last = (high / step + 1e-9).floor();
    let count = (last - first).clamp(0.0, 50.0) as usize;
    (0..=count)
        .map(|k| (first + k as f64) * step)
        .map(|value| Tick { value, label: Some(number(value, step, low.abs().max(high.abs()))) })
        .collect()
}

pub(super) fn logarithmic(low: f64, high: f64, most: usize) -> Vec<Tick> {
    let first = (low.log10() - 1e-9).ceil() as i32;
    let last = (high.log10() + 1e-9).floor() as i32;
    let decades = (last - first + 1).max(0) as usize;
    let powers = first < -4 || last > 6;
    if decades < 2 {
        return within_few_decades(low, high, most, powers);
    }
    // Few decades: 1, 2, 5 have a label each if there is room.
    if decades <= 3 {
        let ticks = all_digits(low, high, powers);
        if named(&ticks) <= most {
            return ticks;
        }
    }
    let rough = decades.div_ceil(most.max(1)) as i32;
    let strides = [1, 2, 5, 10, 20, 50, 100, 200, 500];
    let stride = strides.into_iter().find(|&stride| stride >= rough).unwrap_or(rough);
    let mut ticks =
        if decades <= 6 && stride == 1 { all_digits(low, high, powers) } else { Vec::new() };
    ticks.iter_mut().for_each(|tick| tick.label = None);
    let multiples = (first..=last).filter(|exponent| exponent % stride == 0);
    ticks.extend(multiples.map(|exponent| Tick {
        value: power_of_ten(exponent),
        label: Some(log_label(1, exponent, powers)),
    }));
    ticks
}

/// Within a decade or two: 1, 2, 5 are labelled, or plain steps if even those
/// are too far apart.
fn within_few_decades(low: f64, high: f64, most: usize, powers: bool) -> Vec<Tick> {
    let ticks = all_digits(low, high, powers);
    if named(&ticks) >= 2 && named(&ticks) <= most.max(2) {
        return ticks;
    }
    linear(low, high, step_for(low, high, most.clamp(1, 5)))
}

fn named(ticks: &[Tick]) -> usize {
    ticks.iter().filter(|tick| tick.label.is_some()).count()
}

/// 1 to 9 times every power of ten within the range; 1, 2 and 5 have labels.
fn all_digits(low: f64, high: f64, powers: bool) -> Vec<Tick> {
    let mut ticks = Vec::new();
    for exponent in low.log10().floor() as i32..=high.log10().ceil() as i32 {
        for factor in 1..10 {
            let value = f64::from(factor) * power_of_ten(exponent);
            if value < low * (1.0 - 1e-9) || value > high * (1.0 + 1e-9) {
                continue;
            }
            let label = matches!(factor, 1 | 2 | 5).then(|| log_label(factor, exponent, powers));
            ticks.push(Tick { value, label });
        }
    }
    ticks
}
