//! One filter of 5 by 5 on an image of 28 by 28.
//!
//! With many filters a vector of pixels that was loaded serves all of them.
//! A single filter would load a vector for every multiplication. But a row of
//! the image is seen by five rows of outputs, through another row of the filter
//! each time: so a tile stands on end, eight outputs wide and eight high, and a
//! vector serves five of its rows.

// An index says which register; an iterator would hide it from the reader.
#![allow(clippy::needless_range_loop)]

use cnn_naive::network::{FILTER, MAP, POSITIONS, SIDE};
use common::Real;
use common::fast::vector::{LANES, Plain, Vector};
use multiversion::multiversion;
use multiversion::target::target_cfg_f;

/// Rows of outputs in a tile.
const HIGH: usize = 8;
/// Rows of gradients that are kept in registers, beside two sets of five sums:
/// a sum can take the next product only four clock ticks after the last.
const KEPT: usize = 4;

/// `h = max(conv(x, f) + bc, 0)`: `x (28, 28)`, `f (5, 5)`, `bc (24, 24)` to
/// `h (24, 24)`.
///
/// # Panics
/// If a slice has another length.
pub fn forward<F: Real>(x: &[F], f: &[F], bc: &[F], h: &mut [F]) {
    assert!(
        x.len() == SIDE * SIDE
            && f.len() == FILTER * FILTER
            && bc.len() == POSITIONS
            && h.len() == POSITIONS
    );
    forward_tiles(x, f, bc, h);
}

/// Compiled twice: for processors with AVX2 and FMA, and for the others.
#[multiversion(targets("x86_64+avx2+fma"))]
fn forward_tiles<F: Real>(x: &[F], f: &[F], bc: &[F], h: &mut [F]) {
    if target_cfg_f!(target_feature = "fma") {
        each_tile::<F, F::Wide>(x, f, bc, h);
    } else {
        each_tile::<F, Plain<F>>(x, f, bc, h);
    }
}

#[inline(always)]
fn each_tile<F: Real, V: Vector<F>>(x: &[F], f: &[F], bc: &[F], h: &mut [F]) {
    for i in (0..MAP).step_by(HIGH) {
        for j in (0..MAP).step_by(LANES) {
            let mut sums = [V::zero(); HIGH];
            for row in 0..HIGH {
                // SAFETY: row i + row and column j + 7 are below 24.
                sums[row] = unsafe { V::load(bc.as_ptr().add((i + row) * MAP + j)) };
            }
            for l in 0..FILTER {
                let mut column = [V::zero(); FILTER];
                for k in 0..FILTER {
                    column[k] = V::splat(f[k * FILTER + l]);
                }
                for row in 0..HIGH + FILTER - 1 {
                    // SAFETY: row i + row is below 24 + 4, column j + l + 7 below
                    // 24 + 4.
                    let x = unsafe { V::load(x.as_ptr().add((i + row) * SIDE + j + l)) };
                    for k in 0..FILTER {
                        if row >= k && row - k < HIGH {
                            sums[row - k] = column[k].mul_add(x, sums[row - k]);
                        }
                    }
                }
            }
            let mut rows = [[F::zero(); LANES]; HIGH];
            for row in 0..HIGH {
                rows[row] = sums[row].relu().to_array();
            }
            for (row, sums) in rows.iter().enumerate() {
                h[(i + row) * MAP + j..][..LANES].copy_from_slice(sums);
            }
        }
    }
}

/// Adds to `df (5, 5)` what one image contributes: `df[k, l] += sum over i, j of
/// x[i + k, j + l] dz[i, j]`, from `x (28, 28)` and `dz (24, 24)`.
///
/// # Panics
/// If a slice has another length.
pub fn add_df<F: Real>(x: &[F], dz: &[F], df: &mut [F]) {
    assert!(x.len() == SIDE * SIDE && dz.len() == POSITIONS && df.len() == FILTER * FILTER);
    add_df_tiles(x, dz, df);
}

/// Compiled twice, as [`forward_tiles`].
#[multiversion(targets("x86_64+avx2+fma"))]
fn add_df_tiles<F: Real>(x: &[F], dz: &[F], df: &mut [F]) {
    if target_cfg_f!(target_feature = "fma") {
        each_column::<F, F::Wide>(x, dz, df);
    } else {
        each_column::<F, Plain<F>>(x, dz, df);
    }
}

#[inline(always)]
fn each_column<F: Real, V: Vector<F>>(x: &[F], dz: &[F], df: &mut [F]) {
    for l in 0..FILTER {
        let mut sums = [[V::zero(); FILTER]; 2];
        for i in (0..MAP).step_by(KEPT) {
            for j in (0..MAP).step_by(LANES) {
                let mut delta = [V::zero(); KEPT];
                for row in 0..KEPT {
                    // SAFETY: row i + row and column j + 7 are below 24.
                    delta[row] = unsafe { V::load(dz.as_ptr().add((i + row) * MAP + j)) };
                }
                for row in 0..KEPT + FILTER - 1 {
                    // SAFETY: as in `each_tile`.
                    let x = unsafe { V::load(x.as_ptr().add((i + row) * SIDE + j + l)) };
                    for k in 0..FILTER {
                        if row >= k && row - k < KEPT {
                            let sum = &mut sums[row % 2][k];
                            *sum = delta[row - k].mul_add(x, *sum);
                        }
                    }
                }
            }
        }
        let mut columns = [[[F::zero(); LANES]; FILTER]; 2];
        for half in 0..2 {
            for k in 0..FILTER {
                columns[half][k] = sums[half][k].to_array();
            }
        }
        for k in 0..FILTER {
            let [even, odd] = [columns[0][k], columns[1][k]];
            let v: [F; LANES] = std::array::from_fn(|lane| even[lane] + odd[lane]);
            let sum = ((v[0] + v[4]) + (v[2] + v[6])) + ((v[1] + v[5]) + (v[3] + v[7]));
            df[k * FILTER + l] += sum;
        }
    }
}
