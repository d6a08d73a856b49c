//! Images as lists of the pixels that have ink: four of five pixels of a digit
//! are 0, add nothing to any sum, and need not be looked at again in each epoch.

use std::hint::black_box;

use common::Real;
use common::vector::{Plain, not_zero};
use multiversion::{multiversion, target::target_cfg_f};
use ndarray::ArrayRef2;
use rayon::prelude::*;

/// Images that a thread takes at a time.
const CHUNK: usize = 1_000;

/// Images `(N, D)` without their zeros, one behind the other.
pub struct Ink<F> {
    chunks: Vec<Lists<F>>,
    images: usize,
}

/// The pixels of up to a thousand images.
struct Lists<F> {
    /// Where the list of each image begins, and where the last one ends.
    starts: Vec<u32>,
    /// Which pixel.
    pixels: Vec<u16>,
    /// How dark.
    values: Vec<F>,
}

impl<F: Real> Ink<F> {
    /// The lists of the images `x (N, D)`.
    ///
    /// # Panics
    /// If `D` is above 65,536, or `x` does not lie row by row.
    pub fn of(x: &ArrayRef2<F>) -> Ink<F> {
        let d = x.ncols();
        assert!(d <= 1 << 16, "ink: {d} pixels are more than 65,536");
        let all = x.as_slice().expect("images lie row by row");
        let chunks = all.par_chunks(CHUNK * d.max(1)).map(|images| Lists::of(images, d)).collect();
        Ink { chunks, images: x.nrows() }
    }

    /// Looks at one number of every 64 bytes of the lists of the images `rows`, to
    /// have the memory fetch them all at the same time: they lie far apart.
    #[inline(always)]
    pub fn touch(&self, rows: &[usize]) {
        for &row in rows {
            let (pixels, values) = self.of_image(row);
            pixels.iter().step_by(64 / size_of::<u16>()).for_each(|pixel| {
                black_box(*pixel);
            });
            values.iter().step_by(64 / size_of::<F>()).for_each(|value| {
                black_box(*value);
            });
        }
    }

    /// How many images.
    pub fn len(&self) -> usize {
        self.images
    }

    /// Whether there is no image.
    pub fn is_empty(&self) -> bool {
        self.images == 0
    }

    /// The pixels of image `row` that are not zero, and their values.
    ///
    /// # Panics
    /// If there is no such image.
    #[inline(always)]
    pub fn of_image(&self, row: usize) -> (&[u16], &[F]) {
        assert!(row < self.images, "ink: image {row} of {}", self.images);
        let lists = &self.chunks[row / CHUNK];
        let (from, to) = (lists.starts[row % CHUNK], lists.starts[row % CHUNK + 1]);
        let (from, to) = (from as usize, to as usize);
        (&lists.pixels[from..to], &lists.values[from..to])
    }
}

impl<F: Real> Lists<F> {
    fn of(images: &[F], d: usize) -> Lists<F> {
        let ink = images.iter().filter(|&&v| v != F::zero()).count();
        let (pixels, values) = (Vec::with_capacity(ink), Vec::with_capacity(ink));
        let mut lists = Lists { starts: vec![0], pixels, values };
        for image in images.chunks_exact(d) {
            write(image, &mut lists);
        }
        lists
    }
}

/// Compiled twice, and the processor chooses: eight pixels at a time where it can.
#[multiversion(targets("x86_64+avx2+fma+bmi1"))]
fn write<F: Real>(image: &[F], lists: &mut Lists<F>) {
    for (k, word) in image.chunks(64).enumerate() {
        let mut bits = if target_cfg_f!(target_feature = "fma") {
            not_zero::<F, F::Wide>(word)
        } else {
            not_zero::<F, Plain<F>>(word)
        };
        while bits != 0 {
            let i = bits.trailing_zeros() as usize;
            lists.pixels.push((64 * k + i) as u16);
            lists.values.push(word[i]);
            bits &= bits - 1;
        }
    }
    lists.starts.push(lists.pixels.len() as u32);
}
