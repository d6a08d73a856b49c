//! Vectors of every width: integers, whose sums have no rounding, come out exactly.

use cnn_im2col::fast::Conv;
use cnn_im2col::fast::product::{Matrix, Store, product};
use cnn_naive::{Window, conv};
use common::dot;
use common::fast::peak_flops::{SUMS, multiply_adds};
use ndarray::{Array, Array2, Array4, IntoDimension};
use referee::narrower::run_again_with_narrower_vectors;
use referee::numbers;

/// Integers from -4 to 4.
fn integers<S: IntoDimension>(shape: S, salt: u64) -> Array<f32, S::Dim> {
    numbers(shape, salt, 4.49).mapv(|v| v.round() as f32)
}

#[test]
fn products_in_f32_are_exact_for_integers() {
    for (n, d) in [(1, 1), (2, 5), (5, 40), (7, 256), (12, 300), (13, 17)] {
        for m in [1, 7, 8, 9, 15, 16, 17, 31, 32, 33, 47, 48, 49, 64, 70] {
            let (a, b) = (integers((n, d), 1), integers((d, m), 2));
            let right = Array2::from_shape_fn((n, m), |(i, j)| {
                a.row(i).iter().zip(b.column(j)).map(|(a, b)| a * b).sum::<f32>()
            });
            assert_eq!(dot(&a, &b), right, "dot, {n} by {d} by {m}");
            let mut c = Array2::from_elem((n, m), 1.0);
            let b_t = b.t().as_standard_layout().into_owned();
            let a = || Matrix::new(a.as_slice().unwrap(), d);
            let b = Matrix::new(b.as_slice().unwrap(), m);
            product((n, d, m), a(), b, Store::Add, c.as_slice_mut().unwrap());
            assert_eq!(c, &right + 1.0, "product, {n} by {d} by {m}");
            let b = Matrix::new(b_t.as_slice().unwrap(), d).t();
            product((n, d, m), a(), b, Store::Overwrite, c.as_slice_mut().unwrap());
            assert_eq!(c, right, "product, {n} by {d} by {m}, transposed");
        }
    }
}

#[test]
fn convolutions_in_f32_are_exact_for_integers() {
    // Outputs in a row: 8, 16, 24, 23 of 24; rows that make six segments, or not.
    for (size, kernel, padding) in
        [(12, 5, 0), (20, 5, 0), (28, 5, 0), (10, 3, 0), (25, 3, 0), (8, 3, 1)]
    {
        for filters in (1..=13).chain([30]) {
            let window = Window { stride: 1, padding };
            let x: Array4<f32> = integers((1, 2, size, size), 1);
            let w: Array4<f32> = integers((filters, 2, kernel, kernel), 2);
            let right = conv::forward(&x, &w, window);
            let plan = Conv::new((2, size, size), (filters, kernel, kernel), window).unwrap();
            let mut out = Array4::from_elem(right.dim(), f32::NAN);
            plan.forward(
                x.as_slice().unwrap(),
                w.as_slice().unwrap(),
                out.as_slice_mut().unwrap(),
                &mut plan.scratch(),
            );
            assert_eq!(out, right, "{filters} filters of {kernel}, {size} pixels, {padding}");
        }
    }
}

#[test]
fn the_loop_of_multiply_adds_does_all_its_operations() {
    for sums in SUMS {
        let starts = (0..sums / 16).map(|s| 16 * s).sum::<usize>(); // sixteen begin alike
        // Each round adds 1 to each of the sums ...
        assert_eq!(multiply_adds(sums, 7, 1.0f32, 1.0), (starts + 7 * sums) as f32);
        assert_eq!(multiply_adds(sums, 7, 1.0f64, 1.0), (starts + 7 * sums) as f64);
        // ... or doubles it and adds 3.
        assert_eq!(multiply_adds(sums, 2, 2.0f32, 3.0), (4 * starts + 9 * sums) as f32);
        assert_eq!(multiply_adds(sums, 0, 2.0f32, 3.0), starts as f32);
    }
}

#[test]
#[should_panic(expected = "multiply_adds: 7 sums, not one of [48, 96, 192]")]
fn other_numbers_of_sums_are_refused() {
    multiply_adds(7, 1, 1.0f32, 1.0);
}

#[test]
fn functions_with_narrower_vectors_are_as_right() {
    run_again_with_narrower_vectors("vectors::functions_with_narrower_vectors_are_as_right");
}
