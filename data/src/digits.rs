//! Built-in digits: 28x28 pictures of 0 to 9 that resemble MNIST's but contain
//! no pixel of it.
//!
//! A skeleton (the path of the pen for one way to write a digit) is made uneven,
//! distorted, drawn with a round pen and placed as in MNIST: 20 pixels for the
//! longer side, centred by mass, white on black.
//!
//! Accuracy of networks trained on them (`tests/scripts/digits_networks.py`,
//! seed 1), in percent; the last column is MNIST's own test set, on networks
//! that were trained on no image of MNIST:
//!
//! ```text
//!                              built-in test    MNIST test
//! linear 784-10                         90.1          87.6
//! MLP 784-100-10                        97.2          94.2
//! CNN conv 30@5x5, pool, 100            99.0          97.2
//! ```
//!
//! The same seed draws the same bits on every machine and any number of
//! threads.

mod distortion;
mod pen_path;
mod random;
mod raster;
mod skeletons;

use ndarray::{Array1, Array3};
use rayon::prelude::*;

use crate::images::SIDE;
use random::Random;

/// Images in the training set, as many as in MNIST.
pub const IMAGES_TRAIN: usize = 60_000;
/// Images in the test set, as many as in MNIST.
pub const IMAGES_TEST: usize = 10_000;
/// Changes whenever the same seed draws other pictures, so that old caches are
/// not used for new ones.
pub const VERSION: u32 = 1;

/// How uneven each digit may be drawn: a wavy 1 is no longer a 1, and a 0 with
/// corners does not look handwritten.
const UNEVENNESS: [f32; 10] = [0.85, 0.45, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0];

/// Digits as drawn.
pub struct Digits {
    /// Brightness from 0 (paper) to 255 (ink), `(N, 28, 28)`.
    pub images: Array3<u8>,
    /// The digit that each image shows, 0 to 9, `(N,)`.
    pub labels: Array1<u8>,
}

/// Draws `n` digits. Image `i` depends only on `seed`, `stream` (0 for the
/// training set, 1 for the test set) and `i`, so the first images do not depend
/// on `n`.
pub fn draw(seed: u64, stream: u64, n: usize) -> Digits {
    let mut images = vec![0; n * SIDE * SIDE];
    let mut labels = vec![0; n];
    let digits = images.par_chunks_exact_mut(SIDE * SIDE).zip(&mut labels).enumerate();
    digits.for_each(|(i, (image, label))| {
        *label = draw_one(&mut Random::for_image(seed, stream, i as u64), image);
    });
    Digits {
        images: Array3::from_shape_vec((n, SIDE, SIDE), images).expect("n images of 28x28"),
        labels: labels.into(),
    }
}

/// Draws one digit into `image`, 784 black pixels, and returns its label.
fn draw_one(random: &mut Random, image: &mut [u8]) -> u8 {
    let digit = random.below(10) as usize;
    let skeleton = skeletons::choose(digit, random);
    let unevenness = UNEVENNESS[digit] * random.scale(0.25);
    let mut path = pen_path::along(skeleton, unevenness, random);
    distortion::distort(&mut path, digit, unevenness, random);
    raster::draw(&mut path, digit, random, image);
    digit as u8
}
