//! New digits from old: moved, turned, scaled, distorted, with noise.
//!
//! A digit that is moved by a pixel is the same digit, and a network that has
//! never seen it there does not know. So each image is drawn anew, a little
//! otherwise, every time it is shown. All of it is one map from where a pixel of
//! the new image is to where it comes from in the old:
//!
//! ```text
//! (i', j') = c + A ((i, j) - c) + shift + (di, dj)[i,j]
//!
//! A   = a rotation and a scale in each direction, c = the middle of the image
//! di  = alpha G u GT      u (28, 28) from -1 to 1, G (28, 28) a Gaussian in each row
//! dj  = the same with another u
//! ```
//!
//! and the value there is read between the four pixels around it. The elastic
//! distortion is that of P. Y. Simard, D. Steinkraus, J. C. Platt, "Best practices
//! for convolutional neural networks applied to visual document analysis", ICDAR
//! 2003: random numbers, smoothed.
//!
//! The random numbers of an image follow from the seed, the epoch and the
//! image's number, so the same image comes out whatever else is in the batch and
//! on however many threads.

use common::{Real, Rng, seeded};
use multiversion::multiversion;
use ndarray::{Array2, ArrayRef2};
use ndarray_rand::rand_distr::{Distribution, StandardNormal};
use rand::Rng as _;
use rayon::prelude::*;

/// Rows and columns of an image.
const SIDE: usize = 28;
const PIXELS: usize = SIDE * SIDE;

/// How far each distortion goes. What is 0 is left out.
#[derive(Clone, Debug, PartialEq)]
pub struct Augment {
    /// Pixels up or down and left or right, at most.
    pub shift: f64,
    /// Degrees either way, at most.
    pub rotation: f64,
    /// The part by which height and width grow or shrink, at most, each by its own.
    pub scale: f64,
    /// The paper's alpha: with a sigma of 4 its 34 moves a pixel by 1.4 pixels in
    /// each direction (one standard deviation).
    pub elastic: f64,
    /// The paper's sigma: pixels over which neighbours are moved alike.
    pub sigma: f64,
    /// Standard deviation of what is added to each pixel.
    pub noise: f64,
}

impl Default for Augment {
    fn default() -> Augment {
        Augment { shift: 1.5, rotation: 9.0, scale: 0.1, elastic: 18.0, sigma: 4.0, noise: 0.02 }
    }
}

/// Draws images anew.
#[derive(Clone, Debug)]
pub struct Distorter {
    amount: Augment,
    /// `G (28, 28)` and, since a row of it is symmetrical, `GT` as well.
    smooth: Box<[[f32; SIDE]; SIDE]>,
    numbers: Rng,
}

/// A field of displacements, or what it is made from.
type Field = [[f32; SIDE]; SIDE];

impl Distorter {
    /// With random numbers that follow from `seed`.
    pub fn new(amount: Augment, seed: u64) -> Distorter {
        // exp(-d^2 / 2 sigma^2) with a sum of 1 over all distances d: at the edge,
        // where part of it falls beside the image, less is left.
        let bell = |d: f64| (-d * d / (2.0 * amount.sigma * amount.sigma)).exp();
        let sum: f64 = (-200..=200).map(|d| bell(f64::from(d))).sum();
        let mut smooth = Box::new([[0.0; SIDE]; SIDE]);
        for (i, row) in smooth.iter_mut().enumerate() {
            for (k, g) in row.iter_mut().enumerate() {
                *g = (bell(i as f64 - k as f64) / sum) as f32;
            }
        }
        Distorter { amount, smooth, numbers: seeded(seed) }
    }

    /// The images `rows` of `x (N, 784)` as they are in epoch `epoch`, into `to
    /// (rows, 784)`. Values stay from 0 to 1.
    ///
    /// # Panics
    /// If an image does not have 784 pixels, or if `to` has another number of rows.
    pub fn draw<F: Real>(
        &self,
        x: &ArrayRef2<F>,
        rows: &[usize],
        epoch: usize,
        to: &mut Array2<F>,
    ) {
        assert!(
            x.ncols() == PIXELS && to.dim() == (rows.len(), PIXELS),
            "augment: images {:?} and {:?} must be (N, 784) and ({}, 784)",
            x.dim(),
            to.dim(),
            rows.len()
        );
        let x = x.as_slice().expect("images lie row by row");
        let to = to.as_slice_mut().expect("images lie row by row");
        let images = rows.par_iter().zip(to.par_chunks_exact_mut(PIXELS)).with_min_len(8);
        images.for_each(|(&row, to)| {
            let mut rng = self.numbers.clone();
            // Stream 0 belongs to the starting weights.
            rng.set_stream(((epoch as u64 + 1) << 32) | row as u64);
            self.image(&x[row * PIXELS..][..PIXELS], &mut rng, to);
        });
    }

    fn image<F: Real>(&self, x: &[F], rng: &mut Rng, to: &mut [F]) {
        let Augment { shift, rotation, scale, elastic, noise, .. } = self.amount;
        let mut most =
            |limit: f64| if limit > 0.0 { rng.random_range(-limit..=limit) } else { 0.0 };
        let (down, across) = (most(shift), most(shift));
        let angle = most(rotation).to_radians();
        let (taller, wider) = (1.0 + most(scale), 1.0 + most(scale));
        // Where a pixel comes from, so the inverse: a digit twice as tall is read
        // at half the pace.
        let a = [
            [angle.cos() / taller, angle.sin() / taller],
            [-angle.sin() / wider, angle.cos() / wider],
        ];
        let a = a.map(|row| row.map(|v| v as f32));
        let (mut di, mut dj) = ([[down as f32; SIDE]; SIDE], [[across as f32; SIDE]; SIDE]);
        if elastic > 0.0 {
            add_smooth(&self.smooth, elastic as f32, &random(rng), &mut di);
            add_smooth(&self.smooth, elastic as f32, &random(rng), &mut dj);
        }
        read_between(x, &a, &di, &dj, to);
        if noise > 0.0 {
            for to in to.iter_mut() {
                let e: f32 = StandardNormal.sample(rng);
                let v = *to + F::of(noise * f64::from(e));
                *to = v.max(F::zero()).min(F::one());
            }
        }
    }
}

/// Numbers from -1 to 1.
fn random(rng: &mut Rng) -> Field {
    let mut u = [[0.0; SIDE]; SIDE];
    for u in u.as_flattened_mut() {
        *u = rng.random_range(-1.0..1.0);
    }
    u
}

/// `d = d + alpha G u GT`, all `(28, 28)`: first along the rows, then down the
/// columns. `G` is its own transpose.
#[multiversion(targets("x86_64+avx2"))]
fn add_smooth(g: &Field, alpha: f32, u: &Field, d: &mut Field) {
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

/// `to[i,j] = x` at `c + A ((i, j) - c) + (di, dj)[i,j]`, between the four pixels
/// around that place; beside the image there is nothing, 0.
fn read_between<F: Real>(x: &[F], a: &[[f32; 2]; 2], di: &Field, dj: &Field, to: &mut [F]) {
    const MIDDLE: f32 = (SIDE as f32 - 1.0) / 2.0;
    // Two zeros on each side, so that no pixel needs a question of its own.
    const ROW: usize = SIDE + 4;
    let mut framed = [F::zero(); ROW * ROW];
    for (x, framed) in x.chunks_exact(SIDE).zip(framed.chunks_exact_mut(ROW).skip(2)) {
        framed[2..][..SIDE].copy_from_slice(x);
    }
    for (i, to) in to.chunks_exact_mut(SIDE).enumerate() {
        for (j, to) in to.iter_mut().enumerate() {
            let (y, z) = (i as f32 - MIDDLE, j as f32 - MIDDLE);
            let inside = |at: f32| (at + 2.0).clamp(0.0, ROW as f32 - 2.0);
            let row = inside(MIDDLE + a[0][0] * y + a[0][1] * z + di[i][j]);
            let column = inside(MIDDLE + a[1][0] * y + a[1][1] * z + dj[i][j]);
            let (top, left) = (row as usize, column as usize);
            let (below, right) = (row - top as f32, column - left as f32);
            let (below, right) = (<F as From<f32>>::from(below), <F as From<f32>>::from(right));
            let at = top * ROW + left;
            let mix = |a: F, b: F, part: F| a + part * (b - a);
            let upper = mix(framed[at], framed[at + 1], right);
            let lower = mix(framed[at + ROW], framed[at + ROW + 1], right);
            *to = mix(upper, lower, below);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STILL: Field = [[0.0; SIDE]; SIDE];
    const UPRIGHT: [[f32; 2]; 2] = [[1.0, 0.0], [0.0, 1.0]];

    fn picture() -> Vec<f64> {
        (0..PIXELS).map(|p| ((p * 37 + p / 5) % 101) as f64 / 100.0).collect()
    }

    fn read(x: &[f64], a: [[f32; 2]; 2], di: &Field, dj: &Field) -> Vec<f64> {
        let mut to = vec![9.0; PIXELS];
        read_between(x, &a, di, dj, &mut to);
        to
    }

    #[test]
    fn whole_pixels_are_moved_as_they_are() {
        let x = picture();
        assert_eq!(read(&x, UPRIGHT, &STILL, &STILL), x);
        let (down, across) = ([[3.0; SIDE]; SIDE], [[-2.0; SIDE]; SIDE]);
        for (p, &moved) in read(&x, UPRIGHT, &down, &across).iter().enumerate() {
            let (i, j) = (p / SIDE + 3, (p % SIDE).wrapping_sub(2));
            let from = if i < SIDE && j < SIDE { x[i * SIDE + j] } else { 0.0 };
            assert_eq!(moved, from);
        }
        let far = [[1e6; SIDE]; SIDE];
        assert!(read(&x, UPRIGHT, &far, &STILL).iter().all(|&v| v == 0.0));
    }

    #[test]
    fn half_a_pixel_is_the_mean_of_two() {
        let x = picture();
        let half = [[0.5; SIDE]; SIDE];
        let moved = read(&x, UPRIGHT, &STILL, &half);
        for p in (0..PIXELS).filter(|p| p % SIDE < SIDE - 1) {
            assert!((moved[p] - (x[p] + x[p + 1]) / 2.0).abs() < 1e-15);
        }
    }

    #[test]
    fn a_quarter_turn_is_exact() {
        let x = picture();
        let turned = read(&x, [[0.0, 1.0], [-1.0, 0.0]], &STILL, &STILL);
        for (p, &v) in turned.iter().enumerate() {
            assert_eq!(v, x[p % SIDE * SIDE + (SIDE - 1 - p / SIDE)]);
        }
    }

    #[test]
    fn smoothing_is_a_convolution_with_a_gaussian() {
        let distorter = Distorter::new(Augment { sigma: 2.0, ..Augment::default() }, 1);
        let mut rng = seeded(2);
        let u = random(&mut rng);
        let mut d = STILL;
        add_smooth(&distorter.smooth, 10.0, &u, &mut d);
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
        let Augment { elastic, .. } = Augment::default();
        let distorter = Distorter::new(Augment::default(), 1);
        let mut rng = seeded(3);
        let mut squares = 0.0;
        for _ in 0..2000 {
            let mut d = STILL;
            add_smooth(&distorter.smooth, elastic as f32, &random(&mut rng), &mut d);
            squares += f64::from(d[14][14]).powi(2) / 2000.0;
        }
        // The variance of u is 1/3, and the sum of the squared weights 1 / (4 pi sigma^2).
        let theory = 34.0 / (3.0f64 * 4.0 * std::f64::consts::PI * 16.0).sqrt();
        assert!((theory - 1.4).abs() < 0.05 && (squares.sqrt() - theory).abs() < 0.1);
    }
}
