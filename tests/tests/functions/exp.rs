//! `exp` of many `f32` at once, against the library's.

use common::fast::Element;

fn exp(x: f32) -> f32 {
    let mut values = [x];
    f32::exp_all(&mut values);
    values[0]
}

#[test]
fn exp_is_within_two_units_in_the_last_place() {
    let x: Vec<f32> = (0..2_000_000).map(|i| -87.3 + i as f32 * 8.8e-5).collect();
    let mut y = x.clone();
    f32::exp_all(&mut y);
    let units = |(&x, &y): (&f32, &f32)| {
        let expected = f64::from(x).exp() as f32;
        y.to_bits().abs_diff(expected.to_bits())
    };
    let worst = x.iter().zip(&y).map(units).max().unwrap();
    assert!(worst <= 2, "off by {worst} units");
}

#[test]
fn exp_keeps_its_edges() {
    assert_eq!(exp(0.0), 1.0);
    assert_eq!(exp(-200.0), 0.0);
    assert_eq!(exp(f32::NEG_INFINITY), 0.0);
    assert_eq!(exp(200.0), f32::INFINITY);
    assert_eq!(exp(f32::INFINITY), f32::INFINITY);
    assert!(exp(f32::NAN).is_nan());
    assert!(exp(88.72).is_finite());
}
