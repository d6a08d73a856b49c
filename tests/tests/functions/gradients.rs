//! Every backward pass against central differences, in `f64`.

use common::check::{adjoint_error, numerical_gradient, relative_error};
use common::{Rng, affine, article_loss, cross_entropy, cross_entropy_from_logits, dot, init};
use common::{relu, relu_grad, seeded, sigmoid, sigmoid_grad, softmax, sum_rows};
use iris::Network;
use ndarray::{Array1, Array2};
use rand::Rng as _;

/// What rounding leaves of a right gradient.
const ROUNDING: f64 = 1e-7;

fn targets(n: usize, classes: usize, rng: &mut Rng) -> Array2<f64> {
    let mut t = Array2::zeros((n, classes));
    for mut row in t.rows_mut() {
        row[rng.random_range(0..classes)] = 1.0;
    }
    t
}

#[test]
fn y_minus_t_is_the_gradient_of_the_cross_entropy() {
    let mut rng = seeded(1);
    let z: Array2<f64> = init::normal((7, 10), &mut rng);
    let t = targets(7, 10, &mut rng);
    let dz = (softmax(&z) - &t) / 7.0; // of the mean
    let from_logits = numerical_gradient(&z, |z| cross_entropy_from_logits(z, &t));
    let from_probabilities = numerical_gradient(&z, |z| cross_entropy(&softmax(z), &t));
    assert!(relative_error(&dz, &from_logits) < ROUNDING);
    assert!(relative_error(&dz, &from_probabilities) < ROUNDING);
}

#[test]
fn y_minus_t_is_not_the_gradient_of_the_loss_the_article_prints() {
    let mut rng = seeded(2);
    let z: Array2<f64> = init::normal((7, 10), &mut rng);
    let t = targets(7, 10, &mut rng);
    let dz = (softmax(&z) - &t) / 7.0;
    let printed = numerical_gradient(&z, |z| article_loss(&softmax(z), &t));
    assert!(relative_error(&dz, &printed) > 0.01, "the page says that they differ");
}

#[test]
fn the_slopes_of_sigmoid_and_relu_are_right_away_from_the_kink() {
    let mut rng = seeded(3);
    let z: Array2<f64> = init::normal((5, 6), &mut rng);
    let z = z.mapv(|z| if z.abs() < 1e-3 { 0.5 } else { z });
    let slope = numerical_gradient(&z, |z| sigmoid(z).sum());
    assert!(relative_error(&sigmoid_grad(&sigmoid(&z)), &slope) < ROUNDING);
    let slope = numerical_gradient(&z, |z| relu(z).sum());
    assert!(relative_error(&relu_grad(&relu(&z)), &slope) < ROUNDING);
}

#[test]
fn the_affine_layer_passes_the_adjoint_test() {
    let mut rng = seeded(4);
    let x: Array2<f64> = init::normal((9, 13), &mut rng);
    let w: Array2<f64> = init::normal((13, 5), &mut rng);
    let dz: Array2<f64> = init::normal((9, 5), &mut rng);
    // As a map of x, of w, and of b
    assert!(adjoint_error(&dot(&x, &w), &dz, &x, &dot(&dz, &w.t())) < 1e-13);
    assert!(adjoint_error(&dot(&x, &w), &dz, &w, &dot(&x.t(), &dz)) < 1e-13);
    let b: Array2<f64> = init::normal((1, 5), &mut rng);
    let spread = affine(&Array2::zeros((9, 13)), &w, &b);
    assert!(adjoint_error(&spread, &dz, &b, &sum_rows(&dz)) < 1e-13);
}

#[test]
fn the_perceptron_backward_matches_numerical_gradients() {
    let mut rng = seeded(5);
    let x: Array2<f64> = init::normal((8, 12), &mut rng);
    let (w, b) = (init::normal((12, 10), &mut rng), init::normal((1, 10), &mut rng));
    let t = targets(8, 10, &mut rng);
    let loss = |w: &Array2<f64>, b: &Array2<f64>| {
        8.0 * cross_entropy(&perceptron::forward(&x, w, b), &t) // a sum, as in the article
    };
    let (dw, db) = perceptron::backward(&x, &perceptron::forward(&x, &w, &b), &t);
    assert!(relative_error(&dw, &numerical_gradient(&w, |w| loss(w, &b))) < ROUNDING);
    assert!(relative_error(&db, &numerical_gradient(&b, |b| loss(&w, b))) < ROUNDING);
    let (entropy, printed) = perceptron::gradient_errors(&x, &t, &w, &b);
    assert!(entropy < ROUNDING && printed > 0.01, "{entropy} {printed}");
}

#[test]
fn the_hidden_layer_backward_matches_numerical_gradients() {
    let mut rng = seeded(6);
    let x: Array2<f64> = init::normal((8, 12), &mut rng);
    let (wh, bh) = (init::normal((12, 7), &mut rng), init::normal((1, 7), &mut rng));
    let (wo, bo) = (init::normal((7, 10), &mut rng), init::normal((1, 10), &mut rng));
    let t = targets(8, 10, &mut rng);
    let loss = |wh: &Array2<f64>, bh: &Array2<f64>, wo: &Array2<f64>, bo: &Array2<f64>| {
        8.0 * cross_entropy(&hidden_layer::forward(&x, wh, bh, wo, bo).1, &t)
    };
    let (h, y) = hidden_layer::forward(&x, &wh, &bh, &wo, &bo);
    let (dwh, dbh, dwo, dbo) = hidden_layer::backward(&x, &wo, &h, &y, &t);
    let slope = numerical_gradient(&wh, |wh| loss(wh, &bh, &wo, &bo));
    assert!(relative_error(&dwh, &slope) < ROUNDING);
    let slope = numerical_gradient(&bh, |bh| loss(&wh, bh, &wo, &bo));
    assert!(relative_error(&dbh, &slope) < ROUNDING);
    let slope = numerical_gradient(&wo, |wo| loss(&wh, &bh, wo, &bo));
    assert!(relative_error(&dwo, &slope) < ROUNDING);
    let slope = numerical_gradient(&bo, |bo| loss(&wh, &bh, &wo, bo));
    assert!(relative_error(&dbo, &slope) < ROUNDING);
}

#[test]
fn the_iris_network_goes_down_its_numerical_gradients() {
    let mut rng = seeded(11);
    let x: Array2<f64> = init::normal((9, 4), &mut rng);
    let t = targets(9, 3, &mut rng);
    let net = Network::<f64>::new(6, &mut rng);
    let loss = |net: &Network<f64>| cross_entropy(&net.forward(&x), &t); // the mean
    let mut moved = net.clone();
    moved.step(&x, &t, 1e-6).unwrap();
    let with = |wh: &Array2<f64>, bh: &Array2<f64>, wo: &Array2<f64>, bo: &Array2<f64>| {
        let mut net = net.clone();
        (net.wh, net.bh, net.wo, net.bo) = (wh.clone(), bh.clone(), wo.clone(), bo.clone());
        loss(&net)
    };
    let Network { wh, bh, wo, bo, .. } = &net;
    // Adam's first step is -rate dw / (|dw| + 1e-8): each parameter tells its slope's sign,
    // and where the slope is small enough, its size.
    let follows = |before: &Array2<f64>, after: &Array2<f64>, slope: Array2<f64>| {
        for ((&before, &after), &slope) in before.iter().zip(after).zip(&slope) {
            let expected = -1e-6 * slope / (slope.abs() + 1e-8);
            assert!((after - before - expected).abs() < 1e-10, "{} {expected}", after - before);
        }
    };
    follows(wh, &moved.wh, numerical_gradient(wh, |wh| with(wh, bh, wo, bo)));
    follows(bh, &moved.bh, numerical_gradient(bh, |bh| with(wh, bh, wo, bo)));
    follows(wo, &moved.wo, numerical_gradient(wo, |wo| with(wh, bh, wo, bo)));
    follows(bo, &moved.bo, numerical_gradient(bo, |bo| with(wh, bh, wo, bo)));
}

#[test]
fn the_checks_find_a_mistake() {
    let p = Array1::from(vec![1.0, -2.0, 0.5]);
    let slope = numerical_gradient(&p, |p| p.mapv(|v| v * v).sum());
    let (right, wrong): (Array1<f64>, Array1<f64>) = (&p * 2.0, &p * 2.1);
    assert!(relative_error(&slope, &right) < ROUNDING);
    assert!(relative_error(&slope, &wrong) > 0.01);
    assert!(relative_error(&slope, &p.mapv(|_| f64::NAN)).is_infinite());
    let (x, y) = (Array1::from(vec![1.0, 2.0]), Array1::from(vec![3.0, -1.0]));
    let (three_x, two_y): (Array1<f64>, Array1<f64>) = (&x * 3.0, &y * 2.0);
    assert!(adjoint_error(&three_x, &y, &x, &two_y) > 0.1);
}
