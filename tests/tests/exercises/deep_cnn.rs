//! The solutions of the exercises of chapter 08, compiled and run. The page shows
//! them under a marker, folded away.

use cnn_naive::{Window, conv};
use common::check::relative_error;
use deep_cnn::optimiser::{BETA1, BETA2, EPSILON, adam, nesterov};
use deep_cnn::pool::{Pooling, backward, forward};
use deep_cnn::{Layer, Layers};
use ndarray::{Array4, Axis};
use referee::numbers;

/// Multiplications that each layer of `line` does for one digit, and the output
/// layer to ten classes.
fn multiplications(line: &str) -> Vec<usize> {
    let layers: Layers = line.parse().unwrap();
    let mut seen = (1, 28, 28); // channels, height, width
    let mut counts = Vec::new();
    for (layer, out) in layers.0.iter().zip(layers.shapes(seen).unwrap()) {
        counts.push(match *layer {
            // Every output of every filter looks at C windows of size x size.
            Layer::Conv { size, .. } => out.0 * out.1 * out.2 * seen.0 * size * size,
            Layer::Pool { .. } => 0,
            Layer::Affine { units } => seen.0 * seen.1 * seen.2 * units,
        });
        seen = out;
    }
    counts.push(seen.0 * seen.1 * seen.2 * 10);
    counts
}

#[test]
fn the_parameters_are_in_one_layer_and_the_work_is_in_another() {
    let counts = multiplications("conv20x5,pool2,conv50x5,pool2,500");
    assert_eq!(counts, [288_000, 0, 1_600_000, 0, 400_000, 5_000]);
    let parameters = [20 * 26, 50 * 501, 801 * 500, 501 * 10];
    assert_eq!(parameters.iter().sum::<usize>(), 431_080);
    assert_eq!(100 * counts[2] / counts.iter().sum::<usize>(), 69, "percent of the work");
    assert_eq!(100 * parameters[1] / 431_080, 5, "percent of the parameters");
    assert_eq!(100 * parameters[2] / 431_080, 92, "percent of the parameters");
}

/// Rows and columns of the image that one output of the last of `layers` sees:
/// each layer looks at `size` of what the layer before makes, which are `apart`
/// pixels apart.
fn field(line: &str) -> usize {
    let layers: Layers = line.parse().unwrap();
    let (mut seen, mut apart) = (1, 1);
    for layer in layers.0 {
        let (size, stride) = match layer {
            Layer::Conv { size, window, .. } => (size, window.stride),
            Layer::Pool { size, stride, .. } => (size, stride),
            Layer::Affine { .. } => break, // sees everything
        };
        seen += (size - 1) * apart;
        apart *= stride;
    }
    seen
}

#[test]
fn a_pool_makes_the_next_filter_see_twice_as_far() {
    assert_eq!(field("conv20x5"), 5);
    assert_eq!(field("conv20x5,conv50x5"), 9);
    assert_eq!(field("conv20x5,pool2,conv50x5"), 14);
    assert_eq!(field("conv20x5,pool2,conv50x5,pool2"), 16);
    // Two filters of 3 see what one of 5 sees, with 18 weights in place of 25.
    assert_eq!(field("conv1x3,conv1x3"), field("conv1x5"));
}

#[test]
fn an_average_pool_is_a_convolution_that_nobody_trains() {
    let x = numbers((2, 3, 8, 8), 1, 1.0);
    let w = Array4::from_shape_fn((3, 3, 2, 2), |(f, c, _, _)| if f == c { 0.25 } else { 0.0 });
    let convolved = conv::forward(&x, &w, Window { stride: 2, padding: 0 });
    let pooled = forward(Pooling::Average, &x, 2, 2);
    assert!(relative_error(&convolved, &pooled) < 1e-14);
    let dout = numbers(pooled.dim(), 2, 1.0);
    let (dx, _) = conv::backward(&dout, &x, &w, Window { stride: 2, padding: 0 });
    assert!(relative_error(&dx, &backward(Pooling::Average, &dout, &x, 2, 2)) < 1e-14);
}

#[test]
fn bias_and_relu_may_wait_until_after_the_pool() {
    let z = numbers((2, 3, 8, 8), 3, 1.0); // what a convolution made
    let b = [0.3, -0.2, 0.0]; // one bias for each channel
    let shifted = |z: &Array4<f64>| {
        Array4::from_shape_fn(z.dim(), |(n, c, i, j)| (z[[n, c, i, j]] + b[c]).max(0.0))
    };
    let before = forward(Pooling::Max, &shifted(&z), 2, 2);
    let after = shifted(&forward(Pooling::Max, &z, 2, 2));
    assert_eq!(before, after); // not a digit differs
    // With a mean it is another network: the mean of what ReLU left.
    let before = forward(Pooling::Average, &shifted(&z), 2, 2);
    let after = shifted(&forward(Pooling::Average, &z, 2, 2));
    assert!(relative_error(&before, &after) > 0.01);
}

/// Nesterov's own way, in one dimension: the gradient is taken where momentum is
/// about to lead. Returns the places where it was taken.
fn looking_ahead(steps: usize, rate: f64, m: f64, slope: impl Fn(f64) -> f64) -> Vec<f64> {
    let (mut theta, mut v) = (1.0, 0.0);
    let mut asked = Vec::new();
    for _ in 0..steps {
        let ahead = theta + m * v;
        asked.push(ahead);
        v = m * v - rate * slope(ahead);
        theta += v;
    }
    asked
}

#[test]
fn the_gradient_taken_where_w_is_gives_nesterovs_own_steps() {
    let slope = |w: f64| w + w.powi(3); // of w^2 / 2 + w^4 / 4
    let asked = looking_ahead(20, 0.1, 0.9, slope);
    let (mut w, mut v) = ([1.0], [0.0]);
    for place in asked {
        assert!((w[0] - place).abs() < 1e-12, "{} {place}", w[0]);
        nesterov(&mut w, &[slope(place)], &mut v, 0.1, 0.9);
    }
}

#[test]
fn without_its_correction_adams_first_steps_are_three_times_too_long() {
    let (mut w, mut v, mut s) = ([0.0], [0.0], [0.0]);
    adam(&mut w, &[2.0], &mut v, &mut s, 1, 0.001);
    // The same without dividing by 1 - beta: v = 0.1 dw, s = 0.001 dw^2.
    let uncorrected: f64 = 0.001 * (1.0 - BETA1) * 2.0 / (((1.0 - BETA2) * 4.0).sqrt() + EPSILON);
    let ratio = uncorrected / -w[0];
    assert!((ratio - 0.1 / 0.001f64.sqrt()).abs() < 1e-3, "{ratio}"); // 3.16
}

/// Max pooling by 2, line for line as NumPy has it: `x (N, C, H, W)` to
/// `p (N, C, H / 2, W / 2)`, and `dp`, of the shape of `p`, to `dx`, of that of `x`.
fn pool_word_for_word(x: &Array4<f64>, dp: &Array4<f64>) -> (Array4<f64>, Array4<f64>) {
    let (n, c, h, w) = x.dim();
    let windows = x.to_shape((n, c, h / 2, 2, w / 2, 2)).unwrap(); // a view, no copy
    let larger = |a: &f64, b: &f64| a.max(*b);
    let p = windows.fold_axis(Axis(5), f64::NEG_INFINITY, larger); // (N, C, H/2, 2, W/2)
    let p = p.fold_axis(Axis(3), f64::NEG_INFINITY, larger); // (N, C, H/2, W/2)
    let stretched = |a: &Array4<f64>| a.clone().insert_axis(Axis(3)).insert_axis(Axis(5));
    // (N, C, H/2, 1, W/2, 1): broadcast over the four of a window
    let (peaks, dpeaks) = (stretched(&p), stretched(dp));
    let largest = (&windows - &peaks).mapv(|below| f64::from(below == 0.0)); // 1 or 0
    let dx = largest * dpeaks; // (N, C, H/2, 2, W/2, 2)
    (p, dx.into_shape_with_order((n, c, h, w)).unwrap())
}

#[test]
fn pooling_word_for_word_agrees_until_two_are_equal() {
    let x = numbers((2, 3, 8, 6), 1, 1.0);
    let dp = numbers((2, 3, 4, 3), 2, 1.0);
    let (p, dx) = pool_word_for_word(&x, &dp);
    assert_eq!(p, forward(Pooling::Max, &x, 2, 2));
    assert_eq!(dx, backward(Pooling::Max, &dp, &x, 2, 2));
    // Where nothing is lit, four are the largest, and each takes the whole gradient.
    let (_, dx) = pool_word_for_word(&(x * 0.0), &dp);
    assert!((dx.sum() - 4.0 * dp.sum()).abs() < 1e-12);
}
