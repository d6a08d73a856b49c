//! Convolution: against an independent definition over odd sizes, against
//! central differences, by the adjoint test, and against PyTorch's numbers.

use cnn_naive::Window;
use cnn_naive::conv::{backward, forward, output_shape};
use common::check::{adjoint_error, numerical_gradient, relative_error};
use ndarray::{Array4, s};
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;
use referee::narrower::run_again_with_narrower_vectors;
use referee::{fixture, numbers};

/// Images, filters and a window that fit each other: odd sizes, filters that
/// are not square, strides that jump over pixels, padding beyond the filter.
#[derive(Clone, Debug)]
struct Case {
    x: (usize, usize, usize, usize),
    w: (usize, usize, usize, usize),
    window: Window,
}

impl Case {
    fn arrays(&self) -> (Array4<f64>, Array4<f64>, Array4<f64>) {
        let out = output_shape(self.x, self.w, self.window).unwrap();
        (numbers(self.x, 1, 1.0), numbers(self.w, 2, 1.0), numbers(out, 3, 1.0))
    }
}

/// The sizes follow from the outputs, so that the stride divides the span.
fn cases() -> impl Strategy<Value = Case> {
    let counts = (1..4usize, 1..4usize, 1..4usize); // N, C, FN
    let filter = (1..6usize, 1..6usize); // FH, FW
    let outputs = (1..7usize, 1..7usize); // OH, OW
    let window = (1..4usize, 0..5usize); // stride, padding
    (counts, filter, outputs, window).prop_filter_map(
        "an image has at least one pixel",
        |((n, c, filters), (fh, fw), (oh, ow), (stride, padding))| {
            let size = |outputs: usize, filter: usize| {
                ((outputs - 1) * stride + filter).checked_sub(2 * padding).filter(|&size| size > 0)
            };
            Some(Case {
                x: (n, c, size(oh, fh)?, size(ow, fw)?),
                w: (filters, c, fh, fw),
                window: Window { stride, padding },
            })
        },
    )
}

/// The definition in other words: zeros really stand around the image, and each
/// output is the sum of the product of two blocks.
fn by_definition(x: &Array4<f64>, w: &Array4<f64>, window: Window) -> Array4<f64> {
    let Window { stride, padding } = window;
    let ((n, c, height, width), (_, _, fh, fw)) = (x.dim(), w.dim());
    let mut padded = Array4::zeros((n, c, height + 2 * padding, width + 2 * padding));
    let middle = s![.., .., padding..padding + height, padding..padding + width];
    padded.slice_mut(middle).assign(x);
    Array4::from_shape_fn(output_shape(x.dim(), w.dim(), window).unwrap(), |(n, f, i, j)| {
        let (top, left) = (stride * i, stride * j);
        let block = padded.slice(s![n, .., top..top + fh, left..left + fw]); // (C, FH, FW)
        (&block * &w.slice(s![f, .., .., ..])).sum()
    })
}

fn check(error: f64, most: f64) -> TestCaseResult {
    prop_assert!(error <= most, "off by {error:e}");
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn forward_is_the_definition(case in cases()) {
        let (x, w, _) = case.arrays();
        let out = forward(&x, &w, case.window);
        check(relative_error(&out, &by_definition(&x, &w, case.window)), 1e-14)?;
    }

    #[test]
    fn backward_is_the_adjoint_of_forward(case in cases()) {
        let (x, w, dout) = case.arrays();
        let out = forward(&x, &w, case.window);
        let (dx, dw) = backward(&dout, &x, &w, case.window);
        // Two sums that nearly cancel leave only rounding: judge by their terms.
        let scale = (&out * &dout).mapv(f64::abs).sum();
        let apart = |dv: &Array4<f64>, v: &Array4<f64>| ((dv * v).sum() - (&out * &dout).sum()).abs();
        check(apart(&dx, &x), 1e-13 * scale)?; // out is linear in x
        check(apart(&dw, &w), 1e-13 * scale)?; // and in w
    }

    #[test]
    fn what_fits_by_its_shape_fits(case in cases()) {
        let (n, _, _, _) = case.x;
        let (filters, _, _, _) = case.w;
        let (out_n, out_filters, oh, ow) = output_shape(case.x, case.w, case.window).unwrap();
        prop_assert_eq!((out_n, out_filters), (n, filters));
        prop_assert!(oh > 0 && ow > 0);
    }
}

#[test]
fn backward_matches_numerical_gradients() {
    for (x, w, stride, padding) in [
        ((2, 1, 6, 6), (1, 1, 3, 3), 1, 0),
        ((2, 3, 5, 7), (2, 3, 3, 2), 1, 0),
        ((1, 2, 7, 5), (3, 2, 3, 3), 2, 1),
        ((2, 2, 4, 3), (2, 2, 2, 3), 1, 3),
        ((1, 1, 7, 10), (2, 1, 1, 1), 3, 0),
    ] {
        let window = Window { stride, padding };
        let (x, w, weights) = Case { x, w, window }.arrays();
        // Some scalar of the output, not linear in it
        let loss = |x: &Array4<f64>, w: &Array4<f64>| {
            let out = forward(x, w, window);
            (&out * &out * &weights).sum() / 2.0
        };
        let dout = &forward(&x, &w, window) * &weights; // (N, FN, OH, OW)
        let (dx, dw) = backward(&dout, &x, &w, window);
        assert!(relative_error(&dx, &numerical_gradient(&x, |x| loss(x, &w))) < 1e-8);
        assert!(relative_error(&dw, &numerical_gradient(&w, |w| loss(&x, w))) < 1e-8);
    }
}

/// Numbers beside each other, as one picture with one row and one channel.
fn row(numbers: &[f64]) -> Array4<f64> {
    Array4::from_shape_vec((1, 1, 1, numbers.len()), numbers.to_vec()).unwrap()
}

#[test]
fn the_gradients_for_stride_two_are_those_of_a_delta_with_holes() {
    let (x, w) = (row(&[1.0, 2.0, 0.0, 1.0, 3.0]), row(&[1.0, -1.0, 2.0])); // as on page 04
    let two = Window { stride: 2, padding: 0 };
    assert_eq!(forward(&x, &w, two), row(&[-1.0, 5.0]));
    let (dx, dw) = backward(&row(&[2.0, 1.0]), &x, &w, two);
    assert_eq!(dw, row(&[2.0, 5.0, 3.0]));
    assert_eq!(dx, row(&[2.0, -2.0, 5.0, -1.0, 2.0]));
    assert_eq!((dx, dw), backward(&row(&[2.0, 0.0, 1.0]), &x, &w, Window::default()));
}

#[test]
fn the_loops_skip_the_padding_and_the_articles_way_multiplies_by_it() {
    let (x, w) = (row(&[1.0, 2.0]), row(&[f64::INFINITY, 1.0, 1.0]));
    let window = Window { stride: 1, padding: 1 };
    let at_the_edge = |out: Array4<f64>| out[[0, 0, 1, 0]]; // (padding, 1, 2)
    assert_eq!(at_the_edge(forward(&x, &w, window)), 3.0);
    assert!(at_the_edge(cnn_naive::article::forward(&x, &w, window)).is_nan());
}

#[test]
fn the_articles_convolution_passes_the_adjoint_test() {
    let window = Window::default();
    let (x, w, dout) = Case { x: (3, 1, 28, 28), w: (1, 1, 5, 5), window }.arrays();
    let out = forward(&x, &w, window);
    assert_eq!(out.dim(), (3, 1, 24, 24));
    let (dx, dw) = backward(&dout, &x, &w, window);
    assert!(adjoint_error(&out, &dout, &x, &dx) < 1e-12);
    assert!(adjoint_error(&out, &dout, &w, &dw) < 1e-12);
}

#[test]
fn convolution_is_pytorchs() {
    let torch = fixture("torch/conv.npz");
    let mut cases = 0u64;
    while let Ok(sizes) = torch.get(&format!("sizes{cases}"), 9) {
        let size = |k: usize| sizes[k] as usize;
        let x = numbers((size(0), size(1), size(2), size(3)), 10 * cases, 1.0);
        let w = numbers((size(4), size(1), size(5), size(6)), 10 * cases + 1, 1.0);
        let window = Window { stride: size(7), padding: size(8) };
        let out = forward(&x, &w, window);
        let (dx, dw) = backward(&numbers(out.dim(), 10 * cases + 2, 1.0), &x, &w, window);
        let same = |ours: &Array4<f64>, name: &str| {
            let theirs = torch.get(&format!("{name}{cases}"), ours.dim()).unwrap();
            assert!(relative_error(ours, &theirs) < 1e-13, "{name} of case {cases}");
        };
        same(&out, "out");
        same(&dx, "dx");
        same(&dw, "dw");
        cases += 1;
    }
    assert_eq!(cases, 8, "the script makes eight cases");
}

#[test]
fn single_precision_stays_close_to_double() {
    let window = Window { stride: 2, padding: 2 };
    let (x, w, dout) = Case { x: (2, 3, 11, 9), w: (4, 3, 5, 3), window }.arrays();
    let single = |a: &Array4<f64>| a.mapv(|v| v as f32);
    let back = |a: Array4<f32>| a.mapv(f64::from);
    let out = back(forward(&single(&x), &single(&w), window));
    assert!(relative_error(&out, &forward(&x, &w, window)) < 1e-6);
    let (dx, dw) = backward(&dout, &x, &w, window);
    let (dx32, dw32) = backward(&single(&dout), &single(&x), &single(&w), window);
    assert!(relative_error(&back(dx32), &dx) < 1e-6);
    assert!(relative_error(&back(dw32), &dw) < 1e-6);
}

#[test]
fn shapes_that_do_not_fit_are_refused_in_a_sentence() {
    let one = Window::default();
    let cases = [
        ((0, 1, 28, 28), (1, 1, 5, 5), one, "no size may be 0"),
        ((1, 1, 28, 28), (0, 1, 5, 5), one, "no size may be 0"),
        ((1, 0, 28, 28), (1, 0, 5, 5), one, "no size may be 0"),
        ((1, 1, 28, 28), (1, 1, 0, 5), one, "no size may be 0"),
        ((1, 3, 28, 28), (1, 1, 5, 5), one, "3 channels and the filters 1"),
        ((1, 1, 4, 28), (1, 1, 5, 5), one, "down the image, a filter of 5 is larger"),
        ((1, 1, 28, 4), (1, 1, 5, 5), one, "across the image, a filter of 5 is larger"),
        ((1, 1, 28, 28), (1, 1, 5, 5), Window { stride: 3, ..one }, "a stride of 3 does not"),
        ((1, 1, 28, 28), (1, 1, 5, 5), Window { stride: 0, ..one }, "a stride of 0"),
        (
            (1, 1, 28, 28),
            (1, 1, 5, 5),
            Window { padding: usize::MAX / 4, ..one },
            "more than memory can hold",
        ),
    ];
    for (x, w, window, named) in cases {
        let error = output_shape(x, w, window).unwrap_err().to_string();
        assert!(error.contains(named), "{error}");
        assert!(error.contains(&format!("{x:?}")) && error.contains(&format!("{w:?}")), "{error}");
    }
}

#[test]
#[should_panic(expected = "3 channels and the filters 2")]
fn forward_panics_with_the_sentence() {
    let (x, w) = (numbers((1, 3, 5, 5), 1, 1.0), numbers((1, 2, 3, 3), 2, 1.0));
    forward(&x, &w, Window::default());
}

#[test]
#[should_panic(expected = "dout (1, 1, 4, 3) must have the output's shape (1, 1, 3, 3)")]
fn backward_refuses_a_gradient_of_another_shape() {
    let (x, w) = (numbers((1, 1, 5, 5), 1, 1.0), numbers((1, 1, 3, 3), 2, 1.0));
    backward(&numbers((1, 1, 4, 3), 3, 1.0), &x, &w, Window::default());
}

#[test]
fn convolutions_with_narrower_vectors_agree() {
    run_again_with_narrower_vectors("agreement::convolutions_with_narrower_vectors_agree");
}
