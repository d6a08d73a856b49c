//! The built-in digits: the same bits everywhere, laid out as MNIST is.

use datasets::digits::{Digits, draw};
use ndarray::Axis;
use sha2::{Digest, Sha256};

const SEED: u64 = 1;
const TRAIN: u64 = 0;
const TEST: u64 = 1;

/// SHA-256 of images, then labels, as bytes.
fn digest(drawn: &Digits) -> String {
    let bytes = drawn.images.iter().chain(&drawn.labels);
    let hash = Sha256::digest(bytes.copied().collect::<Vec<u8>>());
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn draw_on(threads: usize, n: usize) -> Digits {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
    let pool = pool.build().expect("a small pool can be built");
    pool.install(|| draw(SEED, TRAIN, n))
}

#[test]
fn the_first_thousand_digits_are_the_same_bits_on_every_machine() {
    assert_eq!(
        digest(&draw(SEED, TRAIN, 1000)),
        "9617b95f070e1d18c7cc85e56e3ebf0b1466f9a00ecee10a3fda92fa628e59c5",
        "the digits have changed: if that was meant, raise digits::VERSION and pin the new sum"
    );
}

#[test]
fn one_thread_and_two_draw_the_same_bits() {
    assert_eq!(digest(&draw_on(1, 500)), digest(&draw_on(2, 500)));
}

#[test]
fn a_longer_draw_begins_with_the_shorter_one() {
    let short = draw(SEED, TRAIN, 100);
    let long = draw(SEED, TRAIN, 300);
    assert_eq!(long.images.slice_axis(Axis(0), (..100).into()), short.images);
    assert_eq!(long.labels.slice_axis(Axis(0), (..100).into()), short.labels);
}

#[test]
fn other_seeds_and_other_streams_draw_other_digits() {
    let drawn = [(SEED, TRAIN), (SEED, TEST), (SEED + 1, TRAIN), (SEED + 1, TEST)]
        .map(|(seed, stream)| draw(seed, stream, 200));
    for (i, one) in drawn.iter().enumerate() {
        for other in &drawn[..i] {
            assert_ne!(one.labels, other.labels);
            let mut pairs = one.images.outer_iter().zip(other.images.outer_iter());
            assert!(pairs.all(|(a, b)| a != b));
        }
    }
}

#[test]
fn no_digit_is_drawn_twice() {
    let drawn = draw(SEED, TRAIN, 2000);
    let distinct: std::collections::HashSet<Vec<u8>> =
        drawn.images.outer_iter().map(|image| image.iter().copied().collect()).collect();
    assert_eq!(distinct.len(), 2000);
}

#[test]
fn every_digit_comes_about_equally_often() {
    let drawn = draw(SEED, TRAIN, 10_000);
    let mut counts = [0; 10];
    for &label in &drawn.labels {
        counts[usize::from(label)] += 1;
    }
    // The standard deviation is 30.
    assert!(counts.iter().all(|count| (880..=1120).contains(count)), "{counts:?}");
}

#[test]
fn every_image_is_centred_by_mass() {
    let drawn = draw(SEED, TRAIN, 5000);
    for (i, image) in drawn.images.outer_iter().enumerate() {
        let mut sum = [0.0; 3];
        for ((y, x), &pixel) in image.indexed_iter() {
            let weight = f64::from(pixel);
            sum[0] += weight;
            sum[1] += weight * x as f64;
            sum[2] += weight * y as f64;
        }
        let (x, y) = (sum[1] / sum[0], sum[2] / sum[0]);
        assert!(
            (x - 14.0).abs() < 1.0 && (y - 14.0).abs() < 1.0,
            "image {i} ({}): ({x:.2}, {y:.2})",
            drawn.labels[i]
        );
    }
}

#[test]
fn the_longer_side_of_the_ink_is_twenty_pixels_and_none_is_cut_off() {
    let drawn = draw(SEED, TRAIN, 5000);
    for (i, image) in drawn.images.outer_iter().enumerate() {
        let side = |axis| {
            let inked =
                image.axis_iter(Axis(axis)).map(|line| line.iter().any(|&pixel| pixel >= 128));
            let lines: Vec<usize> =
                inked.enumerate().filter(|(_, is)| *is).map(|(at, _)| at).collect();
            lines.last().unwrap_or(&0) + 1 - lines.first().unwrap_or(&0)
        };
        let longer = side(0).max(side(1));
        assert!((19..=21).contains(&longer), "image {i} ({}): {longer} pixels", drawn.labels[i]);
        assert!(*image.iter().max().expect("784 pixels") >= 200, "image {i} is pale");
    }
}
