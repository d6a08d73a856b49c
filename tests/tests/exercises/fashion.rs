//! The solutions of the exercises of chapter 12, compiled and run. The page shows
//! them under a marker, folded away.

use cnn_naive::{Window, conv};
use common::check::{numerical_gradient, relative_error};
use common::{cross_entropy_from_logits, softmax};
use dropout_adam::network::{Parameters, backward, forward};
use ndarray::{Array2, Array4, ArrayRef2, Axis, arr2, s};
use referee::numbers;

/// A step of the MLP, line for line as NumPy has it: `x (N, D)`, `t (N, M)`, the
/// mask `m (N, H)` and parameters `w1 (D, H)`, `b1 (1, H)`, `w2 (H, M)`, `b2 (1, M)`
/// to the gradients of the last four.
fn mlp_word_for_word(
    x: &Array2<f64>,
    t: &Array2<f64>,
    m: &Array2<f64>,
    [w1, b1, w2, b2]: &Parameters<f64>,
) -> [Array2<f64>; 4] {
    let a = x.dot(w1) + b1; // (N, H)
    let h = a.mapv(|a| a.max(0.0)) * m; // (N, H)
    let z = h.dot(w2) + b2; // (N, M)
    let largest = z.map_axis(Axis(1), |z| z.fold(f64::NEG_INFINITY, |most, &z| most.max(z)));
    let e = (z - largest.insert_axis(Axis(1))).exp(); // (N, M)
    let y = &e / &e.sum_axis(Axis(1)).insert_axis(Axis(1)); // (N, M)
    let dz = (y - t) / x.nrows() as f64; // (N, M)
    let (dw2, db2) = (h.t().dot(&dz), dz.sum_axis(Axis(0)).insert_axis(Axis(0)));
    let da = dz.dot(&w2.t()) * m * a.mapv(|a| f64::from(a > 0.0)); // (N, H)
    let (dw1, db1) = (x.t().dot(&da), da.sum_axis(Axis(0)).insert_axis(Axis(0)));
    [dw1, db1, dw2, db2]
}

#[test]
fn the_lessons_mlp_is_numpys_word_for_word() {
    let (x, m) = (numbers((5, 8), 1, 1.0), numbers((5, 6), 2, 1.0).mapv(|v| v.max(0.0) * 2.0));
    let t = Array2::from_shape_fn((5, 3), |(n, k)| f64::from(n % 3 == k));
    let shapes = [(8, 6), (1, 6), (6, 3), (1, 3)];
    let mlp = [0, 1, 2, 3].map(|k| numbers(shapes[k], 3 + k as u64, 1.0));
    let (h, z) = forward(&x, mlp.each_ref(), Some(&m));
    let gradients = backward(&x, &mlp[2], &m, &h, &z, &t);
    let same = gradients.into_iter().zip(mlp_word_for_word(&x, &t, &m, &mlp));
    for (ours, numpys) in same {
        assert!(relative_error(&ours, &numpys) < 1e-13);
    }
}

/// Multiplications for one image in the affine layers of these sizes, and in the
/// CNN of the lesson.
fn multiplications() -> (usize, usize) {
    let mlp = 784 * 256 + 256 * 10;
    // Every output of every filter is a sum over C windows of 5 x 5.
    let convolutions = 20 * 24 * 24 * 25 + 50 * 8 * 8 * (20 * 25);
    let cnn = convolutions + 800 * 500 + 500 * 10;
    (mlp, cnn)
}

#[test]
fn the_cnn_multiplies_eleven_times_as_often_as_the_mlp() {
    assert_eq!(multiplications(), (203_264, 2_293_000));
    assert_eq!(2_293_000 / 203_264, 11);
}

/// How many times as fast a step becomes if its `slow` seconds become `times` as fast and
/// its other `rest` seconds do not change.
fn as_fast(slow: f64, rest: f64, times: f64) -> f64 {
    (slow + rest) / (slow / times + rest)
}

#[test]
fn what_is_left_decides_how_fast_it_can_become() {
    // 600 ms of convolution and 6 of everything else
    assert!((as_fast(600.0, 6.0, 10.0) - 9.18).abs() < 0.01);
    assert!((as_fast(600.0, 6.0, 100.0) - 50.5).abs() < 0.01);
    assert!((as_fast(600.0, 6.0, 1e9) - 101.0).abs() < 0.01, "and no more");
}

/// Images `(N, C, H, W)` with left and right exchanged.
fn mirrored(x: &Array4<f64>) -> Array4<f64> {
    x.slice(s![.., .., .., ..;-1]).to_owned()
}

#[test]
fn mirrored_filters_say_of_mirrored_images_what_the_others_say_of_the_images() {
    let (x, w) = (numbers((2, 3, 8, 9), 1, 1.0), numbers((4, 3, 3, 3), 2, 1.0));
    let window = Window::default();
    let out = conv::forward(&x, &w, window); // (2, 4, 6, 7)
    let of_mirrored = conv::forward(&mirrored(&x), &mirrored(&w), window);
    assert!(relative_error(&mirrored(&out), &of_mirrored) < 1e-14);
    // With the filters as they are the maps are others.
    let of_mirrored = conv::forward(&mirrored(&x), &w, window);
    assert!(relative_error(&mirrored(&out), &of_mirrored) > 0.1);
}

/// The two classes that are most often taken for each other, and how often: from the
/// confusion matrix `counts (M, M)` with the true classes in rows.
fn alike(counts: &Array2<usize>) -> (usize, usize, usize) {
    let mut most = (0, 1, 0);
    for a in 0..counts.nrows() {
        for b in a + 1..counts.ncols() {
            let mistakes = counts[[a, b]] + counts[[b, a]];
            if mistakes > most.2 {
                most = (a, b, mistakes);
            }
        }
    }
    most
}

#[test]
fn the_pair_that_is_taken_for_each_other_is_found() {
    let counts = arr2(&[[90, 3, 7], [5, 95, 0], [8, 1, 91]]);
    assert_eq!(alike(&counts), (0, 2, 15));
    assert_eq!(alike(&arr2(&[[1, 0], [0, 1]])).2, 0);
}

/// For each tenth of the range of probabilities: the number of predictions, the mean of
/// their probabilities, and their accuracy, both in %. `y (N, M)` are probabilities.
fn honesty(y: &ArrayRef2<f64>, labels: &[usize]) -> Vec<(usize, f64, f64)> {
    let mut tenths = vec![(0, 0.0, 0.0); 10];
    for (y, &label) in y.axis_iter(Axis(0)).zip(labels) {
        let largest = y.iter().copied().fold(0.0, f64::max);
        let right = if y[label] == largest { 1.0 } else { 0.0 };
        let tenth = &mut tenths[((10.0 * largest) as usize).min(9)];
        *tenth = (tenth.0 + 1, tenth.1 + largest, tenth.2 + right);
    }
    let mean = |sum: f64, n: usize| if n == 0 { f64::NAN } else { 100.0 * sum / n as f64 };
    tenths.into_iter().map(|(n, sure, right)| (n, mean(sure, n), mean(right, n))).collect()
}

#[test]
fn a_network_that_is_surer_than_it_is_right_is_found_out() {
    // Four guesses at 95 %, of which one is wrong, and one at 55 %.
    let y = arr2(&[[0.95, 0.05], [0.95, 0.05], [0.05, 0.95], [0.95, 0.05], [0.45, 0.55]]);
    let tenths = honesty(&y, &[0, 0, 1, 1, 1]);
    assert_eq!(tenths[9].0, 4);
    assert!((tenths[9].1 - 95.0).abs() < 1e-9 && (tenths[9].2 - 75.0).abs() < 1e-9);
    assert!(tenths[5].0 == 1 && (tenths[5].1 - 55.0).abs() < 1e-9 && tenths[5].2 == 100.0);
    assert!(tenths[0].0 == 0 && tenths[0].1.is_nan());
}

/// Smoothed targets: `t (N, M)` one-hot to `(1 - e) t + e / M`.
fn doubtful(t: &Array2<f64>, e: f64) -> Array2<f64> {
    t * (1.0 - e) + e / t.ncols() as f64
}

#[test]
fn with_doubtful_targets_the_gradient_is_still_y_minus_t_and_certainty_has_an_end() {
    let z = numbers((5, 10), 3, 2.0);
    let t = Array2::from_shape_fn((5, 10), |(n, k)| f64::from((2 * n + 1) % 10 == k));
    let soft = doubtful(&t, 0.1);
    let dz = (softmax(&z) - &soft) / 5.0;
    let slope = numerical_gradient(&z, |z| cross_entropy_from_logits(z, &soft));
    assert!(relative_error(&dz, &slope) < 1e-7);
    // The slope is zero where y = t: there the largest logit is ln 91 above the rest.
    let ahead = (0.91f64 / 0.01).ln();
    let best = softmax(&(&t * ahead));
    assert!(relative_error(&best, &soft) < 1e-12 && (ahead - 4.51).abs() < 0.01);
}
