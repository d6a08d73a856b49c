//! The matrix product `common::dot` against three loops, for every kind of shape that has
//! code of its own, with zeros that it skips.

use common::{Real, dot, init, seeded};
use ndarray::{Array2, ArrayView2};
use proptest::prelude::*;

proptest! {
    #[test]
    fn the_product_agrees_with_three_loops(n in 1usize..40, d in 1usize..40, m in 1usize..40, seed in 0u64..1000) {
        let mut rng = seeded(seed);
        let a: Array2<f64> = init::normal((n, d), &mut rng);
        let b: Array2<f64> = init::normal((d, m), &mut rng);
        let close = |fast: &Array2<f64>, slow: &Array2<f64>| {
            fast.iter().zip(slow).all(|(f, s)| (f - s).abs() < 1e-12 * (1.0 + s.abs()))
        };
        prop_assert!(close(&dot(&a, &b), &three_loops(a.view(), b.view())));
        let (at, bt) = (a.t().to_owned(), b.t().to_owned());
        prop_assert!(close(&dot(&at.t(), &b), &three_loops(a.view(), b.view())));
        prop_assert!(close(&dot(&a, &bt.t()), &three_loops(a.view(), b.view())));
    }
}

/// About one number in five is not zero, as in MNIST.
fn mostly_zeros(shape: (usize, usize), rng: &mut common::Rng) -> Array2<f64> {
    let full: Array2<f64> = init::normal(shape, rng);
    full.mapv(|v| if v > 0.84 { v } else { 0.0 })
}

#[test]
fn the_product_that_skips_zeros_agrees_with_three_loops() {
    let mut rng = seeded(11);
    for (n, d, m) in [(1, 1, 32), (7, 5, 33), (100, 784, 100), (65, 17, 200), (33, 40, 139)] {
        let a = mostly_zeros((n, d), &mut rng);
        let b: Array2<f64> = init::normal((d, m), &mut rng);
        let dz: Array2<f64> = init::normal((n, m), &mut rng);
        let close = |fast: Array2<f64>, slow: Array2<f64>| {
            fast.iter().zip(&slow).all(|(f, s)| (f - s).abs() < 1e-12 * (1.0 + s.abs()))
        };
        assert!(close(dot(&a, &b), three_loops(a.view(), b.view())), "{n} {d} {m}");
        assert!(close(dot(&a.t(), &dz), three_loops(a.t(), dz.view())), "{n} {d} {m} transposed");
        let bt = b.t().to_owned();
        assert!(
            close(dot(&a, &bt.t()), three_loops(a.view(), b.view())),
            "{n} {d} {m} b transposed"
        );
    }
}

/// Every way that `dot` may see a product of these shapes: `a` row by row and as
/// a transposed view, against three loops.
fn agrees<F: Real>(a: &Array2<F>, b: &Array2<F>, tolerance: f64) {
    let slow = three_loops(a.view(), b.view());
    let (at, bt) = (a.t().to_owned(), b.t().to_owned());
    for fast in [dot(a, b), dot(&at.t(), b), dot(a, &bt.t()), dot(&at.t(), &bt.t())] {
        for (f, s) in fast.iter().zip(&slow) {
            let (f, s): (f64, f64) = ((*f).into(), (*s).into());
            let same = f == s || (f.is_nan() && s.is_nan());
            assert!(
                same || (f - s).abs() < tolerance * (1.0 + s.abs()),
                "{:?} {:?}: {f} and not {s}",
                a.dim(),
                b.dim()
            );
        }
    }
}

/// Widths that end in each kind of block, heights around a word of 64 bits, and
/// depths around eight numbers, 64, and one strip of the second factor.
const SHAPES: [(usize, usize, usize); 12] = [
    (1, 1, 10),
    (7, 5, 10),
    (8, 64, 10),
    (100, 784, 10),
    (65, 63, 10),
    (1, 1, 32),
    (63, 17, 33),
    (64, 65, 100),
    (100, 784, 100),
    (33, 130, 139),
    (17, 300, 231),
    (130, 40, 57),
];

#[test]
fn products_of_any_shape_agree_with_three_loops_in_both_precisions() {
    let mut rng = seeded(12);
    for (n, d, m) in SHAPES {
        for sparse in [false, true] {
            let full: Array2<f64> = init::normal((n, d), &mut rng);
            let a = if sparse { mostly_zeros((n, d), &mut rng) } else { full };
            let b: Array2<f64> = init::normal((d, m), &mut rng);
            agrees(&a, &b, 1e-12);
            agrees(&a.mapv(|v| v as f32), &b.mapv(|v| v as f32), 1e-4);
        }
    }
}

#[test]
fn a_single_number_in_a_row_is_found_wherever_it_is() {
    let mut rng = seeded(16);
    // Beyond a word of 64 bits for each eight numbers, and no multiple of eight.
    for d in [1, 7, 8, 63, 64, 65, 511, 513, 605] {
        for m in [10, 32, 100] {
            let b: Array2<f32> = init::normal((d, m), &mut rng);
            let mut one = Array2::from_elem((d, d), -0.0); // zeros too
            one.diag_mut().fill(1.0);
            assert_eq!(dot(&one, &b), b, "{d} {m}");
            assert_eq!(dot(&one.t(), &b), b, "{d} {m} transposed");
        }
    }
}

#[test]
fn large_products_that_threads_share_agree_with_three_loops() {
    let mut rng = seeded(13);
    for (n, d, m) in [(1100, 801, 10), (801, 1100, 10), (300, 784, 100), (784, 300, 100)] {
        let a = mostly_zeros((n, d), &mut rng);
        agrees(&a, &init::normal((d, m), &mut rng), 1e-12);
    }
}

#[test]
fn nan_and_infinity_in_the_first_factor_come_through() {
    let mut rng = seeded(14);
    for (n, d, m) in SHAPES {
        for odd in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e-310, -0.0] {
            let mut a = mostly_zeros((n, d), &mut rng);
            a[[n / 2, d - 1]] = odd;
            a[[n - 1, d / 2]] = odd;
            let b: Array2<f64> = init::normal((d, m), &mut rng);
            agrees(&a, &b, 1e-12);
            agrees(&a.mapv(|v| v as f32), &b.mapv(|v| v as f32), 1e-4);
        }
    }
}

#[test]
fn nan_and_infinity_in_the_second_factor_come_through_beside_numbers_that_are_not_zero() {
    let mut rng = seeded(15);
    for (n, d, m) in SHAPES {
        for odd in [f64::NAN, f64::INFINITY] {
            // Where `a` is zero they may be passed over; this row has no zeros.
            let mut a = mostly_zeros((n, d), &mut rng);
            a.row_mut(n - 1).fill(0.5);
            let mut b: Array2<f64> = init::normal((d, m), &mut rng);
            b[[d / 2, m - 1]] = odd;
            let (at, want) = (a.t().to_owned(), 0.5 * odd);
            for product in [dot(&a, &b), dot(&at.t(), &b)] {
                let got = product[[n - 1, m - 1]];
                assert!(got == want || got.is_nan() && want.is_nan(), "{n} {d} {m}: {got}");
            }
        }
    }
}

#[test]
fn rows_of_zeros_hide_what_is_not_finite_in_the_second_factor() {
    let mut a = Array2::<f32>::zeros((20, 64));
    a[[0, 0]] = 1.0;
    for m in [10, 100] {
        let mut b = Array2::<f32>::ones((64, m));
        b[[60, 3]] = f32::INFINITY;
        let product = dot(&a, &b);
        assert_eq!((product[[0, 3]], product[[5, 3]]), (1.0, 0.0), "as `dot` documents");
    }
}

fn three_loops<F: Real>(a: ArrayView2<F>, b: ArrayView2<F>) -> Array2<F> {
    let mut out = Array2::zeros((a.nrows(), b.ncols()));
    for i in 0..a.nrows() {
        for k in 0..a.ncols() {
            for j in 0..b.ncols() {
                out[[i, j]] += a[[i, k]] * b[[k, j]];
            }
        }
    }
    out
}

#[test]
fn the_product_is_the_same_bits_for_any_number_of_threads() {
    let mut rng = seeded(8);
    let a: Array2<f32> = init::normal((333, 784), &mut rng);
    let b: Array2<f32> = init::normal((784, 100), &mut rng);
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| (dot(&a, &b), dot(&a.t(), &dot(&a, &b))))
    };
    let one = with(1);
    for threads in [2, 3, 8] {
        assert_eq!(with(threads), one);
    }
    let a = a.mapv(|v| if v > 0.84 { v } else { 0.0 });
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| (dot(&a, &b), dot(&a.t(), &dot(&a, &b))))
    };
    assert_eq!(with(1), with(2), "the product that skips zeros");
    let (x, w): (Array2<f32>, _) = (a, init::normal((784, 10), &mut rng));
    let x = ndarray::concatenate![ndarray::Axis(0), x, x, x, x]; // enough to be shared
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| (dot(&x, &w), dot(&x.t(), &dot(&x, &w))))
    };
    assert_eq!(with(1), with(2), "ten columns");
}
