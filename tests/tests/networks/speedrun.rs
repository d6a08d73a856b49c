//! Lesson 15: crops, easy images, Muon, and that a rung changes one thing.

use std::collections::BTreeSet;

use common::{Float, dot, seeded};
use deep_cnn::layers::IMAGE;
use deep_cnn::{Layers, Network};
use ndarray::{Array2, s};
use referee::numbers;
use speedrun::muon::orthogonal;
use speedrun::random_crop::random_crop;
use speedrun::recipe::{LADDER, LONG, Recipe, TRIED};
use speedrun::selective_backprop::Confidence;

fn array(shape: (usize, usize), salt: u64) -> Array2<Float> {
    numbers(shape, salt, 1.0).mapv(|v| v as Float)
}

/// The pixels from `(top, left)`, zeros outside of the image.
fn plain_crop(image: &Array2<Float>, size: usize, top: isize, left: isize) -> Array2<Float> {
    Array2::from_shape_fn((size, size), |(i, j)| {
        let [i, j] = [top + i as isize, left + j as isize].map(|at| usize::try_from(at).ok());
        i.zip(j).and_then(|at| image.get(at)).copied().unwrap_or(0.0)
    })
}

#[test]
fn a_crop_is_the_middle_or_up_to_a_shift_beside_it() {
    let x = array((3, 784), 1);
    let image = |row: usize| x.row(row).to_owned().into_shape_with_order((28, 28)).unwrap();
    for (size, shift) in [(24, 0), (24, 1), (20, 3), (28, 1), (27, 2)] {
        let rows: Vec<usize> = (0..300).map(|k| [2, 0, 1][k % 3]).collect();
        let crops = random_crop(&x, &rows, size, shift, &mut seeded(1));
        let (middle, shift) = (((28 - size) / 2) as isize, shift as isize);
        let mut seen = BTreeSet::new();
        for (crop, &row) in crops.rows().into_iter().zip(&rows) {
            let crop = crop.to_owned().into_shape_with_order((size, size)).unwrap();
            let places = (-shift..=shift).flat_map(|i| (-shift..=shift).map(move |j| (i, j)));
            let image = image(row);
            let is_it =
                |(i, j): &(isize, isize)| plain_crop(&image, size, middle + i, middle + j) == crop;
            seen.insert(places.into_iter().find(is_it).expect("a crop of this image"));
        }
        assert_eq!(seen.len(), (2 * shift as usize + 1).pow(2), "every shift, {size} {shift}");
    }
}

#[test]
fn easy_images_give_no_gradient_and_miss_one_epoch() {
    let mut confidence = Confidence::new(5);
    let y = ndarray::array![[0.995, 0.005], [0.3, 0.7], [0.01, 0.99], [0.02, 0.98]];
    let t = ndarray::array![[0.95, 0.05], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0]]; // one is smoothed
    let (y, t) = (y.mapv(|v: f64| v as Float), t.mapv(|v: f64| v as Float));
    let mut dz = Array2::from_elem((4, 2), 1.0 as Float);
    confidence.update(&[4, 0, 2, 1], (&y, &t), &mut dz, 0.99 - 1e-7);
    assert_eq!(dz.sum_axis(ndarray::Axis(1)).to_vec(), [0.0, 2.0, 0.0, 2.0]);
    let mut epoch = |above: f64| {
        let mut images = confidence.next_epoch(above, 2, &mut seeded(1)).concat();
        images.sort();
        images
    };
    assert_eq!(epoch(0.99 - 1e-7), [0, 1, 3]); // 2 and 4 were easy
    assert_eq!(epoch(0.99 - 1e-7), [0, 1, 2, 3, 4]); // and have a turn again
    assert_eq!(epoch(2.0), [0, 1, 2, 3, 4]);
}

#[test]
fn an_image_without_a_gradient_adds_nothing() {
    let layers: Layers = "conv4x5,pool2,conv6x3,pool2,20".parse().unwrap();
    let x = numbers((25, 784), 1, 1.0);
    let mut dz = numbers((25, 10), 2, 1.0);
    let hard: Vec<usize> = (0..25).filter(|n| n % 3 == 1).collect();
    for n in (0..25).filter(|n| !hard.contains(n)) {
        dz.row_mut(n).fill(0.0);
    }
    let gradients = |x: &Array2<f64>, dz: &Array2<f64>| {
        let mut network = Network::new(&layers, IMAGE, 10, 25, &mut seeded(1)).unwrap();
        network.forward(x);
        network.backward(x, dz);
        network.dw
    };
    let rows = |a: &Array2<f64>| a.select(ndarray::Axis(0), &hard);
    let (all, few) = (gradients(&x, &dz), gradients(&rows(&x), &rows(&dz)));
    for (k, (a, b)) in all.iter().zip(&few).enumerate() {
        assert!((a - b).abs() <= 1e-12 * b.abs().max(1.0), "parameter {k}: {a} and {b}");
    }
    assert!(few.iter().filter(|d| **d != 0.0).count() > few.len() / 2);
}

#[test]
fn muon_makes_all_singular_values_near_one_and_keeps_the_directions() {
    // A rotation of a diagonal matrix has the diagonal as singular values.
    let rotation = |n: usize, angle: Float| {
        let mut q = Array2::<Float>::eye(n);
        for i in 0..n - 1 {
            let mut plane = Array2::eye(n);
            let (sin, cos) = (angle + i as Float).sin_cos();
            plane
                .slice_mut(s![i..i + 2, i..i + 2])
                .assign(&ndarray::array![[cos, -sin], [sin, cos]]);
            q = dot(&plane, &q);
        }
        q
    };
    for (n, m) in [(8, 25), (24, 72), (30, 10), (12, 12), (1, 7)] {
        let values: Vec<Float> = (0..n.min(m)).map(|k| 3.0 / (1.0 + k as Float)).collect();
        let mut diagonal = Array2::zeros((n, m));
        for (k, &v) in values.iter().enumerate() {
            diagonal[[k, k]] = v;
        }
        let (left, right) = if n > 1 {
            (rotation(n, 0.3), rotation(m, 0.8))
        } else {
            (Array2::eye(n), rotation(m, 0.8))
        };
        let u = dot(&dot(&left, &diagonal), &right);
        let turned_back = dot(&dot(&left.t(), &orthogonal(&u)), &right.t());
        for ((i, j), &v) in turned_back.indexed_iter() {
            match i == j {
                true => assert!((0.6..1.3).contains(&v), "{n} by {m}, singular value {i}: {v}"),
                false => assert!(v.abs() < 2e-3, "{n} by {m}, ({i}, {j}): {v}"),
            }
        }
        // Its transpose is the transpose's.
        let transposed = orthogonal(&u.t());
        assert!((&transposed.t() - &orthogonal(&u)).iter().all(|d| d.abs() < 2e-3));
    }
    assert!(orthogonal(&Array2::zeros((3, 5))).iter().all(|v| *v == 0.0));
    assert!(orthogonal(&Array2::from_elem((3, 5), Float::NAN)).iter().all(|v| v.is_nan()));
}

/// Which settings differ, but for the rate and the epochs, which follow.
fn changes(a: &Recipe, b: &Recipe) -> Vec<&'static str> {
    let differ = [
        ("layers", a.layers != b.layers),
        ("batch_size", a.batch_size != b.batch_size),
        ("method", a.method != b.method),
        ("momentum", a.momentum != b.momentum),
        ("one_cycle", a.one_cycle != b.one_cycle),
        ("crop", a.crop != b.crop),
        ("shift", a.shift != b.shift),
        ("skip_above", a.skip_above != b.skip_above),
        ("leave_out_above", a.leave_out_above != b.leave_out_above),
        ("muon", a.muon != b.muon),
        ("smoothing", a.smoothing != b.smoothing),
        ("average", a.average != b.average),
        ("output_scale", a.output_scale != b.output_scale),
    ];
    differ.iter().filter(|(_, differs)| *differs).map(|(name, _)| *name).collect()
}

#[test]
fn every_rung_changes_one_thing() {
    let changed = LADDER.windows(2).map(|two| changes(&two[0].recipe, &two[1].recipe));
    let one = |name| vec![name];
    let expected = [
        one("method"),
        one("one_cycle"),
        one("layers"),
        one("layers"),
        vec!["layers", "crop"], // rows of eight need both
        one("shift"),
        one("skip_above"),
        one("leave_out_above"),
    ];
    assert_eq!(changed.collect::<Vec<_>>(), expected);
    let last = LADDER[LADDER.len() - 1].recipe;
    assert_eq!(changes(&last, &LONG.recipe), ["layers"]);
    assert_eq!(TRIED[0].recipe, last);
    for rung in &TRIED[1..] {
        let same_rate = rung.recipe.rate == last.rate;
        let changed = changes(&last, &rung.recipe);
        assert!(changed.len() == 1 || !same_rate && changed.is_empty(), "{}", rung.change);
        assert!(rung.recipe.layers.parse::<Layers>().is_ok(), "{}", rung.change);
    }
}
