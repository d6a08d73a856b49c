//! The solutions of the exercises of chapter 11, compiled and run. The page shows
//! them under a marker, folded away.

use common::{accuracy, predict, seeded};
use dropout_adam::adam::Adam;
use iris::confidence_interval::{t_interval, wilson_interval};
use iris::split::mean_and_std;
use iris::{Network, Part, Setting, Split, flux};
use ndarray::{Array2, Axis};
use referee::numbers;

/// The lengths of all flowers on the scale of some of them, line for line as NumPy
/// has it: `x (150, 4)` and the numbers of the flowers to learn from to `(150, 4)`.
fn standardised_word_for_word(x: &Array2<f64>, train: &[usize]) -> Array2<f64> {
    let seen = x.select(Axis(0), train); // (120, 4)
    let mean = seen.mean_axis(Axis(0)).unwrap(); // (4,)
    let deviation = seen.std_axis(Axis(0), 0.0); // (4,)
    (x - &mean) / &deviation // (150, 4)
}

#[test]
fn word_for_word_and_better_rust_agree() {
    let flowers = datasets::iris::<f64>(None).unwrap();
    let split = Split::draw(&flowers, 30, &mut seeded(1));
    let all = standardised_word_for_word(&flowers.x, &split.train.rows);
    for part in [&split.train, &split.test] {
        let theirs = all.select(Axis(0), &part.rows);
        assert!((&part.x - theirs).iter().all(|off| off.abs() < 1e-12));
    }
    // A length that never changes: NumPy and ndarray divide by zero.
    let still = Array2::from_elem((5, 4), 2.5);
    assert!(standardised_word_for_word(&still, &[0, 1, 2]).iter().all(|v| v.is_nan()));
    assert_eq!(mean_and_std(&still).1[0], 1.0);
}

/// The fewest flowers to test, so that an accuracy of `p` has a 95 % interval no
/// wider than `width`; both as parts of 1.
fn flowers_needed(p: f64, width: f64) -> usize {
    let wide = |n: usize| {
        let interval = wilson_interval(p * n as f64, n as f64);
        interval.high - interval.low > width
    };
    (1..).find(|&n| !wide(n)).unwrap()
}

#[test]
fn a_difference_of_a_point_needs_more_flowers_than_there_are() {
    let all_right = wilson_interval(30.0, 30.0);
    assert!((0.885..0.887).contains(&all_right.low), "{}", all_right.low);
    assert!((all_right.high - 1.0).abs() < 1e-12);
    assert!((1_400..1_600).contains(&flowers_needed(0.96, 0.02)));
    assert!((360..440).contains(&flowers_needed(0.96, 0.04)));
}

/// Every flower read by a network that learnt from the 149 others: how many are
/// read rightly.
fn leave_one_out() -> usize {
    let flowers = datasets::iris::<f64>(None).unwrap();
    let right = (0..150).filter(|&left_out| {
        let rows: Vec<usize> = (0..150).filter(|&row| row != left_out).collect();
        let x = flowers.x.select(Axis(0), &rows); // (149, 4)
        let (mean, deviation) = mean_and_std(&x);
        let train = Part {
            x: (x - &mean) / &deviation,
            t: flowers.t.select(Axis(0), &rows),
            labels: rows.iter().map(|&row| flowers.labels[row]).collect(),
            rows,
        };
        let mut rng = seeded(left_out as u64);
        let mut net = Network::new(8, &mut rng);
        let setting = Setting { batch_size: 16, epochs: 100, rate: 0.01 };
        flux(&mut net, &train, setting, &mut rng, |_, _| ()).unwrap();
        let flower = (&flowers.x.row(left_out) - &mean) / &deviation; // (4,)
        predict(&net.forward(&flower.insert_axis(Axis(0))))[0] == flowers.labels[left_out]
    });
    right.count()
}

#[test]
fn left_out_one_by_one_nearly_all_flowers_are_read_rightly() {
    let right = leave_one_out();
    assert!((142..=147).contains(&right), "{right} of 150");
    let interval = wilson_interval(right as f64, 150.0);
    assert!(interval.low > 0.89 && interval.high < 0.995, "{interval:?}");
}

#[test]
fn a_scale_that_has_seen_the_tested_flowers_changes_little_here_and_is_still_wrong() {
    let flowers = datasets::iris::<f64>(None).unwrap();
    let (mean, deviation) = mean_and_std(&flowers.x); // of all 150
    let mut differences = Vec::new();
    for k in 0..30 {
        let read = |peek: bool| {
            let mut rng = seeded(1);
            rng.set_stream(k);
            let mut split = Split::draw(&flowers, 30, &mut rng);
            if peek {
                for part in [&mut split.train, &mut split.test] {
                    part.x = (flowers.x.select(Axis(0), &part.rows) - &mean) / &deviation;
                }
            }
            let mut net = Network::new(8, &mut rng);
            let setting = Setting { batch_size: 16, epochs: 100, rate: 0.01 };
            flux(&mut net, &split.train, setting, &mut rng, |_, _| ()).unwrap();
            accuracy(&net.forward(&split.test.x), &split.test.t)
        };
        differences.push(read(true) - read(false));
    }
    let interval = t_interval(&differences);
    assert!(interval.contains(0.0) && interval.high < 1.0, "{interval:?}");
}

#[test]
fn adam_takes_the_same_steps_for_a_sum_as_for_a_mean() {
    let start = numbers((4, 8), 1, 1.0);
    let (mut by_mean, mut by_sum) = (start.clone(), start.clone());
    let (mut mean, mut sum) = (Adam::new(&start), Adam::new(&start));
    for i in 1..=20 {
        let dw = numbers((4, 8), 100 + i as u64, 0.1); // the mean of 16
        mean.step(&mut by_mean, &dw, i, 0.01);
        sum.step(&mut by_sum, &(16.0 * &dw), i, 0.01);
    }
    let apart = (&by_mean - &by_sum).mapv(f64::abs).iter().fold(0.0, |m: f64, &v| m.max(v));
    let moved = (&by_mean - &start).mapv(f64::abs).iter().fold(0.0, |m: f64, &v| m.max(v));
    assert!(apart < 1e-6 * moved, "{apart} {moved}"); // what 1e-8 in the divisor makes

    // With a short batch among them the two part: its sum is smaller, its mean is not.
    let short = numbers((4, 8), 200, 0.1);
    mean.step(&mut by_mean, &short, 21, 0.01);
    sum.step(&mut by_sum, &(8.0 * &short), 21, 0.01);
    let apart = (&by_mean - &by_sum).mapv(f64::abs).iter().fold(0.0, |m: f64, &v| m.max(v));
    assert!(apart > 1e-4 * moved, "{apart} {moved}");
}

/// The chance that two readers who are equally good, and disagree on `one + other`
/// flowers, share them out as unevenly as `one` to `other` or worse.
fn sign_test(one: u32, other: u32) -> f64 {
    let (n, few) = (one + other, one.min(other));
    let mut ways = 1.0; // n over k
    let mut at_most = 0.0;
    for k in 0..=few {
        at_most += ways;
        ways *= f64::from(n - k) / f64::from(k + 1);
    }
    (2.0 * at_most / 2f64.powi(n as i32)).min(1.0)
}

#[test]
fn five_flowers_to_none_are_not_yet_a_difference() {
    assert_eq!(sign_test(5, 0), 0.0625);
    assert_eq!(sign_test(6, 0), 0.03125);
    assert_eq!(sign_test(1, 5), 0.21875);
    assert_eq!(sign_test(4, 4), 1.0);
    assert_eq!(sign_test(0, 0), 1.0);
}

/// Variances of `a`, of `b` and of `a - b`, and the covariance of `a` and `b`, each
/// divided by n - 1.
fn variances(a: &[f64], b: &[f64]) -> (f64, f64, f64, f64) {
    let n = a.len() as f64;
    let mean = |v: &[f64]| v.iter().sum::<f64>() / n;
    let together = |u: &[f64], v: &[f64]| {
        let (mean_u, mean_v) = (mean(u), mean(v));
        let products = u.iter().zip(v).map(|(u, v)| (u - mean_u) * (v - mean_v));
        products.sum::<f64>() / (n - 1.0)
    };
    let d: Vec<f64> = a.iter().zip(b).map(|(a, b)| a - b).collect();
    (together(a, a), together(b, b), together(&d, &d), together(a, b))
}

#[test]
fn pairing_takes_away_what_both_have_in_common() {
    let noise: Array2<f64> = common::init::normal((3, 400), &mut seeded(1));
    // The split moves both by the same, 3 points; each has 0.5 of its own.
    let read = |own: usize| -> Vec<f64> {
        (0..400).map(|k| 96.0 + 3.0 * noise[[0, k]] + 0.5 * noise[[own, k]]).collect()
    };
    let (a, b, d, ab) = variances(&read(1), &read(2));
    assert!((d - (a + b - 2.0 * ab)).abs() < 1e-9, "{d} {}", a + b - 2.0 * ab);
    let narrower = ((a + b) / d).sqrt();
    assert!((5.0..7.5).contains(&narrower), "{narrower}"); // sqrt(9.25 / 0.25) = 6.1
}
