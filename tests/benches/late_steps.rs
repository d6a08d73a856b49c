//! Whether a step takes as long after 5,000 steps as after 100: `cargo bench -p referee
//! --bench late_steps`, on one thread.
//!
//! Without a flush the optimisers' means become subnormal in between, and a step takes up
//! to twice as long. The 5,000 steps are short ones, of ten images (lesson 13's as they
//! are), so that each network needs seconds and not a minute; more of its weights are
//! without a gradient than with whole batches. What is measured is a step of 100 images
//! (of lesson 13's 32), always from the same state and with the same images: the batch is
//! fetched, forward, loss, backward, update.

use std::time::{Duration, Instant};

use checkpoints::network::Start;
use checkpoints::training::{DataInfo, Settings, Training};
use common::batch::{sample_rows, take_rows};
use common::{Float, Rng, cross_entropy_from_logits, seeded, softmax};
use criterion::{Criterion, criterion_group, criterion_main};
use datasets::Dataset;
use deep_cnn::Network;
use deep_cnn::optimiser::{adam, nesterov};
use dropout_adam::adam::Adam;
use dropout_adam::dropout::mask;
use dropout_adam::network::{Parameters, backward, forward, initialise};
use ndarray::{Array2, Ix2};

const STEPS: [usize; 2] = [100, 5_000];
const FEW: usize = 10; // images of a step on the way there
const BATCH_SIZE: usize = 100; // of a step that is measured

/// Makes 5,000 steps from `state`, and measures one after 100 of them and one after all.
/// `step(state, rows, i)` is step `i`, counted from 1, on the images `rows`.
fn measure<S: Clone + Send + Sync>(
    criterion: &mut Criterion,
    name: &str,
    mut state: S,
    mut step: impl FnMut(&mut S, &[usize], usize) + Send,
) {
    let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a thread");
    let mut group = criterion.benchmark_group(name);
    let (mut rng, mut done) = (seeded(1), 0);
    let images = sample_rows(10_000, BATCH_SIZE, &mut rng);
    for steps in STEPS {
        group.bench_function(format!("after {steps} steps"), |bencher| {
            for i in done + 1..=steps {
                step(&mut state, &sample_rows(10_000, FEW, &mut rng), i);
            }
            done = steps;
            bencher.iter_custom(|count| {
                one.install(|| {
                    let mut once = || {
                        let mut state = state.clone();
                        let start = Instant::now();
                        step(&mut state, &images, steps + 1);
                        start.elapsed()
                    };
                    (0..count).map(|_| once()).sum::<Duration>()
                })
            })
        });
    }
    group.finish();
}

/// Chapter 08's networks with Adam, and its own with Nesterov as well.
fn convolutions(criterion: &mut Criterion, data: &Dataset<Float>) {
    let two = "conv20x5,pool2,conv50x5,pool2,500";
    for (line, by) in [("conv30x5,pool2,100", "Adam"), (two, "Adam"), (two, "Nesterov")] {
        let layers = line.parse().expect("an architecture");
        let mut network: Network<Float> =
            Network::new(&layers, (1, 28, 28), 10, BATCH_SIZE, &mut seeded(1)).expect("it fits");
        let zeros = vec![0.0; network.w.len()];
        let state = (network.w.clone(), zeros.clone(), zeros);
        measure(criterion, &format!("{line}, {by}"), state, |(w, v, s), rows, i| {
            std::mem::swap(&mut network.w, w);
            let (x, t) = (take_rows(&data.train.x, rows), take_rows(&data.train.t, rows));
            let z = network.forward(&x); // (N, 10)
            let e = cross_entropy_from_logits(&z, &t);
            assert!(e.is_finite(), "{line}, {by}: the loss is {e} at step {i}");
            let dz = (softmax(&z) - &t) / rows.len() as Float; // (N, 10)
            network.backward(&x, &dz);
            match by {
                "Adam" => adam(&mut network.w, &network.dw, v, s, i, 0.001),
                _ => nesterov(&mut network.w, &network.dw, v, 0.01, 0.9),
            }
            std::mem::swap(&mut network.w, w);
        });
    }
}

/// One hidden layer with dropout and Adam: chapter 09's 32 units and chapter 12's 256.
fn hidden_layers(criterion: &mut Criterion, data: &Dataset<Float>) {
    for (name, hidden, share) in
        [("lesson 09, Adam", 32, 0.05), ("lesson 12's MLP, Adam", 256, 0.1)]
    {
        let mut rng = seeded(1);
        let net = initialise(hidden, &mut rng);
        let adams = net.each_ref().map(|w| Adam::new(w));
        measure(criterion, name, (net, adams), |(net, adams), rows, i| {
            mlp_step(data, net, adams, (rows, i), share, &mut rng);
        });
    }
}

fn mlp_step(
    data: &Dataset<Float>,
    net: &mut Parameters<Float>,
    adams: &mut [Adam<Float, Ix2>; 4],
    (rows, i): (&[usize], usize),
    share: Float,
    rng: &mut Rng,
) {
    let (x, t) = (take_rows(&data.train.x, rows), take_rows(&data.train.t, rows));
    let m: Array2<Float> = mask((rows.len(), net[1].len()), share, rng);
    let (h, z) = forward(&x, net.each_ref(), Some(&m));
    assert!(cross_entropy_from_logits(&z, &t).is_finite(), "no loss at step {i}");
    let gradients = backward(&x, &net[2], &m, &h, &z, &t);
    for ((adam, w), dw) in adams.iter_mut().zip(net).zip(&gradients) {
        adam.step(w, dw, i, 0.003);
    }
}

/// Chapter 13's, which draws its own 32 images.
fn checkpoints(criterion: &mut Criterion, data: &Dataset<Float>) {
    let settings = Settings {
        seed: 1,
        start: Start::Zero,
        keep: [0.2, 0.5],
        batch_size: 32,
        learning_rate: 0.001,
        every: 500,
        steps: 10_000,
    };
    let info = DataInfo { name: String::new(), images: data.train.len(), sha256: String::new() };
    let state = Training::new(settings, info);
    measure(criterion, "lesson 13, Adam", state, |run, _, i| {
        let (gradient, e, _) = run.gradient(&data.train);
        assert!(e.is_finite(), "lesson 13: the loss is {e} at step {i}");
        run.optimiser.step(&mut run.network, &gradient, i, 0.001);
    });
}

fn late_steps(criterion: &mut Criterion) {
    let data = datasets::mnist::<Float>(None).expect("images");
    println!("{} ({})", data.name, data.origin);
    convolutions(criterion, &data);
    hidden_layers(criterion, &data);
    checkpoints(criterion, &data);
}

criterion_group!(benches, late_steps);
criterion_main!(benches);
