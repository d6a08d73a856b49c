//! Batch norm and the network of chapter 10, against PyTorch's numbers, central
//! differences, and what they ought to be.

use batchnorm::dataset::{Points, cosine, variance};
use batchnorm::least_squares::least_squares;
use batchnorm::loss::{broadcast_mse, mse, mse_grad, pairwise_differences};
use batchnorm::network::{HIDDEN, plain_backward, plain_forward};
use batchnorm::{Network, RunningStats, batch_norm, batch_norm_2d, computation_graph};
use common::check::{numerical_gradient, relative_error};
use common::{init, seeded};
use dropout_adam::adam::Adam;
use ndarray::{Array1, Array2, Array4, Axis, s};
use referee::{fixture, numbers};

const ROUNDING: f64 = 1e-7;

/// How far apart the farthest two elements are.
fn apart<D: ndarray::Dimension>(a: &ndarray::Array<f64, D>, b: &ndarray::Array<f64, D>) -> f64 {
    assert_eq!(a.shape(), b.shape());
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

/// The batch that the script makes: stretched and shifted.
fn stretched<D: ndarray::Dimension>(x: ndarray::Array<f64, D>, k: usize) -> ndarray::Array<f64, D> {
    x * (1 + k) as f64 + (2 * k) as f64
}

#[test]
fn forward_backward_running_statistics_and_test_mode_are_pytorchs() {
    let torch = fixture("torch/batchnorm.npz");
    let mut seen = [0, 0]; // matrices, images
    for k in 0..8 {
        let shape = torch.any_shape(&format!("shape{k}")).unwrap();
        let shape: Vec<usize> = shape.iter().map(|&v| v as usize).collect();
        let (units, salt) = (shape[1], 700 + 20 * k as u64);
        let row = |name: &str| torch.get(&format!("{name}{k}"), (1, units)).unwrap();
        let gamma = numbers((1, units), salt, 1.0);
        let beta = numbers((1, units), salt + 1, 1.0);
        let mut running = RunningStats::new(units, 0.1);
        let (dgamma, dbeta);
        if let [n, m] = shape[..] {
            let mut last = None;
            for batch in 0..3 {
                let x = stretched(numbers((n, m), salt + 2 + batch as u64, 1.0), batch);
                let (out, cache) = batch_norm::forward(&x, &gamma, &beta).unwrap();
                running.update(&cache.mean, &cache.var, n);
                last = Some((out, cache, x));
            }
            let (out, cache, x) = last.unwrap();
            let matrix = |name: &str| torch.get(&format!("{name}{k}"), (n, m)).unwrap();
            assert!(apart(&out, &matrix("out")) < 1e-12, "out of {shape:?}");
            let dout = numbers((n, m), salt + 5, 1.0);
            let dx;
            (dx, dgamma, dbeta) = batch_norm::backward(&dout, &cache, &gamma);
            assert!(apart(&dx, &matrix("dx")) < 1e-11, "dx of {shape:?}");
            let the_long_way = computation_graph::backward(&dout, &x, &cache, &gamma);
            assert!(apart(&the_long_way.0, &matrix("dx")) < 1e-11, "dx of {shape:?}");
            assert!(apart(&the_long_way.1, &dgamma) < 1e-12);
            assert!(apart(&the_long_way.2, &dbeta) < 1e-12);
            let x = numbers((n, m), salt + 6, 1.0);
            let tested = batch_norm::forward_test(&x, &gamma, &beta, &running.mean, &running.var);
            assert!(apart(&tested, &matrix("tested")) < 1e-12, "test mode of {shape:?}");
            seen[0] += 1;
        } else {
            let [n, c, h, w] = shape[..] else { panic!("{shape:?}") };
            let mut last = None;
            for batch in 0..3 {
                let x = stretched(numbers((n, c, h, w), salt + 2 + batch as u64, 1.0), batch);
                let (out, cache) = batch_norm_2d::forward(&x, &gamma, &beta).unwrap();
                running.update(&cache.mean, &cache.var, n * h * w);
                last = Some((out, cache));
            }
            let (out, cache) = last.unwrap();
            let maps = |name: &str| torch.get(&format!("{name}{k}"), (n, c, h, w)).unwrap();
            assert!(apart(&out, &maps("out")) < 1e-12, "out of {shape:?}");
            let dout = numbers((n, c, h, w), salt + 5, 1.0);
            let dx;
            (dx, dgamma, dbeta) = batch_norm_2d::backward(&dout, &cache, &gamma);
            assert!(apart(&dx, &maps("dx")) < 1e-11, "dx of {shape:?}");
            let x = numbers((n, c, h, w), salt + 6, 1.0);
            let tested =
                batch_norm_2d::forward_test(&x, &gamma, &beta, &running.mean, &running.var);
            assert!(apart(&tested, &maps("tested")) < 1e-12, "test mode of {shape:?}");
            seen[1] += 1;
        }
        assert!(apart(&dgamma, &row("dgamma")) < 1e-12, "dgamma of {shape:?}");
        assert!(apart(&dbeta, &row("dbeta")) < 1e-12, "dbeta of {shape:?}");
        assert!(apart(&running.mean, &row("mean")) < 1e-13, "running mean of {shape:?}");
        assert!(apart(&running.var, &row("var")) < 1e-12, "running variance of {shape:?}");
    }
    assert_eq!(seen, [4, 4]);
}

#[test]
fn ten_steps_of_the_network_are_pytorchs() {
    let torch = fixture("torch/regression.npz");
    let points = Points::<f64>::linspace(300);
    let start = |shape, salt| numbers(shape, salt, 0.5);
    let mut network = Network {
        w1: start((6, 10), 900),
        b1: start((1, 10), 901),
        gamma: start((1, 10), 902) + 1.0,
        beta: start((1, 10), 903),
        w2: start((10, 1), 904),
        b2: start((1, 1), 905),
        running: RunningStats::new(10, 0.1),
    };
    let mut adam = network.parameters().map(|w| Adam::new(w));
    let losses = torch.get("losses", 10).unwrap();
    for i in 1..=10 {
        let rows: Vec<usize> = (0..20).map(|n| (7 * n + 31 * (i - 1)) % 300).collect();
        let (x, t) = (points.x.select(Axis(0), &rows), points.t.select(Axis(0), &rows));
        let (y, activations) = network.forward(&x).unwrap();
        assert!((mse(&y, &t) - losses[i - 1]).abs() < 1e-10, "loss of step {i}");
        let gradients = network.backward(&x, &activations, &mse_grad(&y, &t));
        if i == 1 {
            let same = |name: &str, ours: &Array2<f64>| {
                let theirs = torch.get(name, ours.dim()).unwrap();
                assert!(apart(ours, &theirs) < 1e-11, "{name}");
            };
            for (name, dw) in ["dw1", "db1", "dgamma", "dbeta", "dw2", "db2"].iter().zip(&gradients)
            {
                same(name, dw);
            }
        }
        for ((adam, w), dw) in adam.iter_mut().zip(network.parameters()).zip(&gradients) {
            adam.step(w, dw, i, 1e-3);
        }
    }
    for (name, ours) in [
        ("w1", &network.w1),
        ("b1", &network.b1),
        ("gamma", &network.gamma),
        ("beta", &network.beta),
        ("w2", &network.w2),
        ("b2", &network.b2),
        ("mean", &network.running.mean),
        ("var", &network.running.var),
    ] {
        let theirs = torch.get(name, ours.dim()).unwrap();
        assert!(apart(ours, &theirs) < 1e-10, "{name} after ten steps");
    }
    let all = mse(&network.predict(&points.x), &points.t);
    assert!((all - torch.get("all", 1).unwrap()[0]).abs() < 1e-9, "{all}");
}

#[test]
fn batch_norm_backward_matches_numerical_gradients() {
    let mut rng = seeded(1);
    let x: Array2<f64> = init::normal((7, 4), &mut rng) * 3.0 + 2.0;
    let (gamma, beta) = (init::normal((1, 4), &mut rng), init::normal((1, 4), &mut rng));
    let a: Array2<f64> = init::normal((7, 4), &mut rng); // loss = sum of a out
    let loss = |x: &Array2<f64>, gamma: &Array2<f64>, beta: &Array2<f64>| {
        (batch_norm::forward(x, gamma, beta).unwrap().0 * &a).sum()
    };
    let (_, cache) = batch_norm::forward(&x, &gamma, &beta).unwrap();
    for (dx, dgamma, dbeta) in [
        batch_norm::backward(&a, &cache, &gamma),
        computation_graph::backward(&a, &x, &cache, &gamma),
    ] {
        assert!(
            relative_error(&dx, &numerical_gradient(&x, |x| loss(x, &gamma, &beta))) < ROUNDING
        );
        let slope = numerical_gradient(&gamma, |gamma| loss(&x, gamma, &beta));
        assert!(relative_error(&dgamma, &slope) < ROUNDING);
        let slope = numerical_gradient(&beta, |beta| loss(&x, &gamma, beta));
        assert!(relative_error(&dbeta, &slope) < ROUNDING);
    }
}

#[test]
fn batch_norm_of_channels_backward_matches_numerical_gradients() {
    let x = numbers((2, 3, 4, 3), 1, 2.0) + 1.0;
    let (gamma, beta) = (numbers((1, 3), 2, 1.0), numbers((1, 3), 3, 1.0));
    let a = numbers((2, 3, 4, 3), 4, 1.0);
    let loss = |x: &Array4<f64>, gamma: &Array2<f64>, beta: &Array2<f64>| {
        (batch_norm_2d::forward(x, gamma, beta).unwrap().0 * &a).sum()
    };
    let (_, cache) = batch_norm_2d::forward(&x, &gamma, &beta).unwrap();
    let (dx, dgamma, dbeta) = batch_norm_2d::backward(&a, &cache, &gamma);
    assert!(relative_error(&dx, &numerical_gradient(&x, |x| loss(x, &gamma, &beta))) < ROUNDING);
    let slope = numerical_gradient(&gamma, |gamma| loss(&x, gamma, &beta));
    assert!(relative_error(&dgamma, &slope) < ROUNDING);
    let slope = numerical_gradient(&beta, |beta| loss(&x, &gamma, beta));
    assert!(relative_error(&dbeta, &slope) < ROUNDING);
}

#[test]
fn a_channel_is_a_column_whose_rows_are_all_its_pixels() {
    let (n, c, h, w) = (3, 4, 5, 2);
    // Not in standard layout, as a transposed array may come.
    let x = numbers((c, n, h, w), 5, 2.0).permuted_axes([1, 0, 2, 3]);
    let (gamma, beta) = (numbers((1, c), 6, 1.0), numbers((1, c), 7, 1.0));
    let rows = |x: &Array4<f64>| {
        let last = x.view().permuted_axes([0, 2, 3, 1]);
        last.as_standard_layout().into_owned().into_shape_with_order((n * h * w, c)).unwrap()
    };
    let (out, cache) = batch_norm_2d::forward(&x, &gamma, &beta).unwrap();
    let (flat, flat_cache) = batch_norm::forward(&rows(&x), &gamma, &beta).unwrap();
    assert!(apart(&rows(&out), &flat) < 1e-13);
    assert!(apart(&cache.mean, &flat_cache.mean) < 1e-14);
    assert!(apart(&cache.var, &flat_cache.var) < 1e-14);
    let dout = numbers((n, c, h, w), 8, 1.0);
    let (dx, ..) = batch_norm_2d::backward(&dout, &cache, &gamma);
    assert!(apart(&rows(&dx), &batch_norm::backward(&rows(&dout), &flat_cache, &gamma).0) < 1e-13);
}

#[test]
fn channels_have_the_same_bits_on_any_number_of_threads() {
    let x = numbers((20, 8, 12, 12), 9, 1.0).mapv(|v| v as f32);
    let (gamma, beta) = (Array2::from_elem((1, 8), 1.5f32), Array2::from_elem((1, 8), 0.5f32));
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let (out, cache) = batch_norm_2d::forward(&x, &gamma, &beta).unwrap();
            (batch_norm_2d::backward(&(&out * 0.1f32), &cache, &gamma), out, cache)
        })
    };
    assert!(run(1) == run(3));
}

#[test]
fn a_batch_comes_out_with_mean_beta_and_deviation_gamma() {
    let x = numbers((50, 2), 10, 4.0) + 7.0;
    let (gamma, beta) = (numbers((1, 2), 11, 1.0), numbers((1, 2), 12, 1.0));
    let (out, cache) = batch_norm::forward(&x, &gamma, &beta).unwrap();
    for k in 0..2 {
        let column = out.column(k).to_vec();
        let (gamma, beta) = (gamma[[0, k]], beta[[0, k]]);
        assert!((out.column(k).mean().unwrap() - beta).abs() < 1e-12);
        // epsilon takes a little of it
        assert!((variance(&column).sqrt() / gamma.abs() - 1.0).abs() < 1e-5);
        assert!(cache.x_hat.column(k).sum().abs() < 1e-10);
    }
    // What comes back has no part that shifts the batch, and next to none that
    // stretches it: the loss does not mind either.
    let dout = numbers((50, 2), 13, 1.0);
    let (dx, ..) = batch_norm::backward(&dout, &cache, &gamma);
    for k in 0..2 {
        let size = dx.column(k).mapv(f64::abs).sum();
        assert!(dx.column(k).sum().abs() < 1e-12 * size);
        assert!(dx.column(k).dot(&cache.x_hat.column(k)).abs() < 1e-4 * size);
    }
}

#[test]
fn values_that_are_all_equal_become_beta_and_nothing_is_divided_by_zero() {
    let x = Array2::from_elem((5, 1), 3.0);
    let (gamma, beta) = (Array2::from_elem((1, 1), 2.0), Array2::from_elem((1, 1), 0.5));
    let (out, cache) = batch_norm::forward(&x, &gamma, &beta).unwrap();
    assert!(out.iter().all(|&v| v == 0.5));
    let (dx, dgamma, _) = batch_norm::backward(&numbers((5, 1), 1, 1.0), &cache, &gamma);
    assert!(dx.iter().all(|v| v.is_finite()) && dgamma[[0, 0]] == 0.0);
}

#[test]
fn a_large_mean_takes_no_digits_from_the_variance() {
    let x = numbers((20, 1), 14, 1.0).mapv(|v| (v + 1000.0) as f32);
    let (_, cache) =
        batch_norm::forward(&x, &Array2::ones((1, 1)), &Array2::zeros((1, 1))).unwrap();
    let exact: Vec<f64> = x.iter().map(|&v| v.into()).collect();
    assert!((f64::from(cache.var[[0, 0]]) / variance(&exact) - 1.0).abs() < 1e-5);
    // The mean of squares less the square of the mean would not have one digit right.
    let (mean, squares) = (x.mean().unwrap(), x.mapv(|v| v * v).mean().unwrap());
    assert!((f64::from(squares - mean * mean) / variance(&exact) - 1.0).abs() > 0.01);
}

#[test]
fn a_batch_of_one_is_refused_with_a_sentence() {
    let (one, zero) = (Array2::<f64>::ones((1, 3)), Array2::zeros((1, 3)));
    let error = batch_norm::forward(&one, &one, &zero).unwrap_err().to_string();
    assert!(error.contains("at least 2") && error.contains("test mode"), "{error}");
    assert!(batch_norm::forward(&Array2::zeros((0, 3)), &one, &zero).is_err());
    assert!(batch_norm_2d::forward(&Array4::ones((1, 3, 1, 1)), &one, &zero).is_err());
    assert!(batch_norm_2d::forward(&Array4::ones((0, 3, 2, 2)), &one, &zero).is_err());
    // One image is enough where it has two pixels, and in test mode one value is.
    assert!(batch_norm_2d::forward(&Array4::ones((1, 3, 1, 2)), &one, &zero).is_ok());
    let tested = batch_norm::forward_test(&(&one * 5.0), &one, &zero, &zero, &one);
    assert!((tested[[0, 0]] - 5.0).abs() < 1e-4);
}

#[test]
#[should_panic(expected = "left: [(1, 2), (1, 3)]\n right: [(1, 3), (1, 3)]")]
fn a_gamma_for_other_units_is_refused() {
    let _ = batch_norm::forward(
        &Array2::<f64>::ones((4, 3)),
        &Array2::ones((1, 2)),
        &Array2::ones((1, 3)),
    );
}

#[test]
fn running_statistics_are_those_of_the_values_at_large_not_of_a_batch() {
    // 20,000 batches of five from N(3, 4): the mean is 3, the variance 4.
    let mut rng = seeded(2);
    let mut running = RunningStats::new(1, 0.001);
    let mut biased = 0.0;
    for _ in 0..20_000 {
        let x: Array2<f64> = init::normal((5, 1), &mut rng) * 2.0 + 3.0;
        let (_, cache) =
            batch_norm::forward(&x, &Array2::ones((1, 1)), &Array2::zeros((1, 1))).unwrap();
        running.update(&cache.mean, &cache.var, 5);
        biased += cache.var[[0, 0]] / 20_000.0;
    }
    assert!((running.mean[[0, 0]] - 3.0).abs() < 0.1, "{}", running.mean);
    assert!((running.var[[0, 0]] - 4.0).abs() < 0.25, "{}", running.var);
    assert!((biased - 4.0 * 4.0 / 5.0).abs() < 0.1, "a batch's own is a fifth too small: {biased}");
}

#[test]
fn in_test_mode_an_estimate_does_not_depend_on_its_neighbours() {
    let mut network = Network::<f64>::new(0.1, &mut seeded(3));
    let points = Points::<f64>::linspace(30);
    let in_training = network.forward(&points.x).unwrap().0;
    let few = points.x.slice(s![..7, ..]).to_owned();
    let all = network.predict(&points.x);
    assert!(apart(&network.predict(&few), &all.slice(s![..7, ..]).to_owned()) < 1e-13);
    let alone = network.predict(&points.x.slice(s![3..4, ..]).to_owned());
    assert!((alone[[0, 0]] - all[[3, 0]]).abs() < 1e-13);
    let with_fewer = network.forward(&few).unwrap().0;
    assert!((with_fewer[[0, 0]] - in_training[[0, 0]]).abs() > 0.01, "in training it does");
}

#[test]
fn the_networks_backward_matches_numerical_gradients() {
    let mut network = Network::<f64>::new(0.1, &mut seeded(4));
    network.gamma = numbers((1, HIDDEN), 1, 0.5) + 1.0;
    network.beta = numbers((1, HIDDEN), 2, 0.5);
    let points = Points::<f64>::linspace(12);
    let (x, t) = (&points.x, &points.t);
    let loss = |change: &dyn Fn(&mut Network<f64>)| {
        let mut network = network.clone();
        change(&mut network);
        mse(&network.forward(x).unwrap().0, t)
    };
    let (y, activations) = network.clone().forward(x).unwrap();
    let [dw1, db1, dgamma, dbeta, dw2, db2] = network.backward(x, &activations, &mse_grad(&y, t));
    let slope = numerical_gradient(&network.w1, |v| loss(&|n| n.w1 = v.clone()));
    assert!(relative_error(&dw1, &slope) < ROUNDING);
    let slope = numerical_gradient(&network.b1, |v| loss(&|n| n.b1 = v.clone()));
    assert!(relative_error(&db1, &slope) < ROUNDING);
    let slope = numerical_gradient(&network.gamma, |v| loss(&|n| n.gamma = v.clone()));
    assert!(relative_error(&dgamma, &slope) < ROUNDING);
    let slope = numerical_gradient(&network.beta, |v| loss(&|n| n.beta = v.clone()));
    assert!(relative_error(&dbeta, &slope) < ROUNDING);
    let slope = numerical_gradient(&network.w2, |v| loss(&|n| n.w2 = v.clone()));
    assert!(relative_error(&dw2, &slope) < ROUNDING);
    let slope = numerical_gradient(&network.b2, |v| loss(&|n| n.b2 = v.clone()));
    assert!(relative_error(&db2, &slope) < ROUNDING);
}

#[test]
fn without_batch_norm_the_backward_matches_numerical_gradients() {
    let Network { w1, b1, w2, b2, .. } = Network::<f64>::new(0.1, &mut seeded(5));
    let plain = [w1, b1, w2, b2];
    let points = Points::<f64>::linspace(12);
    let (x, t) = (&points.x, &points.t);
    let (h, y) = plain_forward(&plain, x);
    let gradients = plain_backward(&plain[2], x, &h, &mse_grad(&y, t));
    for (k, dw) in gradients.iter().enumerate() {
        let slope = numerical_gradient(&plain[k], |w| {
            let mut plain = plain.clone();
            plain[k].assign(w);
            mse(&plain_forward(&plain, x).1, t)
        });
        assert!(relative_error(dw, &slope) < ROUNDING, "parameter {k}");
    }
}

#[test]
fn the_floor_is_numpys_least_squares() {
    let torch = fixture("torch/regression.npz");
    let points = Points::<f64>::linspace(300);
    let (best, error) = least_squares(&points.x, &points.t);
    assert!((error - torch.get("floor", 1).unwrap()[0]).abs() < 1e-12, "{error}");
    let waves: Vec<f64> = points.at.iter().map(|&x| cosine(x)).collect();
    assert!((variance(&waves) - torch.get("wave", 1).unwrap()[0]).abs() < 1e-12);
    // What is left is at a right angle to every power.
    let left = points.t.column(0).to_owned() - &best;
    for power in points.x.columns() {
        assert!(power.dot(&left).abs() < 1e-10);
    }
    // In f32 the lesson's level is the same to the digits that it prints.
    let single = Points::<f32>::linspace(300);
    assert!((least_squares(&single.x, &single.t).1 - error).abs() < 1e-4);
}

#[test]
#[should_panic(expected = "a mixture of the others")]
fn powers_that_depend_on_each_other_are_refused() {
    let x = Array2::from_shape_fn((5, 2), |(i, k)| (i + 1) as f64 * (k + 1) as f64);
    least_squares(&x, &Array2::ones((5, 1)));
}

#[test]
fn a_column_minus_a_row_is_a_square_and_nobody_complains() {
    let y = numbers((4, 1), 1, 1.0); // (4, 1)
    let t: Array1<f64> = numbers(4, 2, 1.0); // (4,)
    let d = pairwise_differences(&y, &t);
    assert_eq!(d.dim(), (4, 4));
    assert_eq!(d[[2, 3]], y[[2, 0]] - t[3]);
    // The right ones are only its diagonal.
    let right = mse(&y, &t.clone().insert_axis(Axis(1)));
    assert!((d.diag().mapv(|v| v * v).mean().unwrap() - right).abs() < 1e-15);
    assert!((d.mapv(|v| v * v).mean().unwrap() - right).abs() > 0.01);
}

#[test]
#[should_panic(expected = "could not broadcast array from shape: [4] to: [4, 1]")]
fn in_place_a_column_minus_a_row_is_refused_by_ndarray() {
    let mut y = numbers((4, 1), 1, 1.0);
    y -= &numbers(4, 2, 1.0);
}

#[test]
#[should_panic(expected = "left: (4, 1)\n right: (1, 4)")]
fn the_lessons_loss_refuses_a_row() {
    mse(&numbers((4, 1), 1, 1.0), &numbers((1, 4), 2, 1.0));
}

#[test]
fn the_wrong_loss_has_the_gradient_that_it_says() {
    let (y, t) = (numbers((6, 1), 1, 1.0), numbers((6, 1), 2, 1.0));
    let (_, dy) = broadcast_mse(&y, &t);
    let slope = numerical_gradient(&y, |y| broadcast_mse(y, &t).0);
    assert!(relative_error(&dy, &slope) < ROUNDING);
    let slope = numerical_gradient(&y, |y| mse(y, &t));
    assert!(relative_error(&mse_grad(&y, &t), &slope) < ROUNDING);
}
