//! The solutions of the exercises of chapter 10, compiled and run. The page shows
//! them under a marker, folded away.

use batchnorm::dataset::{Points, mean, variance};
use batchnorm::loss::{broadcast_mse, mse};
use batchnorm::{Network, RunningStats, batch_norm};
use common::check::{numerical_gradient, relative_error};
use common::{affine, dot, seeded, sigmoid, sum_rows};
use ndarray::{Array1, Array2, Axis};
use referee::numbers;

/// Training mode, line for line as NumPy has it: `x (N, M)`, `gamma (M,)`,
/// `beta (M,)` to `out (N, M)`; and the way back from `dout (N, M)` to `dx (N, M)`.
fn word_for_word(
    x: &Array2<f64>,
    gamma: &Array1<f64>,
    beta: &Array1<f64>,
    dout: &Array2<f64>,
) -> (Array2<f64>, Array2<f64>) {
    let mean = x.mean_axis(Axis(0)).unwrap(); // (M,)
    let std = (x.var_axis(Axis(0), 0.0) + 1e-5).sqrt(); // (M,)
    let x_hat = (x - &mean) / &std; // (N, M)
    let out = gamma * &x_hat + beta; // (N, M)

    let dbeta = dout.mean_axis(Axis(0)).unwrap(); // (M,), divided by N already
    let dgamma = (dout * &x_hat).mean_axis(Axis(0)).unwrap(); // (M,), too
    let dx = gamma / &std * (dout - &dbeta - &x_hat * &dgamma); // (N, M)
    (out, dx)
}

#[test]
fn the_lessons_batch_norm_is_numpys() {
    let (x, dout) = (numbers((8, 5), 1, 3.0), numbers((8, 5), 2, 1.0));
    let (gamma, beta) = (numbers((1, 5), 3, 1.0), numbers((1, 5), 4, 1.0));
    let row = |a: &Array2<f64>| a.row(0).to_owned();
    let (out, dx) = word_for_word(&x, &row(&gamma), &row(&beta), &dout);
    let (ours, cache) = batch_norm::forward(&x, &gamma, &beta).unwrap();
    assert!(relative_error(&out, &ours) < 1e-13);
    assert!(relative_error(&dx, &batch_norm::backward(&dout, &cache, &gamma).0) < 1e-13);
}

/// The share that the newest batch has in the end, if the running statistics see
/// it `calls` times in a row.
fn share_of_the_last(momentum: f64, calls: i32) -> f64 {
    1.0 - (1.0 - momentum).powi(calls)
}

#[test]
fn twenty_looks_at_one_batch_leave_an_eighth_of_all_others() {
    let see = |share: f64, times: usize| {
        let mut running = RunningStats::new(1, share);
        running.mean.fill(7.0); // what all other batches have left
        for _ in 0..times {
            running.update(&Array2::from_elem((1, 1), 3.0), &Array2::ones((1, 1)), 20);
        }
        running.mean[[0, 0]]
    };
    let share = share_of_the_last(0.1, 20);
    assert!((share - 0.878).abs() < 1e-3);
    assert!((see(0.1, 20) - see(share, 1)).abs() < 1e-12);
    assert!((see(0.1, 20) - (0.122 * 7.0 + 0.878 * 3.0)).abs() < 0.01);
    // A momentum that undoes it: twenty looks that count as much as one of 0.1.
    let gentle = 1.0 - (1.0f64 - 0.1).powf(1.0 / 20.0);
    assert!((gentle - 0.00525).abs() < 1e-5);
    assert!((see(gentle, 20) - see(0.1, 1)).abs() < 1e-12);
}

/// Training mode without a guard, for any number of examples: `x (N, M)`.
fn unguarded(x: &Array2<f64>) -> Array2<f64> {
    let n = x.nrows() as f64;
    let centred = x - &(sum_rows(x) / n);
    let var = sum_rows(&(&centred * &centred)) / n;
    centred / &var.mapv(|v| (v + batch_norm::EPSILON).sqrt())
}

#[test]
fn of_a_batch_of_one_nothing_is_left_and_of_two_only_the_sign() {
    for salt in 1..5 {
        let one = unguarded(&numbers((1, 6), salt, 5.0));
        assert!(one.iter().all(|&v| v == 0.0), "whatever came in");
        let two = unguarded(&numbers((2, 6), salt, 5.0));
        assert!(two.iter().all(|&v| (v.abs() - 1.0).abs() < 1e-2), "{two}");
    }
    // Nothing comes back either: of one nothing, of two next to nothing.
    let slope = |n| {
        let a = numbers((n, 3), 9, 1.0);
        numerical_gradient(&numbers((n, 3), 8, 5.0), |x| (unguarded(x) * &a).sum())
    };
    assert!(slope(1).iter().all(|&v| v == 0.0));
    assert!(slope(2).iter().all(|v| v.abs() < 1e-4), "{}", slope(2));
    assert!(slope(3).iter().any(|v| v.abs() > 1e-3), "{}", slope(3));
}

/// The trained network without its batch norm: `w (10, 1)` and `b (1, 1)` that give
/// `h w + b` what test mode gives.
fn folded(network: &Network<f64>) -> (Array2<f64>, Array2<f64>) {
    let std = network.running.var.mapv(|v| (v + batch_norm::EPSILON).sqrt()); // (1, 10)
    let scale = &network.gamma / &std; // (1, 10)
    let shift = &network.beta - &(&network.running.mean * &scale); // (1, 10)
    // g w2 + b2 = (scale h + shift) w2 + b2 = h (scaleT w2) + (shift w2 + b2)
    let w = &scale.t() * &network.w2; // (10, 1): each row of w2 by its unit's scale
    let b = dot(&shift, &network.w2) + &network.b2; // (1, 1)
    (w, b)
}

#[test]
fn in_test_mode_batch_norm_folds_into_the_next_layer() {
    let points = Points::<f64>::linspace(50);
    let mut network = Network::new(0.1, &mut seeded(1));
    network.gamma = numbers((1, 10), 1, 1.0);
    network.beta = numbers((1, 10), 2, 1.0);
    for _ in 0..10 {
        network.forward(&points.x).unwrap(); // the running statistics see something
    }
    let (w, b) = folded(&network);
    let h = sigmoid(&affine(&points.x, &network.w1, &network.b1));
    assert!(relative_error(&affine(&h, &w, &b), &network.predict(&points.x)) < 1e-13);
}

#[test]
fn a_bias_in_front_of_batch_norm_does_nothing_and_a_scale_next_to_nothing() {
    let (x, w) = (numbers((9, 4), 1, 1.0), numbers((4, 3), 2, 1.0));
    let (gamma, beta) = (numbers((1, 3), 3, 1.0), numbers((1, 3), 4, 1.0));
    let out = |w: &Array2<f64>, b: &Array2<f64>| {
        batch_norm::forward(&affine(&x, w, b), &gamma, &beta).unwrap()
    };
    let none = Array2::zeros((1, 3));
    let (without, cache) = out(&w, &none);
    let (with, _) = out(&w, &numbers((1, 3), 5, 10.0));
    assert!(relative_error(&with, &without) < 1e-12);
    let (dz, ..) = batch_norm::backward(&numbers((9, 3), 6, 1.0), &cache, &gamma);
    assert!(sum_rows(&dz).iter().all(|db| db.abs() < 1e-12), "no gradient ever reaches it");
    // Weights ten times as large: the same, but for epsilon. Their gradient is a
    // tenth, so the same step turns them ten times less.
    let (large, cache_large) = out(&(&w * 10.0), &none);
    assert!(relative_error(&large, &without) < 1e-3);
    let (dz_large, ..) = batch_norm::backward(&numbers((9, 3), 6, 1.0), &cache_large, &gamma);
    let (dw, dw_large) = (dot(&x.t(), &dz), dot(&x.t(), &dz_large));
    assert!(relative_error(&(dw_large * 10.0), &dw) < 1e-3);
}

#[test]
fn the_wrong_loss_is_two_variances_and_a_distance_of_means() {
    let (y, t) = (numbers((30, 1), 1, 2.0), numbers((30, 1), 2, 3.0) + 1.0);
    let (wrong, dy) = broadcast_mse(&y, &t);
    let (ys, ts) = (y.column(0).to_vec(), t.column(0).to_vec());
    let formula = variance(&ys) + variance(&ts) + (mean(&ys) - mean(&ts)).powi(2);
    assert!((wrong - formula).abs() < 1e-12);
    let towards_the_mean = y.mapv(|y| 2.0 * (y - mean(&ts)) / 30.0);
    assert!(relative_error(&dy, &towards_the_mean) < 1e-12);
    // A perfect estimate is told that it is twice as bad as a flat line.
    let (perfect, _) = broadcast_mse(&t, &t);
    let flat = Array2::from_elem((30, 1), mean(&ts));
    assert_eq!(mse(&t, &t), 0.0);
    assert!((perfect / broadcast_mse(&flat, &t).0 - 2.0).abs() < 1e-12);
}

/// Layer norm: each example over its own units. `x (N, M)`, `gamma (1, M)`,
/// `beta (1, M)` to `out (N, M)`, and `x_hat (N, M)`, `std (N, 1)` for the way back.
fn layer_norm(
    x: &Array2<f64>,
    gamma: &Array2<f64>,
    beta: &Array2<f64>,
) -> (Array2<f64>, Array2<f64>, Array2<f64>) {
    let across = |a: &Array2<f64>| a.mean_axis(Axis(1)).unwrap().insert_axis(Axis(1)); // (N, 1)
    let centred = x - &across(x); // (N, M)
    let var = across(&(&centred * &centred)); // (N, 1)
    let std = var.mapv(|v| (v + batch_norm::EPSILON).sqrt()); // (N, 1)
    let x_hat = centred / &std; // (N, M)
    (&x_hat * gamma + beta, x_hat, std)
}

/// Its way back: `dx (N, M)`, `dgamma (1, M)`, `dbeta (1, M)`.
fn layer_norm_backward(
    dout: &Array2<f64>,
    gamma: &Array2<f64>,
    x_hat: &Array2<f64>,
    std: &Array2<f64>,
) -> (Array2<f64>, Array2<f64>, Array2<f64>) {
    let across = |a: &Array2<f64>| a.mean_axis(Axis(1)).unwrap().insert_axis(Axis(1)); // (N, 1)
    // gamma belongs to a column and the mean to a row, so gamma comes first
    let dx_hat = dout * gamma; // (N, M)
    // dx = (dx_hat - mean of dx_hat - x_hat mean of dx_hat x_hat) / std, along each row
    let slope = across(&(&dx_hat * x_hat)); // (N, 1)
    let dx = (&dx_hat - &across(&dx_hat) - x_hat * &slope) / std; // (N, M)
    (dx, sum_rows(&(dout * x_hat)), sum_rows(dout))
}

#[test]
fn layer_norm_matches_numerical_gradients_and_takes_a_batch_of_one() {
    for n in [1, 5] {
        let x = numbers((n, 7), 1, 3.0) + 1.0;
        let (gamma, beta) = (numbers((1, 7), 2, 1.0), numbers((1, 7), 3, 1.0));
        let a = numbers((n, 7), 4, 1.0);
        let loss = |x: &Array2<f64>, gamma: &Array2<f64>, beta: &Array2<f64>| {
            (layer_norm(x, gamma, beta).0 * &a).sum()
        };
        let (_, x_hat, std) = layer_norm(&x, &gamma, &beta);
        let (dx, dgamma, dbeta) = layer_norm_backward(&a, &gamma, &x_hat, &std);
        assert!(relative_error(&dx, &numerical_gradient(&x, |x| loss(x, &gamma, &beta))) < 1e-7);
        let slope = numerical_gradient(&gamma, |gamma| loss(&x, gamma, &beta));
        assert!(relative_error(&dgamma, &slope) < 1e-7);
        let slope = numerical_gradient(&beta, |beta| loss(&x, &gamma, beta));
        assert!(relative_error(&dbeta, &slope) < 1e-7);
    }
}
