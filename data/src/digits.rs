//! Built-in digits: 28x28 pictures of 0 to 9 that look like MNIST's and were
//! never written by anybody.
//!
//! A skeleton (the pen's path for one way to write a digit) is walked by an
//! unsteady hand, bent, stretched and slanted as a whole, inked with a round
//! pen and laid out as MNIST is: 20 pixels for the longer side, centred by
//! mass, white on black. No pixel of MNIST is in it.
//!
//! What networks reach on them (`tests/scripts/digits_networks.py`, seed 1), in
//! percent; the last column is MNIST's own test set, read by the same networks,
//! which have seen no image of MNIST:
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

mod curve;
mod hand;
mod noise;
mod raster;
mod skeletons;

use ndarray::{Array1, Array3};
use rayon::prelude::*;

use noise::Noise;

/// Images in the training set, as many as MNIST has.
pub const IMAGES_TRAIN: usize = 60_000;
/// Images in the test set, as many as MNIST has.
pub const IMAGES_TEST: usize = 10_000;
/// Changes whenever the same seed draws other pictures, so that old caches are
/// not taken for new ones.
pub const VERSION: u32 = 1;

/// Height and width of an image in pixels.
const SIDE: usize = 28;

/// How unsteady the hand may be at each digit: a wavy line is no longer a 1,
/// and a 0 with corners looks like no hand's.
const UNSTEADINESS: [f32; 10] = [0.85, 0.45, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0];

/// Digits as drawn.
pub struct Drawn {
    /// Brightness from 0 (paper) to 255 (ink), `(N, 28, 28)`.
    pub images: Array3<u8>,
    /// Which digit each image shows, 0 to 9, `(N,)`.
    pub labels: Array1<u8>,
}

/// Draws `n` digits. Image `i` depends only on `seed`, `stream` (0 for the
/// training set, 1 for the test set) and `i`, so a longer draw begins with the
/// shorter one.
pub fn draw(seed: u64, stream: u64, n: usize) -> Drawn {
    let mut images = vec![0; n * SIDE * SIDE];
    let mut labels = vec![0; n];
    images.par_chunks_exact_mut(SIDE * SIDE).zip(&mut labels).enumerate().for_each(
        |(i, (image, label))| {
            *label = draw_one(&mut Noise::of_image(seed, stream, i as u64), image);
        },
    );
    Drawn {
        images: Array3::from_shape_vec((n, SIDE, SIDE), images).expect("n images of 28x28"),
        labels: labels.into(),
    }
}

/// Draws one digit into `image`, 784 black pixels, and says which it is.
fn draw_one(noise: &mut Noise, image: &mut [u8]) -> u8 {
    let digit = noise.below(10) as usize;
    let skeleton = skeletons::pick(digit, noise);
    let mess = UNSTEADINESS[digit] * noise.factor(0.25);
    let mut path = curve::walk(skeleton, mess, noise);
    hand::distort(&mut path, digit, mess, noise);
    raster::ink(&mut path, digit, noise, image);
    digit as u8
}
