//! The product into memory that is there: `common::dot` for every shape around
//! its tiles, and no dependence on what lay there before.

use cnn_im2col::fast::product::{Matrix, Store, product};
use common::check::relative_error;
use common::dot;
use ndarray::Array2;
use proptest::prelude::*;
use referee::numbers;

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
        let right = dot(&a, &b);
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
        prop_assert!(relative_error(&c, &right) < 1e-13);
        let before: Array2<f64> = numbers((n, m), 3, 1.0);
        let mut c = before.clone();
        product((n, d, m), a, b, Store::Add, c.as_slice_mut().unwrap());
        prop_assert!(relative_error(&c, &(before + &right)) < 1e-13);
    }
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
