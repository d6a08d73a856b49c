//! Numbers as an axis says them: "10 000", "0.5", "2×10⁻⁷".

/// Negative powers as quotients: 10^-1 is then exactly the number 0.1.
pub(super) fn power_of_ten(exponent: i32) -> f64 {
    if exponent < 0 && exponent > -300 {
        1.0 / 10_f64.powi(-exponent)
    } else {
        10_f64.powi(exponent)
    }
}

/// `value` as a tick says it; `step` gives the decimals, `largest` whether the
/// axis is counted in powers of ten.
pub(super) fn number(value: f64, step: f64, largest: f64) -> String {
    if value.abs() < step * 1e-6 {
        return "0".to_owned();
    }
    if !(1e-3..1e7).contains(&largest) {
        let exponent = (value.abs().log10() + 1e-9).floor() as i32;
        return power(value / power_of_ten(exponent), exponent);
    }
    let decimals = (-(step.log10() + 1e-9).floor()).clamp(0.0, 12.0) as usize;
    grouped(&format!("{value:.decimals$}"))
}

pub(super) fn log_label(factor: i32, exponent: i32, powers: bool) -> String {
    if powers {
        return power(f64::from(factor), exponent);
    }
    let value = f64::from(factor) * power_of_ten(exponent);
    grouped(&format!("{value:.*}", (-exponent).max(0) as usize))
}

/// `1.5×10³`, `10⁶`, `−2×10⁻⁴`.
fn power(factor: f64, exponent: i32) -> String {
    let mut raised = String::new();
    for digit in exponent.to_string().chars() {
        raised.push(match digit {
            '-' => '⁻',
            '1' => '¹',
            '2' => '²',
            '3' => '³',
            other => char::from_u32('⁰' as u32 + other.to_digit(10).unwrap_or(0)).unwrap_or('⁰'),
        });
    }
    if (factor.abs() - 1.0).abs() < 1e-9 {
        return format!("{}10{raised}", if factor < 0.0 { "\u{2212}" } else { "" });
    }
    let rounded = format!("{factor:.3}");
    let short = rounded.trim_end_matches('0').trim_end_matches('.');
    format!("{}×10{raised}", grouped(short))
}

/// A decimal number with narrow spaces between thousands and a true minus.
pub(super) fn grouped(decimal: &str) -> String {
    let (sign, digits) = match decimal.strip_prefix('-') {
        Some(digits) => ("\u{2212}", digits),
        None => ("", decimal),
    };
    let (whole, rest) = digits.split_at(digits.find('.').unwrap_or(digits.len()));
    let mut text = sign.to_owned();
    for (k, digit) in whole.chars().enumerate() {
        if k > 0 && (whole.len() - k) % 3 == 0 {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text + rest
}
