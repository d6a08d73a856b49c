//! Random numbers that are the same bits on every machine.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

/// The random numbers of one image. They depend on (seed, stream, image) alone,
/// so neither the number of threads nor the number of images changes a picture.
pub(super) struct Random(ChaCha8Rng);

impl Random {
    pub fn for_image(seed: u64, stream: u64, image: u64) -> Self {
        let key = [seed, stream, 0, 0].map(u64::to_le_bytes);
        let key = key.as_flattened().try_into().expect("32 bytes");
        let mut generator = ChaCha8Rng::from_seed(key);
        generator.set_stream(image);
        Self(generator)
    }

    /// A whole number in `0..n`.
    pub fn below(&mut self, n: u32) -> u32 {
        ((u64::from(self.0.next_u32()) * u64::from(n)) >> 32) as u32
    }

    /// Uniform in [0, 1).
    pub fn uniform(&mut self) -> f32 {
        (self.0.next_u32() >> 8) as f32 / (1 << 24) as f32
    }

    /// Triangular: the sum of two uniform numbers, with mean 0, standard deviation
    /// 1 and no value beyond 2.45, so that no digit is distorted too much.
    pub fn triangular(&mut self) -> f32 {
        const SQRT_6: f32 = 2.449_489_7;
        let bits = self.0.next_u32();
        let sum = (bits >> 16) as i32 + (bits & 0xffff) as i32 - 0xffff;
        sum as f32 / 65536.0 * SQRT_6
    }

    /// A factor whose logarithm has the standard deviation `sd`.
    pub fn scale(&mut self, sd: f32) -> f32 {
        libm::expf(sd * self.triangular())
    }
}

/// The sine of `turns` whole turns, within 0.001.
///
/// Two parabolas instead of the platform's `sin`: IEEE 754 defines every bit of
/// each operation, so every machine draws the same digits.
pub(super) fn sine(turns: f32) -> f32 {
    const ROUND: f32 = 12_582_912.0; // 1.5 * 2^23: adding it rounds to a whole number
    let t = turns - ((turns + ROUND) - ROUND); // in [-1/2, 1/2]
    let arch = 8.0 * t * (1.0 - 2.0 * t.abs());
    arch * (0.775 + 0.225 * arch.abs())
}
