//! The solutions of the exercises on page 05, compiled and run. The page shows
//! them under a marker, folded away.

use cnn_im2col::conv;
use cnn_im2col::fast::train_step::TrainStep;
use cnn_im2col::im2col::{col2im, im2col};
use cnn_naive::Window;
use cnn_naive::conv as naive;
use cnn_naive::network::{Gradients, init_params};
use common::check::{adjoint_error, relative_error};
use common::{dot, sample_rows, seeded};
use ndarray::{Array2, Array4, Array6, ArrayRef4, Axis, array, s};
use referee::numbers;

#[test]
fn by_hand() {
    let picture = array![[1.0, 2.0, 0.0], [0.0, 1.0, 3.0], [2.0, 0.0, 1.0]];
    let x = picture.insert_axis(Axis(0)).insert_axis(Axis(0)); // (1, 1, 3, 3)
    let cols = im2col(&x, (2, 2), Window::default()); // (4, 4)
    let patches = array![
        [1.0, 2.0, 0.0, 1.0],
        [2.0, 0.0, 1.0, 3.0],
        [0.0, 1.0, 2.0, 0.0],
        [1.0, 3.0, 0.0, 1.0]
    ];
    assert_eq!(cols, patches);
    let f = array![[1.0], [-1.0], [0.0], [2.0]]; // (4, 1)
    assert_eq!(dot(&cols, &f), array![[1.0], [8.0], [-1.0], [0.0]]);
    let folded = col2im(&cols, x.dim(), (2, 2), Window::default());
    // Corners are in one patch, edges in two, the middle in four.
    let times = array![[1.0, 4.0, 0.0], [0.0, 4.0, 6.0], [2.0, 0.0, 1.0]];
    assert_eq!(folded.slice(s![0, 0, .., ..]), times);
}

/// Megabytes of the patches of `n` images in `f32`, for `places` where a filter
/// stands and `taps` numbers that it sees.
fn megabytes(n: usize, places: usize, taps: usize) -> f64 {
    (n * places * taps * size_of::<f32>()) as f64 / 1e6
}

#[test]
fn patches_outgrow_any_memory() {
    assert_eq!(megabytes(100, 24 * 24, 5 * 5), 5.76); // this lesson's batch
    assert_eq!(megabytes(10_000, 24 * 24, 5 * 5), 576.0); // the test set at once
    assert_eq!(megabytes(100, 8 * 8, 20 * 5 * 5), 12.8); // 20 channels of 12 by 12
    // A layer of a network for photographs: 224 by 224, 64 channels, 3 by 3.
    let patches = megabytes(32, 224 * 224, 64 * 3 * 3);
    let images = megabytes(32, 224 * 224, 64);
    assert!((3_690.0..3_700.0).contains(&patches) && (410.0..412.0).contains(&images));
}

/// `col2im` with `=` in place of `+=`: patches `(OH OW, FH FW)` of one picture,
/// stride 1, to the picture `x (1, 1, H, W)`. Wrong.
fn col2im_that_overwrites(
    cols: &Array2<f64>,
    x: (usize, usize, usize, usize),
    (fh, fw): (usize, usize),
) -> Array4<f64> {
    let mut image = Array4::zeros(x);
    let ow = x.3 - fw + 1;
    for (place, patch) in cols.outer_iter().enumerate() {
        for (tap, &v) in patch.iter().enumerate() {
            image[[0, 0, place / ow + tap / fw, place % ow + tap % fw]] = v;
        }
    }
    assert_eq!(cols.dim(), ((x.2 - fh + 1) * ow, fh * fw));
    image
}

#[test]
fn the_round_trip_praises_the_wrong_one() {
    let (filter, window) = ((3, 3), Window::default());
    let x = numbers((1, 1, 6, 6), 1, 1.0);
    let cols = im2col(&x, filter, window);
    // There and back: the wrong one gives the image, the right one does not.
    assert_eq!(col2im_that_overwrites(&cols, x.dim(), filter), x);
    assert!(relative_error(&col2im(&cols, x.dim(), filter, window), &x) > 0.5);
    // sum of im2col(x) g = sum of x col2im(g), for any g: only the right one.
    let g = numbers(cols.dim(), 2, 1.0);
    let right = col2im(&g, x.dim(), filter, window);
    let wrong = col2im_that_overwrites(&g, x.dim(), filter);
    assert!(adjoint_error(&cols, &g, &x, &right) < 1e-12);
    assert!(adjoint_error(&cols, &g, &x, &wrong) > 0.1);
}

#[test]
fn a_filter_of_one_pixel_is_an_affine_layer_for_each_pixel() {
    let (x, w) = (numbers((2, 3, 4, 5), 1, 1.0), numbers((6, 3, 1, 1), 2, 1.0));
    // A pixel is an example, its channels are the inputs.
    let pixels = x.view().permuted_axes([0, 2, 3, 1]); // (N, H, W, C)
    let pixels = pixels.to_shape((2 * 4 * 5, 3)).unwrap().into_owned();
    assert_eq!(im2col(&x, (1, 1), Window::default()), pixels); // nothing is copied twice
    let weights = w.to_shape((6, 3)).unwrap(); // (FN, C)
    let z = dot(&pixels, &weights.t()); // (N H W, FN)
    let out = z.into_shape_with_order((2, 4, 5, 6)).unwrap().permuted_axes([0, 3, 1, 2]);
    assert!(relative_error(&conv::forward(&x, &w, Window::default()), &out.to_owned()) < 1e-14);
}

/// Convolution without a single index of a pixel: the sum of `FH FW` images,
/// each shifted and weighted. `x (N, 1, H, W)` and `f (FH, FW)` to
/// `out (N, 1, OH, OW)`.
fn shifted_images(x: &ArrayRef4<f64>, f: &Array2<f64>) -> Array4<f64> {
    let ((n, _, height, width), (fh, fw)) = (x.dim(), f.dim());
    let (oh, ow) = (height - fh + 1, width - fw + 1);
    let mut out = Array4::zeros((n, 1, oh, ow));
    for ((k, l), &weight) in f.indexed_iter() {
        // The column of the matrix of patches that belongs to this tap
        out.scaled_add(weight, &x.slice(s![.., .., k..k + oh, l..l + ow]));
    }
    out
}

#[test]
fn a_convolution_is_a_sum_of_shifted_images() {
    let (x, f) = (numbers((3, 1, 9, 8), 1, 1.0), numbers((4, 3), 2, 1.0));
    let w = f.to_shape((1, 1, 4, 3)).unwrap();
    let judge = naive::forward(&x, &w, Window::default());
    assert!(relative_error(&shifted_images(&x, &f), &judge) < 1e-14);
}

/// Whether a tile of `m` filters and `s` vectors keeps a core with AVX2 busy,
/// which multiplies and adds two vectors in a cycle and loads two.
fn keeps_busy(m: usize, s: usize) -> bool {
    let registers = m * s + s + 1; // sums, vectors of pixels, the weight at hand
    let loads = m + s; // for each tap: m weights and s vectors, for m s products
    // A sum may take the next product four cycles after the last: eight in flight.
    registers <= 16 && loads <= m * s && m * s >= 8
}

#[test]
fn seven_shapes_of_tiles_keep_the_processor_busy() {
    let all = (1..=16).flat_map(|m| (1..=16).map(move |s| (m, s)));
    let busy: Vec<(usize, usize)> = all.filter(|&(m, s)| keeps_busy(m, s)).collect();
    assert_eq!(busy, [(2, 4), (2, 5), (3, 3), (4, 2), (4, 3), (5, 2), (6, 2)]);
    assert!(!keeps_busy(1, 8)); // one filter: nine loads for eight products
}

/// The largest distance, relative, between the losses of two trainings whose
/// filters differ by 1e-12 in one weight: 100 steps in `f64` at the rate `rate`.
fn distance_of_twins(rate: f64) -> f64 {
    let digits = datasets::digits::draw(1, 0, 2_000);
    let x = Array2::from_shape_fn((2_000, 784), |(i, p)| {
        f64::from(digits.images[[i, p / 28, p % 28]]) / 255.0
    });
    let t = Array2::from_shape_fn((2_000, 10), |(i, k)| {
        f64::from(u8::from(digits.labels[i] as usize == k))
    });
    let losses = |nudge: f64| -> Vec<f64> {
        let mut rng = seeded(1);
        let (mut f, mut bc, mut wo, mut bo) = init_params::<f64>(&mut rng);
        f[[0, 0]] += nudge;
        let (mut step, rates) = (TrainStep::new(100), Gradients::Article.rates(rate, 100));
        let mut loss = || {
            let rows = sample_rows(2_000, 100, &mut rng);
            step.run((&x, &t), &rows, (&mut f, &mut bc, &mut wo, &mut bo), rates).0
        };
        (0..100).map(|_| loss()).collect()
    };
    let pairs = losses(0.0).into_iter().zip(losses(1e-12));
    pairs.map(|(a, b)| (a / b - 1.0).abs()).fold(0.0, f64::max)
}

#[test]
fn large_steps_make_much_of_little() {
    let (small, large) = (distance_of_twins(0.001), distance_of_twins(0.01));
    assert!(small < 1e-9 && large > 1e-6, "{small:e} {large:e}");
}

/// im2col line for line as NumPy has it, stride 1 and no padding:
/// `x (N, C, H, W)` to `cols (N OH OW, C FH FW)`.
fn im2col_word_for_word(x: &Array4<f64>, fh: usize, fw: usize) -> Array2<f64> {
    let (n, c, h, w) = x.dim();
    let (oh, ow) = (h - fh + 1, w - fw + 1);
    let mut cols = Array6::zeros((n, c, fh, fw, oh, ow));
    for k in 0..fh {
        for l in 0..fw {
            let seen = x.slice(s![.., .., k..k + oh, l..l + ow]); // (N, C, OH, OW)
            cols.slice_mut(s![.., .., k, l, .., ..]).assign(&seen);
        }
    }
    let rows = cols.permuted_axes([0, 4, 5, 1, 2, 3]); // (N, OH, OW, C, FH, FW), a view
    rows.to_shape((n * oh * ow, c * fh * fw)).unwrap().into_owned() // copies all of it
}

#[test]
fn im2col_word_for_word_agrees() {
    let x = numbers((2, 3, 7, 6), 1, 1.0);
    assert_eq!(im2col_word_for_word(&x, 3, 2), im2col(&x, (3, 2), Window::default()));
}
