//! The solutions of the exercises on the pages, compiled and run. Each page
//! shows them under a marker, folded away.

use common::check::{numerical_gradient, relative_error};
use common::{Float, Rng, affine, article_loss, batch, cross_entropy, dot, init, metric};
use common::{accuracy, relu, relu_grad, seeded, sigmoid, sigmoid_grad, sum_rows, update};
use common::{softmax, softmax_naive};
use iterations::network::Network;
use ndarray::{Array2, Axis, array, concatenate, s};
use rand::Rng as _;

/// `n` built-in digits: `x (n, 784)` from 0 to 1, `t (n, 10)` one-hot.
fn digits(n: usize) -> (Array2<f64>, Array2<f64>) {
    let drawn = datasets::digits::draw(1, 0, n);
    let x = Array2::from_shape_fn((n, 784), |(i, p)| {
        f64::from(drawn.images[[i, p / 28, p % 28]]) / 255.0
    });
    let t = Array2::from_shape_fn((n, 10), |(i, k)| f64::from(usize::from(drawn.labels[i]) == k));
    (x, t)
}

// ---- 01 perceptron ----

/// One step of the perceptron, line for line as NumPy has it:
/// `x (N, 784)`, `t (N, 10)`, `w (784, 10)`, `b (1, 10)`.
fn perceptron_word_for_word(
    x: &Array2<f64>,
    t: &Array2<f64>,
    w: Array2<f64>,
    b: Array2<f64>,
    lr: f64,
) -> (Array2<f64>, Array2<f64>) {
    let z = x.dot(&w) + &b; // (N, 10): b is stretched over the rows
    let e = z.mapv(f64::exp); // (N, 10)
    let y = &e / &e.sum_axis(Axis(1)).insert_axis(Axis(1)); // (N, 10) / (N, 1)
    let dz = &y - t; // (N, 10)
    let dw = x.t().dot(&dz); // (784, 10) = (784, N)(N, 10)
    let db = dz.sum_axis(Axis(0)).insert_axis(Axis(0)); // (1, 10)
    (w - lr * dw, b - lr * db)
}

#[test]
fn the_word_for_word_perceptron_takes_the_same_step() {
    let (x, t) = digits(50);
    let mut rng = seeded(1);
    let mut w: Array2<f64> = init::normal((784, 10), &mut rng);
    let mut b: Array2<f64> = init::normal((1, 10), &mut rng);
    let (w_then, b_then) = perceptron_word_for_word(&x, &t, w.clone(), b.clone(), 0.001);
    let (dw, db) = perceptron::backward(&x, &perceptron::forward(&x, &w, &b), &t);
    update(&mut w, 0.001, &dw);
    update(&mut b, 0.001, &db);
    assert!(relative_error(&w, &w_then) < 1e-12);
    assert!(relative_error(&b, &b_then) < 1e-12);
}

#[test]
fn a_mean_takes_the_same_steps_as_a_sum() {
    let (x, t) = digits(100);
    let w: Array2<f64> = init::normal((784, 10), &mut seeded(1));
    let b = Array2::zeros((1, 10));
    let (dw, _) = perceptron::backward(&x, &perceptron::forward(&x, &w, &b), &t); // a sum
    let dw_mean = &dw / 100.0;
    let (mut by_sum, mut by_mean) = (w.clone(), w);
    update(&mut by_sum, 0.001, &dw);
    update(&mut by_mean, 0.1, &dw_mean); // 100 times the rate for a 100th of the gradient
    assert!(relative_error(&by_sum, &by_mean) < 1e-12);
}

#[test]
fn a_huge_rate_is_the_rule_of_1958() {
    let (x, t) = digits(500);
    let guesses = |rate: f64| {
        let mut rng = seeded(1);
        let (mut w, mut b) = (Array2::zeros((784, 10)), Array2::zeros((1, 10)));
        for _ in 0..200 {
            let (x, t) = batch(&x, &t, 10, &mut rng);
            let (dw, db) = perceptron::backward(&x, &perceptron::forward(&x, &w, &b), &t);
            update(&mut w, rate, &dw);
            update(&mut b, rate, &db);
        }
        metric::predict(&perceptron::forward(&x, &w, &b))
    };
    // At rates this large, only the direction of the weights matters.
    assert_eq!(guesses(1e6), guesses(1e9));
    assert_ne!(guesses(1e6), guesses(1e-3));
}

#[test]
fn softmax_does_not_notice_a_shift() {
    let z = array![[1.0, 2.0, 3.0], [-4.0, 0.0, 4.0]];
    assert!(relative_error(&softmax(&z), &softmax(&(&z + 50.0))) < 1e-14);
    // Without the maximum subtracted: the largest logits that work in f32 and f64.
    let answers_nan = |top: f64| {
        let z = array![[top, 0.0]];
        let in_f32 = softmax_naive(&z.mapv(|z| z as f32)).iter().any(|y| y.is_nan());
        (in_f32, softmax_naive(&z).iter().any(|y| y.is_nan()))
    };
    assert_eq!(answers_nan(88.7), (false, false));
    assert_eq!(answers_nan(88.8), (true, false));
    assert_eq!(answers_nan(709.7), (true, false));
    assert_eq!(answers_nan(709.8), (true, true));
    assert_eq!(softmax(&array![[1e30f32, 0.0]]), array![[1.0, 0.0]]);
}

#[test]
fn zeros_will_do_for_one_layer() {
    let (x, t) = digits(1000);
    let (mut w, mut b) = (Array2::zeros((784, 10)), Array2::zeros((1, 10)));
    for _ in 0..100 {
        let y = perceptron::forward(&x, &w, &b); // at first 0.1 everywhere
        let (dw, db) = perceptron::backward(&x, &y, &t);
        update(&mut w, 0.0003, &dw);
        update(&mut b, 0.0003, &db);
    }
    let reached = accuracy(&perceptron::forward(&x, &w, &b), &t);
    assert!(reached > 85.0, "{reached}");
    assert_ne!(w.column(0), w.column(1), "the targets tell the classes apart");
}

#[test]
fn the_bias_is_the_weight_of_a_pixel_that_is_always_lit() {
    let (x, t) = digits(20);
    let mut rng = seeded(1);
    let (w, b): (Array2<f64>, _) =
        (init::normal((784, 10), &mut rng), init::normal((1, 10), &mut rng));
    let (dw, db) = perceptron::backward(&x, &perceptron::forward(&x, &w, &b), &t);

    let x1 = concatenate![Axis(1), x, Array2::ones((20, 1))]; // (N, 785)
    let w1 = concatenate![Axis(0), w, b]; // (785, 10)
    let dz = softmax(&dot(&x1, &w1)) - &t; // (N, 10), without a bias of its own
    let dw1 = dot(&x1.t(), &dz); // (785, 10) = (785, N)(N, 10)
    assert!(relative_error(&dw1.slice(s![..784, ..]), &dw) < 1e-12);
    assert!(relative_error(&dw1.slice(s![784.., ..]), &db) < 1e-12);
}

/// The standard deviation, in points, of an accuracy of `p` percent measured
/// on `n` images.
fn spread(p: f64, n: f64) -> f64 {
    (p * (100.0 - p) / n).sqrt()
}

#[test]
fn the_two_published_accuracies_cannot_be_told_apart() {
    let (simple, hidden) = (spread(86.64, 10_000.0), spread(87.08, 10_000.0));
    assert!((simple - 0.34).abs() < 0.005 && (hidden - 0.34).abs() < 0.005);
    // The spread of a difference: squares add up.
    let z = (87.08 - 86.64) / (simple * simple + hidden * hidden).sqrt();
    assert!((z - 0.92).abs() < 0.01, "{z}"); // below 1.96, which chance passes one time in 20
}

/// The gradient with respect to the logits of the loss that the article
/// prints, summed over the batch, from `y` and `t`, both `(N, 10)`.
fn printed_loss_gradient(y: &Array2<f64>, t: &Array2<f64>) -> Array2<f64> {
    const DELTA: f64 = 1e-7;
    // g = dL/dy, one element at a time
    let g = -t / (y + DELTA) + (1.0 - t) / (1.0 - y + DELTA); // (N, 10)
    // dz = y (g - the mean of g, weighted by y): the Jacobian of softmax
    let mean = (&g * y).sum_axis(Axis(1)).insert_axis(Axis(1)); // (N, 1)
    y * &(g - mean) // (N, 10)
}

#[test]
fn the_gradient_of_the_printed_loss_is_another() {
    let mut rng = seeded(1);
    let z: Array2<f64> = init::normal((7, 10), &mut rng);
    let t = Array2::from_shape_fn((7, 10), |(i, k)| f64::from(i == k));
    let y = softmax(&z);
    let measured = numerical_gradient(&z, |z| 7.0 * article_loss(&softmax(z), &t));
    assert!(relative_error(&printed_loss_gradient(&y, &t), &measured) < 1e-7);
    assert!(relative_error(&(&y - &t), &measured) > 0.05);
}

// ---- 02 hidden layer ----

/// The chain rule, line for line as NumPy has it: `x (N, 784)`, `t (N, 10)`,
/// `wh (784, H)`, `bh (1, H)`, `wo (H, 10)`, `bo (1, 10)` to the gradients of
/// the last four.
fn hidden_word_for_word(
    x: &Array2<f64>,
    t: &Array2<f64>,
    wh: &Array2<f64>,
    bh: &Array2<f64>,
    wo: &Array2<f64>,
    bo: &Array2<f64>,
) -> [Array2<f64>; 4] {
    let h = (x.dot(wh) + bh).mapv(|z| 1.0 / (1.0 + (-z).exp())); // (N, H)
    let e = (h.dot(wo) + bo).mapv(f64::exp); // (N, 10)
    let y = &e / &e.sum_axis(Axis(1)).insert_axis(Axis(1)); // (N, 10)
    let dzo = y - t; // (N, 10)
    let dwo = h.t().dot(&dzo); // (H, 10) = (H, N)(N, 10)
    let dbo = dzo.sum_axis(Axis(0)).insert_axis(Axis(0)); // (1, 10)
    let dh = dzo.dot(&wo.t()); // (N, H) = (N, 10)(10, H)
    let dzh = &h * (1.0 - &h) * dh; // (N, H)
    let dwh = x.t().dot(&dzh); // (784, H) = (784, N)(N, H)
    let dbh = dzh.sum_axis(Axis(0)).insert_axis(Axis(0)); // (1, H)
    [dwh, dbh, dwo, dbo]
}

/// Standard normal parameters: `wh (D, H)`, `bh`, `wo (H, 10)`, `bo`.
fn hidden_start(d: usize, h: usize, rng: &mut Rng) -> [Array2<f64>; 4] {
    [(d, h), (1, h), (h, 10), (1, 10)].map(|shape| init::normal(shape, rng))
}

#[test]
fn the_word_for_word_chain_rule_finds_the_same_gradients() {
    let (x, t) = digits(30);
    let [wh, bh, wo, bo] = hidden_start(784, 12, &mut seeded(1));
    let theirs = hidden_word_for_word(&x, &t, &wh, &bh, &wo, &bo);
    let (h, y) = hidden_layer::forward(&x, &wh, &bh, &wo, &bo);
    let (dwh, dbh, dwo, dbo) = hidden_layer::backward(&x, &wo, &h, &y, &t);
    for (ours, theirs) in [dwh, dbh, dwo, dbo].iter().zip(&theirs) {
        assert!(relative_error(ours, theirs) < 1e-12);
    }
}

/// Numbers that training may change in a network of `hidden` units.
fn parameters(hidden: usize) -> usize {
    (784 * hidden + hidden) + (hidden * 10 + 10)
}

#[test]
fn a_hidden_layer_of_ten_has_hardly_more_parameters_than_none() {
    let none = 784 * 10 + 10;
    assert_eq!(none, 7_850);
    assert_eq!(parameters(10), 7_960);
    assert_eq!(parameters(100), 79_510);
    assert_eq!(100 * 784 * 100 / parameters(100), 98, "percent of them touch the pixels");
}

/// 200 steps of the hidden network on all of `x`, `t`. Returns its `wh` and its
/// accuracy on them in percent.
fn train_hidden(
    [mut wh, mut bh, mut wo, mut bo]: [Array2<f64>; 4],
    x: &Array2<f64>,
    t: &Array2<f64>,
) -> (Array2<f64>, f64) {
    for _ in 0..200 {
        let (h, y) = hidden_layer::forward(x, &wh, &bh, &wo, &bo);
        let (dwh, dbh, dwo, dbo) = hidden_layer::backward(x, &wo, &h, &y, t);
        update(&mut wh, 0.002, &dwh);
        update(&mut bh, 0.002, &dbh);
        update(&mut wo, 0.002, &dwo);
        update(&mut bo, 0.002, &dbo);
    }
    let (_, y) = hidden_layer::forward(x, &wh, &bh, &wo, &bo);
    (wh, accuracy(&y, t))
}

/// The largest distance of any column of `w` from its first.
fn distance_of_columns(w: &Array2<f64>) -> f64 {
    (w - &w.slice(s![.., ..1])).iter().fold(0.0, |most: f64, d| most.max(d.abs()))
}

#[test]
fn zeros_leave_all_hidden_units_alike() {
    let (x, t) = digits(500);
    let shapes = [(784, 20), (1, 20), (20, 10), (1, 10)];
    let (wh, from_zeros) = train_hidden(shapes.map(Array2::zeros), &x, &t);
    assert!(distance_of_columns(&wh) < 1e-9, "twenty units, all the same");
    assert!(wh.iter().any(|w| w.abs() > 0.1), "they have learnt, all the same thing");

    let mut rng = seeded(1);
    let (wh, from_xavier) = train_hidden(shapes.map(|shape| init::xavier(shape, &mut rng)), &x, &t);
    assert!(distance_of_columns(&wh) > 0.1);
    assert!(from_zeros < 60.0 && from_xavier > 80.0, "{from_zeros} {from_xavier}");
}

#[test]
fn two_of_three_ways_to_write_the_sigmoid_die() {
    let z = 100.0f32; // exp(100) is beyond f32
    let value = |z: f32| 1.0 / (1.0 + (-z).exp());
    assert_eq!((value(z), value(-z)), (1.0, 0.0)); // 1 / infinity is 0, which is right
    let value = |z: f32| z.exp() / (1.0 + z.exp());
    assert!(value(z).is_nan()); // infinity / infinity
    let slope = |z: f32| (-z).exp() / (1.0 + (-z).exp()).powi(2);
    assert!(slope(-z).is_nan()); // infinity / infinity again
    let h = sigmoid(&array![[-z, 0.0, z]]);
    assert_eq!(h.mapv(|h| (h * 1e6).round() / 1e6), array![[0.0, 0.5, 1.0]]);
    assert_eq!(sigmoid_grad(&h).mapv(|h| (h * 1e6).round() / 1e6), array![[0.0, 0.25, 0.0]]);
}

#[test]
fn unscaled_weights_leave_most_hidden_units_flat() {
    let (x, _) = digits(1000);
    let b = Array2::zeros((1, 100));
    let flat = |wh: &Array2<f64>| {
        let slope = sigmoid_grad(&sigmoid(&affine(&x, wh, &b))); // (N, 100), at most 0.25
        100.0 * slope.iter().filter(|&&slope| slope < 0.01).count() as f64 / slope.len() as f64
    };
    let unscaled = flat(&init::normal((784, 100), &mut seeded(1)));
    let scaled = flat(&init::xavier((784, 100), &mut seeded(1)));
    assert!(unscaled > 50.0 && scaled == 0.0, "{unscaled} {scaled}");
}

/// Chapter 02 with ReLU in place of the sigmoid: hidden values `(N, H)` and
/// output `(N, 10)`.
fn relu_forward(
    x: &Array2<f64>,
    wh: &Array2<f64>,
    bh: &Array2<f64>,
    wo: &Array2<f64>,
    bo: &Array2<f64>,
) -> (Array2<f64>, Array2<f64>) {
    let h = relu(&affine(x, wh, bh)); // (N, H)
    let y = softmax(&affine(&h, wo, bo)); // (N, 10)
    (h, y)
}

/// The gradients `dwh (784, H)` and `dbh (1, H)` of that network; those of the
/// output layer are as before.
fn relu_backward(
    x: &Array2<f64>,
    wo: &Array2<f64>,
    h: &Array2<f64>,
    y: &Array2<f64>,
    t: &Array2<f64>,
) -> (Array2<f64>, Array2<f64>) {
    let dzo = y - t; // (N, 10)
    let dh = dot(&dzo, &wo.t()); // (N, H) = (N, 10)(10, H)
    let dzh = relu_grad(h) * dh; // (N, H): passed on where the unit was on, else stopped
    (dot(&x.t(), &dzh), sum_rows(&dzh))
}

#[test]
fn the_relu_backward_matches_numerical_gradients() {
    let mut rng = seeded(1);
    let x: Array2<f64> = init::normal((6, 9), &mut rng);
    let t = Array2::from_shape_fn((6, 10), |(i, k)| f64::from(i == k));
    let [wh, bh, wo, bo] = hidden_start(9, 5, &mut rng);
    // At the kink of ReLU there is no derivative to compare with.
    assert!(affine(&x, &wh, &bh).iter().all(|z| z.abs() > 1e-3));
    let loss = |wh: &Array2<f64>, bh: &Array2<f64>| {
        6.0 * cross_entropy(&relu_forward(&x, wh, bh, &wo, &bo).1, &t)
    };
    let (h, y) = relu_forward(&x, &wh, &bh, &wo, &bo);
    let (dwh, dbh) = relu_backward(&x, &wo, &h, &y, &t);
    assert!(relative_error(&dwh, &numerical_gradient(&wh, |wh| loss(wh, &bh))) < 1e-7);
    assert!(relative_error(&dbh, &numerical_gradient(&bh, |bh| loss(&wh, bh))) < 1e-7);
}

/// Any number of layers, sigmoid in all but the last: the values after each,
/// `x` first and the probabilities last. `layers` are pairs of `w`, `b`.
fn deep_forward(x: &Array2<f64>, layers: &[(Array2<f64>, Array2<f64>)]) -> Vec<Array2<f64>> {
    let mut values = vec![x.clone()];
    for (i, (w, b)) in layers.iter().enumerate() {
        let z = affine(&values[i], w, b);
        let last = i == layers.len() - 1;
        values.push(if last { softmax(&z) } else { sigmoid(&z) });
    }
    values
}

/// The gradients of all layers, first layer first, from the `values` of
/// [`deep_forward`].
fn deep_backward(
    values: &[Array2<f64>],
    t: &Array2<f64>,
    layers: &[(Array2<f64>, Array2<f64>)],
) -> Vec<(Array2<f64>, Array2<f64>)> {
    let mut gradients = Vec::new();
    let mut dz = &values[layers.len()] - t; // dz = y - t, at the last layer
    for i in (0..layers.len()).rev() {
        let h = &values[i]; // the input of layer i
        gradients.push((dot(&h.t(), &dz), sum_rows(&dz))); // dw = hT dz
        if i > 0 {
            dz = sigmoid_grad(h) * dot(&dz, &layers[i].0.t()); // dz = h (1 - h) (dz wT)
        }
    }
    gradients.reverse();
    gradients
}

#[test]
fn the_chain_rule_does_not_mind_how_many_layers_there_are() {
    let mut rng = seeded(1);
    let x: Array2<f64> = init::normal((6, 8), &mut rng);
    let t = Array2::from_shape_fn((6, 10), |(i, k)| f64::from(i == k));
    let layers = [(8, 7), (7, 5), (5, 10)]
        .map(|(d, m)| (init::normal((d, m), &mut rng), init::normal((1, m), &mut rng)));
    let gradients = deep_backward(&deep_forward(&x, &layers), &t, &layers);
    for i in 0..layers.len() {
        let loss = |w: &Array2<f64>, b: &Array2<f64>| {
            let mut layers = layers.clone();
            layers[i] = (w.clone(), b.clone());
            6.0 * cross_entropy(&deep_forward(&x, &layers)[3], &t)
        };
        let (w, b) = &layers[i];
        assert!(relative_error(&gradients[i].0, &numerical_gradient(w, |w| loss(w, b))) < 1e-7);
        assert!(relative_error(&gradients[i].1, &numerical_gradient(b, |b| loss(w, b))) < 1e-7);
    }
}

// ---- 03 iterations ----

#[test]
fn some_images_are_never_drawn() {
    let mut rng = seeded(1);
    let mut seen = vec![false; 60_000];
    for _ in 0..3_000 * 100 {
        seen[rng.random_range(0..60_000)] = true;
    }
    let never = seen.iter().filter(|&&seen| !seen).count() as f64;
    // Missed 300,000 times with 59,999 chances in 60,000 each: about exp(-5).
    let expected = 60_000.0 * (59_999.0f64 / 60_000.0).powi(300_000);
    assert!((expected - 404.3).abs() < 0.1);
    assert!((never - expected).abs() < 80.0, "{never}"); // four standard deviations
}

/// The random numbers of batch `i`: from the seed and `i`, and nothing else.
fn numbers_of_batch(seed: u64, i: u64) -> Rng {
    let mut rng = seeded(seed);
    rng.set_stream(i); // stream 0 made the starting weights
    rng
}

#[test]
fn two_sittings_end_where_one_does() {
    let (x, t) = digits(200);
    let (x, t) = (x.mapv(|v| v as Float), t.mapv(|v| v as Float));
    let train = |network: &mut Network, from: u64, to: u64| {
        for i in from..=to {
            let (x, t) = batch(&x, &t, 20, &mut numbers_of_batch(1, i));
            network.step(&x, &t, 0.001);
        }
    };
    let mut at_once = Network::new(Some(10), &mut seeded(1));
    train(&mut at_once, 1, 40);
    let mut first = Network::new(Some(10), &mut seeded(1));
    train(&mut first, 1, 25);
    let mut second = first.clone(); // as if saved and loaded: no generator is kept
    train(&mut second, 26, 40);
    assert_eq!(at_once, second); // every bit
}

#[test]
fn the_best_of_five_equals_looks_better_than_it_is() {
    // Five learning rates, each of which reads every image with a chance of
    // 92 %: how good does the best look on 1,000 images, on average?
    let mut rng = seeded(1);
    let mut measured = || (0..1000).filter(|_| rng.random_bool(0.92)).count() as f64 / 10.0;
    let trials = 500;
    let mut sum = 0.0;
    for _ in 0..trials {
        sum += (0..5).map(|_| measured()).fold(0.0, f64::max);
    }
    let flattery = sum / f64::from(trials) - 92.0;
    // The largest of five normal numbers lies 1.16 deviations up, on average.
    assert!((flattery - 1.16 * spread(92.0, 1000.0)).abs() < 0.1, "{flattery}");
}

/// The loss on all examples after 1,500 steps from zero, with batches of 10;
/// `rate` gives the learning rate of step `i`.
fn loss_after(x: &Array2<f64>, t: &Array2<f64>, rate: impl Fn(f64) -> f64) -> f64 {
    let mut rng = seeded(1);
    let (mut w, mut b) = (Array2::zeros((784, 10)), Array2::zeros((1, 10)));
    for i in 1..=1500 {
        let (x, t) = batch(x, t, 10, &mut rng);
        let (dw, db) = perceptron::backward(&x, &perceptron::forward(&x, &w, &b), &t);
        update(&mut w, rate(f64::from(i)), &dw);
        update(&mut b, rate(f64::from(i)), &db);
    }
    cross_entropy(&perceptron::forward(x, &w, &b), t)
}

#[test]
fn a_rate_that_falls_ends_lower_where_there_is_noise() {
    let (x, t) = digits(4000);
    let constant = loss_after(&x, &t, |_| 0.1);
    let falling = loss_after(&x, &t, |i| 0.1 / (1.0 + i / 300.0));
    assert!(falling < 0.7 * constant, "{falling} {constant}");

    // A thousand images can be learnt by heart: soon the gradients of all batches
    // agree, and shorter steps only take longer.
    let (x, t) = (x.slice(s![..1000, ..]).to_owned(), t.slice(s![..1000, ..]).to_owned());
    let constant = loss_after(&x, &t, |_| 0.05);
    let falling = loss_after(&x, &t, |i| 0.05 / (1.0 + i / 300.0));
    assert!(falling > constant, "{falling} {constant}");
}

/// Where to stop: the iteration of the best validation accuracy, once
/// `patience` points in a row have not been better; `None` before that.
fn stop_at(points: &[(usize, f64)], patience: usize) -> Option<usize> {
    let mut best = *points.first()?;
    let mut waited = 0;
    for &point in &points[1..] {
        if point.1 > best.1 {
            (best, waited) = (point, 0);
        } else {
            waited += 1;
        }
        if waited == patience {
            return Some(best.0);
        }
    }
    None
}

#[test]
fn patience_overlooks_one_bad_point_but_not_three() {
    let curve = [(100, 80.0), (200, 85.0), (300, 84.9), (400, 86.0), (500, 85.0), (600, 86.0)];
    assert_eq!(stop_at(&curve, 1), Some(200));
    assert_eq!(stop_at(&curve, 2), Some(400));
    assert_eq!(stop_at(&curve, 3), None);
    assert_eq!(stop_at(&[], 3), None);
}
