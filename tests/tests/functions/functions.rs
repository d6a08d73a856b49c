//! The shared functions at their edges.

use std::panic::{AssertUnwindSafe, catch_unwind};

use common::batch::take_rows;
use common::{accuracy, affine, batch, dot, init, metric, predict, relu, relu_grad, seeded};
use common::{cross_entropy, cross_entropy_from_logits, shuffled_batches, sum_rows, update};
use common::{sigmoid, sigmoid_grad, softmax, softmax_naive};
use ndarray::{Array2, ArrayRef2, Axis, arr2, array};
use proptest::prelude::*;
use rand::Rng as _;

proptest! {
    #[test]
    fn sigmoid_never_leaves_zero_to_one(bits in any::<u32>(), wide in any::<u64>()) {
        let z = f32::from_bits(bits);
        if z.is_finite() {
            let h = sigmoid(&arr2(&[[z]]))[[0, 0]];
            prop_assert!((0.0..=1.0).contains(&h), "{z} gives {h}");
        }
        let z = f64::from_bits(wide);
        if z.is_finite() {
            let h = sigmoid(&arr2(&[[z]]))[[0, 0]];
            prop_assert!((0.0..=1.0).contains(&h), "{z} gives {h}");
        }
    }

    #[test]
    fn softmax_is_a_distribution_whatever_the_logits(z in prop::collection::vec(-1e30f32..1e30, 10)) {
        let y = softmax(&Array2::from_shape_vec((1, 10), z).unwrap());
        prop_assert!((y.sum() - 1.0).abs() < 1e-5);
        prop_assert!(y.iter().all(|y| (0.0..=1.0).contains(y)));
    }
}

#[test]
fn an_unshifted_softmax_dies_where_the_shifted_one_does_not() {
    let z = array![[89.0f32, 0.0], [1.0, 0.0]];
    assert!(softmax_naive(&z)[[0, 0]].is_nan());
    assert_eq!(softmax(&z)[[0, 0]], 1.0);
    let z = array![[710.0f64, 0.0]];
    assert!(softmax_naive(&z)[[0, 0]].is_nan());
    let tame = array![[0.5f32, -1.0, 2.0]];
    let difference = softmax(&tame) - softmax_naive(&tame);
    assert!(difference.iter().all(|d| d.abs() < 1e-6));
}

#[test]
fn the_cross_entropy_of_huge_logits_is_finite_and_right() {
    let z = array![[1e30f32, 0.0], [-1e4, 1e4]];
    let t = array![[1.0f32, 0.0], [1.0, 0.0]];
    assert_eq!(cross_entropy_from_logits(&z, &t), 1e4); // (0 + 20,000) / 2
}

/// A NaN at every place of every argument of every function. For widths of 1 to 40, so
/// that it also falls into the rest that no vector covers.
#[test]
fn nothing_hides_a_nan() {
    for columns in [1, 2, 3, 7, 8, 10, 17, 40] {
        for at in 0..columns {
            let mut bad = Array2::<f32>::from_elem((2, columns), 0.5);
            bad[[1, at]] = f32::NAN;
            let good = Array2::<f32>::from_elem((2, columns), 0.25);
            let case = format!("column {at} of {columns}");
            for (name, out) in [
                ("sigmoid", sigmoid(&bad)),
                ("sigmoid_grad", sigmoid_grad(&bad)),
                ("relu", relu(&bad)),
                ("relu_grad", relu_grad(&bad)),
                ("softmax", softmax(&bad)),
                ("softmax_naive", softmax_naive(&bad)),
            ] {
                assert!(out[[1, at]].is_nan() && !out.row(0).iter().any(|v| v.is_nan()), "{name}");
            }
            let mut one_hot = Array2::<f32>::zeros((2, columns));
            one_hot.column_mut(columns / 2).fill(1.0);
            type Loss = fn(&ArrayRef2<f32>, &ArrayRef2<f32>) -> f64;
            let losses: [(&str, Loss); 4] = [
                ("cross_entropy", cross_entropy),
                ("cross_entropy_from_logits", cross_entropy_from_logits),
                ("article_loss", common::article_loss),
                ("accuracy", accuracy),
            ];
            for (name, loss) in losses {
                assert!(loss(&bad, &one_hot).is_nan(), "{name}, y, {case}");
                assert!(loss(&good, &bad).is_nan(), "{name}, t, {case}");
                assert!(loss(&bad, &(&one_hot * 0.0)).is_nan(), "{name}, no target, {case}");
                assert!(!loss(&good, &one_hot).is_nan(), "{name}, {case}");
            }
            assert_eq!(predict(&bad)[1], at, "as numpy.argmax, {case}");
            let nan = |a: &Array2<f32>| a.iter().filter(|v| v.is_nan()).count();
            let b = Array2::zeros((1, 3));
            let w = Array2::from_elem((columns, 3), 0.0); // 0 x NaN is NaN
            assert_eq!(nan(&affine(&bad, &w, &b)), 3, "affine, x, {case}");
            assert_eq!(nan(&affine(&w.t(), &bad.t(), &Array2::zeros((1, 2)))), 3, "w, {case}");
            assert_eq!(nan(&dot(&bad.t(), &bad)), columns + columns - 1, "dot, {case}");
            assert_eq!(nan(&sum_rows(&bad)), 1, "sum_rows, {case}");
            let mut p = good.clone();
            update(&mut p, 0.0, &bad);
            assert_eq!(nan(&p), 1, "update, dp, {case}");
            update(&mut p, 0.1, &good);
            assert_eq!(nan(&p), 1, "update, p, {case}");
            assert_eq!(nan(&take_rows(&bad, &[1, 0, 1])), 2, "take_rows, {case}");
        }
    }
    assert!(affine(&array![[1.0]], &array![[1.0]], &array![[f32::NAN]])[[0, 0]].is_nan());
    assert!(common::flush_subnormal(f32::NAN).is_nan());
    let (mean, deviation) = metric::mean_and_deviation(&[1.0, f64::NAN]);
    assert!(mean.is_nan() && deviation.is_nan());
    assert!(common::check_finite(f64::NAN, 1).is_err());
    assert!(common::check_finite(f64::NEG_INFINITY, 1).is_err());
}

#[test]
fn the_articles_loss_takes_targets_between_0_and_1() {
    let y = array![[0.2, 0.8], [0.6, 0.4]];
    let t = array![[0.25, 0.75], [1.0, 0.0]];
    // -(t ln(y + 1e-7) + (1 - t) ln(1 - y + 1e-7)), summed and divided by two, in Python.
    let expected = 1.080_542_379_943_557_6;
    assert!((common::article_loss(&y, &t) - expected).abs() < 1e-15);
}

#[test]
fn a_logit_of_minus_infinity_is_a_probability_of_0() {
    let inf = f64::INFINITY;
    let z = array![[-inf, 0.0]];
    assert_eq!(cross_entropy_from_logits(&z, &array![[0.0, 1.0]]), 0.0);
    assert_eq!(cross_entropy_from_logits(&z, &array![[1.0, 0.0]]), inf);
    let loss = cross_entropy_from_logits(&array![[-inf, 0.0, 1.0]], &array![[0.0, 1.0, 0.0]]);
    assert!((loss - 1.313_261_687_518_222_8).abs() < 1e-15, "ln(1 + e) is 1.3133: {loss}");
}

#[test]
fn numbers_become_0_before_their_products_with_a_rate_are_subnormal() {
    let smallest = f32::MIN_POSITIVE / f32::EPSILON; // 1e-31
    assert!((smallest * 1e-6).is_normal());
    for (v, flushed) in [
        (smallest, smallest),
        (-smallest, -smallest),
        (smallest / 2.0, 0.0),
        (-smallest / 2.0, 0.0),
        (f32::from_bits(1), 0.0),
        (0.0, 0.0),
        (1.0, 1.0),
        (f32::NEG_INFINITY, f32::NEG_INFINITY),
    ] {
        assert_eq!(common::flush_subnormal(v), flushed);
    }
    assert_eq!(common::flush_subnormal(f64::from(smallest) / 2.0), f64::from(smallest) / 2.0);
}

#[test]
fn accuracy_is_in_percent_and_ties_go_to_the_first() {
    let y = array![[0.9, 0.1], [0.5, 0.5], [0.2, 0.8], [0.7, 0.3]];
    let t = array![[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0]];
    assert_eq!(predict(&y).to_vec(), [0, 0, 1, 0]);
    assert_eq!(accuracy(&y, &t), 75.0);
    let counts = metric::confusion(&array![0, 0, 1, 1], &predict(&y), 2);
    assert_eq!(counts, array![[2, 0], [1, 1]]);
}

#[test]
fn a_batch_is_drawn_with_replacement_and_keeps_rows_together() {
    let x = Array2::from_shape_fn((50, 3), |(i, _)| i as f32);
    let t = Array2::from_shape_fn((50, 2), |(i, _)| i as f32);
    let (xb, tb) = batch(&x, &t, 1000, &mut seeded(3));
    assert_eq!((xb.dim(), tb.dim()), ((1000, 3), (1000, 2)));
    assert!(xb.column(0) == tb.column(0) && xb.column(0) == xb.column(2));
    let mut seen = [0; 50];
    xb.column(0).for_each(|&i| seen[i as usize] += 1);
    assert!(seen.iter().all(|&n| (4..=45).contains(&n)), "20 of each expected: {seen:?}");
    assert_eq!(batch(&x, &t, 9, &mut seeded(3)), batch(&x, &t, 9, &mut seeded(3)));
}

#[test]
fn rows_are_taken_in_their_order_however_few() {
    let a = Array2::from_shape_fn((50, 17), |(i, j)| (100 * i + j) as f32);
    for rows in [&[][..], &[7], &[49, 0, 49], &[3, 1, 4, 1], &[5, 9, 2, 6, 5, 3, 5, 8, 9]] {
        assert_eq!(take_rows(&a, rows), a.select(Axis(0), rows));
    }
}

#[test]
fn rows_can_be_taken_from_a_transposed_view() {
    let a = array![[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]];
    assert_eq!(take_rows(&a.t(), &[2, 0]), array![[3.0, 6.0], [1.0, 4.0]]);
}

#[test]
fn an_epoch_sees_every_example_once() {
    let epoch = shuffled_batches(103, 10, &mut seeded(4));
    assert_eq!(epoch.len(), 11);
    assert_eq!(epoch[10].len(), 3);
    let mut all = epoch.concat();
    assert_ne!(all, (0..103).collect::<Vec<_>>());
    all.sort_unstable();
    assert_eq!(all, (0..103).collect::<Vec<_>>());
}

#[test]
fn weights_start_with_the_spread_their_name_promises() {
    let deviation = |w: Array2<f64>| {
        let mean = w.mean().unwrap();
        assert!(mean.abs() < 0.01, "the mean is {mean}");
        w.std(0.0)
    };
    let shape = (400, 250);
    assert!((deviation(init::normal(shape, &mut seeded(1))) - 1.0).abs() < 0.01);
    assert!((deviation(init::xavier(shape, &mut seeded(1))) - 0.05).abs() < 0.001);
    assert!((deviation(init::he(shape, &mut seeded(1))) - 0.005f64.sqrt()).abs() < 0.001);
    let single: Array2<f32> = init::normal((3, 3), &mut seeded(9));
    let double: Array2<f64> = init::normal((3, 3), &mut seeded(9));
    assert_eq!(single, double.mapv(|v| v as f32), "both precisions start from the same place");
}

#[test]
fn an_update_goes_downhill_in_place() {
    let mut p = array![[1.0f32, 2.0]];
    update(&mut p, 0.5, &array![[2.0, -2.0]]);
    assert_eq!(p, array![[0.0, 3.0]]);
    assert_eq!(sum_rows(&array![[1.0, 2.0], [3.0, 4.0]]), array![[4.0, 6.0]]);
}

#[test]
fn shapes_that_do_not_fit_are_named_with_the_operation() {
    fn message<T>(f: impl FnOnce() -> T) -> String {
        let panic = catch_unwind(AssertUnwindSafe(f)).err().expect("it must refuse");
        panic.downcast_ref::<String>().cloned().unwrap_or_default()
    }
    let zeros = |n, m| Array2::<f32>::zeros((n, m));
    let text = message(|| affine(&zeros(2, 3), &zeros(4, 5), &zeros(1, 5)));
    assert!(
        text.contains("affine") && text.contains("(2, 3)") && text.contains("(4, 5)"),
        "{text}"
    );
    let text = message(|| affine(&zeros(2, 3), &zeros(3, 5), &zeros(5, 1)));
    assert!(text.contains("(5, 1)"), "a column for a row would broadcast silently: {text}");
    let text = message(|| dot(&zeros(2, 3), &zeros(4, 5)));
    assert!(text.contains("dot") && text.contains("(2, 3)") && text.contains("(4, 5)"), "{text}");
    let text = message(|| accuracy(&zeros(2, 3), &zeros(3, 3)));
    assert!(text.contains("accuracy") && text.contains("(3, 3)"), "{text}");
    let text = message(|| batch(&zeros(2, 3), &zeros(3, 3), 1, &mut seeded(1)));
    assert!(text.contains("batch") && text.contains("(2, 3)"), "{text}");
    let text = message(|| update(&mut zeros(2, 3), 0.1, &zeros(3, 2)));
    assert!(
        text.contains("update") && text.contains("(2, 3)") && text.contains("(3, 2)"),
        "{text}"
    );
}

#[test]
fn random_numbers_are_the_same_everywhere() {
    let mut rng = seeded(1);
    let drawn: Vec<u32> = (0..4).map(|_| rng.random_range(0..60_000)).collect();
    assert_eq!(
        drawn, PINNED,
        "the numbers of seed 1 have changed: so will every figure in the docs"
    );
}

const PINNED: [u32; 4] = [32_962, 24_149, 59_075, 4_823];

#[test]
fn the_deviation_is_that_of_a_sample() {
    use common::metric::mean_and_deviation;
    assert_eq!(mean_and_deviation(&[1.0, 2.0, 3.0]), (2.0, 1.0));
    assert_eq!(mean_and_deviation(&[7.0]), (7.0, 0.0));
}
