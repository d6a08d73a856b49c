//! Where the ticks of an axis stand, and their labels: "10 000", "0.5", "2×10⁻⁷".

/// The value and the label of a tick; without a label it is a fine grid line.
pub(super) type Tick = (f64, String);

/// The smallest of 1, 2, 5, 10, 20, ... of which at most `most` cover the range.
pub(super) fn step(low: f64, high: f64, most: usize) -> f64 {
    let rough = (high - low) / most.max(1) as f64;
    let decade = power_of_ten(rough.log10().floor() as i32);
    let steps = [1.0, 2.0, 5.0, 10.0].map(|factor| factor * decade);
    steps.into_iter().find(|&step| step >= rough * (1.0 - 1e-9)).unwrap_or(rough)
}

/// A labelled tick at every multiple of `step`.
pub(super) fn linear(low: f64, high: f64, step: f64) -> Vec<Tick> {
    let first = (low / step - 1e-9).ceil();
    let count = ((high / step + 1e-9).floor() - first).clamp(0.0, 50.0) as usize;
    let largest = low.abs().max(high.abs());
    (0..=count)
        .map(|k| (first + k as f64) * step)
        .map(|value| (value, label(value, step, largest)))
        .collect()
}

/// Ticks at 1 to 9 times every power of ten, at most `most` of them with a label: 1, 2 and 5,
/// or every power of ten, or every second power, and so on.
pub(super) fn logarithmic(low: f64, high: f64, most: usize) -> Vec<Tick> {
    let (first, last) = (low.log10().floor() as i32, high.log10().ceil() as i32);
    let powers = low < 0.99e-4 || high > 0.99e7;
    let factors = if last - first <= 6 { 1..=9 } else { 1..=1 };
    let places: Vec<(i32, i32, f64)> = (first..=last)
        .flat_map(|exponent| factors.clone().map(move |factor| (factor, exponent)))
        .map(|(f, exponent)| (f, exponent, f64::from(f) * power_of_ten(exponent)))
        .filter(|&(.., value)| value >= low * (1.0 - 1e-9) && value <= high * (1.0 + 1e-9))
        .collect();
    let labelled = |stride: i32, factor: i32, exponent: i32| match stride {
        0 => [1, 2, 5].contains(&factor),
        _ => factor == 1 && exponent % stride == 0,
    };
    let count = |stride| places.iter().filter(|&&(f, e, _)| labelled(stride, f, e)).count();
    let strides = [0, 1, 2, 5, 10, 20, 50, 100, 200, 500];
    let stride = strides.into_iter().find(|&stride| count(stride) <= most.max(2)).unwrap_or(500);
    if count(stride) < 2 && last - first <= 2 {
        return linear(low, high, step(low, high, most.clamp(1, 5)));
    }
    let text = |&(factor, exponent, value): &(i32, i32, f64)| match powers {
        _ if !labelled(stride, factor, exponent) => String::new(),
        true => power(f64::from(factor), exponent, 0),
        false => grouped(&format!("{value:.*}", (-exponent).max(0) as usize)),
    };
    let ticks = places.iter().map(|place| (place.2, text(place)));
    // Between labels of every second power, fine lines would mean nothing.
    ticks.filter(|(_, label)| stride <= 1 || !label.is_empty()).collect()
}

/// Negative powers as quotients: 10^-1 is then exactly the number 0.1.
fn power_of_ten(exponent: i32) -> f64 {
    match exponent {
        -300..0 => 1.0 / 10_f64.powi(-exponent),
        _ => 10_f64.powi(exponent),
    }
}

/// The label of a tick; `step` tells how many digits keep neighbours apart.
fn label(value: f64, step: f64, largest: f64) -> String {
    if value.abs() < step * 1e-6 {
        return "0".to_owned();
    }
    let exponent = |value: f64| (value.abs().log10() + 1e-9).floor() as i32;
    let digits = (exponent(value) - exponent(step)).max(0) as usize;
    if largest < 1e-3 || (largest >= 1e7 && (digits <= 3 || largest >= 1e15)) {
        return power(value / power_of_ten(exponent(value)), exponent(value), digits);
    }
    grouped(&format!("{value:.*}", (-exponent(step)).max(0) as usize))
}

/// `1.5×10³`, `10⁶`, `−2×10⁻⁴`.
fn power(factor: f64, exponent: i32, digits: usize) -> String {
    let superscript = |digit: char| match digit.to_digit(10) {
        Some(digit) => ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'][digit as usize],
        None => '⁻',
    };
    let raised: String = exponent.to_string().chars().map(superscript).collect();
    let mut rounded = format!("{factor:.digits$}");
    if rounded.contains('.') {
        rounded.truncate(rounded.trim_end_matches('0').trim_end_matches('.').len());
    }
    match rounded.as_str() {
        "1" => format!("10{raised}"),
        "-1" => format!("\u{2212}10{raised}"),
        _ => format!("{}×10{raised}", grouped(&rounded)),
    }
}

/// A decimal number with narrow spaces between thousands and a true minus.
pub(super) fn grouped(decimal: &str) -> String {
    let (whole, rest) = decimal.split_at(decimal.find(['.', 'e']).unwrap_or(decimal.len()));
    let digits = whole.trim_start_matches('-');
    let mut text = String::new();
    for (k, digit) in digits.chars().enumerate() {
        if k > 0 && (digits.len() - k) % 3 == 0 {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    let sign = if whole.starts_with('-') { "\u{2212}" } else { "" };
    format!("{sign}{text}{}", rest.replace('-', "\u{2212}"))
}
