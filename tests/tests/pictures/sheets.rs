//! Digits, filters, strips and confusion matrices.

use std::fs;

use common::plot::{self, Image};
use ndarray::{Array1, Array2, array};

use super::*;

#[test]
fn a_digit_is_dark_ink_on_white_in_crisp_squares() {
    let out = folder();
    let mut pixels = Array1::<f32>::zeros(784);
    pixels[0] = 1.0;
    pixels[29] = 0.5;
    plot::digit(&out.path().join("digit"), pixels.view(), "a 5").unwrap();
    let picture = read_png(&out.path().join("digit.png"));
    // Ten pixels a square, within a frame, a title row and a margin.
    assert_eq!((picture.width, picture.height), (12 + 282 + 12, 12 + 21 + 282 + 12));
    let square = |row: usize, column: usize| (13 + 10 * column, 34 + 10 * row);
    let (x, y) = square(0, 0);
    for (dx, dy) in [(0, 0), (9, 0), (0, 9), (9, 9)] {
        assert_eq!(picture.at(x + dx, y + dy), BLACK);
        let (x, y) = square(1, 1);
        let grey = picture.at(x + dx, y + dy);
        assert!(grey[0].abs_diff(127) <= 2 && grey[0] == grey[1], "{grey:?}");
        let (x, y) = square(27, 27);
        assert_eq!(picture.at(x + dx, y + dy), WHITE);
    }
    let size = fs::metadata(out.path().join("digit.png")).unwrap().len();
    assert!(size < 3000, "{size}");
}

#[test]
fn misread_digits_have_red_titles_and_the_others_dark_ones() {
    let out = folder();
    let blank = Array2::<f64>::zeros((28, 28));
    let right = [Image::predicted(&blank, 5, 5)];
    let wrong = [Image::predicted(&blank, 5, 3)];
    for (name, images, red) in [("right", &right, false), ("wrong", &wrong, true)] {
        let stem = out.path().join(name);
        plot::digits(&stem, images, 1).unwrap();
        let picture = read_png(&stem.with_extension("png"));
        assert_eq!(picture.count(RED) > 10, red, "{name}");
    }
}

#[test]
fn a_hundred_digits_are_ten_rows_of_ten() {
    let out = folder();
    let pixels = Array1::<f32>::from_elem(784, 1.0);
    let images: Vec<Image> = (0..100).map(|k| Image::predicted(&pixels, k % 10, 3)).collect();
    plot::digits(&out.path().join("grid"), &images, 10).unwrap();
    let picture = read_png(&out.path().join("grid.png"));
    assert_eq!(picture.count(BLACK), 100 * 784 * 9);
    // The last row ends where the sheet does.
    plot::digits(&out.path().join("row"), &images[..7], 10).unwrap();
    assert_eq!(read_png(&out.path().join("row.png")).count(BLACK) % (7 * 784), 0);
}

#[test]
fn filters_are_white_at_zero_blue_below_red_above_in_one_scale() {
    let out = folder();
    let images = [
        Image::new(array![[0.0, 2.0], [-2.0, 1.0]], "a"),
        Image::new(array![[0.0, 0.0], [0.0, -1.0]], "b"),
    ];
    plot::filters(&out.path().join("filters"), &images, 2).unwrap();
    let picture = read_png(&out.path().join("filters.png"));
    // Two squares of 32 a side; the second picture starts after the first.
    let cell = 66;
    let middle = |image: usize, row: usize, column: usize| {
        picture.at(13 + image * (cell + 12) + 32 * column + 16, 34 + 32 * row + 16)
    };
    let [r, g, b] = middle(0, 0, 1);
    assert!(r > g + 50 && r > b + 50, "the largest is red: {:?}", [r, g, b]);
    let [r, g, b] = middle(0, 1, 0);
    assert!(b > r + 50, "the least is blue: {:?}", [r, g, b]);
    assert_eq!(middle(0, 0, 0), WHITE);
    assert_eq!(middle(1, 0, 0), WHITE);
    // Half the scale is paler, and -1 means the same in both.
    let half = middle(0, 1, 1);
    assert!(half[1] > middle(0, 0, 1)[1]);
    let pale = middle(1, 1, 1);
    assert!(pale[2] > pale[0] && pale[0] > middle(0, 1, 0)[0]);
}

#[test]
fn a_strip_shows_stages_of_several_sizes_side_by_side() {
    let out = folder();
    let stages = [
        Image::new(Array2::<f32>::from_elem((28, 28), 1.0), "raw"),
        Image::new(Array2::<f32>::from_elem((24, 24), -1.5), "convolved").signed(),
        Image::new(Array2::<f32>::zeros((12, 12)), "pooled").signed(),
    ];
    plot::strip(&out.path().join("strip"), &stages).unwrap();
    let picture = read_png(&out.path().join("strip.png"));
    let squares = picture.count(BLACK);
    assert_eq!(squares % 784, 0);
    let side = squares / 784;
    // All of the second stage is the darkest blue, which the bar also shows.
    assert!(picture.count([0, 40, 85]) >= 24 * 24 * side);
}

#[test]
fn pictures_of_odd_numbers_are_drawn_all_the_same() {
    let out = folder();
    let odd = array![[f64::NAN, f64::INFINITY], [f64::NEG_INFINITY, 1e300]];
    let zeros = Array2::<f32>::zeros((3, 40));
    for (k, image) in [Image::new(&odd, "odd"), Image::new(&zeros, "zeros")].iter().enumerate() {
        let stem = out.path().join(format!("odd-{k}"));
        plot::digits(&stem, std::slice::from_ref(image), 0).unwrap();
        plot::filters(&stem, std::slice::from_ref(image), usize::MAX).unwrap();
        plot::strip(&stem, &[image.clone(), image.clone().signed()]).unwrap();
    }
    for name in ["none", "none-of-none"] {
        plot::digits(&out.path().join(name), &[], 0).unwrap();
        plot::strip(&out.path().join(name), &[]).unwrap();
    }
    let largest = Array2::<u8>::from_elem((28, 28), 255);
    plot::digit(&out.path().join("bytes"), &largest, "bytes").unwrap();
    assert_eq!(read_png(&out.path().join("bytes.png")).count(BLACK), 280 * 280);
}

#[test]
fn a_picture_that_is_no_rectangle_is_refused_by_name() {
    let out = folder();
    let stem = out.path().join("digit");
    let error = plot::digit(&stem, Array1::<f32>::zeros(785), "a 5").unwrap_err().to_string();
    assert!(error.contains("digit.png: the picture \"a 5\" is a row of 785 numbers"), "{error}");
    let error = plot::digit(&stem, Array2::<f32>::zeros((0, 28)), "a 5").unwrap_err().to_string();
    assert!(error.contains("digit.png") && error.contains("no pixels"), "{error}");
    let error = plot::digit(&stem, Array2::<f32>::zeros((2, 5000)), "a 5").unwrap_err().to_string();
    assert!(error.contains("digit.png") && error.contains("2 by 5000"), "{error}");
    assert!(!out.path().join("digit.png").exists());
}

#[test]
fn a_confusion_matrix_is_blue_where_right_and_red_where_wrong() {
    let out = folder();
    let counts = array![[1234, 0, 0], [9, 40, 1], [0, 0, 50]];
    let stem = out.path().join("confusion");
    plot::confusion(&stem, &counts, &["setosa", "versicolor", "virginica"]).unwrap();
    let svg = stem.with_extension("svg");
    for text in [
        "1\u{202f}324 of 1\u{202f}334 right (99.25 %)",
        "read as",
        "is really",
        "versicolor",
        "1\u{202f}234",
        "80.0 %",
    ] {
        says(&svg, text);
    }
    assert!(!texts(&svg).contains(&"0".to_owned()), "zero is an empty cell");
    let picture = read_png(&stem.with_extension("png"));
    // Nine tenths of the way to blue: all of setosa was right.
    let blue = [26, 133, 194];
    assert!(picture.count(blue) > 2000, "{}", picture.count(blue));
    assert!(picture.pixels.iter().any(|&[r, g, b]| r > 200 && g < 160 && b < 140));
}

#[test]
fn a_confusion_matrix_of_the_wrong_shape_is_refused_by_name() {
    let out = folder();
    let stem = out.path().join("confusion");
    let counts = Array2::zeros((3, 4));
    let error = plot::confusion(&stem, &counts, &["a", "b", "c"]).unwrap_err().to_string();
    assert!(error.contains("confusion.svg") && error.contains("3 rows, 4 columns"), "{error}");
    let error = plot::confusion(&stem, &Array2::zeros((0, 0)), &[]).unwrap_err().to_string();
    assert!(error.contains("0 rows"), "{error}");
    plot::confusion(&stem, &Array2::zeros((2, 2)), &["a", "b"]).unwrap();
    says(&stem.with_extension("svg"), "Nothing was read");
}
