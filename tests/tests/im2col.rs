//! Every way to convolve is the plain loops' way: over odd sizes, against
//! central differences, by the adjoint test, and against PyTorch's numbers.

use cnn_im2col::im2col::{col2im, im2col};
use cnn_im2col::{conv, fast, rows};
use cnn_naive::Window;
use cnn_naive::conv as naive;
use common::check::{adjoint_error, numerical_gradient, relative_error};
use ndarray::{Array2, Array4, ArrayRef4, array, s};
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;
use referee::{fixture, numbers};

type Forward<F> = fn(&ArrayRef4<F>, &ArrayRef4<F>, Window) -> Array4<F>;
type Backward<F> =
    fn(&ArrayRef4<F>, &ArrayRef4<F>, &ArrayRef4<F>, Window) -> (Array4<F>, Array4<F>);

/// The ways of this chapter; the judge is chapter 04's.
fn ways<F: cnn_im2col::vector::Fast>() -> [(&'static str, Forward<F>, Backward<F>); 3] {
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

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(150) })]

    #[test]
    fn every_way_is_the_plain_loops(case in cases()) {
        let (x, w, dout) = case.arrays();
        let out = naive::forward(&x, &w, case.window);
        let (dx, dw) = naive::backward(&dout, &x, &w, case.window);
        for (way, forward, backward) in ways() {
            check(way, relative_error(&forward(&x, &w, case.window), &out), 1e-14)?;
            let (our_dx, our_dw) = backward(&dout, &x, &w, case.window);
            check(way, relative_error(&our_dx, &dx), 1e-14)?;
            check(way, relative_error(&our_dw, &dw), 1e-13)?;
        }
    }

    #[test]
    fn every_way_is_the_plain_loops_in_single_precision(case in cases()) {
        let (x, w, dout) = case.arrays();
        let out = naive::forward(&x, &w, case.window);
        let (dx, dw) = naive::backward(&dout, &x, &w, case.window);
        let [x, w, dout] = [x, w, dout].map(|a| a.mapv(|v| v as f32));
        let double = |a: Array4<f32>| a.mapv(f64::from);
        for (way, forward, backward) in ways() {
            check(way, relative_error(&double(forward(&x, &w, case.window)), &out), 1e-6)?;
            let (our_dx, our_dw) = backward(&dout, &x, &w, case.window);
            check(way, relative_error(&double(our_dx), &dx), 1e-6)?;
            check(way, relative_error(&double(our_dw), &dw), 1e-5)?;
        }
    }

    #[test]
    fn col2im_is_the_adjoint_of_im2col(case in cases()) {
        let filter = (case.w.2, case.w.3);
        let x = numbers(case.x, 1, 1.0);
        let unrolled = im2col(&x, filter, case.window);
        let cols = numbers(unrolled.dim(), 2, 1.0);
        let folded = col2im(&cols, case.x, filter, case.window);
        // sum of cols im2col(x) = sum of col2im(cols) x
        check("col2im", adjoint_error(&unrolled, &cols, &x, &folded), 1e-11)?;
    }
}
