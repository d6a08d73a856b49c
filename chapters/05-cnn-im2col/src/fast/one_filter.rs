//! One filter of 5 by 5 on an image of 28 by 28.
//!
//! With many filters, a vector of pixels that was loaded serves all of them. A single
//! filter would load a vector for each multiplication. But five rows of outputs use
//! the same row of the image, each with another row of the filter: so a tile is eight
//! outputs wide and eight rows high, and a vector serves five of its rows.

// An index stands for a register.
#![allow(clippy::needless_range_loop)]

use cnn_naive::network::{FILTER, MAP, POSITIONS, SIDE};
use common::Real;
use common::fast::Simd;
use common::fast::vector::{Eight, LANES, Vector, sum_lanes};
use common::vectorize;

/// Rows of outputs in a tile.
const HEIGHT: usize = 8;
/// Rows of gradients in registers, beside two sets of five sums. Two, since a sum can
/// be added to only every four clock cycles.
const GRADIENT_ROWS: usize = 4;

vectorize! {
    /// `h = max(conv(x, f) + bc, 0)`: `x (28, 28)`, `f (5, 5)`, `bc (24, 24)` to
    /// `h (24, 24)`. Panics if a slice has another length.
    pub fn forward<F: Real>(x: &[F], f: &[F], bc: &[F], h: &mut [F]) = each_tile;
}

#[inline(always)]
fn each_tile<F: Real, S: Simd>(simd: S, x: &[F], f: &[F], bc: &[F], h: &mut [F]) {
    assert!(x.len() == SIDE * SIDE && f.len() == FILTER * FILTER);
    assert!(bc.len() == POSITIONS && h.len() == POSITIONS);
    for i in (0..MAP).step_by(HEIGHT) {
        for j in (0..MAP).step_by(LANES) {
            let mut sums = [F::Eight::zero(simd); HEIGHT];
            for row in 0..HEIGHT {
                // SAFETY: row i + row and column j + 7 are below 24.
                sums[row] = unsafe { F::Eight::load_at(simd, bc, (i + row) * MAP + j) };
            }
            for l in 0..FILTER {
                let mut column = [F::Eight::zero(simd); FILTER];
                for k in 0..FILTER {
                    column[k] = F::Eight::splat(simd, f[k * FILTER + l]);
                }
                for row in 0..HEIGHT + FILTER - 1 {
                    // SAFETY: row i + row is below 24 + 4, column j + l + 7 below
                    // 24 + 4.
                    let x = unsafe { F::Eight::load_at(simd, x, (i + row) * SIDE + j + l) };
                    for k in 0..FILTER {
                        if row >= k && row - k < HEIGHT {
                            sums[row - k] = column[k].mul_add(x, sums[row - k]);
                        }
                    }
                }
            }
            for row in 0..HEIGHT {
                // SAFETY: as above.
                unsafe { sums[row].relu().store_at(h, (i + row) * MAP + j) };
            }
        }
    }
}

vectorize! {
    /// Adds to `df (5, 5)` the gradient for one image:
    /// `df[k, l] += sum over i, j of x[i + k, j + l] dz[i, j]`, from `x (28, 28)`
    /// and `dz (24, 24)`. Panics if a slice has another length.
    pub fn add_df<F: Real>(x: &[F], dz: &[F], df: &mut [F]) = each_column;
}

#[inline(always)]
fn each_column<F: Real, S: Simd>(simd: S, x: &[F], dz: &[F], df: &mut [F]) {
    assert!(x.len() == SIDE * SIDE && dz.len() == POSITIONS && df.len() == FILTER * FILTER);
    for l in 0..FILTER {
        let mut sums = [[F::Eight::zero(simd); FILTER]; 2];
        for i in (0..MAP).step_by(GRADIENT_ROWS) {
            for j in (0..MAP).step_by(LANES) {
                let mut dz_rows = [F::Eight::zero(simd); GRADIENT_ROWS];
                for row in 0..GRADIENT_ROWS {
                    // SAFETY: row i + row and column j + 7 are below 24.
                    dz_rows[row] = unsafe { F::Eight::load_at(simd, dz, (i + row) * MAP + j) };
                }
                for row in 0..GRADIENT_ROWS + FILTER - 1 {
                    // SAFETY: as in `each_tile`.
                    let x = unsafe { F::Eight::load_at(simd, x, (i + row) * SIDE + j + l) };
                    for k in 0..FILTER {
                        if row >= k && row - k < GRADIENT_ROWS {
                            let sum = &mut sums[row % 2][k];
                            *sum = dz_rows[row - k].mul_add(x, *sum);
                        }
                    }
                }
            }
        }
        let one = F::Eight::splat(simd, F::one());
        for k in 0..FILTER {
            let sum = one.mul_add(sums[1][k], sums[0][k]); // of even and odd rows
            df[k * FILTER + l] += sum_lanes(sum.to_array());
        }
    }
}
