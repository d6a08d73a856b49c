//! The numbers in the drawings, from the lessons' own functions.

use cnn_im2col::im2col;
use cnn_naive::{Window, conv};
use deep_cnn::pool::{self, Pooling};
use ndarray::{Array2, Array4};

/// A matrix as rows.
pub type Grid = Vec<Vec<f64>>;

/// A grid of `rows` by `columns` numbers.
pub fn grid(rows: usize, columns: usize, number: impl Fn(usize, usize) -> f64) -> Grid {
    (0..rows).map(|i| (0..columns).map(|j| number(i, j)).collect()).collect()
}

/// The map of an image `x` and a filter `f`, lesson 04.
pub fn convolve(x: &Grid, f: &Grid) -> Grid {
    from_image(&conv::forward(&image(x), &image(f), Window::default()))
}

/// The gradients `dx` and `df` of [`convolve`] from that of the map.
pub fn convolve_backward(dz: &Grid, x: &Grid, f: &Grid) -> (Grid, Grid) {
    let (dx, df) = conv::backward(&image(dz), &image(x), &image(f), Window::default());
    (from_image(&dx), from_image(&df))
}

/// The patches of an image for filters of `filter` rows and columns, lesson 05.
pub fn im2col(x: &Grid, filter: (usize, usize)) -> Grid {
    let cols = im2col::im2col(&image(x), filter, Window::default());
    grid(cols.nrows(), cols.ncols(), |p, t| cols[[p, t]])
}

/// Patches added back to an image of `rows` and `columns`, lesson 05.
pub fn col2im(cols: &Grid, (rows, columns): (usize, usize), filter: (usize, usize)) -> Grid {
    let cols = Array2::from_shape_fn((cols.len(), cols[0].len()), |(p, t)| cols[p][t]);
    from_image(&im2col::col2im(&cols, (1, 1, rows, columns), filter, Window::default()))
}

/// The largest of every window of `size` by `size`, one pixel apart, lesson 08.
pub fn max_pool(x: &Grid, size: usize) -> Grid {
    from_image(&pool::forward(Pooling::Max, &image(x), size, 1))
}

/// The gradient of [`max_pool`].
pub fn max_pool_backward(dp: &Grid, x: &Grid, size: usize) -> Grid {
    from_image(&pool::backward(Pooling::Max, &image(dp), &image(x), size, 1))
}

/// `(1, 1, H, W)`
fn image(rows: &Grid) -> Array4<f64> {
    Array4::from_shape_fn((1, 1, rows.len(), rows[0].len()), |(_, _, i, j)| rows[i][j])
}

fn from_image(image: &Array4<f64>) -> Grid {
    let (_, _, height, width) = image.dim();
    grid(height, width, |i, j| image[[0, 0, i, j]])
}

/// Batch norm of one unit, `x` to `out`, and backward from `dout`: for each step, the value and its
/// gradient, from `x` to `out`, with `gamma` before what is scaled and `beta` before `out`.
pub fn batch_norm(x: &[f64], gamma: f64, beta: f64, dout: &[f64]) -> [[Vec<f64>; 2]; 12] {
    let n = x.len() as f64;
    let sum = |values: &[f64]| values.iter().sum::<f64>();
    let times = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).collect::<Vec<f64>>();
    let each = |a: &[f64], f: &dyn Fn(f64) -> f64| a.iter().map(|&v| f(v)).collect::<Vec<f64>>();
    let mean = sum(x) / n;
    let centred = each(x, &|v| v - mean);
    let square = times(&centred, &centred);
    let var = sum(&square) / n;
    let std = (var + 1e-5).sqrt();
    let over = 1.0 / std;
    let x_hat = each(&centred, &|v| v * over);
    let scaled = each(&x_hat, &|v| gamma * v);
    let out = each(&scaled, &|v| v + beta);

    let dbeta = sum(dout);
    let dscaled = dout.to_vec();
    let dgamma = sum(&times(&dscaled, &x_hat));
    let dx_hat = each(&dscaled, &|d| d * gamma);
    let dover = sum(&times(&dx_hat, &centred));
    let dstd = -dover * over * over;
    let dvar = dstd / (2.0 * std);
    let dsquare = dvar / n;
    let both = dx_hat.iter().zip(&centred).map(|(d, c)| d * over + 2.0 * c * dsquare);
    let dcentred: Vec<f64> = both.collect();
    let dmean = -sum(&dcentred);
    let dx = each(&dcentred, &|d| d + dmean / n);
    [
        [x.to_vec(), dx],
        [vec![mean], vec![dmean]],
        [centred, dcentred],
        [square, vec![dsquare]],
        [vec![var], vec![dvar]],
        [vec![std], vec![dstd]],
        [vec![over], vec![dover]],
        [x_hat, dx_hat],
        [vec![gamma], vec![dgamma]],
        [scaled, dscaled],
        [vec![beta], vec![dbeta]],
        [out, dout.to_vec()],
    ]
}

#[cfg(test)]
mod tests {
    use batchnorm::{batch_norm as lesson, computation_graph};
    use ndarray::Array2;

    use super::*;

    #[test]
    fn batch_norm_is_that_of_lesson_10() {
        let (x, dout) = ([7.0, 1.0, 9.0, 7.0], [1.0, -1.0, 2.0, 0.5]);
        let ours = batch_norm(&x, 2.0, 1.0, &dout);
        let column = |values: &[f64]| Array2::from_shape_fn((4, 1), |(n, _)| values[n]);
        let one = |value| Array2::from_elem((1, 1), value);
        let (x, dout) = (column(&x), column(&dout));
        let (out, cache) = lesson::forward(&x, &one(2.0), &one(1.0)).unwrap();
        let (dx, dgamma, dbeta) = computation_graph::backward(&dout, &x, &cache, &one(2.0));
        for (ours, theirs) in [
            (&ours[0][1], dx),
            (&ours[1][0], cache.mean),
            (&ours[4][0], cache.var),
            (&ours[5][0], cache.std),
            (&ours[7][0], cache.x_hat),
            (&ours[8][1], dgamma),
            (&ours[10][1], dbeta),
            (&ours[11][0], out),
        ] {
            assert_eq!(ours.len(), theirs.len());
            assert!(ours.iter().zip(&theirs).all(|(a, b)| (a - b).abs() < 1e-12));
        }
    }
}
