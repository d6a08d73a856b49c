//! Where the ticks of an axis stand, and numbers as words: "10 000", "0.05", "2×10⁻⁷".

use std::fmt::Display;

/// The value and the label of a tick; without a label it is a fine grid line.
pub(super) type Tick = (f64, String);

/// The smallest of 1, 2, 5, 10, 20, ... of which at most `most` cover the range.
pub(super) fn step(low: f64, high: f64, most: usize) -> f64 {
    let rough = (high - low) / most as f64;
    let steps = [1.0, 2.0, 5.0, 10.0].map(|factor| factor * power_of_ten(exponent(rough)));
    steps.into_iter().find(|&step| step >= rough * (1.0 - 1e-9)).unwrap_or(rough)
}

/// A labelled tick at every multiple of `step`.
pub(super) fn linear(low: f64, high: f64, step: f64) -> Vec<Tick> {
    let first = (low / step - 1e-9).ceil();
    let count = ((high / step + 1e-9).floor() - first).clamp(0.0, 50.0) as usize;
    let largest = low.abs().max(high.abs());
    // Far from zero, neighbours differ in digits that a power of ten would hide.
    let many_digits = exponent(largest) - exponent(step) > 3 && largest < 1e15;
    let power = largest < 1e-3 || (largest >= 1e7 && !many_digits);
    let values = (0..=count).map(|k| (first + k as f64) * step);
    values.map(|value| (value, number(value, step, power))).collect()
}

/// Ticks at 1 to 9 times every power of ten, at most `most` of them with a label: 1, 2 and 5,
/// or every power of ten, or every second power, and so on.
pub(super) fn logarithmic(low: f64, high: f64, most: usize) -> Vec<Tick> {
    let decades = low.log10().floor() as i32..=high.log10().ceil() as i32;
    // An f32 such as 0.001 is further from the f64 than 1e-9 of it.
    let within = low * (1.0 - 1e-6)..=high * (1.0 + 1e-6);
    let ticks = |factors: &[i32], stride: i32| -> Vec<f64> {
        let decades = decades.clone().filter(|decade| decade % stride == 0);
        let places = decades.flat_map(|decade| factors.iter().map(move |&f| (f, decade)));
        let values = places.map(|(factor, decade)| f64::from(factor) * power_of_ten(decade));
        values.filter(|value| within.contains(value)).collect()
    };
    let mut labelled = ticks(&[1, 2, 5], 1);
    for stride in [1, 2, 5, 10, 20, 50, 100, 200] {
        if labelled.len() > most {
            labelled = ticks(&[1], stride);
        }
    }
    if labelled.len() < 2 {
        return linear(low, high, step(low, high, most));
    }
    let fine = decades.clone().count() <= most.min(7);
    let all = if fine { ticks(&[1, 2, 3, 4, 5, 6, 7, 8, 9], 1) } else { labelled.clone() };
    let power = low < 0.99e-4 || high > 0.99e7;
    let label = |value: f64| match labelled.contains(&value) {
        true => number(value, power_of_ten(exponent(value)), power),
        false => String::new(),
    };
    all.into_iter().map(|value| (value, label(value))).collect()
}

/// `value` with the decimals that `step` has or, if `power`, as a multiple of a power of ten.
fn number(value: f64, step: f64, power: bool) -> String {
    if value.abs() <= step * 1e-6 {
        return "0".to_owned();
    }
    if !power {
        return grouped(format!("{value:.*}", (-exponent(step)).max(0) as usize));
    }
    let digits = (exponent(value) - exponent(step)).max(0) as usize;
    let mut factor = format!("{:.digits$}", value / power_of_ten(exponent(value)));
    if digits > 0 {
        factor.truncate(factor.trim_end_matches('0').trim_end_matches('.').len());
    }
    let factor = match factor.as_str() {
        "1" => String::new(),
        "-1" => "\u{2212}".to_owned(),
        _ => grouped(factor) + "×",
    };
    let superscript = |digit: char| match digit.to_digit(10) {
        Some(digit) => ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'][digit as usize],
        None => '⁻',
    };
    let raised: String = exponent(value).to_string().chars().map(superscript).collect();
    format!("{factor}10{raised}")
}

/// `value` to the last of the first `digits` digits of `size`.
pub(super) fn rounded(value: f64, size: f64, digits: i32) -> String {
    let step = power_of_ten(exponent(size) - digits + 1);
    number(value, step, !(1e-4..1e9).contains(&size.abs()))
}

/// A decimal number with narrow spaces between thousands and a true minus.
pub(super) fn grouped(decimal: impl Display) -> String {
    let decimal = decimal.to_string();
    let (whole, rest) = decimal.split_at(decimal.find('.').unwrap_or(decimal.len()));
    let mut text = String::new();
    for (k, letter) in whole.chars().enumerate() {
        let follows_digit = k > 0 && !text.ends_with('\u{2212}');
        if follows_digit && (whole.len() - k) % 3 == 0 {
            text.push('\u{202f}');
        }
        text.push(if letter == '-' { '\u{2212}' } else { letter });
    }
    text + rest
}

/// The exponent of the power of ten of the first digit.
fn exponent(value: f64) -> i32 {
    (value.abs().max(f64::MIN_POSITIVE).log10() + 1e-9).floor() as i32
}

/// Negative powers as quotients: 10^-1 is then exactly the number 0.1.
fn power_of_ten(exponent: i32) -> f64 {
    match exponent {
        -300..0 => 1.0 / 10_f64.powi(-exponent),
        _ => 10_f64.powi(exponent),
    }
}
