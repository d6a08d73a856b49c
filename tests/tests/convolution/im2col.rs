//! Every way to convolve is the plain loops' way: over odd sizes, against
//! central differences, by the adjoint test, and against PyTorch's numbers.

use cnn_im2col::conv;
use cnn_im2col::fast::{self, rows};
use cnn_im2col::im2col::{col2im, im2col};
use cnn_naive::Window;
use cnn_naive::conv as naive;
use common::check::{numerical_gradient, relative_error};
use ndarray::{Array2, Array4, ArrayRef4, array, s};
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;
use referee::{fixture, numbers, rounding_error};

type Forward<F> = fn(&ArrayRef4<F>, &ArrayRef4<F>, Window) -> Array4<F>;
type Backward<F> =
    fn(&ArrayRef4<F>, &ArrayRef4<F>, &ArrayRef4<F>, Window) -> (Array4<F>, Array4<F>);

/// The ways of this chapter; the judge is chapter 04's.
fn ways<F: common::Real>() -> [(&'static str, Forward<F>, Backward<F>); 3] {
    [
        ("im2col", conv::forward, conv::backward),
        ("rows", rows::forward, rows::backward),
        ("fast", fast::forward, fast::backward),
    ]
}

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
        let out = naive::output_shape(self.x, self.w, self.window).unwrap();
        (numbers(self.x, 1, 1.0), numbers(self.w, 2, 1.0), numbers(out, 3, 1.0))
    }
}

/// The sizes follow from the outputs, so that the stride divides the span.
/// Outputs beyond one vector of eight, filters beyond two tiles of six.
fn cases() -> impl Strategy<Value = Case> {
    let counts = (1..4usize, 1..4usize, 1..15usize); // N, C, FN
    let filter = (1..6usize, 1..6usize); // FH, FW
    let outputs = (1..7usize, 1..19usize); // OH, OW
    let window = (1..4usize, 0..4usize); // stride, padding
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

fn check(what: &str, error: f64, most: f64) -> TestCaseResult {
    prop_assert!(error <= most, "{what} is off by {error:e}");
    Ok(())
}

/// Every way in `F` beside the plain loops in `f64`.
fn agree<F: common::Real>(case: &Case, most: f64) -> TestCaseResult {
    let plain_loops = |[x, w, dout]: &[Array4<f64>; 3]| {
        let (dx, dw) = naive::backward(dout, x, w, case.window);
        [naive::forward(x, w, case.window), dx, dw]
    };
    let arrays: [_; 3] = case.arrays().into();
    let right = plain_loops(&arrays);
    let terms = plain_loops(&arrays.clone().map(|a| a.mapv(f64::abs)));
    let [x, w, dout] = arrays.map(|a| a.mapv(F::of));
    for (way, forward, backward) in ways::<F>() {
        let (dx, dw) = backward(&dout, &x, &w, case.window);
        let ours = [forward(&x, &w, case.window), dx, dw].map(|a| a.mapv(Into::into));
        for ((ours, right), terms) in ours.iter().zip(&right).zip(&terms) {
            check(way, rounding_error(ours, right, terms), most)?;
        }
    }
    Ok(())
}

/// The gradient of the only pixel: 36 terms that nearly cancel.
#[test]
fn a_sum_that_nearly_cancels_is_as_precise_as_its_terms() {
    let (x, w, window) = ((1, 1, 1, 1), (4, 1, 3, 3), Window { stride: 1, padding: 1 });
    agree::<f32>(&Case { x, w, window }, 1e-6).unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(150) })]

    #[test]
    fn every_way_is_the_plain_loops(case in cases()) { agree::<f64>(&case, 1e-14)?; }

    #[test]
    fn every_way_is_the_plain_loops_in_single_precision(case in cases()) { agree::<f32>(&case, 1e-6)?; }

    #[test]
    fn col2im_is_the_adjoint_of_im2col(case in cases()) {
        let filter = (case.w.2, case.w.3);
        let x = numbers(case.x, 1, 1.0);
        let unrolled = im2col(&x, filter, case.window);
        let cols = numbers(unrolled.dim(), 2, 1.0);
        let folded = col2im(&cols, case.x, filter, case.window);
        // sum of cols im2col(x) = sum of col2im(cols) x
        let products = unrolled * cols;
        let terms = products.mapv(f64::abs).sum().max(f64::MIN_POSITIVE);
        check("col2im", (products.sum() - (folded * x).sum()).abs() / terms, 1e-14)?;
    }
}

#[test]
fn a_matrix_of_patches_can_be_read_with_the_naked_eye() {
    let x = Array4::from_shape_fn((1, 1, 3, 4), |(_, _, i, j)| (10 * i + j) as f64);
    let cols = im2col(&x, (2, 3), Window::default());
    let rows = array![
        [0.0, 1.0, 2.0, 10.0, 11.0, 12.0],
        [1.0, 2.0, 3.0, 11.0, 12.0, 13.0],
        [10.0, 11.0, 12.0, 20.0, 21.0, 22.0],
        [11.0, 12.0, 13.0, 21.0, 22.0, 23.0],
    ];
    assert_eq!(cols, rows);
    // Two channels stand side by side, two images one below the other.
    let x = numbers((2, 2, 3, 4), 1, 1.0);
    let cols = im2col(&x, (2, 3), Window::default());
    assert_eq!(cols.dim(), (8, 12));
    for (n, c) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
        let alone = x.slice(s![n..n + 1, c..c + 1, .., ..]).to_owned();
        let part = cols.slice(s![4 * n..4 * n + 4, 6 * c..6 * c + 6]);
        assert_eq!(part, im2col(&alone, (2, 3), Window::default()));
    }
}

#[test]
fn col2im_adds_a_pixel_as_often_as_it_was_seen() {
    let x = Array4::from_elem((1, 1, 3, 4), 1.0);
    let window = Window::default();
    let seen = col2im(&im2col(&x, (2, 3), window), x.dim(), (2, 3), window);
    let times = array![[1.0, 2.0, 2.0, 1.0], [2.0, 4.0, 4.0, 2.0], [1.0, 2.0, 2.0, 1.0]];
    assert_eq!(seen.slice(s![0, 0, .., ..]), times);
}

#[test]
fn every_backward_matches_numerical_gradients() {
    for (x, w, stride, padding) in [
        ((2, 1, 6, 6), (1, 1, 3, 3), 1, 0),
        ((1, 2, 5, 11), (7, 2, 3, 4), 1, 0),
        ((2, 2, 7, 5), (3, 2, 3, 3), 2, 1),
        ((2, 2, 4, 3), (2, 2, 2, 3), 1, 3),
    ] {
        let window = Window { stride, padding };
        let (x, w, weights) = Case { x, w, window }.arrays();
        for (way, forward, backward) in ways() {
            // Some scalar of the output, not linear in it
            let loss = |x: &Array4<f64>, w: &Array4<f64>| {
                let out = forward(x, w, window);
                (&out * &out * &weights).sum() / 2.0
            };
            let dout = &forward(&x, &w, window) * &weights; // (N, FN, OH, OW)
            let (dx, dw) = backward(&dout, &x, &w, window);
            assert!(relative_error(&dx, &numerical_gradient(&x, |x| loss(x, &w))) < 1e-8, "{way}");
            assert!(relative_error(&dw, &numerical_gradient(&w, |w| loss(&x, w))) < 1e-8, "{way}");
        }
    }
}

#[test]
fn every_way_is_pytorchs() {
    let torch = fixture("torch/conv.npz");
    let mut cases = 0u64;
    while let Ok(sizes) = torch.get(&format!("sizes{cases}"), 9) {
        let size = |k: usize| sizes[k] as usize;
        let x = numbers((size(0), size(1), size(2), size(3)), 10 * cases, 1.0);
        let w = numbers((size(4), size(1), size(5), size(6)), 10 * cases + 1, 1.0);
        let window = Window { stride: size(7), padding: size(8) };
        for (way, forward, backward) in ways() {
            let out = forward(&x, &w, window);
            let (dx, dw) = backward(&numbers(out.dim(), 10 * cases + 2, 1.0), &x, &w, window);
            for (name, ours) in [("out", &out), ("dx", &dx), ("dw", &dw)] {
                let theirs = torch.get(&format!("{name}{cases}"), ours.dim()).unwrap();
                assert!(relative_error(ours, &theirs) < 1e-13, "{way}: {name} of case {cases}");
            }
        }
        cases += 1;
    }
    assert_eq!(cases, 8, "the script makes eight cases");
}

#[test]
fn arrays_that_lie_otherwise_in_memory_give_the_same() {
    let (x, w, dout) =
        Case { x: (2, 3, 9, 8), w: (4, 3, 3, 2), window: Window::default() }.arrays();
    let askew = |a: &Array4<f64>| {
        let mut other = Array4::zeros((a.dim().3, a.dim().1, a.dim().0, a.dim().2));
        other.assign(&a.view().permuted_axes([3, 1, 0, 2]));
        other.permuted_axes([2, 1, 3, 0]) // as `a`, but the last axis is the slowest
    };
    let (askew_x, askew_w, askew_dout) = (askew(&x), askew(&w), askew(&dout));
    assert_eq!((&askew_x, &askew_w), (&x, &w));
    assert!(!askew_x.is_standard_layout() && !askew_w.is_standard_layout());
    for (way, forward, backward) in ways() {
        let window = Window::default();
        assert_eq!(forward(&x, &w, window), forward(&askew_x, &askew_w, window), "{way}");
        let straight = backward(&dout, &x, &w, window);
        assert_eq!(straight, backward(&askew_dout, &askew_x, &askew_w, window), "{way}");
    }
}

/// 25 images: three chunks, and the products of `im2col` are worth a thread.
#[test]
fn no_way_s_bits_depend_on_the_threads() {
    let case =
        Case { x: (25, 2, 28, 28), w: (13, 2, 5, 5), window: Window { stride: 1, padding: 1 } };
    let (x, w, dout) = case.arrays();
    let [x, w, dout] = [x, w, dout].map(|a| a.mapv(|v| v as f32));
    for (way, forward, backward) in ways::<f32>() {
        let on = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let both = || (forward(&x, &w, case.window), backward(&dout, &x, &w, case.window));
            pool.install(both)
        };
        let one = on(1);
        assert!(one == on(2) && one == on(3), "{way}");
    }
}

#[test]
fn what_tiles_skip_agrees_with_what_goes_through_patches() {
    for (image, filters, stride, padding) in [
        ((1, 28, 28), (1, 5, 5), 1, 0),
        ((1, 28, 28), (30, 5, 5), 1, 0),
        ((20, 12, 12), (50, 5, 5), 1, 0),
        ((2, 9, 10), (4, 3, 3), 1, 1),
    ] {
        let conv = fast::Conv::new(image, filters, Window { stride, padding }).unwrap();
        let slow = conv.clone().with_im2col();
        let x = numbers(2 * conv.inputs(), 1, 1.0).to_vec();
        let w = numbers(filters.0 * conv.taps(), 2, 1.0).to_vec();
        let dout = numbers(2 * conv.outputs(), 3, 1.0).to_vec();
        let all = |conv: &fast::Conv| {
            let mut scratch = conv.scratch();
            let mut out = vec![f64::NAN; conv.outputs()];
            conv.forward(&x[..conv.inputs()], &w, &mut out, &mut scratch);
            let mut dw = vec![1.0; w.len()]; // added to
            conv.add_dw(&dout, &x, &mut dw, &mut scratch);
            let mut dx = vec![f64::NAN; conv.inputs()];
            conv.dx(&dout[..conv.outputs()], &w, &mut dx, &mut scratch);
            [out, dw, dx].map(ndarray::Array1::from)
        };
        for (ours, theirs) in all(&conv).iter().zip(&all(&slow)) {
            assert!(relative_error(ours, theirs) < 1e-13, "{image:?} {filters:?}");
        }
    }
}

/// What `call` says when it panics.
fn complaint(call: impl FnOnce() + std::panic::UnwindSafe) -> String {
    let panic = std::panic::catch_unwind(call).expect_err("these shapes do not fit");
    panic.downcast_ref::<String>().expect("a sentence").clone()
}

#[test]
fn shapes_that_do_not_fit_are_refused_in_a_sentence() {
    let one = Window::default();
    let cases = [
        ((1, 1, 0, 28), (1, 1, 5, 5), one, "no size may be 0"),
        ((0, 1, 28, 28), (1, 1, 5, 5), one, "no size may be 0"),
        ((1, 3, 28, 28), (1, 1, 5, 5), one, "3 channels and the filters 1"),
        ((1, 1, 4, 28), (1, 1, 5, 5), one, "a filter of 5 is larger"),
        ((1, 1, 28, 28), (1, 1, 5, 5), Window { stride: 3, ..one }, "a stride of 3 does not"),
    ];
    for (x, w, window, named) in cases {
        let (x, w) = (Array4::<f64>::zeros(x), Array4::<f64>::zeros(w));
        for (way, forward, backward) in ways() {
            let said = complaint(|| drop(forward(&x, &w, window)));
            assert!(said.contains(named), "{way}: {said}");
            let dout = Array4::zeros((1, 1, 24, 24));
            let said = complaint(|| drop(backward(&dout, &x, &w, window)));
            assert!(said.contains(named), "{way}: {said}");
        }
    }
    let (x, w) = (Array4::<f64>::zeros((1, 1, 5, 5)), Array4::zeros((1, 1, 3, 3)));
    for (way, _, backward) in ways() {
        let said = complaint(|| drop(backward(&Array4::zeros((1, 1, 4, 3)), &x, &w, one)));
        let sentence = "dout (1, 1, 4, 3) must have the output's shape (1, 1, 3, 3)";
        assert!(said.contains(sentence), "{way}: {said}");
    }
    let said = complaint(|| drop(im2col(&x, (7, 3), one)));
    assert!(said.contains("a filter of 7 is larger"), "{said}");
    let said = complaint(|| drop(col2im(&Array2::<f64>::zeros((9, 8)), x.dim(), (3, 3), one)));
    assert!(said.contains("cols (9, 8) must be (9, 9)"), "{said}");
    let error = fast::Conv::new((1, 4, 28), (1, 5, 5), one).unwrap_err().to_string();
    assert!(error.contains("a filter of 5 is larger"), "{error}");
}
