//! The product into memory that is there: `common::dot` for every shape around
//! its tiles, and no dependence on what lay there before.

use cnn_im2col::fast::product::{DEPTH, Matrix, Store, product};
use common::dot;
use common::fast::columns::Columns;
use common::fast::sparse::add_product;
use ndarray::Array2;
use proptest::prelude::*;
use referee::{numbers, rounding_error};

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    #[test]
    fn it_is_the_product(
        n in 1..20usize,
        d in prop_oneof![1..40usize, 250..262usize, 510..520usize],
        m in 1..40usize,
        turned in any::<(bool, bool)>(),
    ) {
        let (a, b): (Array2<f64>, _) = (numbers((n, d), 1, 1.0), numbers((d, m), 2, 1.0));
        let (right, terms) = (dot(&a, &b), dot(&a.mapv(f64::abs), &b.mapv(f64::abs)));
        // The same factors, lying row by row or column by column
        let (a_t, b_t) = (a.t().as_standard_layout().into_owned(), b.t().as_standard_layout().into_owned());
        let a = if turned.0 {
            Matrix::new(a_t.as_slice().unwrap(), n).t()
        } else {
            Matrix::new(a.as_slice().unwrap(), d)
        };
        let b = if turned.1 {
            Matrix::new(b_t.as_slice().unwrap(), d).t()
        } else {
            Matrix::new(b.as_slice().unwrap(), m)
        };
        let mut c = Array2::from_elem((n, m), f64::NAN);
        product((n, d, m), a, b, Store::Overwrite, c.as_slice_mut().unwrap());
        prop_assert!(rounding_error(&c, &right, &terms) < 1e-14);
        let before: Array2<f64> = numbers((n, m), 3, 1.0);
        let mut c = before.clone();
        product((n, d, m), a, b, Store::Add, c.as_slice_mut().unwrap());
        prop_assert!(rounding_error(&c, &(before + &right), &(terms + 1.0)) < 1e-14);
    }
}

/// So a layer may skip zeros or not, and learns the same.
#[test]
fn up_to_depth_terms_the_product_that_skips_zeros_has_the_same_bits() {
    for (n, d, m) in [(1, 1, 8), (7, 63, 9), (20, 100, 139), (3, 65, 104), (9, DEPTH, 33)] {
        let relu = |v: f64| v.max(0.0) as f32;
        let (a, b) =
            (numbers((n, d), 1, 1.0).mapv(relu), numbers((m, d), 2, 1.0).mapv(|v| v as f32));
        let (a, b) = (a.as_slice().unwrap(), b.as_slice().unwrap());
        let (mut all, mut others) = (vec![f32::NAN; n * m], vec![0.0; n * m]);
        product((n, d, m), Matrix::new(a, d), Matrix::new(b, d).t(), Store::Overwrite, &mut all);
        add_product(Columns::new(a, d), Columns::new(b, d).t(), &mut others);
        assert_eq!(all, others, "({n}, {d}) and ({d}, {m})");
    }
}

#[test]
#[should_panic(expected = "columns 3 and on: 4 of 6")]
fn columns_that_do_not_exist_are_refused() {
    let _ = Columns::new(&[1.0; 12], 6).only(3, 4);
}

#[test]
fn a_product_over_nothing_is_zero() {
    let empty: [f64; 0] = [];
    let mut c = [1.0, 2.0];
    product((1, 0, 2), Matrix::new(&empty, 0), Matrix::new(&empty, 2), Store::Add, &mut c);
    assert_eq!(c, [1.0, 2.0]);
    product((1, 0, 2), Matrix::new(&empty, 0), Matrix::new(&empty, 2), Store::Overwrite, &mut c);
    assert_eq!(c, [0.0, 0.0]);
}

#[test]
#[should_panic(
    expected = "product: 6 numbers, 6 numbers and 8 numbers are too few for 2 by 3 by 4"
)]
fn factors_that_are_too_small_are_refused() {
    let (a, mut c) = ([1.0; 6], [0.0; 8]);
    product((2, 3, 4), Matrix::new(&a, 3), Matrix::new(&a, 4), Store::Overwrite, &mut c);
}
