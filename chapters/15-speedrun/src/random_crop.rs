//! The middle of an image. Digits of MNIST have an empty border, and a convolution takes as
//! long there as elsewhere. Moved at random, the middle is another image each time.

use common::batch::prefetched_rows;
use common::{Real, Rng};
use datasets::images::{PIXELS, SIDE};
use ndarray::{Array2, ArrayRef2};
use rand::Rng as _;

/// The middle `side` by `side` pixels of the images `rows` of `x (N, 784)`, each moved by up
/// to `shift` pixels up or down and left or right: `(rows, side^2)`. What is not in the image
/// is 0. Panics if `side` is above 28, the images have another size or do not lie row by row,
/// or a row does not exist.
pub fn random_crop<F: Real>(
    x: &ArrayRef2<F>,
    rows: &[usize],
    side: usize,
    shift: usize,
    rng: &mut Rng,
) -> Array2<F> {
    assert!(x.ncols() == PIXELS && side <= SIDE, "random_crop: {side} of {} pixels", x.ncols());
    let x = x.as_slice().expect("images row by row");
    let mut out = Array2::zeros((rows.len(), side * side)); // (N, side^2)
    for (image, mut out) in prefetched_rows(x, PIXELS, rows).zip(out.rows_mut()) {
        let out = out.as_slice_mut().expect("a row");
        let mut start = || ((SIDE - side) / 2 + rng.random_range(0..=2 * shift)) as isize;
        let [top, left] = [start(), start()].map(|at| at - shift as isize);
        // Columns from..to of the image go to columns from - left.. of the window.
        let (from, to) = (left.max(0), (left + side as isize).min(SIDE as isize));
        for (i, out) in out.chunks_exact_mut(side).enumerate() {
            let row = top + i as isize;
            if (0..SIDE as isize).contains(&row) {
                let image = &image[row as usize * SIDE..][from as usize..to as usize];
                out[(from - left) as usize..][..image.len()].copy_from_slice(image);
            }
        }
    }
    out
}
