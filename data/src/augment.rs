//! Data augmentation: digits shifted, rotated, scaled, distorted, with noise. One map
//! leads from a pixel of the new image to its place in the old one:
//!
//! ```text
//! (i', j') = c + A ((i, j) - c) + shift + (di, dj)[i,j]
//!
//! A   = a rotation and a scale in each direction, c = the middle of the image
//! di  = alpha G u GT      u (28, 28) from -1 to 1, G (28, 28) a Gaussian in each row
//! dj  = the same with another u
//! ```
//!
//! The elastic distortion is that of P. Y. Simard, D. Steinkraus, J. C. Platt, "Best
//! practices for convolutional neural networks applied to visual document analysis",
//! ICDAR 2003. The random numbers of an image follow from the seed, the epoch and the
//! image's number, whatever the batch and the number of threads.

use std::array::from_fn;

use common::{Real, Rng, seeded};
use multiversion::multiversion;
use ndarray::{Array2, ArrayRef2};
use ndarray_rand::rand_distr::{Distribution, StandardNormal};
use rand::Rng as _;
use rayon::prelude::*;

use crate::images::{PIXELS, SIDE};

/// A number for each pixel: displacements, or what they are made from.
pub type Field = [[f32; SIDE]; SIDE];

/// The largest amount of each distortion; 0 turns it off. With a sigma of 4 the paper's
/// alpha of 34 moves a pixel by 1.4 pixels in each direction (one standard deviation).
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub struct Augment {
    pub shift: f64,    // pixels, vertically and horizontally
    pub rotation: f64, // degrees
    pub scale: f64,    // relative change of height and of width
    pub elastic: f64,  // the paper's alpha
    pub sigma: f64,    // the paper's: over how many pixels displacements are smoothed
    pub noise: f64,    // standard deviation of the noise on each pixel
}

impl Default for Augment {
    fn default() -> Augment {
        Augment { shift: 1.5, rotation: 9.0, scale: 0.1, elastic: 18.0, sigma: 4.0, noise: 0.02 }
    }
}

/// Distorts images at random.
#[derive(Clone, Debug)]
pub struct Distorter {
    amount: Augment,
    gaussian: Box<Field>,
    rng: Rng,
}

impl Distorter {
    /// With random numbers that follow from `seed`.
    pub fn new(amount: Augment, seed: u64) -> Distorter {
        let gaussian = Box::new(gaussian(amount.sigma));
        Distorter { amount, gaussian, rng: seeded(seed) }
    }

    /// The images `rows` of `x (N, 784)`, distorted for this `epoch`: `(rows, 784)`, from
    /// 0 to 1. Panics if the images have another size.
    pub fn distort<F: Real>(&self, x: &ArrayRef2<F>, rows: &[usize], epoch: usize) -> Array2<F> {
        assert_eq!(x.ncols(), PIXELS, "augment: pixels of an image");
        let x = x.as_slice().expect("images row by row");
        let mut out = vec![F::zero(); rows.len() * PIXELS];
        let images = rows.par_iter().zip(out.par_chunks_exact_mut(PIXELS)).with_min_len(8);
        images.for_each(|(&row, out)| {
            let mut rng = self.rng.clone();
            // Stream 0 belongs to the starting weights.
            rng.set_stream(((epoch as u64 + 1) << 32) | row as u64);
            self.image(&x[row * PIXELS..][..PIXELS], &mut rng, out);
        });
        Array2::from_shape_vec((rows.len(), PIXELS), out).expect("784 pixels a row")
    }

    fn image<F: Real>(&self, x: &[F], rng: &mut Rng, out: &mut [F]) {
        let Augment { shift, rotation, scale, elastic, noise, .. } = self.amount;
        let mut random = |most: f64| if most > 0.0 { rng.random_range(-most..=most) } else { 0.0 };
        let (down, across) = (random(shift), random(shift));
        let angle = random(rotation).to_radians();
        let (taller, wider) = (1.0 + random(scale), 1.0 + random(scale));
        // The map goes from new to old, so `a` is the inverse of rotation and scale.
        let (sin, cos) = angle.sin_cos();
        let a = [[cos / taller, sin / taller], [-sin / wider, cos / wider]];
        let a = a.map(|row| row.map(|v| v as f32));
        let (mut di, mut dj) = ([[down as f32; SIDE]; SIDE], [[across as f32; SIDE]; SIDE]);
        if elastic > 0.0 {
            add_smooth(&self.gaussian, elastic as f32, &uniform(rng), &mut di);
            add_smooth(&self.gaussian, elastic as f32, &uniform(rng), &mut dj);
        }
        interpolate(x, &a, &di, &dj, out);
        if noise > 0.0 {
            let normal = Distribution::<f32>::sample_iter(StandardNormal, rng);
            for (out, e) in out.iter_mut().zip(normal) {
                let v = *out + F::of(noise * f64::from(e));
                *out = v.max(F::zero()).min(F::one());
            }
        }
    }
}

/// `G`: `exp(-(i - k)^2 / 2 sigma^2)`, divided by its sum over all distances. At the
/// edge part of it lies beside the image, and a row sums to less than 1.
pub fn gaussian(sigma: f64) -> Field {
    let bell = |d: f64| (-d * d / (2.0 * sigma * sigma)).exp();
    let sum: f64 = (-200..=200).map(|d| bell(f64::from(d))).sum();
    from_fn(|i| from_fn(|k| (bell(i as f64 - k as f64) / sum) as f32))
}

/// `u`: random numbers from -1 to 1.
pub fn uniform(rng: &mut Rng) -> Field {
    from_fn(|_| from_fn(|_| rng.random_range(-1.0..1.0)))
}

/// `d = d + alpha G u GT`, all `(28, 28)`: first along the rows, then down the
/// columns. `G` is its own transpose.
#[multiversion(targets("x86_64+avx2"))]
pub fn add_smooth(g: &Field, alpha: f32, u: &Field, d: &mut Field) {
    let mut across = [[0.0; SIDE]; SIDE];
    for (u, across) in u.iter().zip(&mut across) {
        for (k, &u) in u.iter().enumerate() {
            for (across, &g) in across.iter_mut().zip(&g[k]) {
                *across += u * g; // (u GT)[i,j] = sum over k of u[i,k] G[k,j]
            }
        }
    }
    for (g, d) in g.iter().zip(d) {
        for (&g, across) in g.iter().zip(&across) {
            let g = alpha * g;
            for (d, &across) in d.iter_mut().zip(across) {
                *d += g * across; // sum over k of G[i,k] (u GT)[k,j]
            }
        }
    }
}

/// `out[i,j] = x` at `c + A ((i, j) - c) + (di, dj)[i,j]`, bilinear between the four
/// pixels around that place; outside of the image `x` is 0.
pub fn interpolate<F: Real>(x: &[F], a: &[[f32; 2]; 2], di: &Field, dj: &Field, out: &mut [F]) {
    const MIDDLE: f32 = (SIDE as f32 - 1.0) / 2.0;
    const ROW: usize = SIDE + 4; // a border of two zeros spares every pixel a comparison
    let mut framed = [F::zero(); ROW * ROW];
    for (x, framed) in x.chunks_exact(SIDE).zip(framed.chunks_exact_mut(ROW).skip(2)) {
        framed[2..][..SIDE].copy_from_slice(x);
    }
    for (i, out) in out.chunks_exact_mut(SIDE).enumerate() {
        for (j, out) in out.iter_mut().enumerate() {
            let (y, z) = (i as f32 - MIDDLE, j as f32 - MIDDLE);
            let inside = |at: f32| (at + 2.0).clamp(0.0, ROW as f32 - 2.0);
            let row = inside(MIDDLE + a[0][0] * y + a[0][1] * z + di[i][j]);
            let column = inside(MIDDLE + a[1][0] * y + a[1][1] * z + dj[i][j]);
            let (top, left) = (row as usize, column as usize);
            let part = |v: f32| <F as From<f32>>::from(v);
            let (below, right) = (part(row - top as f32), part(column - left as f32));
            let at = top * ROW + left;
            let mix = |a: F, b: F, part: F| a + part * (b - a);
            let upper = mix(framed[at], framed[at + 1], right);
            let lower = mix(framed[at + ROW], framed[at + ROW + 1], right);
            *out = mix(upper, lower, below);
        }
    }
}
