//! The solutions of the exercises on page 04, compiled and run. The page shows
//! them under a marker, folded away.

use cnn_naive::network::{self, CLASSES, Gradients, POSITIONS, init_params};
use cnn_naive::{Window, conv};
use common::check::{numerical_gradient, relative_error};
use common::{accuracy, affine, cross_entropy, relu, relu_grad, seeded, softmax, update};
use ndarray::{Array2, Array4, Axis, array, s};
use referee::numbers;

/// `n` built-in digits: `x (n, 784)` from 0 to 1, `t (n, 10)` one-hot.
fn digits(n: usize) -> (Array2<f64>, Array2<f64>) {
    let drawn = datasets::digits::draw(1, 0, n);
    let x = Array2::from_shape_fn((n, 784), |(i, p)| {
        f64::from(drawn.images[[i, p / 28, p % 28]]) / 255.0
    });
    let t = Array2::from_shape_fn((n, 10), |(i, k)| f64::from(usize::from(drawn.labels[i]) == k));
    (x, t)
}

/// A single picture with a single channel, as a batch: `(H, W)` to `(1, 1, H, W)`.
fn batch_of_one(picture: Array2<f64>) -> Array4<f64> {
    picture.insert_axis(Axis(0)).insert_axis(Axis(0))
}

#[test]
fn by_hand() {
    let x = batch_of_one(array![[1.0, 2.0, 0.0], [0.0, 1.0, 3.0], [2.0, 0.0, 1.0]]);
    let f = batch_of_one(array![[1.0, -1.0], [0.0, 2.0]]);
    let map = batch_of_one(array![[1.0, 8.0], [-1.0, 0.0]]);
    assert_eq!(conv::forward(&x, &f, Window::default()), map);
    let dmap = batch_of_one(array![[1.0, 0.0], [2.0, -1.0]]);
    let df = batch_of_one(array![[0.0, 1.0], [4.0, 0.0]]);
    let dx = batch_of_one(array![[1.0, -1.0, 0.0], [2.0, -1.0, 1.0], [0.0, 4.0, -2.0]]);
    assert_eq!(conv::backward(&dmap, &x, &f, Window::default()), (dx, df));
}

/// A convolution as mathematics has it, where the filter fits:
/// `out[i,j] = sum over k,l of x[i+FH-1-k,j+FW-1-l] f[k,l]`, for one picture
/// `x (H, W)` and one filter `f (FH, FW)`.
fn true_convolution(x: &Array2<f64>, f: &Array2<f64>) -> Array2<f64> {
    let ((h, w), (fh, fw)) = (x.dim(), f.dim());
    Array2::from_shape_fn((h - fh + 1, w - fw + 1), |(i, j)| {
        let mut sum = 0.0;
        for k in 0..fh {
            for l in 0..fw {
                sum += x[[i + fh - 1 - k, j + fw - 1 - l]] * f[[k, l]]; // i + k would be ours
            }
        }
        sum
    })
}

#[test]
fn a_convolution_is_our_sum_with_the_filter_turned_by_half_a_turn() {
    let (x, f) = (numbers((9, 8), 1, 1.0), numbers((4, 3), 2, 1.0));
    let turned = f.slice(s![..;-1, ..;-1]).to_owned();
    let ours = |f: Array2<f64>| {
        conv::forward(&batch_of_one(x.clone()), &batch_of_one(f), Window::default())
    };
    let theirs = batch_of_one(true_convolution(&x, &f));
    assert!(relative_error(&ours(turned), &theirs) < 1e-14);
    assert!(relative_error(&ours(f), &theirs) > 0.1);
}

/// The network with one bias `b (1, 1)` for the filter instead of one for each
/// position: `h (N, 576)` and `y (N, 10)` from the convolved images `map (N, 576)`.
fn one_bias_forward(
    map: &Array2<f64>,
    b: &Array2<f64>,
    wo: &Array2<f64>,
    bo: &Array2<f64>,
) -> (Array2<f64>, Array2<f64>) {
    let h = relu(&(map + b[[0, 0]])); // (N, 576)
    let y = softmax(&affine(&h, wo, bo)); // (N, 10)
    (h, y)
}

#[test]
fn the_gradient_of_one_bias_is_the_sum_over_all_positions_too() {
    let (x, t) = digits(5);
    let (f, _, wo, bo) = init_params::<f64>(&mut seeded(1));
    let b = array![[0.3]]; // (1, 1)
    let (map, ..) = network::forward(&x, &f, &Array2::zeros((1, POSITIONS)), &wo, &bo);
    assert!(map.iter().all(|v| (v + b[[0, 0]]).abs() > 1e-4), "a kink is too near");
    let loss = |b: &Array2<f64>| 5.0 * cross_entropy(&one_bias_forward(&map, b, &wo, &bo).1, &t);
    let (h, y) = one_bias_forward(&map, &b, &wo, &bo);
    let dz = relu_grad(&h) * (y - &t).dot(&wo.t()); // (N, 576)
    let db = array![[dz.sum()]]; // (1, 1): every image and every position used it
    assert!(relative_error(&db, &numerical_gradient(&b, loss)) < 1e-7);

    let (filter, output) = (5 * 5, POSITIONS * CLASSES + CLASSES);
    assert_eq!(filter + POSITIONS + output, 6_371); // a bias for each position
    assert_eq!(filter + 1 + output, 5_796); // one for the filter
}

#[test]
fn the_way_back_to_the_image_is_a_convolution_with_the_filters_turned() {
    for padding in 0..3 {
        let window = Window { stride: 1, padding };
        let (x, w) = (numbers((2, 3, 7, 6), 1, 1.0), numbers((4, 3, 3, 3), 2, 1.0));
        let out = conv::forward(&x, &w, window);
        let dout = numbers(out.dim(), 3, 1.0); // (N, FN, OH, OW)
        let (dx, _) = conv::backward(&dout, &x, &w, window);
        // Channels and filters change places, and every filter is turned.
        let turned = w.slice(s![.., .., ..;-1, ..;-1]).permuted_axes([1, 0, 2, 3]); // (C, FN, FH, FW)
        let back = Window { stride: 1, padding: 3 - 1 - padding };
        assert!(relative_error(&conv::forward(&dout, &turned, back), &dx) < 1e-14);
    }
}

#[test]
fn where_the_five_hours_went() {
    let (steps, batch, positions, weights): (f64, f64, f64, f64) = (3e3, 100.0, 576.0, 25.0);
    // A tensordot and an append for each position, and for each weight on the way back.
    let calls = steps * batch * (positions + weights);
    assert_eq!(calls, 180_300_000.0);
    let microseconds = 18_282.343 / calls * 1e6;
    assert!((microseconds - 101.4).abs() < 0.1, "{microseconds}");

    // Arithmetic: a multiplication for each weight and position, both ways.
    let multiplications = steps * batch * 2.0 * positions * weights;
    assert_eq!(multiplications, 8.64e9); // seconds of work for one core

    // Copies: an array that grows to n numbers by appending is copied n times.
    let grown = |n: f64| n * (n + 1.0) / 2.0;
    let of_a_step = batch * grown(positions) + grown(batch) * positions;
    assert_eq!(of_a_step, 19_526_400.0); // numbers of 8 bytes, on the way forward
    let seconds = steps * of_a_step * 8.0 / 5e9; // at a modest 5 GB/s
    assert!((90.0..100.0).contains(&seconds), "{seconds}"); // of 18,282
}

#[test]
fn many_positions_say_the_same_of_every_image() {
    let (x, _) = digits(1000);
    let (f, bc, wo, bo) = init_params::<f64>(&mut seeded(1));
    let (_, _, h, _) = network::forward(&x, &f, &bc, &wo, &bo);
    let count = |says: &dyn Fn(usize) -> bool| (0..POSITIONS).filter(|&q| says(q)).count();
    let never_on = count(&|q| h.column(q).iter().all(|&h| h == 0.0));
    let mostly_the_bias = count(&|q| {
        let alone = bc[[0, q]].max(0.0); // what it says where there is no ink
        h.column(q).iter().filter(|&&h| (h - alone).abs() < 1e-12).count() > 900
    });
    assert!((10..60).contains(&never_on), "{never_on} of 576");
    assert!((200..350).contains(&mostly_the_bias), "{mostly_the_bias} of 576");
}

#[test]
fn a_mean_is_a_sum_at_a_smaller_rate() {
    let n = 100;
    let close = |(a, b): (f64, f64), (c, d): (f64, f64)| (a - c).abs() + (b - d).abs() < 1e-15;
    assert!(close(Gradients::Sum.rates(0.01, n), (0.01, 0.01)));
    assert!(close(Gradients::Mean.rates(1.0, n), (0.01, 0.01)));
    // The article's: what the filter moves by is a hundredth of what the head moves by.
    assert!(close(Gradients::Article.rates(0.01, n), (0.0001, 0.01)));
    // With twice the batch the filter goes on as before, and the head goes twice as far.
    assert!(close(Gradients::Article.rates(0.01, 2 * n), (0.00005, 0.01)));
}

/// 150 steps with all of `x`, `t` and one bias for the filter, from the filter
/// `f (5, 5)` and the weights `wo (576, 10)`, biases zero, at a rate of 0.1 for
/// the mean of the batch; what the network reaches on them in percent.
fn train_one_bias(
    mut f: Array2<f64>,
    mut wo: Array2<f64>,
    x: &Array2<f64>,
    t: &Array2<f64>,
) -> f64 {
    let (mut bc, mut bo) = (Array2::zeros((1, POSITIONS)), Array2::zeros((1, CLASSES)));
    let rate = 0.1 / x.nrows() as f64;
    for _ in 0..150 {
        let (_, _, h, y) = network::forward(x, &f, &bc, &wo, &bo);
        let (df, dbc, dwo, dbo) = network::backward(x, &wo, &h, &y, t);
        update(&mut f, rate, &df);
        bc -= rate * dbc.sum(); // the same for all places: one bias
        update(&mut wo, rate, &dwo);
        update(&mut bo, rate, &dbo);
    }
    let (.., y) = network::forward(x, &f, &bc, &wo, &bo);
    accuracy(&y, t)
}

#[test]
fn a_start_that_is_scaled_saves_the_network_with_one_bias() {
    let (x, t) = digits(100);
    let (mut dead, mut least) = (0, 100.0f64);
    for seed in 1..=3 {
        let (f, _, wo, _) = init_params::<f64>(&mut seeded(seed));
        let unscaled = train_one_bias(f.clone(), wo.clone(), &x, &t);
        dead += usize::from(unscaled < 20.0);
        // He's start: divide by the root of half of the inputs of each sum.
        let (f, wo) = (f / (25.0f64 / 2.0).sqrt(), wo / (576.0f64 / 2.0).sqrt());
        least = least.min(train_one_bias(f, wo, &x, &t));
    }
    assert!(dead >= 2 && least > 80.0, "{dead} of 3 died; at least {least} % of those scaled");
}

#[test]
fn a_network_that_is_off_everywhere_never_moves_again() {
    let (x, t) = digits(50);
    let (f, _, wo, bo) = init_params::<f64>(&mut seeded(1));
    let bc = Array2::from_elem((1, POSITIONS), -100.0); // no image can outweigh it
    let (_, _, h, y) = network::forward(&x, &f, &bc, &wo, &bo);
    let (df, dbc, dwo, dbo) = network::backward(&x, &wo, &h, &y, &t);
    let still = |gradient: &Array2<f64>| gradient.iter().all(|&g| g == 0.0);
    assert!(still(&df) && still(&dbc) && still(&dwo)); // no gradient, no step, for ever
    assert!(!still(&dbo)); // only the outputs' biases learn how frequent each digit is
}
