//! Pooling: against counting by hand, central differences, the adjoint test and
//! PyTorch's numbers.

use common::check::{adjoint_error, numerical_gradient, relative_error};
use deep_cnn::engine::fast_pool::FastPool;
use deep_cnn::pool::{backward, forward, places};
use deep_cnn::{Layer, Pooling};
use ndarray::{Array4, array};
use proptest::prelude::*;
use referee::{fixture, numbers};

const KINDS: [(Pooling, &str); 2] = [(Pooling::Max, "max"), (Pooling::Average, "avg")];

type Shape = (usize, usize, usize, usize);

/// Images, window, stride: beside each other, overlapping, with gaps.
const CASES: [(Shape, usize, usize); 5] = [
    ((2, 3, 6, 4), 2, 2),
    ((1, 2, 7, 9), 3, 2),
    ((2, 1, 5, 6), 3, 1),
    ((1, 2, 8, 11), 2, 3),
    ((1, 1, 4, 4), 1, 1),
];

fn square(rows: [[f64; 3]; 3]) -> Array4<f64> {
    Array4::from_shape_fn((1, 1, 3, 3), |(_, _, i, j)| rows[i][j])
}

#[test]
fn the_largest_and_the_mean_are_those_seen_by_eye() {
    let x = square([[1.0, 5.0, 2.0], [0.0, 3.0, 8.0], [4.0, -1.0, 6.0]]);
    let out = forward(Pooling::Max, &x, 2, 1);
    assert_eq!(out, array![[[[5.0, 8.0], [4.0, 8.0]]]]);
    let out = forward(Pooling::Average, &x, 2, 1);
    assert_eq!(out, array![[[[2.25, 4.5], [1.5, 4.0]]]]);
}

#[test]
fn a_peak_of_two_windows_collects_from_both() {
    let x = square([[1.0, 5.0, 2.0], [0.0, 3.0, 8.0], [4.0, -1.0, 6.0]]);
    let dout = array![[[[1.0, 10.0], [100.0, 1000.0]]]];
    let dx = backward(Pooling::Max, &dout, &x, 2, 1);
    assert_eq!(dx, square([[0.0, 1.0, 0.0], [0.0, 0.0, 1010.0], [100.0, 0.0, 0.0]]));
}

#[test]
fn of_equal_values_the_first_gets_the_gradient() {
    let flat: Array4<f64> = Array4::zeros((1, 1, 4, 4));
    let dout = Array4::ones((1, 1, 2, 2));
    let dx = backward(Pooling::Max, &dout, &flat, 2, 2);
    for ((_, _, i, j), &d) in dx.indexed_iter() {
        assert_eq!(d, if i % 2 == 0 && j % 2 == 0 { 1.0 } else { 0.0 });
    }
}

#[test]
fn a_value_that_is_not_a_number_does_not_vanish() {
    for (kind, _) in KINDS {
        for at in 0..4 {
            let mut x = numbers((1, 1, 2, 2), 1, 1.0);
            x[[0, 0, at / 2, at % 2]] = f64::NAN;
            assert!(forward(kind, &x, 2, 2)[[0, 0, 0, 0]].is_nan());
        }
    }
}

#[test]
fn backward_matches_numerical_gradients_away_from_ties() {
    for (shape, size, stride) in CASES {
        // No two are closer than the differences that are taken.
        let x = numbers(shape, 7, 1.0);
        for (kind, name) in KINDS {
            let out = forward(kind, &x, size, stride);
            let weights = numbers(out.dim(), 8, 1.0);
            let loss = |x: &Array4<f64>| {
                let out = forward(kind, x, size, stride);
                (&out * &out * &weights).sum() / 2.0 // not linear in out
            };
            let dx = backward(kind, &(&out * &weights), &x, size, stride);
            let error = relative_error(&dx, &numerical_gradient(&x, loss));
            assert!(error < 1e-8, "{name} {shape:?} {size} {stride}: {error:e}");
        }
    }
}

#[test]
fn the_mean_passes_the_adjoint_test() {
    for (shape, size, stride) in CASES {
        let x = numbers(shape, 9, 1.0);
        let out = forward(Pooling::Average, &x, size, stride);
        let dout = numbers(out.dim(), 10, 1.0);
        let dx = backward(Pooling::Average, &dout, &x, size, stride);
        assert!(adjoint_error(&out, &dout, &x, &dx) < 1e-13);
    }
}

#[test]
fn pooling_is_pytorchs_with_ties_and_without() {
    let torch = fixture("torch/pool.npz");
    let mut cases = 0u64;
    while let Ok(sizes) = torch.get(&format!("sizes{cases}"), 6) {
        let size = |k: usize| sizes[k] as usize;
        let (shape, window, stride) = ((size(0), size(1), size(2), size(3)), size(4), size(5));
        let x = numbers(shape, 200 + 10 * cases, 1.0);
        // NumPy's rounding: halves to the even neighbour.
        let tied = x.mapv(|v| (2.0 * v).round_ties_even() / 2.0);
        for (prefix, x) in [("", &x), ("tied_", &tied)] {
            for (kind, name) in KINDS {
                let out = forward(kind, x, window, stride);
                let dout = numbers(out.dim(), 200 + 10 * cases + 1, 1.0);
                let dx = backward(kind, &dout, x, window, stride);
                for (ours, what) in [(&out, "out"), (&dx, "dx")] {
                    let name = format!("{prefix}{name}_{what}{cases}");
                    let theirs = torch.get(&name, ours.dim()).unwrap();
                    assert!(relative_error(ours, &theirs) < 1e-14, "{name}");
                }
            }
        }
        cases += 1;
    }
    assert_eq!(cases, 6, "the script makes six cases");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn windows_are_those_that_can_be_counted(
        pixels in 1..20usize, size in 1..20usize, stride in 1..8usize,
    ) {
        let starts = (0..pixels).step_by(stride).filter(|start| start + size <= pixels);
        let whole = starts.clone().next_back().is_some_and(|start| start + size == pixels);
        match places(pixels, size, stride) {
            Ok(places) => {
                prop_assert_eq!(places, starts.count());
                prop_assert!(whole, "a pixel was left out");
            }
            Err(error) => {
                prop_assert!(!whole);
                // What the sentence offers last does work.
                let text = error.to_string();
                if let Some((_, better)) = text.split_once(", or windows of ") {
                    let better = better.split(' ').next().unwrap().parse().unwrap();
                    prop_assert!(places(pixels, better, stride).is_ok(), "{}", text);
                }
            }
        }
    }
}

#[test]
#[should_panic(expected = "a pool of 5 is larger than the 4 pixels")]
fn forward_panics_with_the_sentence() {
    forward(Pooling::Max, &numbers((1, 1, 4, 6), 1, 1.0), 5, 1);
}

#[test]
#[should_panic(expected = "dout (1, 1, 2, 3) must have the output's shape (1, 1, 2, 2)")]
fn backward_refuses_a_gradient_of_another_shape() {
    let x = numbers((1, 1, 4, 4), 1, 1.0);
    backward(Pooling::Max, &numbers((1, 1, 2, 3), 2, 1.0), &x, 2, 2);
}

/// The engine's pool and its gradient for `x (1, C, H, W)`, and those in plain loops.
fn fast_and_plain(kind: Pooling, x: &Array4<f32>, size: usize, stride: usize) -> [Vec<f32>; 4] {
    let out = forward(kind, x, size, stride);
    let dout = numbers(out.dim(), 5, 1.0).mapv(|v| v as f32);
    let dx = backward(kind, &dout, x, size, stride);
    let ((_, c, h, w), (_, _, oh, ow)) = (x.dim(), out.dim());
    let pool = FastPool::new(Layer::Pool { kind, size, stride }, (c, h, w), (c, oh, ow));
    let (mut fast, mut peaks, mut fast_dx) =
        (vec![9.0; out.len()], vec![0; out.len()], vec![9.0; x.len()]);
    pool.forward(x.as_slice().unwrap(), &mut fast, &mut peaks);
    pool.backward(dout.as_slice().unwrap(), &peaks, &mut fast_dx);
    [out.into_raw_vec_and_offset().0, fast, dx.into_raw_vec_and_offset().0, fast_dx]
}

#[test]
fn the_fast_pool_passes_a_nan_on_wherever_it_is_and_its_gradient_goes_back_there() {
    // Rows of 1 to 11 windows, and windows that overlap or leave gaps.
    for (shape, size, stride) in
        CASES.into_iter().chain([((1, 2, 4, 22), 2, 2), ((1, 2, 4, 10), 2, 2)])
    {
        for kind in [Pooling::Max, Pooling::Average] {
            let shape = (1, shape.1, shape.2, shape.3);
            let x = numbers(shape, 4, 1.0).mapv(|v| v as f32);
            let [out, fast, dx, fast_dx] = fast_and_plain(kind, &x, size, stride);
            let close = |a: &[f32], b: &[f32]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-6);
            assert!(close(&out, &fast) && close(&dx, &fast_dx));
            for at in 0..x.len() {
                // One NaN, and two side by side.
                for nans in [1, 2] {
                    let mut x = x.clone();
                    let pixels = x.as_slice_mut().unwrap();
                    pixels[at..].iter_mut().take(nans).for_each(|pixel| *pixel = f32::NAN);
                    let [out, fast, dx, fast_dx] = fast_and_plain(kind, &x, size, stride);
                    let same =
                        |(a, b): (&f32, &f32)| (a - b).abs() < 1e-6 || (a.is_nan() && b.is_nan());
                    assert!(
                        out.iter().zip(&fast).all(same),
                        "{kind:?} {shape:?} {size} {stride}: {at}"
                    );
                    assert!(close(&dx, &fast_dx), "{kind:?} {shape:?} {size} {stride}: {at}");
                    assert!(
                        kind == Pooling::Average
                            || out.iter().zip(&fast).all(|(a, b)| a.is_nan() || a == b)
                    );
                }
            }
        }
    }
}
