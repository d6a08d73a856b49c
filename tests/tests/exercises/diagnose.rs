//! The solutions of page 14.

use std::path::Path;

use common::{cross_entropy, seeded};
use datasets::mnist;
use diagnose::bug::Bug;
use diagnose::network::{Activations, Kind, Network};
use diagnose::{images, pool};
use ndarray::{Array2, Array4, Axis, array};

#[test]
fn the_loss_of_a_network_that_ignores_its_input_is_the_entropy_of_the_labels() {
    // 90 images of the 7, one or two of each other digit
    let labels: Vec<usize> =
        (0..100).map(|i| if i < 90 { 7 } else { [0, 1, 2, 3, 4, 5, 6, 8, 9, 0][i - 90] }).collect();
    let t = Array2::from_shape_fn((100, 10), |(i, k)| f64::from(labels[i] == k));
    let equal = Array2::from_elem((100, 10), 0.1);
    assert!((cross_entropy(&equal, &t) - 10f64.ln()).abs() < 1e-12);
    // The best constant answer: each class with its share
    let shares = t.mean_axis(Axis(0)).unwrap().insert_axis(Axis(0)); // (1, 10)
    let entropy: f64 = shares.iter().map(|&q| -q * q.ln()).sum();
    let best = shares.broadcast((100, 10)).unwrap().to_owned();
    assert!((cross_entropy(&best, &t) - entropy).abs() < 1e-12);
    assert!((entropy - 0.54).abs() < 0.01);
}

/// By how much the running variance is off after one batch of ten images, against ndarray's
/// variance with `n - 1`: the largest relative difference.
fn running_variance_is_off_by(bug: Bug) -> f64 {
    let data = mnist::<f64>(Some(Path::new("built-in"))).unwrap();
    let digits = images::read(&data, (10, 10), bug);
    let mut rng = seeded(1);
    let mut network = Network::new(Kind::Cnn, bug, &mut rng);
    let pass = network.pass(&digits.x, &digits.t, &mut rng).unwrap();
    network.update(&pass);
    let Activations::Cnn(a) = &pass.activations else { unreachable!("it is the other network") };
    let features = a.p.to_shape((10, 160)).unwrap(); // (10, 160)
    let expected = features.var_axis(Axis(0), 1.0) * 0.1 + 0.9; // a tenth of it, and nine of 1
    let off = (&network.running[1].row(0) - &expected) / &features.var_axis(Axis(0), 1.0) * 10.0;
    off.iter().filter(|v| v.is_finite()).fold(0.0, |most: f64, v| most.max(v.abs()))
}

#[test]
fn a_comparison_with_another_variance_sees_the_bug_that_no_check_sees() {
    assert!(running_variance_is_off_by(Bug::None) < 1e-6);
    assert!((running_variance_is_off_by(Bug::BiasedVariance) - 0.1).abs() < 1e-6); // 1 - 9/10
}

#[test]
fn only_a_pixel_that_wins_twice_shows_the_missing_plus() {
    let both = |h: &Array4<f64>| {
        let p = pool::forward(h, Bug::None);
        let dp = Array4::ones(p.raw_dim());
        [Bug::None, Bug::AssignForAdd].map(|bug| pool::backward(&dp, h, &p, bug).sum())
    };
    // 5 x 5 pixels are four windows, and each has a largest pixel of its own: nothing is seen
    let mut h = Array4::zeros((1, 1, 5, 5));
    for at in [[0, 0, 0, 0], [0, 0, 0, 4], [0, 0, 4, 0], [0, 0, 4, 4]] {
        h[at] = 1.0;
    }
    assert_eq!(both(&h), [4.0, 4.0]);
    // The pixel in the middle belongs to all four
    h[[0, 0, 2, 2]] = 2.0;
    assert_eq!(array![4.0, 1.0].to_vec(), both(&h));
}
