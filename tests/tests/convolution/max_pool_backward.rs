//! Backward from the list of peaks is backward from the dense gradient that the
//! pool would have handed on.

use cnn_im2col::fast::Conv;
use cnn_im2col::fast::max_pool_backward::{MaxPoolBackward, pad_filter_rows};
use cnn_naive::Window;
use common::Real;
use common::check::relative_error;
use ndarray::{Array1, Array3};
use referee::numbers;

/// `out (FN, OH, OW)`, after ReLU and a max pool of 2 by 2: the position of each
/// window's peak, the first of equal ones, its gradient, and what the pool and
/// ReLU make of the window, filter after filter.
fn peaks_of(out: &Array3<f64>, dpool: &Array3<f64>) -> Vec<Vec<(u32, f64, f64)>> {
    let (filters, _, ow) = out.dim();
    let (_, ph, pw) = dpool.dim();
    let of_window = |f: usize, i: usize, j: usize| {
        let mut best = (2 * i, 2 * j);
        for place in [(2 * i, 2 * j + 1), (2 * i + 1, 2 * j), (2 * i + 1, 2 * j + 1)] {
            if out[[f, place.0, place.1]] > out[[f, best.0, best.1]] {
                best = place;
            }
        }
        ((best.0 * ow + best.1) as u32, dpool[[f, i, j]], out[[f, best.0, best.1]].max(0.0))
    };
    let windows = |f| (0..ph * pw).map(move |w| of_window(f, w / pw, w % pw)).collect();
    (0..filters).map(windows).collect()
}

const SHAPES: [(Shape, Shape, usize, usize); 7] = [
    ((1, 28, 28), (20, 5, 5), 1, 0),
    ((20, 12, 12), (50, 5, 5), 1, 0),
    ((3, 9, 10), (4, 3, 3), 1, 1),
    ((2, 13, 11), (3, 3, 3), 2, 1),
    ((1, 9, 15), (2, 2, 8), 1, 0), // a filter's row fills a vector
    ((2, 6, 6), (1, 1, 1), 1, 0),
    ((1, 7, 7), (2, 4, 2), 1, 2),
];
type Shape = (usize, usize, usize);

/// `dw` of two images and `dx` of the second, from lists and from arrays.
fn both<F: Real>(image: Shape, filters: Shape, window: Window) -> [[Array1<f64>; 2]; 2] {
    let conv = Conv::new(image, filters, window).unwrap();
    let (count, oh, ow) = conv.out;
    let single = |v: &f64| F::of(*v);
    let w: Vec<F> = numbers(count * conv.taps(), 1, 1.0).iter().map(single).collect();
    let windows = (oh / 2) * (ow / 2);
    let mut peaks = MaxPoolBackward::<F>::new(&conv, windows).unwrap();
    let mut spread_w = Vec::new();
    pad_filter_rows(&conv, &w, &mut spread_w);
    let mut scratch = conv.scratch();
    let zeros = |n: usize| vec![F::zero(); n];
    let (mut dense_dw, mut dense_dx) = (zeros(w.len()), zeros(conv.inputs()));
    let (mut dw, mut dx) = (zeros(w.len()), vec![F::of(7.0); conv.inputs()]);
    for n in 0..2 {
        let x: Vec<F> = numbers(conv.inputs(), 10 + n, 1.0).iter().map(single).collect();
        let mut out = zeros(conv.outputs());
        conv.forward(&x, &w, &mut out, &mut scratch);
        let out = out.iter().map(|&v| v.into()).collect();
        let out: Array3<f64> = Array3::from_shape_vec((count, oh, ow), out).unwrap();
        let dpool = numbers((count, oh / 2, ow / 2), 20 + n, 1.0);
        let list = peaks_of(&out, &dpool);
        let mut dout = zeros(conv.outputs());
        peaks.clear();
        for (f, list) in list.iter().enumerate() {
            let alive = list.iter().filter(|peak| peak.2 > 0.0);
            alive.clone().for_each(|&(p, d, _)| dout[f * oh * ow + p as usize] = F::of(d));
            let positions: Vec<u32> = list.iter().map(|peak| peak.0).collect();
            let gradients: Vec<F> = list.iter().map(|peak| F::of(peak.1)).collect();
            let outs: Vec<F> = list.iter().map(|peak| F::of(peak.2)).collect();
            let db: f64 = peaks.push_filter(&positions, &gradients, &outs).into();
            let sum: f64 = alive.map(|peak| peak.1).sum();
            assert!((db - sum).abs() < 1e-4, "db of {image:?} {filters:?}: {db}, not {sum}");
        }
        peaks.accumulate_dw(&conv, &x);
        peaks.dx(&conv, &spread_w, &mut dx);
        conv.add_dw(&dout, &x, &mut dense_dw, &mut scratch);
        conv.dx(&dout, &w, &mut dense_dx, &mut scratch);
    }
    peaks.add_dw(&conv, &mut dw);
    let double = |a: Vec<F>| a.into_iter().map(|v| v.into()).collect::<Array1<f64>>();
    [[double(dw), double(dense_dw)], [double(dx), double(dense_dx)]]
}

#[test]
fn sparse_and_dense_backward_agree() {
    for (image, filters, stride, padding) in SHAPES {
        let [dw, dx] = both::<f64>(image, filters, Window { stride, padding });
        assert!(relative_error(&dw[0], &dw[1]) < 1e-13, "dw of {image:?} {filters:?}");
        assert!(relative_error(&dx[0], &dx[1]) < 1e-13, "dx of {image:?} {filters:?}");
        let [dw, dx] = both::<f32>(image, filters, Window { stride, padding });
        assert!(relative_error(&dw[0], &dw[1]) < 1e-5, "dw of {image:?} {filters:?}");
        assert!(relative_error(&dx[0], &dx[1]) < 1e-5, "dx of {image:?} {filters:?}");
    }
}

#[test]
fn no_peaks_are_no_gradient() {
    let conv = Conv::new((1, 6, 6), (2, 3, 3), Window::default()).unwrap();
    let mut peaks = MaxPoolBackward::new(&conv, 4).unwrap();
    peaks.clear();
    peaks.push_filter(&[], &[], &[]);
    peaks.push_filter(&[3], &[5.0], &[0.0]); // ReLU was silent
    peaks.accumulate_dw(&conv, &[1.0; 36]);
    let mut dw = [1.0; 18];
    peaks.add_dw(&conv, &mut dw);
    assert_eq!(dw, [1.0; 18]);
    let mut w = Vec::new();
    pad_filter_rows(&conv, &[1.0; 18], &mut w);
    let mut dx = [1.0; 36];
    peaks.dx(&conv, &w, &mut dx);
    assert_eq!(dx, [0.0; 36]);
}

#[test]
fn what_was_added_is_not_added_again() {
    let conv = Conv::new((1, 6, 6), (1, 3, 3), Window::default()).unwrap();
    let mut peaks = MaxPoolBackward::new(&conv, 4).unwrap();
    peaks.clear();
    peaks.push_filter(&[0], &[2.0], &[1.0]);
    peaks.accumulate_dw(&conv, &[1.0; 36]);
    let mut dw = [0.0; 9];
    peaks.add_dw(&conv, &mut dw);
    peaks.add_dw(&conv, &mut dw);
    assert_eq!(dw, [2.0; 9]);
}

#[test]
fn a_filter_wider_than_a_vector_is_left_to_the_dense_way() {
    let conv = Conv::new((1, 20, 20), (2, 3, 9), Window::default()).unwrap();
    assert!(MaxPoolBackward::<f32>::new(&conv, 9).is_none());
}

#[test]
#[should_panic(expected = "the gradients of 1 filters")]
fn a_filter_without_its_list_is_noticed() {
    let conv = Conv::new((1, 6, 6), (2, 3, 3), Window::default()).unwrap();
    let mut peaks = MaxPoolBackward::new(&conv, 4).unwrap();
    peaks.clear();
    peaks.push_filter(&[0], &[2.0], &[1.0]);
    peaks.accumulate_dw(&conv, &[1.0; 36]);
}
