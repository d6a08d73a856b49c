//! What the page "From NumPy to ndarray" shows: its Rust is this file, and its
//! Python is run by NumPy itself.

use std::fs;
use std::process::Command;

use common::seeded;
use ndarray::{Array1, Array2, Axis, Zip, array, concatenate, s};
use ndarray_rand::RandomExt;
use ndarray_rand::rand_distr::StandardNormal;
use referee::pages::{pages, parts};

#[test]
fn an_array_and_its_shape() {
    let x = array![[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]; // Array2<f64>, (2, 3)
    assert_eq!(x.dim(), (2, 3)); // a tuple of two numbers, by its type
    assert_eq!(x.shape(), [2, 3]); // the same as a slice
    assert_eq!((x.nrows(), x.ncols(), x.len()), (2, 3, 6));
    assert_eq!(x[[0, 2]], 3.0);
    assert_eq!(Array2::<f64>::zeros((2, 3)).sum(), 0.0);
    assert_eq!(Array1::linspace(0.0, 1.0, 5), array![0.0, 0.25, 0.5, 0.75, 1.0]);
}

#[test]
fn one_operation_for_each_element() {
    let x = array![[1.0f64, 2.0, 3.0], [4.0, 5.0, 6.0]]; // (2, 3)
    let y = &x + 1.0; // & : x can still be used afterwards
    let z = &x * &y; // element by element, not the matrix product
    assert_eq!(z, array![[2.0, 6.0, 12.0], [20.0, 30.0, 42.0]]);
    assert_eq!(x.mapv(f64::sqrt)[[1, 0]], 2.0); // any function of an element
    let y = y / 2.0; // no & : y is moved, and its memory is reused
    assert_eq!(y.row(0), array![1.0, 1.5, 2.0]);
}

#[test]
fn products_of_matrices() {
    let x = array![[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]; // (2, 3)
    let w = array![[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]; // (3, 2)
    assert_eq!(x.dot(&w), array![[4.0, 5.0], [10.0, 11.0]]); // (2, 2) = (2, 3)(3, 2)
    assert_eq!(x.t().dim(), (3, 2)); // a view; nothing is moved
}

#[test]
fn sums_along_an_axis() {
    let x = array![[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]; // (2, 3)
    assert_eq!(x.sum_axis(Axis(0)), array![5.0, 7.0, 9.0]); // (3,): the rows are gone
    assert_eq!(x.sum_axis(Axis(1)), array![6.0, 15.0]); // (2,): the columns are gone
    let kept = x.sum_axis(Axis(1)).insert_axis(Axis(1)); // (2, 1), as keepdims leaves it
    assert_eq!(&x / &kept, array![[1.0 / 6.0, 2.0 / 6.0, 0.5], [4.0 / 15.0, 1.0 / 3.0, 0.4]]);
}

#[test]
fn a_row_is_stretched_over_the_rows() {
    let x = array![[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]; // (2, 3)
    let b = array![[10.0, 20.0, 30.0]]; // (1, 3)
    assert_eq!(&x + &b, array![[11.0, 22.0, 33.0], [14.0, 25.0, 36.0]]);
}

#[test]
fn the_trap_of_a_column_and_a_vector() {
    let y = array![[1.0], [2.0], [3.0]]; // (3, 1): the outputs of a network with one output
    let t = array![1.0, 2.0, 3.0]; // (3,): the targets
    let wrong = &y - &t; // (3, 3): a column against a row, without a warning
    assert_eq!(wrong.dim(), (3, 3));
    assert_eq!(wrong.mapv(|d| d * d).mean(), Some(4.0 / 3.0)); // and every output was right

    let t = t.insert_axis(Axis(1)); // (3, 1)
    assert_eq!((&y - &t).mapv(|d| d * d).mean(), Some(0.0));
}

#[test]
#[should_panic = "could not broadcast array from shape: [3, 3] to: [3, 1]"]
fn in_place_the_left_side_keeps_its_shape() {
    let mut y = array![[1.0], [2.0], [3.0]]; // (3, 1)
    let t = Array2::<f64>::zeros((3, 3));
    y -= &t; // NumPy reports an error here too
}

#[test]
fn a_slice_is_a_view_until_it_is_copied() {
    let mut x = array![[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]; // (2, 3)
    let copy = x.slice(s![.., 1..]).to_owned(); // (2, 2), with its own memory
    let mut view = x.slice_mut(s![.., 1..]); // (2, 2), in the memory of x
    view *= 10.0;
    assert_eq!(x, array![[1.0, 20.0, 30.0], [4.0, 50.0, 60.0]]);
    assert_eq!(copy, array![[2.0, 3.0], [5.0, 6.0]]);
    assert_eq!(x.row(1).sum(), 114.0); // a row is a view as well
    assert_eq!(x.slice(s![..;-1, 0]), array![4.0, 1.0]); // x[::-1, 0]
}

#[test]
fn another_shape_for_the_same_numbers() {
    let x = Array1::from_iter(0..6); // (6,)
    let x = x.into_shape_with_order((2, 3)).unwrap(); // row by row; nothing is moved
    assert_eq!(x, array![[0, 1, 2], [3, 4, 5]]);
    // A transpose does not lie row by row in memory: to_shape copies where it must.
    assert_eq!(x.t().to_shape(6).unwrap(), array![0, 3, 1, 4, 2, 5]);
}

#[test]
fn rows_by_number_and_arrays_side_by_side() {
    let x = array![[1, 2], [3, 4], [5, 6]]; // (3, 2)
    assert_eq!(x.select(Axis(0), &[2, 0, 2]), array![[5, 6], [1, 2], [5, 6]]); // x[[2, 0, 2]]
    let ones = Array2::ones((3, 1));
    assert_eq!(concatenate![Axis(1), x, ones].dim(), (3, 3)); // np.hstack
}

#[test]
fn the_largest_of_a_row() {
    let y = array![[0.1, 0.7, 0.2], [0.5, 0.2, 0.3]]; // (2, 3)
    assert_eq!(common::metric::predict(&y), array![1, 0]); // y.argmax(axis=1)
    assert_eq!(y.fold(f64::NEG_INFINITY, |most, &y| most.max(y)), 0.7); // y.max()
}

#[test]
fn several_arrays_in_one_walk() {
    let (z, dh) = (array![[-1.0, 2.0]], array![[5.0, 6.0]]); // (1, 2), (1, 2)
    let dz = Zip::from(&z).and(&dh).map_collect(|&z, &dh| if z > 0.0 { dh } else { 0.0 });
    assert_eq!(dz, array![[0.0, 6.0]]); // np.where(z > 0, dh, 0)
}

#[test]
fn a_generator_is_handed_on() {
    let mut rng = seeded(1);
    let w: Array2<f64> = Array2::random_using((3, 2), StandardNormal, &mut rng); // N(0, 1)
    let again: Array2<f64> = Array2::random_using((3, 2), StandardNormal, &mut seeded(1));
    assert_eq!(w, again); // the same seed, the same numbers
    let next: Array2<f64> = Array2::random_using((3, 2), StandardNormal, &mut rng);
    assert_ne!(w, next); // the generator has moved on
}

// == Exercises ==

/// Each row minus its mean, divided by its standard deviation: `(N, M)`.
fn standardised(x: &Array2<f64>) -> Array2<f64> {
    let mean = x.mean_axis(Axis(1)).expect("at least one column").insert_axis(Axis(1)); // (N, 1)
    let sd = x.std_axis(Axis(1), 0.0).insert_axis(Axis(1)); // (N, 1)
    (x - &mean) / &sd // (N, M) - (N, 1), / (N, 1)
}

#[test]
fn rows_are_standardised_each_by_itself() {
    let x = array![[1.0, 2.0, 3.0], [10.0, 20.0, 60.0]];
    let z = standardised(&x);
    for row in z.rows() {
        assert!(row.sum().abs() < 1e-12 && (row.std(0.0) - 1.0).abs() < 1e-12);
    }
}

/// One-hot rows of `classes` columns: `np.eye(classes)[labels]`.
fn one_hot(labels: &[usize], classes: usize) -> Array2<f64> {
    Array2::eye(classes).select(Axis(0), labels)
}

#[test]
fn one_hot_rows_are_rows_of_the_unit_matrix() {
    assert_eq!(one_hot(&[2, 0], 3), array![[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]);
}

/// The squared distance of each row of `a (N, D)` from each of `b (M, D)`:
/// `(N, M)`, without a loop: `|a|^2 - 2 a bT + |b|^2`.
fn distances(a: &Array2<f64>, b: &Array2<f64>) -> Array2<f64> {
    let square = |x: &Array2<f64>| x.mapv(|x| x * x).sum_axis(Axis(1));
    let (a2, b2) = (square(a).insert_axis(Axis(1)), square(b).insert_axis(Axis(0))); // (N, 1), (1, M)
    a2 - 2.0 * a.dot(&b.t()) + b2 // a column against a row, this time on purpose
}

#[test]
fn distances_of_all_rows_from_all_rows() {
    let a = array![[0.0, 0.0], [3.0, 4.0]];
    let b = array![[3.0, 4.0], [0.0, 1.0], [1.0, 0.0]];
    assert_eq!(distances(&a, &b), array![[25.0, 1.0, 1.0], [0.0, 18.0, 20.0]]);
}

// == The page's Python ==

/// NumPy prints what the page shows.
#[test]
fn numpy_says_what_the_page_says() {
    let python = std::env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let numpy = Command::new(&python).args(["-c", "import numpy"]).output();
    if !numpy.is_ok_and(|output| output.status.success()) {
        assert!(std::env::var_os("PYTHON").is_none(), "{python} has no NumPy");
        eprintln!("SKIPPED numpy_says_what_the_page_says: {python} has no NumPy; set PYTHON");
        return;
    }
    let found: Vec<_> = ["en", "ja"]
        .iter()
        .flat_map(|language| pages(language))
        .filter(|page| page.ends_with("00-numpy-to-ndarray.md"))
        .collect();
    assert!(!found.is_empty());
    for page in found {
        let page = parts(&fs::read_to_string(page).unwrap());
        let sessions = page.blocks.iter().filter(|block| block.language == "python");
        let text: String = sessions.map(|block| format!("{}\n\n", block.text)).collect();
        assert!(text.matches(">>> ").count() > 20, "{text}");
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), text).unwrap();
        let output =
            Command::new(&python).args(["-m", "doctest"]).arg(file.path()).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{said}");
    }
}
