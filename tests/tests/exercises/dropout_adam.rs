//! The solutions of the exercises of chapter 09, compiled and run. The page shows
//! them under a marker, folded away.

use common::seeded;
use dropout_adam::adam::{BETA1, BETA2};
use dropout_adam::dropout::mask;
use dropout_adam::optimisers::rmsprop;
use dropout_adam::trajectories::{self, START};
use ndarray::{Array1, Array2, array};
use referee::numbers;

#[test]
fn a_keep_probability_given_as_a_dropout_rate_keeps_what_it_should_drop() {
    let kept = |rate: f64| {
        let m: Array2<f64> = mask((1000, 100), rate, &mut seeded(1));
        m.iter().filter(|&&m| m > 0.0).count() as f64 / m.len() as f64
    };
    assert!((kept(0.2) - 0.8).abs() < 0.01); // what a rate of 0.2 means
    assert!((kept(1.0 - 0.2) - 0.2).abs() < 0.01); // what keep_prob = 0.2 means
}

/// Steps after which a mean that begins at zero needs less than a hundredth of
/// correction.
fn warm_after(beta: f64) -> usize {
    (1..).find(|&i| beta.powi(i) < 0.01).unwrap_or(0) as usize
}

#[test]
fn the_first_mean_is_warm_after_44_steps_and_the_second_after_4603() {
    assert_eq!((warm_after(BETA1), warm_after(BETA2)), (44, 4_603));
    // In between, without the corrections, a step is too long by this factor.
    let too_long = |i: i32| (1.0 - BETA1.powi(i)) / (1.0 - BETA2.powi(i)).sqrt();
    assert!((too_long(1) - 3.16).abs() < 0.01);
    assert!((too_long(10) - 6.53).abs() < 0.01);
    assert!((too_long(1000) - 1.26).abs() < 0.01);
}

#[test]
fn the_papers_dropout_and_the_inverted_one_say_the_same_in_a_test() {
    let (p, h, w) = (0.3, numbers((4, 6), 1, 1.0), numbers((6, 10), 2, 1.0));
    // Inverted: training sees h m w with m = 0 or 1 / (1 - p), the test h w.
    // The paper's: training sees h m' u with m' = 0 or 1, the test h (1 - p) u.
    // They train alike if u = w / (1 - p).
    let u = &w / (1.0 - p);
    let m = mask((4, 6), p, &mut seeded(1));
    let ones = m.mapv(|m: f64| if m > 0.0 { 1.0 } else { 0.0 });
    let apart = |a: Array2<f64>, b: Array2<f64>| (a - b).iter().all(|d| d.abs() < 1e-12);
    assert!(apart((&h * &m).dot(&w), (&h * &ones).dot(&u)));
    assert!(apart(h.dot(&w), h.dot(&(&u * (1.0 - p)))));
}

/// The mean of `(h m w - t)^2` over all masks of `h (H,)`, each with its
/// probability.
fn mean_over_masks(h: &Array1<f64>, w: &Array1<f64>, t: f64, p: f64) -> f64 {
    (0..1_u32 << h.len())
        .map(|bits| {
            let kept = |j: usize| bits >> j & 1 == 1;
            let z: f64 = (0..h.len()).filter(|&j| kept(j)).map(|j| h[j] * w[j] / (1.0 - p)).sum();
            let dropped = (h.len() as u32 - bits.count_ones()) as i32;
            let probability = p.powi(dropped) * (1.0 - p).powi(bits.count_ones() as i32);
            probability * (z - t) * (z - t)
        })
        .sum()
}

#[test]
fn dropout_before_a_squared_error_is_a_price_on_large_weights() {
    let (h, w) = (numbers(8, 1, 1.0), numbers(8, 2, 2.0));
    let (t, p) = (0.7, 0.3);
    let plain = (h.dot(&w) - t).powi(2);
    let price: f64 = h.iter().zip(&w).map(|(h, w)| (h * w).powi(2)).sum();
    let expected = plain + p / (1.0 - p) * price;
    assert!((mean_over_masks(&h, &w, t, p) - expected).abs() < 1e-12);
}

/// AMSGrad, step `i`: Adam with the largest `s` so far in place of `s`, so that no
/// step length ever grows again. S. Reddi, S. Kale, S. Kumar, "On the convergence
/// of Adam and beyond", ICLR 2018; with both corrections, as PyTorch has it.
fn amsgrad(w: &mut [f64], dw: &[f64], memory: [&mut [f64]; 3], i: i32, rate: f64) {
    let [v, s, most] = memory;
    for k in 0..w.len() {
        v[k] = BETA1 * v[k] + (1.0 - BETA1) * dw[k];
        s[k] = BETA2 * s[k] + (1.0 - BETA2) * dw[k] * dw[k];
        most[k] = s[k].max(most[k]);
        let (v, s) = (v[k] / (1.0 - BETA1.powi(i)), most[k] / (1.0 - BETA2.powi(i)));
        w[k] -= rate * v / (s.sqrt() + 1e-8);
    }
}

#[test]
fn amsgrad_gets_down_the_valley_and_does_not_forget_a_large_gradient() {
    let mut w = START;
    let (mut v, mut s, mut most) = ([0.0; 2], [0.0; 2], [0.0; 2]);
    for i in 1..=200 {
        let dw = trajectories::gradient(w);
        amsgrad(&mut w, &dw, [&mut v, &mut s, &mut most], i, 0.5);
    }
    assert!(trajectories::f(w) < 0.01, "{w:?}");
    // One large gradient, then small ones: RMSProp's steps grow back, these do not.
    let (mut forgets, mut s) = ([0.0], [0.0]);
    let (mut keeps, mut v, mut u, mut most) = ([0.0], [0.0], [0.0], [0.0]);
    for i in 1..=3000 {
        let dw = [if i == 1 { 100.0 } else { 0.01 }];
        rmsprop(&mut forgets, &dw, &mut s, 0.001);
        amsgrad(&mut keeps, &dw, [&mut v, &mut u, &mut most], i, 0.001);
    }
    let places = array![forgets[0], keeps[0]];
    assert!(places[0] < -0.5 && places[1] > -0.1, "{places}");
}
