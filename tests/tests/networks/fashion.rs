//! Chapter 12's networks: gradients against central differences, ten steps against
//! PyTorch's, naive against fast, and what is told of a test set.

use common::check::{numerical_gradient, relative_error};
use common::{cross_entropy_from_logits, seeded};
use deep_cnn::parameters::view;
use deep_cnn::{Layers, Network};
use dropout_adam::adam::Adam;
use dropout_adam::network::{Parameters, backward, forward};
use fashion::history::{History, Step};
use fashion::naive::Naive;
use fashion::predictions::{Mistake, Predictions};
use fashion::schedule::{self, Schedule};
use fashion::speed::{fastest, largest_difference, train_naive};
use fashion::{cnn, mlp};
use ndarray::{Array1, Array2, ArrayD, arr2};
use referee::{fixture, numbers, probe};

const STEPS: usize = 10;
const N: usize = 4; // images of a step
const HIDDEN: usize = 256;
const DROPOUT: f64 = 0.25;
const MLP_RATE: f64 = 0.001; // this and the next as in the lesson
const CNN_RATE: f64 = 0.05;
const LAYERS: &str = "conv20x5,pool2,conv50x5,pool2,500"; // the lesson's

/// All images and targets of `scripts/fashion_fixtures.py`.
fn images() -> (Array2<f64>, Array2<f64>) {
    let x = (numbers((STEPS * N, 784), 1200, 1.0) + 1.0) / 2.0; // from 0 to 1
    (x, Array2::from_shape_fn((STEPS * N, 10), |(n, k)| f64::from(3 * n % 10 == k)))
}

/// Ten batches of four of them, in order; the same images to choose by.
fn ten_steps<'a>(x: &'a Array2<f64>, t: &'a Array2<f64>) -> Schedule<'a, f64> {
    let batches = (0..STEPS).map(|i| (i * N..(i + 1) * N).collect()).collect();
    Schedule { train: (x, t), validation: (x, t), epochs: vec![batches], steps: STEPS }
}

/// Where parameter `k` of w1, b1, w2, ... starts, for weights of `inputs` inputs.
fn start<S: ndarray::IntoDimension>(
    shape: S,
    k: u64,
    inputs: usize,
) -> ndarray::Array<f64, S::Dim> {
    let scale = if k.is_multiple_of(2) { (3.0 / inputs as f64).sqrt() } else { 0.1 };
    numbers(shape, 1300 + k, scale)
}

fn mlp_at_its_start() -> Parameters<f64> {
    [
        start((784, HIDDEN), 0, 784),
        start((1, HIDDEN), 1, 0),
        start((HIDDEN, 10), 2, HIDDEN),
        start((1, 10), 3, 0),
    ]
}

/// That `ours` has the sums and elements that PyTorch found.
fn is_pytorchs(file: &str, name: &str, ours: &ArrayD<f64>) {
    let torch = fixture(file);
    let theirs = torch.any_shape(name).unwrap();
    let probed = probe(ours);
    assert_eq!(probed.len(), theirs.len(), "{file} {name}");
    let scale = theirs.iter().skip(2).fold(0.0f64, |m, v| m.max(v.abs()));
    for (k, (ours_k, theirs)) in probed.iter().zip(theirs).enumerate() {
        // The two sums are of many more terms.
        let scale = if k < 2 { theirs.abs().max(scale * ours.len() as f64) } else { scale };
        let error = (ours_k - theirs).abs() / scale;
        assert!(error < 1e-9, "{file} {name}: off by {error:e}");
    }
}

fn losses_are_pytorchs(file: &str, name: &str, ours: &[f64]) {
    let theirs = fixture(file).get(name, STEPS).unwrap();
    assert_eq!(ours.len(), STEPS);
    for (ours, theirs) in ours.iter().zip(&theirs) {
        assert!((ours - theirs).abs() < 1e-10 * theirs, "{file} {name}: {ours} is not {theirs}");
    }
}

fn losses(steps: &[Step]) -> Vec<f64> {
    steps.iter().map(|step| step.loss).collect()
}

#[test]
fn ten_steps_of_the_mlp_are_pytorchs() {
    let (x, t) = images();
    let mut mlp = mlp_at_its_start();
    let history = mlp::train(&ten_steps(&x, &t), &mut mlp, MLP_RATE, 0.0, &mut seeded(1)).unwrap();
    losses_are_pytorchs("torch/fashion_mlp.npz", "plain_losses", &losses(&history.steps));
    for (name, v) in ["w1", "b1", "w2", "b2"].into_iter().zip(mlp) {
        is_pytorchs("torch/fashion_mlp.npz", &format!("plain_{name}"), &v.into_dyn());
    }
}

/// The masks of `scripts/fashion_fixtures.py`; `train` draws its own.
fn mask(step: usize) -> Array2<f64> {
    numbers((N, HIDDEN), 1400 + step as u64, 1.0)
        .mapv(|v| if (v + 1.0) / 2.0 >= DROPOUT { 1.0 / (1.0 - DROPOUT) } else { 0.0 })
}

#[test]
fn ten_steps_of_the_mlp_with_given_masks_are_pytorchs() {
    let (x, t) = images();
    let schedule = ten_steps(&x, &t);
    let mut net = mlp_at_its_start();
    let mut adam = net.each_ref().map(|w| Adam::new(w));
    let mut losses = Vec::new();
    for (rows, i) in schedule.epochs[0].iter().zip(1..) {
        let ((x, t), m) = (schedule.batch(rows), mask(i));
        let (h, z) = forward(&x, net.each_ref(), Some(&m));
        losses.push(cross_entropy_from_logits(&z, &t));
        let gradients = backward(&x, &net[2], &m, &h, &z, &t);
        if i == 1 {
            for (name, v) in ["dw1", "db1", "dw2", "db2"].into_iter().zip(&gradients) {
                is_pytorchs("torch/fashion_mlp.npz", name, &v.clone().into_dyn());
            }
        }
        for ((adam, w), dw) in adam.iter_mut().zip(&mut net).zip(&gradients) {
            adam.step(w, dw, i, schedule.rate(i, MLP_RATE));
        }
    }
    losses_are_pytorchs("torch/fashion_mlp.npz", "losses", &losses);
    for (name, v) in ["w1", "b1", "w2", "b2"].into_iter().zip(net) {
        is_pytorchs("torch/fashion_mlp.npz", name, &v.into_dyn());
    }
}

/// The lesson's CNN where the fixture starts it.
fn cnn_at_its_start() -> Network<f64> {
    let layers: Layers = LAYERS.parse().unwrap();
    let mut network = Network::new(&layers, (1, 28, 28), 10, N, &mut seeded(1)).unwrap();
    for (k, piece) in network.named_parameters.iter().enumerate() {
        let inputs = match piece.shape[..] {
            [_, c, h, w] => c * h * w,
            _ => piece.shape[0],
        };
        let numbers = start(piece.range.len(), k as u64, inputs);
        network.w[piece.range.clone()].copy_from_slice(numbers.as_slice().unwrap());
    }
    network
}

fn parameters_are_pytorchs(network: &Network<f64>, w: &[f64]) {
    for piece in &network.named_parameters {
        is_pytorchs("torch/fashion_cnn.npz", &piece.name, &view(w, piece).to_owned());
    }
}

#[test]
fn ten_steps_of_the_cnn_are_pytorchs_fast_and_naive() {
    let (x, t) = images();
    let schedule = ten_steps(&x, &t);
    let mut network = cnn_at_its_start();
    let mut w = network.w.clone();
    let history = cnn::train(&schedule, &mut network, CNN_RATE).unwrap();
    losses_are_pytorchs("torch/fashion_cnn.npz", "losses", &losses(&history.steps));
    parameters_are_pytorchs(&network, &network.w);

    let naive = Naive::new(&LAYERS.parse().unwrap(), (1, 28, 28), 10).unwrap();
    let steps = train_naive(&schedule, &naive, &mut w, CNN_RATE).unwrap();
    losses_are_pytorchs("torch/fashion_cnn.npz", "losses", &losses(&steps));
    parameters_are_pytorchs(&network, &w);
    assert!(largest_difference(&steps, &history.steps) < 1e-10);
}

#[test]
fn the_mlps_backward_matches_numerical_gradients_with_and_without_a_mask() {
    let x = numbers((6, 12), 1, 1.0);
    let t = Array2::from_shape_fn((6, 4), |(n, k)| f64::from((n + 1) % 4 == k));
    let shapes = [(12, 7), (1, 7), (7, 4), (1, 4)];
    let mlp = [0, 1, 2, 3].map(|k| numbers(shapes[k], 2 + k as u64, 1.0));
    let dropped = numbers((6, 7), 6, 1.0).mapv(|v| if v < -0.4 { 0.0 } else { 1.0 / 0.7 });
    for mask in [dropped, Array2::ones((6, 7))] {
        let (h, z) = forward(&x, mlp.each_ref(), Some(&mask));
        let gradients = backward(&x, &mlp[2], &mask, &h, &z, &t);
        for (k, dw) in gradients.iter().enumerate() {
            let slope = numerical_gradient(&mlp[k], |w| {
                let mut mlp = mlp.each_ref();
                mlp[k] = w;
                cross_entropy_from_logits(&forward(&x, mlp, Some(&mask)).1, &t)
            });
            assert!(relative_error(dw, &slope) < 1e-7, "parameter {k}");
        }
    }
    // A mask of ones is no mask.
    let masked = forward(&x, mlp.each_ref(), Some(&Array2::ones((6, 7))));
    assert_eq!(masked, forward(&x, mlp.each_ref(), None));
}

#[test]
fn in_single_precision_naive_and_fast_convolution_lose_few_of_their_digits() {
    let layers: Layers = LAYERS.parse().unwrap();
    let (x, t) = images();
    let (x, t) = (x.mapv(|v| v as f32), t.mapv(|v| v as f32));
    let epochs = schedule::epochs(&(0..40).collect::<Vec<_>>(), 1, 8, &mut seeded(2));
    let schedule = Schedule { train: (&x, &t), validation: (&x, &t), epochs, steps: 5 };
    let mut network = Network::new(&layers, (1, 28, 28), 10, 8, &mut seeded(1)).unwrap();
    let mut w = network.w.clone();
    let fast = cnn::train(&schedule, &mut network, CNN_RATE).unwrap();
    let naive = Naive::new(&layers, (1, 28, 28), 10).unwrap();
    let slow = train_naive(&schedule, &naive, &mut w, CNN_RATE).unwrap();
    let apart = largest_difference(&slow, &fast.steps);
    assert!(apart < 1e-4, "{apart:e}");
}

#[test]
fn both_networks_see_every_image_once_an_epoch_in_batches_that_change() {
    let rows = [3, 5, 8, 13, 21, 34, 55];
    let epochs = schedule::epochs(&rows, 3, 3, &mut seeded(4));
    for epoch in &epochs {
        let sizes: Vec<usize> = epoch.iter().map(Vec::len).collect();
        assert_eq!(sizes, [3, 3, 1]);
        let mut seen = epoch.concat();
        seen.sort_unstable();
        assert_eq!(seen, rows);
    }
    assert!(epochs[0] != epochs[1] && epochs[1] != epochs[2]);
    let x = Array2::<f64>::zeros((60, 4));
    let schedule = Schedule { train: (&x, &x), validation: (&x, &x), epochs, steps: 9 };
    assert_eq!((schedule.batches(), schedule.epochs[0].len()), (9, 3));
    // The first steps of a course are its first batches at the same rates.
    let first = schedule.first(4);
    assert_eq!(first.epochs.concat(), schedule.epochs.concat()[..4]);
    for i in 1..=4 {
        assert_eq!(first.rate(i, 0.5), schedule.rate(i, 0.5));
    }
    let rates: Vec<f64> = (1..=9).map(|i| schedule.rate(i, 0.5)).collect();
    assert!((rates[0] - 0.05).abs() < 1e-12 && rates[8] > 0.0, "{rates:?}");
    assert!(rates[2..].is_sorted_by(|a, b| a > b), "{rates:?}");
}

#[test]
fn in_the_mirror_left_and_right_are_exchanged_and_nothing_else() {
    let (x, t) = images();
    let schedule = ten_steps(&x, &t);
    let (seen, targets) = schedule.batch(&[7, 40 + 7]);
    assert_eq!((seen.row(0), targets.row(0)), (x.row(7), t.row(7)));
    assert_eq!(targets.row(1), t.row(7));
    for ((_, k), &v) in seen.slice(ndarray::s![1..2, ..]).indexed_iter() {
        assert_eq!(v, x[[7, k / 28 * 28 + (27 - k % 28)]]);
    }
    // The mirror stands before half of the images and moves none.
    let plain = schedule::epochs(&(0..1000).collect::<Vec<_>>(), 2, 100, &mut seeded(5));
    let mut hung = plain.clone();
    schedule::random_flips(&mut hung, 1000, &mut seeded(6));
    let pairs = plain.iter().flatten().flatten().zip(hung.iter().flatten().flatten());
    let mirrored = pairs.filter(|&(a, b)| {
        assert!(b == a || *b == a + 1000);
        b != a
    });
    let mirrored = mirrored.count();
    assert!((900..1100).contains(&mirrored), "{mirrored} of 2,000"); // 4.5 deviations
}

#[test]
fn a_loss_that_is_no_number_stops_every_training_with_its_step() {
    let (mut x, t) = images();
    x[[9, 300]] = f64::NAN; // in the third batch
    let schedule = ten_steps(&x, &t);
    let said: [common::Error; 3] = [
        mlp::train(&schedule, &mut mlp_at_its_start(), MLP_RATE, 0.0, &mut seeded(1)).unwrap_err(),
        cnn::train(&schedule, &mut cnn_at_its_start(), CNN_RATE).unwrap_err(),
        train_naive(
            &schedule,
            &Naive::new(&LAYERS.parse().unwrap(), (1, 28, 28), 10).unwrap(),
            &mut cnn_at_its_start().w,
            CNN_RATE,
        )
        .unwrap_err(),
    ];
    for (error, flag) in said.iter().zip(["--mlp-rate", "--cnn-rate", "--cnn-rate"]) {
        let error = error.to_string();
        assert!(error.contains("no longer a number at iteration 3"), "{error}");
        assert!(error.contains(flag), "{error}");
    }
}

#[test]
fn predictions_are_counted_and_the_surest_mistakes_come_first() {
    let z = arr2(&[[3.0, 0.0, 0.0], [0.0, 9.0, 0.0], [0.0, 0.0, 1.0], [5.0, 0.0, 0.0]]);
    let labels = Array1::from(vec![0, 0, 1, 2]);
    let t = Array2::from_shape_fn((4, 3), |(n, k)| f64::from(labels[n] == k));
    let predictions = Predictions::new(&z, &t, &labels);
    assert_eq!(predictions.accuracy, 25.0);
    let wrong: Vec<_> = predictions.mistakes.iter().map(|m| (m.image, m.label, m.guess)).collect();
    assert_eq!(wrong, [(1, 0, 1), (3, 2, 0), (2, 1, 2)]);
    assert_eq!(predictions.confusion, arr2(&[[1, 1, 0], [0, 0, 1], [1, 0, 0]]));
    let Mistake { label, guess, probability, .. } = predictions.mistakes[1];
    let e5 = 5.0f64.exp();
    assert!((label, guess) == (2, 0) && (probability - e5 / (e5 + 2.0)).abs() < 1e-12);
    assert_eq!((predictions.class_accuracy(0), predictions.class_accuracy(1)), (50.0, 0.0));
    assert_eq!(
        (predictions.commonest_mistake(0), predictions.commonest_mistake(1)),
        (Some((1, 1)), Some((2, 1)))
    );
}

#[test]
fn an_epoch_is_the_sum_of_its_steps() {
    let mut history = History::default();
    for (loss, seconds) in [(4.0, 0.25), (2.0, 0.5), (1.0, 0.25), (0.5, 0.75)] {
        history.steps.push(Step { loss, accuracy: 50.0, seconds });
        if history.steps.len() % 2 == 0 {
            history.end_epoch(2, 0.125, 80.0);
        }
    }
    let epochs: Vec<(f64, f64)> = history.epochs.iter().map(|e| (e.loss, e.seconds)).collect();
    assert_eq!(epochs, [(3.0, 0.75), (0.75, 1.0)]);
    assert_eq!(history.seconds_per_epoch(), 0.875);
    assert!((history.batching_share() - 100.0 / 7.0).abs() < 1e-12);
    assert_eq!(fastest(&history.steps), 0.25);
    let off = Step { loss: 2.2, accuracy: 0.0, seconds: 1.0 };
    assert!((largest_difference(&history.steps[1..2], &[off]) - 0.1).abs() < 1e-12);
}
