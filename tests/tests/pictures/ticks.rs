//! Ticks of axes: where they stand and what their labels are.

use common::plot::{self, Chart, Curve};

use super::*;

/// The labels of the x axis over exactly `low` to `high`.
fn labels(low: f64, high: f64, log: bool) -> Vec<String> {
    let out = folder();
    let stem = out.path().join("a");
    let chart = Chart::new("", "", "").x_range(low, high);
    let chart = if log { chart.log_x() } else { chart };
    plot::curves(&stem, &chart, &[Curve::new("", &[(low, 0.0), (high, 0.0)])]).unwrap();
    let svg = fs::read_to_string(stem.with_extension("svg")).unwrap();
    let texts = svg.split("<text ").skip(1).filter(|text| text.contains("\"middle\""));
    texts
        .map(|text| text.split(['>', '<']).nth(1).unwrap().trim().to_owned())
        .filter(|text| !text.is_empty())
        .collect()
}

#[test]
fn thousands_are_set_apart_and_have_no_decimals() {
    let thousand = |k: usize| match k {
        0 => "0".to_owned(),
        k => format!("{k}\u{202f}000"),
    };
    let wanted: Vec<String> = (0..=10).map(|k| thousand(5 * k)).collect();
    assert_eq!(labels(0.0, 50_000.0, false), wanted);
}

#[test]
fn small_steps_have_just_their_decimals_and_a_true_minus() {
    let wanted = ["\u{2212}0.4", "\u{2212}0.2", "0", "0.2", "0.4"];
    let found = labels(-0.5, 0.5, false);
    for label in wanted {
        assert!(found.contains(&label.to_owned()), "{found:?}");
    }
    assert_eq!(labels(0.0, 2e-7, false)[1..3], ["2×10⁻⁸", "4×10⁻⁸"]);
}

#[test]
fn neighbours_differ_even_far_from_zero() {
    for (low, high) in
        [(16e6, 16_000_490.0), (1e9, 1e9 + 30.0), (1e15, 1.00001e15), (-2e7, -1.999e7)]
    {
        let found = labels(low, high, false);
        assert!(found.len() >= 2, "{found:?}");
        let different: std::collections::HashSet<&String> = found.iter().collect();
        assert_eq!(different.len(), found.len(), "{found:?}");
    }
    let found = labels(16e6, 16_000_490.0, false);
    assert_eq!(found[..2], ["16\u{202f}000\u{202f}000", "16\u{202f}000\u{202f}100"]);
}

#[test]
fn a_logarithmic_axis_names_its_decades() {
    let decades = labels(1.0, 1e4, true);
    assert_eq!(decades, ["1", "10", "100", "1\u{202f}000", "10\u{202f}000"]);
    assert_eq!(labels(0.01, 1.0, true), ["0.01", "0.02", "0.05", "0.1", "0.2", "0.5", "1"]);
    assert!(labels(1e-300, 1e300, true).contains(&"10⁻²⁰⁰".to_owned()));
    assert!(labels(1e-6, 1e-4, true).contains(&"2×10⁻⁶".to_owned()));
}

#[test]
fn a_narrow_logarithmic_axis_still_has_numbers() {
    assert_eq!(labels(0.001, 0.01, true), ["0.001", "0.002", "0.005", "0.01"]);
    assert_eq!(labels(1.0, 8.0, true), ["1", "2", "5"]);
    assert!(labels(3.1, 3.9, true).len() >= 2);
}
