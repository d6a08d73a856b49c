//! Fisher's flowers as the loader gives them.

use std::fs;

use datasets::iris;
use ndarray::array;

#[test]
fn there_are_fifty_flowers_of_each_species() {
    let flowers = iris::<f64>(None).unwrap();
    assert_eq!(flowers.x.dim(), (150, 4));
    assert_eq!(flowers.t.dim(), (150, 3));
    assert_eq!(flowers.names, ["setosa", "versicolor", "virginica"]);
    for species in 0..3 {
        let count = flowers.labels.iter().filter(|&&l| l == species).count();
        assert_eq!(count, 50);
    }
}

#[test]
fn lengths_have_fishers_means() {
    // The means that Fisher's paper prints, in centimetres (table II).
    let published = array![
        [5.006, 3.428, 1.462, 0.246],
        [5.936, 2.770, 4.260, 1.326],
        [6.588, 2.974, 5.552, 2.026],
    ];
    let flowers = iris::<f64>(None).unwrap();
    let means = flowers.t.t().dot(&flowers.x) / 50.0; // (3, 150)(150, 4)
    let off = (means - published).mapv(f64::abs);
    assert!(off.iter().all(|&off| off < 1e-12), "{off}");
}

#[test]
fn one_hot_rows_say_what_the_labels_say() {
    let flowers = iris::<f32>(None).unwrap();
    for (row, &label) in flowers.t.rows().into_iter().zip(&flowers.labels) {
        let expected: Vec<f32> = (0..3).map(|i| if i == label { 1.0 } else { 0.0 }).collect();
        assert_eq!(row.to_vec(), expected);
    }
}

#[test]
fn columns_may_come_in_any_order_with_spaces_and_windows_line_ends() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("flowers.csv");
    let text = "species, petal_width, petal_length, sepal_width, sepal_length\r\n\
                virginica, 1.8, 5.1, 3.0, 5.9\r\n\r\nsetosa, 0.2, 1.4, 3.5, 5.1\r\n";
    fs::write(&path, text).unwrap();
    let flowers = iris::<f64>(Some(&path)).unwrap();
    assert_eq!(flowers.x, array![[5.9, 3.0, 5.1, 1.8], [5.1, 3.5, 1.4, 0.2]]);
    assert_eq!(flowers.t, array![[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]);
    assert_eq!(flowers.labels, array![2, 0]);
}

#[test]
fn a_missing_file_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("none.csv");
    let error = iris::<f64>(Some(&path)).unwrap_err();
    let expected = format!("{}: there is no such file; check the name", path.display());
    assert_eq!(error.to_string(), expected);
}

#[test]
fn a_table_that_is_far_too_long_is_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("flowers.csv");
    fs::File::create(&path).unwrap().set_len(1 << 36).unwrap(); // 64 GB without an end of line
    let error = iris::<f64>(Some(&path)).unwrap_err();
    let fault = "is 68719476736 bytes long, too long for a table of flowers";
    let cure = "give one of at most 16777216 bytes";
    assert_eq!(error.to_string(), format!("{}: {fault}; {cure}", path.display()));
}
