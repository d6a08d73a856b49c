//! Lesson 06, network by network: the article's beside lessons 04 and 05, thirty
//! filters beside lesson 08; the same bits every time, whatever was there before.

use cnn_gpu::Gpu;
use cnn_gpu::conv30_network::{self, Conv30Network};
use cnn_gpu::dataset::DeviceDataset;
use cnn_gpu::one_filter_network::{self, OneFilterNetwork};
use cnn_im2col::fast::train_step::TrainStep;
use cnn_naive::network::{Gradients, forward, init_params};
use common::check::{numerical_gradient, relative_error};
use common::{
    Float, accuracy, cross_entropy, cross_entropy_from_logits, sample_rows, seeded, softmax,
};
use deep_cnn::Network;
use deep_cnn::optimiser::adam;
use ndarray::{Array1, Array2, Axis};
use referee::gpu;

/// `n` built-in digits: `x (n, 784)`, `t (n, 10)`.
fn digits(n: usize) -> (Array2<f64>, Array2<f64>) {
    let drawn = datasets::digits::draw(1, 0, n);
    let x = Array2::from_shape_fn((n, 784), |(i, p)| {
        f64::from(drawn.images[[i, p / 28, p % 28]]) / 255.0
    });
    let t = Array2::from_shape_fn((n, 10), |(i, k)| {
        f64::from(u8::from(usize::from(drawn.labels[i]) == k))
    });
    (x, t)
}

fn narrow(a: &Array2<f64>) -> Array2<Float> {
    a.mapv(|v| v as Float)
}

type Four<F> = [Array2<F>; 4]; // f, bc, wo, bo

/// A training from the parameters `p` at `rates`, with NaN where images leave
/// numbers for the update.
fn one_filter_network(
    gpu: &Gpu,
    dataset: &DeviceDataset,
    batch: usize,
    p: &Four<f64>,
    rates: (f64, f64),
) -> OneFilterNetwork {
    let network = OneFilterNetwork::new(gpu, dataset, batch).unwrap();
    let left = network.memory.len - one_filter_network::IMAGES;
    network.memory.write(gpu, one_filter_network::IMAGES, &vec![f32::NAN; left]);
    let [f, bc, wo, bo] = p.each_ref().map(narrow);
    network.set_parameters(gpu, [&f, &bc, &wo, &bo], (rates.0 as Float, rates.1 as Float));
    network
}

fn parameters(gpu: &Gpu, network: &OneFilterNetwork) -> Four<f64> {
    network.parameters(gpu).unwrap().map(|p| p.mapv(f64::from))
}

/// A batch of one, and others that are no multiple of anything.
#[test]
fn a_step_moves_every_parameter_as_lesson_05_does() {
    let Some(gpu) = gpu("a_step_moves_every_parameter_as_lesson_05_does") else { return };
    let (x, t) = digits(60);
    let data = DeviceDataset::upload(gpu, &x, &t).unwrap();
    let p: Four<f64> = init_params(&mut seeded(3)).into();
    let p = p.map(|a| a.mapv(|v| f64::from(v as f32)));
    for batch in [1, 7, 19] {
        let rows: Vec<usize> = (0..batch).map(|i| (i * 23 + 5) % 60).collect();
        let network = one_filter_network(gpu, &data, batch, &p, (1.0, 1.0));
        let stats = network.train(gpu, &rows).unwrap()[0];
        let ours = parameters(gpu, &network);
        let mut expected = p.clone();
        let [f, bc, wo, bo] = &mut expected;
        let (loss, right) = TrainStep::new(batch).run((&x, &t), &rows, (f, bc, wo, bo), (1.0, 1.0));
        assert!((stats[0] / loss - 1.0).abs() < 1e-4, "batch {batch}: {} {loss}", stats[0]);
        assert!((stats[1] - right).abs() < 1e-3, "batch {batch}: {} {right}", stats[1]);
        for ((ours, expected), (p, name)) in
            ours.iter().zip(&expected).zip(p.iter().zip(["df", "dbc", "dwo", "dbo"]))
        {
            let error = relative_error(&(p - ours), &(p - expected)); // at a rate of 1: gradients
            assert!(error < 2e-5, "batch {batch}, {name}: {error:e}");
        }
    }
}

#[test]
fn the_gradients_match_numerical_ones() {
    let Some(gpu) = gpu("the_gradients_match_numerical_ones") else { return };
    let (x, t) = digits(3);
    let data = DeviceDataset::upload(gpu, &x, &t).unwrap();
    let [f, bc, wo, bo]: Four<f64> = init_params(&mut seeded(4)).into();
    let (wo, bo) = (wo * 0.1, bo); // softmax not saturated, so that slopes can be seen
    let p = [f, bc, wo, bo].map(|a| a.mapv(|v| f64::from(v as f32)));
    let network = one_filter_network(gpu, &data, 3, &p, (1.0, 1.0));
    network.train(gpu, &[0, 1, 2]).unwrap();
    let ours = parameters(gpu, &network);
    let [f, bc, wo, bo] = &p;
    let z = forward(&x, f, bc, wo, bo).1;
    assert!(z.iter().all(|z| z.abs() > 1e-4), "choose another seed: a kink is near");
    let loss = |f: &Array2<f64>, bc: &Array2<f64>, bo: &Array2<f64>| {
        3.0 * cross_entropy(&forward(&x, f, bc, wo, bo).3, &t) // a sum over the batch
    };
    let df = numerical_gradient(f, |f| loss(f, bc, bo));
    let dbc = numerical_gradient(bc, |bc| loss(f, bc, bo));
    let dbo = numerical_gradient(bo, |bo| loss(f, bc, bo));
    for (name, slope, before, after) in
        [("df", df, f, &ours[0]), ("dbc", dbc, bc, &ours[1]), ("dbo", dbo, bo, &ours[3])]
    {
        let error = relative_error(&(before - after), &slope);
        assert!(error < 1e-4, "{name}: {error:e}");
    }
}

/// At this rate training does not amplify rounding: see page 05. Lesson 05 in `f64`,
/// since in `f32` its own loss is off by up to 1e-3 where a wrong `y` is nearly 1. Two
/// submissions, so that a seam is among the steps.
#[test]
fn the_losses_of_two_hundred_steps_are_lesson_05_s() {
    let Some(gpu) = gpu("the_losses_of_two_hundred_steps_are_lesson_05_s") else { return };
    const BATCH: usize = 10;
    let (x, t) = digits(500);
    let data = DeviceDataset::upload(gpu, &x, &t).unwrap();
    let rates = Gradients::Article.rates(0.001, BATCH);
    let mut rng = seeded(1);
    let p: Four<f64> = init_params(&mut rng).into();
    let network = one_filter_network(gpu, &data, BATCH, &p, rates);
    let [mut f, mut bc, mut wo, mut bo] = p;
    let rows = sample_rows(500, 200 * BATCH, &mut rng);
    let mut stats = network.train(gpu, &rows[..150 * BATCH]).unwrap();
    stats.extend(network.train(gpu, &rows[150 * BATCH..]).unwrap());
    let mut step = TrainStep::new(BATCH);
    for (i, (stats, rows)) in stats.iter().zip(rows.chunks(BATCH)).enumerate() {
        let p = (&mut f, &mut bc, &mut wo, &mut bo);
        let (loss, _) = step.run((&x, &t), rows, p, rates);
        let apart = (stats[0] / loss - 1.0).abs();
        assert!(apart < 1e-4, "step {}: {} is not {loss}, by {apart:e}", i + 1, stats[0]);
    }
}

#[test]
fn a_training_has_the_same_bits_every_time_and_however_it_is_cut() {
    let Some(gpu) = gpu("a_training_has_the_same_bits_every_time_and_however_it_is_cut") else {
        return;
    };
    let (x, t) = digits(50);
    let data = DeviceDataset::upload(gpu, &x, &t).unwrap();
    let p: Four<f64> = init_params(&mut seeded(5)).into();
    let rows = sample_rows(50, 6 * 10, &mut seeded(6));
    let run = |cut: usize| {
        let network = one_filter_network(gpu, &data, 10, &p, (0.001, 0.01));
        let stats: Vec<[f64; 2]> =
            rows.chunks(cut * 10).flat_map(|rows| network.train(gpu, rows).unwrap()).collect();
        (stats, parameters(gpu, &network))
    };
    let all = run(6);
    assert!(all.0.iter().all(|stats| stats[0].is_finite()));
    for cut in [6, 6, 1, 4] {
        assert!(run(cut) == all, "in pieces of {cut}");
    }
}

#[test]
fn what_is_no_number_is_not_hidden_by_relu() {
    let Some(gpu) = gpu("what_is_no_number_is_not_hidden_by_relu") else { return };
    let (x, t) = digits(5);
    let data = DeviceDataset::upload(gpu, &x, &t).unwrap();
    let mut p: Four<f64> = init_params(&mut seeded(1)).into();
    p[0][[2, 2]] = f64::NAN;
    let network = one_filter_network(gpu, &data, 5, &p, (0.001, 0.001));
    assert!(network.train(gpu, &[0, 1, 2, 3, 4]).unwrap()[0][0].is_nan());
}

/// Adam's first mean after one step is a tenth of the gradient: so the gradients of
/// the second network can be read there.
#[test]
fn the_second_networks_gradients_are_lesson_08_s() {
    let Some(gpu) = gpu("the_second_networks_gradients_are_lesson_08_s") else { return };
    let (x, t) = digits(30);
    let data = DeviceDataset::upload(gpu, &x, &t).unwrap();
    let w: Vec<f32> = conv30_network::start(&mut seeded(7));
    for batch in [1, 11] {
        let rows: Vec<usize> = (0..batch).map(|i| (i * 13 + 3) % 30).collect();
        let mut ours = Conv30Network::new(gpu, &data, batch, &w).unwrap();
        let left = ours.memory.len - conv30_network::IMAGES;
        ours.memory.write(gpu, conv30_network::IMAGES, &vec![f32::NAN; left]);
        let stats = ours.train(gpu, &rows, 0.001).unwrap()[0];
        let v = conv30_network::PARAMETERS..2 * conv30_network::PARAMETERS;
        let v: Vec<f32> = ours.memory.read_range(gpu, v).unwrap();
        let (z, dw) = lesson_08(&w, (&x, &t), &rows);
        let few = t.select(Axis(0), &rows);
        let loss = cross_entropy_from_logits(&z, &few);
        assert!((stats[0] / loss - 1.0).abs() < 1e-4, "batch {batch}: {} {loss}", stats[0]);
        assert!((stats[1] - accuracy(&z, &few)).abs() < 1e-3, "batch {batch}");
        for (name, piece) in [
            ("w1 b1", 0..780),
            ("w2", 780..432_780),
            ("b2 w3 b3", 432_780..conv30_network::PARAMETERS),
        ] {
            let ours: Array1<f64> = v[piece.clone()].iter().map(|&v| 10.0 * f64::from(v)).collect();
            let expected = Array1::from(dw[piece].to_vec());
            let error = relative_error(&ours, &expected);
            assert!(error < 2e-5, "batch {batch}, {name}: {error:e}");
        }
    }
}

/// The logits `(N, 10)` and all gradients as lesson 08 has them, in f64.
fn lesson_08(
    w: &[f32],
    (x, t): (&Array2<f64>, &Array2<f64>),
    rows: &[usize],
) -> (Array2<f64>, Vec<f64>) {
    let (x, t) = (x.select(Axis(0), rows), t.select(Axis(0), rows));
    let mut network = lesson_08_network(w, rows.len());
    let z = network.forward(&x).to_owned();
    network.backward(&x, &((softmax(&z) - &t) / rows.len() as f64));
    (z, network.dw)
}

fn lesson_08_network(w: &[f32], batch: usize) -> Network<f64> {
    let layers = "conv30x5,pool2,100".parse().unwrap();
    let mut network = Network::new(&layers, (1, 28, 28), 10, batch, &mut seeded(1)).unwrap();
    network.w = w.iter().map(|&w| f64::from(w)).collect();
    network
}

#[test]
fn six_steps_of_the_second_network_are_lesson_08_s_with_adam() {
    let Some(gpu) = gpu("six_steps_of_the_second_network_are_lesson_08_s_with_adam") else {
        return;
    };
    let (x, t) = digits(40);
    let data = DeviceDataset::upload(gpu, &x, &t).unwrap();
    let w: Vec<f32> = conv30_network::start(&mut seeded(8));
    let rows = sample_rows(40, 6 * 5, &mut seeded(9));
    let mut ours = Conv30Network::new(gpu, &data, 5, &w).unwrap();
    let mut stats = ours.train(gpu, &rows[..4 * 5], 0.001).unwrap();
    stats.extend(ours.train(gpu, &rows[4 * 5..], 0.001).unwrap()); // Adam counts on
    let mut expected = lesson_08_network(&w, 5);
    let [mut v, mut s] = [0; 2].map(|_| vec![0.0; conv30_network::PARAMETERS]);
    for (i, rows) in rows.chunks(5).enumerate() {
        let (x, t) = (x.select(Axis(0), rows), t.select(Axis(0), rows));
        let z = expected.forward(&x).to_owned();
        let loss = cross_entropy_from_logits(&z, &t);
        assert!((stats[i][0] / loss - 1.0).abs() < 1e-4, "step {}: {} {loss}", i + 1, stats[i][0]);
        expected.backward(&x, &((softmax(&z) - &t) / 5.0));
        adam(&mut expected.w, &expected.dw, &mut v, &mut s, i + 1, 0.001);
    }
    // The parameters that are read back are those of the network.
    let trained = ours.parameters(gpu).unwrap();
    let mut tested = Conv30Network::new(gpu, &data, 20, &trained).unwrap();
    let all: Vec<usize> = (0..40).collect();
    let stats = tested.train(gpu, &all, 0.0).unwrap(); // accuracies before each step
    let right = stats.iter().map(|[_, accuracy]| accuracy).sum::<f64>() / 2.0;
    let z = lesson_08_network(&trained, 40).forward(&x).to_owned();
    assert!((right - accuracy(&z, &t)).abs() < 1e-3, "{right}");
}

#[test]
fn the_second_network_has_the_same_bits_every_time() {
    let Some(gpu) = gpu("the_second_network_has_the_same_bits_every_time") else { return };
    let (x, t) = digits(20);
    let data = DeviceDataset::upload(gpu, &x, &t).unwrap();
    let w: Vec<f32> = conv30_network::start(&mut seeded(8));
    let rows = sample_rows(20, 3 * 9, &mut seeded(9));
    let run = || {
        let mut network = Conv30Network::new(gpu, &data, 9, &w).unwrap();
        (network.train(gpu, &rows, 0.001).unwrap(), network.parameters(gpu).unwrap())
    };
    let first = run();
    assert!(run() == first && run() == first);
}

#[test]
#[should_panic(expected = "are not up to 250 batches of 3")]
fn part_of_a_batch_is_refused() {
    let Some(gpu) = gpu("part_of_a_batch_is_refused") else {
        panic!("are not up to 250 batches of 3") // skipped
    };
    let (x, t) = digits(5);
    let data = DeviceDataset::upload(gpu, &x, &t).unwrap();
    let p: Four<f64> = init_params(&mut seeded(1)).into();
    one_filter_network(gpu, &data, 3, &p, (0.1, 0.1)).train(gpu, &[0, 1, 2, 3]).unwrap();
}
