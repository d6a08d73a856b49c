//! Chapter 09: Adam, dropout, the loss from logits, and the fast step, against
//! PyTorch, central differences, and the plain expressions.

use std::time::{Duration, Instant};

use common::check::{numerical_gradient, relative_error};
use common::{Real, accuracy, cross_entropy_from_logits, seeded};
use deep_cnn::optimiser;
use dropout_adam::adam::Adam;
use dropout_adam::dropout::mask;
use dropout_adam::loss::{cross_entropy_naive, logits_grad};
use dropout_adam::network::{Parameters, backward, forward};
use dropout_adam::optimiser_comparison::means;
use dropout_adam::optimisers::{self, adagrad, rmsprop};
use dropout_adam::report::mean_of_batches;
use dropout_adam::subnormals::{median, step_as_written, subnormals};
use dropout_adam::throttle::throttle;
use dropout_adam::trajectories::{self, STEPS, ellipse, f, gradient, steps_to_converge};
use ndarray::{Array, Array1, Array2, Array4, Dimension, array};
use referee::{fixture, numbers, probe};

/// Ten steps of Adam as it is taught, and in one loop over all of a network.
fn both_adams<D: Dimension>(shape: D) {
    let mut w: Array<f64, D> = numbers(shape.clone(), 300, 1.0);
    let mut all = w.iter().copied().collect::<Vec<_>>();
    let (mut v, mut s) = (vec![0.0; all.len()], vec![0.0; all.len()]);
    let mut adam = Adam::new(&w);
    for i in 1..=10 {
        let dw = numbers(shape.clone(), 300 + i as u64, 1.0);
        adam.step(&mut w, &dw, i, 0.1);
        optimiser::adam(&mut all, dw.as_slice().unwrap(), &mut v, &mut s, i, 0.1);
        let close =
            |a: &Array<f64, D>, b: &[f64]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-14);
        assert!(close(&w, &all) && close(&adam.v, &v) && close(&adam.s, &s), "step {i}");
    }
}

#[test]
fn adam_as_it_is_taught_and_chapter_08s_make_the_same_steps() {
    both_adams(ndarray::Ix1(7));
    both_adams(ndarray::Ix2(5, 3));
    both_adams(ndarray::Ix4(2, 3, 5, 5));
}

#[test]
fn ten_steps_of_adam_adagrad_and_rmsprop_are_pytorchs() {
    let mut w = numbers(7, 300, 1.0);
    let mut adam = Adam::new(&w);
    let theirs = fixture("torch/optimisers.npz").get("adam", (10, 7)).unwrap();
    for (i, theirs) in (1..).zip(theirs.rows()) {
        adam.step(&mut w, &numbers(7, 300 + i as u64, 1.0), i, 0.1);
        assert!((&w - &theirs).iter().all(|d| d.abs() < 1e-14), "step {i}: {w} {theirs}");
    }
    type Step = fn(&mut [f64], &[f64], &mut [f64], f64);
    for (name, step) in [("adagrad", adagrad as Step), ("rmsprop", rmsprop)] {
        let (mut w, mut s) = (numbers(7, 300, 1.0).to_vec(), vec![0.0; 7]);
        let theirs = fixture("torch/dropout_adam.npz").get(name, (10, 7)).unwrap();
        for (i, theirs) in (1..).zip(theirs.rows()) {
            step(&mut w, &numbers(7, 300 + i, 1.0).to_vec(), &mut s, 0.1);
            let close = w.iter().zip(theirs).all(|(a, b)| (a - b).abs() < 1e-14);
            assert!(close, "{name}, step {i}: {w:?} {theirs}");
        }
    }
}

#[test]
fn adam_keeps_what_it_needs_in_two_arrays_that_can_be_put_back() {
    let start: Array2<f32> = Array2::ones((3, 2));
    let gradient = |i: usize| numbers((3, 2), i as u64, 1.0).mapv(|v| v as f32);
    let (mut w, mut adam) = (start.clone(), Adam::new(&start));
    (1..=6).for_each(|i| adam.step(&mut w, &gradient(i), i, 0.01));
    let (mut again, mut first) = (start.clone(), Adam::new(&start));
    (1..=3).for_each(|i| first.step(&mut again, &gradient(i), i, 0.01));
    let mut second = Adam { v: first.v.clone(), s: first.s.clone() };
    (4..=6).for_each(|i| second.step(&mut again, &gradient(i), i, 0.01));
    assert_eq!((w, adam), (again, second));
}

#[test]
fn corrected_means_of_a_gradient_that_stays_are_that_gradient_from_the_first_step() {
    let mut w = array![0.0, 0.0, 0.0];
    let dw = array![1e-3, -1.0, 1e4];
    let mut adam = Adam::new(&w);
    for i in 1..=5 {
        adam.step(&mut w, &dw, i, 0.01);
        let far = -0.01 * i as f64; // i steps as long as the rate, against the sign
        let expected = array![far, -far, far];
        assert!((&w - &expected).iter().all(|d| d.abs() < 1e-6), "{w}");
    }
}

/// Adam with the flush and as written, `steps` steps of which only the first has a gradient.
/// Checks that the weights of both are the same.
fn two_adams<F: Real>(steps: usize) -> [Adam<F, ndarray::Ix2>; 2] {
    let mut w = array![[0.5, -0.5, 0.5]].mapv(F::of);
    let (mut other, mut dw) = (w.clone(), array![[1e-3, -1.0, 0.0]].mapv(F::of));
    let (mut flushed, mut as_written) = (Adam::new(&w), Adam::new(&w));
    for i in 1..=steps {
        flushed.step(&mut w, &dw, i, F::of(0.001));
        step_as_written(&mut as_written, &mut other, &dw, i, F::of(0.001));
        assert_eq!(w, other, "step {i}");
        dw.fill(F::zero());
    }
    [flushed, as_written]
}

#[test]
fn without_a_gradient_a_mean_ends_at_four_of_the_smallest_numbers_unless_it_is_flushed() {
    let count = |[flushed, as_written]: [Adam<f32, _>; 2]| {
        assert_eq!(subnormals(&flushed), 0);
        subnormals(&as_written)
    };
    assert_eq!([650, 720, 850].map(|steps| count(two_adams(steps))), [0, 0, 2]);
    let [flushed, as_written] = two_adams::<f32>(2_000);
    assert_eq!(flushed.v, array![[0.0, 0.0, 0.0]]);
    let four = f32::from_bits(4); // 4 2^-149
    assert_eq!(as_written.v, array![[four, -four, 0.0]]);
    assert_eq!(0.9 * four, four);
    // In f64 it takes nine times as many steps.
    assert_eq!([6_600, 6_800].map(|steps| subnormals(&two_adams::<f64>(steps)[1])), [0, 2]);
}

#[test]
#[should_panic(expected = "parameters [2, 3] and gradient [3, 2] must both have the shape [2, 3]")]
fn a_gradient_of_another_shape_is_refused() {
    let mut w = Array2::<f32>::zeros((2, 3));
    Adam::new(&w.clone()).step(&mut w, &Array2::zeros((3, 2)), 1, 0.1);
}

#[test]
fn a_mask_drops_the_share_it_is_told_and_keeps_the_mean() {
    for share in [0.0, 0.1, 0.2, 0.5, 0.8] {
        let m: Array2<f64> = mask((500, 400), share, &mut seeded(3));
        let dropped = m.iter().filter(|&&m| m == 0.0).count() as f64 / m.len() as f64;
        let deviation = (share * (1.0 - share) / m.len() as f64).sqrt();
        assert!((dropped - share).abs() <= 4.0 * deviation, "{share}: {dropped}");
        assert!(m.iter().all(|&m| m == 0.0 || m == 1.0 / (1.0 - share)));
        let spread = (share / (1.0 - share) / m.len() as f64).sqrt();
        assert!((m.mean().unwrap() - 1.0).abs() <= 4.0 * spread, "{share}");
    }
}

#[test]
fn the_same_seed_makes_the_same_masks_and_each_is_a_fresh_one() {
    let (mut one, mut other) = (seeded(5), seeded(5));
    for shape in [(3, 7), (1, 1), (128, 32), (13, 11)] {
        let m: Array2<f32> = mask(shape, 0.3, &mut one);
        assert_eq!(m, mask(shape, 0.3, &mut other));
    }
    assert_eq!(one, other);
    let next: Array2<f32> = mask((9, 9), 0.5, &mut one);
    assert_ne!(next, mask((9, 9), 0.5, &mut one), "a fresh mask each time");
}

#[test]
#[should_panic(expected = "must be from 0 to below 1, not 1")]
fn to_drop_everything_is_refused() {
    mask::<f32>((2, 2), 1.0, &mut seeded(1));
}

/// Parameters and images as in `scripts/torch_dropout.py`.
fn parameters<F: Real>(hidden: usize) -> Parameters<F> {
    let of = |shape: (usize, usize), salt, scale| numbers(shape, salt, scale).mapv(F::of);
    [
        of((784, hidden), 700, (3.0 / 784.0_f64).sqrt()),
        of((1, hidden), 701, 0.1),
        of((hidden, 10), 702, (3.0 / hidden as f64).sqrt()),
        of((1, 10), 703, 0.1),
    ]
}

fn targets(n: usize, step: usize) -> Array2<f64> {
    Array2::from_shape_fn((n, 10), |(n, k)| f64::from((3 * n + step) % 10 == k))
}

#[test]
fn ten_steps_of_the_network_are_pytorchs() {
    let torch = fixture("torch/dropout_adam.npz");
    let losses = torch.get("losses", 10).unwrap();
    let close = |ours: &Array2<f64>, name: &str| {
        let theirs = torch.any_shape(name).unwrap();
        let scale = ours.iter().fold(0.0_f64, |most, v| most.max(v.abs()));
        let ours = probe(ours);
        assert_eq!(ours.len(), theirs.len(), "{name}");
        for (k, (ours, theirs)) in ours.iter().zip(theirs).enumerate() {
            // The two sums are of many more terms.
            let scale = if k < 2 { theirs.abs().max(1.0) } else { scale };
            assert!((ours - theirs).abs() / scale < 1e-9, "{name} {k}: {ours} {theirs}");
        }
    };
    let [mut w1, mut b1, mut w2, mut b2] = parameters(32);
    let (mut adam_w1, mut adam_b1) = (Adam::new(&w1), Adam::new(&b1));
    let (mut adam_w2, mut adam_b2) = (Adam::new(&w2), Adam::new(&b2));
    for step in 0..10 {
        let x = (numbers((6, 784), 1000 + step as u64, 1.0) + 1.0) / 2.0;
        let t = targets(6, step);
        let m = numbers((6, 32), 800 + step as u64, 1.0);
        let m = m.mapv(|v| if v >= 2.0 * 0.2 - 1.0 { 1.0 / (1.0 - 0.2) } else { 0.0 });
        let (h, z) = forward(&x, [&w1, &b1, &w2, &b2], Some(&m));
        let loss = cross_entropy_from_logits(&z, &t);
        assert!((loss - losses[step]).abs() < 1e-11 * losses[step], "{loss} {}", losses[step]);
        let [dw1, db1, dw2, db2] = backward(&x, &w2, &m, &h, &z, &t);
        if step == 0 {
            close(&dw1, "dw1");
            close(&db1, "db1");
            close(&dw2, "dw2");
            close(&db2, "db2");
        }
        adam_w1.step(&mut w1, &dw1, step + 1, 0.002);
        adam_b1.step(&mut b1, &db1, step + 1, 0.002);
        adam_w2.step(&mut w2, &dw2, step + 1, 0.002);
        adam_b2.step(&mut b2, &db2, step + 1, 0.002);
    }
    close(&w1, "w1");
    close(&b1, "b1");
    close(&w2, "w2");
    close(&b2, "b2");
}

#[test]
fn backward_through_the_mask_matches_numerical_gradients() {
    let x = numbers((5, 9), 1, 1.0);
    let t = targets(5, 2);
    let m = mask((5, 6), 0.3, &mut seeded(2));
    let (w1, b1) = (numbers((9, 6), 3, 1.0), numbers((1, 6), 4, 1.0));
    let (w2, b2) = (numbers((6, 10), 5, 1.0), numbers((1, 10), 6, 1.0));
    let loss = |w1: &Array2<f64>, b1: &Array2<f64>, w2: &Array2<f64>, b2: &Array2<f64>| {
        cross_entropy_from_logits(&forward(&x, [w1, b1, w2, b2], Some(&m)).1, &t)
    };
    let (h, z) = forward(&x, [&w1, &b1, &w2, &b2], Some(&m));
    let [dw1, db1, dw2, db2] = backward(&x, &w2, &m, &h, &z, &t);
    let slopes = [
        (dw1, numerical_gradient(&w1, |w1| loss(w1, &b1, &w2, &b2))),
        (db1, numerical_gradient(&b1, |b1| loss(&w1, b1, &w2, &b2))),
        (dw2, numerical_gradient(&w2, |w2| loss(&w1, &b1, w2, &b2))),
        (db2, numerical_gradient(&b2, |b2| loss(&w1, &b1, &w2, b2))),
    ];
    for (ours, slope) in slopes {
        assert!(relative_error(&ours, &slope) < 1e-7, "{ours} {slope}");
    }
}

#[test]
fn the_logits_of_a_test_are_the_mean_of_those_of_many_masks() {
    let x = numbers((1, 9), 1, 1.0);
    let (w1, b1) = (numbers((9, 6), 3, 1.0), numbers((1, 6), 4, 1.0));
    let (w2, b2) = (numbers((6, 10), 5, 1.0), numbers((1, 10), 6, 1.0));
    let all = [&w1, &b1, &w2, &b2];
    let (_, z) = forward(&x, all, None);
    let mut rng = seeded(7);
    let mut sum = Array2::<f64>::zeros((1, 10));
    for _ in 0..40_000 {
        sum += &forward(&x, all, Some(&mask((1, 6), 0.4, &mut rng))).1;
    }
    assert!((sum / 40_000.0 - z).iter().all(|d| d.abs() < 0.02));
}

#[test]
fn the_loss_as_written_is_right_for_small_logits_and_fails_for_large_ones() {
    let z = numbers((20, 10), 1, 8.0);
    let t = targets(20, 0);
    assert!((cross_entropy_naive(&z, &t) - cross_entropy_from_logits(&z, &t)).abs() < 1e-12);
    let slope = numerical_gradient(&z, |z| cross_entropy_naive(z, &t));
    assert!(relative_error(&logits_grad(&z, &t), &slope) < 1e-7);
    // exp overflows, or underflows to 0, whose logarithm is minus infinity.
    let t = array![[1.0_f32, 0.0]];
    for (z, truth) in [([89.0_f32, 0.0], 0.0), ([0.0, -110.0], 0.0), ([-1000.0, 0.0], 1000.0)] {
        let z = Array2::from(vec![z]);
        assert!(!cross_entropy_naive(&z, &t).is_finite(), "{z}");
        assert_eq!(cross_entropy_from_logits(&z, &t), truth);
        assert!(logits_grad(&z, &t).iter().all(|d| d.is_finite()));
    }
    let (z, t) = (array![[0.0_f32, -110.0]], array![[0.0_f32, 1.0]]);
    assert_eq!(cross_entropy_naive(&z, &t), f64::INFINITY);
    let z = array![[710.0_f64, 0.0]];
    assert!(cross_entropy_naive(&z, &array![[1.0, 0.0]]).is_nan(), "f64 only dies later");
}

#[test]
fn a_callback_that_is_throttled_acts_at_once_and_then_at_most_every_five_seconds() {
    let start = Instant::now();
    let mut due = throttle(Duration::from_secs(5));
    let acted: Vec<u64> =
        (0..200).map(|k| 100 * k).filter(|&ms| due(start + Duration::from_millis(ms))).collect();
    assert_eq!(acted, [0, 5_000, 10_000, 15_000]);
}

#[test]
fn a_short_last_batch_counts_too_much_in_a_mean_of_batches() {
    // Ten right of batches of 4, 4 and 2; both wrong ones are in the last.
    let z = Array2::from_shape_fn((10, 2), |(n, k)| f64::from((n < 8) == (k == 0)));
    let t = Array2::from_shape_fn((10, 2), |(_, k)| f64::from(k == 0));
    assert_eq!(accuracy(&z, &t), 80.0);
    assert!((mean_of_batches(&z, &t, 4) - 200.0 / 3.0).abs() < 1e-12);
    assert_eq!(mean_of_batches(&z, &t, 5), 80.0, "batches of equal size are fair");
}

#[test]
fn the_slope_of_the_valley_is_right_and_every_optimiser_gets_down() {
    let place = array![-3.0, 1.5];
    let slope = numerical_gradient(&place, |w| f([w[0], w[1]]));
    assert!(relative_error(&Array1::from(gradient([-3.0, 1.5]).to_vec()), &slope) < 1e-8);
    let trajectories = trajectories::best();
    assert_eq!(trajectories.len(), optimisers::all::<f64>().len());
    for trajectory in &trajectories {
        assert_eq!(trajectory.points.len(), STEPS + 1);
        assert!(steps_to_converge(&trajectory.points).is_some(), "{}", trajectory.name);
    }
    // SGD swings across at every step: as fast as the walls allow, slow along.
    let sgd = &trajectories[0].points;
    let swings = sgd.windows(2).filter(|pair| pair[0][1] * pair[1][1] < 0.0).count();
    assert_eq!(swings, STEPS);
}

#[test]
fn what_the_pictures_show_is_what_was_computed() {
    // Batches 1 to 50 are drawn at 25.5, a rest of ten at 55.5.
    let losses: Vec<f64> = (1..=60).map(f64::from).collect();
    assert_eq!(means(&losses), [(25.5, 25.5), (55.5, 55.5)]);
    let times = std::array::from_fn(|i| ((7 * i + 3) % 50) as f64); // 0 to 49 in disorder
    assert_eq!(median(times), 25.0);
    for (x, y) in ellipse(0.7) {
        assert!((f([x, y]) - 0.7).abs() < 1e-12, "({x}, {y})");
    }
}

#[test]
fn an_optimiser_in_a_step_is_the_function_of_its_name() {
    let shape = Array4::<f64>::zeros((1, 1, 2, 2)).raw_dim();
    let dw = numbers(shape, 1, 1.0);
    let dw = dw.as_slice().unwrap();
    for (name, step) in optimisers::all() {
        let (mut w, mut v, mut s) = ([1.0; 4], [0.0; 4], [0.0; 4]);
        step(&mut w, dw, &mut v, &mut s, 1, 0.1);
        let first: Vec<f64> = dw
            .iter()
            .map(|&dw| match name {
                "SGD" | "momentum" => 1.0 - 0.1 * dw,
                "Nesterov" => 1.0 - 0.1 * 1.9 * dw,
                "AdaGrad" | "Adam" => 1.0 - 0.1 * dw.signum(),
                "RMSProp" => 1.0 - dw.signum(), // 1 / sqrt(1 - 0.99) times as far
                _ => panic!("{name}"),
            })
            .collect();
        assert!(w.iter().zip(&first).all(|(a, b)| (a - b).abs() < 1e-5), "{name} {w:?}");
    }
}
