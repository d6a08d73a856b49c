//! Digits drawn anew: the same for any number of threads, others in every epoch,
//! and still digits.

use common::seeded;
use datasets::augment::{Augment, Distorter, Field};
use datasets::augment::{add_smooth, gaussian, interpolate, uniform};
use datasets::images::SIDE;
use ndarray::{Array2, Axis};

const NONE: Augment =
    Augment { shift: 0.0, rotation: 0.0, scale: 0.0, elastic: 0.0, sigma: 4.0, noise: 0.0 };

fn digits(n: usize) -> Array2<f32> {
    let drawn = datasets::digits::draw(1, 0, n);
    Array2::from_shape_fn((n, 784), |(i, p)| f32::from(drawn.images[[i, p / 28, p % 28]]) / 255.0)
}

fn draw(amount: Augment, seed: u64, x: &Array2<f32>, rows: &[usize], epoch: usize) -> Array2<f32> {
    Distorter::new(amount, seed).distort(x, rows, epoch)
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

const STILL: Field = [[0.0; SIDE]; SIDE];
const UPRIGHT: [[f32; 2]; 2] = [[1.0, 0.0], [0.0, 1.0]];

fn picture() -> Vec<f64> {
    (0..SIDE * SIDE).map(|p| ((p * 37 + p / 5) % 101) as f64 / 100.0).collect()
}

fn moved(x: &[f64], a: [[f32; 2]; 2], di: &Field, dj: &Field) -> Vec<f64> {
    let mut to = vec![9.0; SIDE * SIDE];
    interpolate(x, &a, di, dj, &mut to);
    to
}

#[test]
fn whole_pixels_are_moved_as_they_are() {
    let x = picture();
    assert_eq!(moved(&x, UPRIGHT, &STILL, &STILL), x);
    let (down, across) = ([[3.0; SIDE]; SIDE], [[-2.0; SIDE]; SIDE]);
    for (p, &moved) in moved(&x, UPRIGHT, &down, &across).iter().enumerate() {
        let (i, j) = (p / SIDE + 3, (p % SIDE).wrapping_sub(2));
        let from = if i < SIDE && j < SIDE { x[i * SIDE + j] } else { 0.0 };
        assert_eq!(moved, from);
    }
    let far = [[1e6; SIDE]; SIDE];
    assert!(moved(&x, UPRIGHT, &far, &STILL).iter().all(|&v| v == 0.0));
}

#[test]
fn half_a_pixel_is_the_mean_of_two() {
    let x = picture();
    let half = [[0.5; SIDE]; SIDE];
    let moved = moved(&x, UPRIGHT, &STILL, &half);
    for p in (0..SIDE * SIDE).filter(|p| p % SIDE < SIDE - 1) {
        assert!((moved[p] - (x[p] + x[p + 1]) / 2.0).abs() < 1e-15);
    }
}

#[test]
fn a_quarter_turn_is_exact() {
    let x = picture();
    let turned = moved(&x, [[0.0, 1.0], [-1.0, 0.0]], &STILL, &STILL);
    for (p, &v) in turned.iter().enumerate() {
        assert_eq!(v, x[p % SIDE * SIDE + (SIDE - 1 - p / SIDE)]);
    }
}

#[test]
fn smoothing_is_a_convolution_with_a_gaussian() {
    let u = uniform(&mut seeded(2));
    let mut d = STILL;
    add_smooth(&gaussian(2.0), 10.0, &u, &mut d);
    let bell = |a: usize, b: usize| (-((a as f64 - b as f64) / 2.0).powi(2) / 2.0).exp();
    let sum: f64 = 2.0 * std::f64::consts::PI * 4.0; // of the bell in two dimensions
    for (i, j) in [(0, 0), (3, 20), (14, 14), (27, 1)] {
        let mut direct = 0.0;
        for (k, row) in u.iter().enumerate() {
            for (l, &u) in row.iter().enumerate() {
                direct += 10.0 * bell(i, k) * bell(j, l) * f64::from(u) / sum;
            }
        }
        assert!((f64::from(d[i][j]) - direct).abs() < 1e-5, "{} {direct}", d[i][j]);
    }
}

#[test]
fn the_papers_alpha_moves_a_pixel_by_what_the_docstring_says() {
    let g = gaussian(Augment::default().sigma);
    let mut rng = seeded(3);
    let mut squares = 0.0;
    for _ in 0..2000 {
        let mut d = STILL;
        add_smooth(&g, 34.0, &uniform(&mut rng), &mut d);
        squares += f64::from(d[14][14]).powi(2) / 2000.0;
    }
    // The variance of u is 1/3, and the sum of the squared weights 1 / (4 pi sigma^2).
    let theory = 34.0 / (3.0f64 * 4.0 * std::f64::consts::PI * 16.0).sqrt();
    assert!((theory - 1.4).abs() < 0.05 && (squares.sqrt() - theory).abs() < 0.1);
}
