//! Digits drawn anew: the same for any number of threads, others in every epoch,
//! and still digits.

use deep_cnn::augment::{Augment, Distorter};
use ndarray::{Array2, Axis};

const NONE: Augment =
    Augment { shift: 0.0, rotation: 0.0, scale: 0.0, elastic: 0.0, sigma: 4.0, noise: 0.0 };

fn digits(n: usize) -> Array2<f32> {
    let drawn = datasets::digits::draw(1, 0, n);
    Array2::from_shape_fn((n, 784), |(i, p)| f32::from(drawn.images[[i, p / 28, p % 28]]) / 255.0)
}

fn draw(amount: Augment, seed: u64, x: &Array2<f32>, rows: &[usize], epoch: usize) -> Array2<f32> {
    let mut to = Array2::from_elem((rows.len(), 784), f32::NAN);
    Distorter::new(amount, seed).draw(x, rows, epoch, &mut to);
    to
}

#[test]
fn with_nothing_to_do_the_images_stay() {
    let x = digits(20);
    let rows: Vec<usize> = (0..20).rev().collect();
    let same = draw(NONE, 1, &x, &rows, 3);
    assert_eq!(same, x.select(Axis(0), &rows));
}

#[test]
fn an_image_follows_from_seed_epoch_and_number_alone() {
    let x = digits(100);
    let all: Vec<usize> = (0..100).collect();
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| draw(Augment::default(), 1, &x, &all, 2))
    };
    let together = run(1);
    assert_eq!(together, run(3));
    let alone = draw(Augment::default(), 1, &x, &[42], 2);
    assert_eq!(alone.row(0), together.row(42));
    // Anything else gives other images.
    assert_ne!(alone, draw(Augment::default(), 1, &x, &[42], 3));
    assert_ne!(alone, draw(Augment::default(), 2, &x, &[42], 2));
    let twins = x.select(Axis(0), &[7, 7]);
    let twins = draw(Augment::default(), 1, &twins, &[0, 1], 0);
    assert_ne!(twins.row(0), twins.row(1));
}

#[test]
fn each_distortion_does_something_and_keeps_the_values_in_range() {
    let x = digits(200);
    let rows: Vec<usize> = (0..200).collect();
    let one = |amount: Augment| {
        let drawn = draw(amount, 5, &x, &rows, 0);
        assert!(drawn.iter().all(|v| (0.0..=1.0).contains(v)));
        (&drawn - &x).mapv(f32::abs).sum() / 200.0
    };
    let full = Augment::default();
    for (name, amount) in [
        ("shift", Augment { shift: full.shift, ..NONE }),
        ("rotation", Augment { rotation: full.rotation, ..NONE }),
        ("scale", Augment { scale: full.scale, ..NONE }),
        ("elastic", Augment { elastic: full.elastic, ..NONE }),
        ("noise", Augment { noise: full.noise, ..NONE }),
    ] {
        let changed = one(amount);
        let ink = x.sum() / 200.0;
        assert!(changed > 0.02 * ink && changed < 1.5 * ink, "{name}: {changed} of {ink}");
    }
}

#[test]
fn on_average_a_digit_stays_where_it_is_and_keeps_its_ink() {
    let x = digits(1).select(Axis(0), &[0; 2000]);
    let rows: Vec<usize> = (0..2000).collect();
    let amount = Augment { shift: 2.0, noise: 0.0, ..Augment::default() };
    let drawn = draw(amount, 1, &x, &rows, 0);
    let centre = |row: ndarray::ArrayView1<f32>| {
        let sum = row.sum();
        let mean = |at: fn(usize) -> usize| {
            row.iter().enumerate().map(|(p, v)| at(p) as f32 * v).sum::<f32>() / sum
        };
        (mean(|p| p / 28), mean(|p| p % 28), sum)
    };
    let (row, column, ink) = centre(x.row(0));
    let all: Vec<_> = drawn.rows().into_iter().map(centre).collect();
    let mean = |pick: fn(&(f32, f32, f32)) -> f32| all.iter().map(pick).sum::<f32>() / 2000.0;
    assert!((mean(|c| c.0) - row).abs() < 0.2 && (mean(|c| c.1) - column).abs() < 0.2);
    assert!((mean(|c| c.2) / ink - 1.0).abs() < 0.05, "{} {ink}", mean(|c| c.2));
    let spread = all.iter().map(|c| (c.0 - row).powi(2)).sum::<f32>() / 2000.0;
    // A shift from -2 to 2 alone has the variance 4/3; elastic moves all a little.
    assert!((1.0..2.5).contains(&spread), "{spread}");
}
