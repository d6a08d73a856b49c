//! A matrix product in tiles: what a workgroup fetches once, all its threads use.
//!
//!     c (M, N) = a (M, K) b (K, N), a tile of T x T of c at a time
//!     for each tile of c, for each block of T of the K columns of a and rows of b:
//!         fetch T x T of a and T x T of b, multiply them, add to the tile
//!
//! Beyond the edge there is nothing to fetch.
//!
//! Page: docs/en/06-cnn-gpu.md, exercise 3

use ndarray::prelude::*;

/// The product, and how many numbers of `a` and `b` were fetched, in tiles of `tile`.
fn tiled_product(a: &Array2<f64>, b: &Array2<f64>, tile: usize) -> (Array2<f64>, usize) {
    let mut c = Array2::zeros((a.nrows(), b.ncols()));
    let mut fetched = 0;
    // TODO: three loops over blocks, each with step_by(tile).
    (c, fetched)
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;
    use judge::{assert_close, numbers};

    #[test]
    fn the_product_is_right_where_tiles_do_not_fit_as_well() {
        let (a, b) = (numbers((7, 5), 1), numbers((5, 9), 2));
        for tile in 1..11 {
            let (c, _) = tiled_product(&a, &b, tile);
            assert_close(&c, &a.dot(&b), 1e-12);
        }
    }

    #[test]
    fn a_tile_saves_as_many_fetches_as_it_has_rows() {
        let (a, b) = (numbers((16, 8), 1), numbers((8, 16), 2));
        // Without tiles, a row and a column for each of 256 numbers
        assert_eq!(tiled_product(&a, &b, 1).1, 256 * 2 * 8);
        assert_eq!(tiled_product(&a, &b, 4).1, 256 * 2 * 8 / 4);
        assert_eq!(tiled_product(&a, &b, 16).1, 16 * 8 + 8 * 16);
    }

    #[test]
    fn at_the_edge_nothing_is_fetched_that_does_not_exist() {
        let (a, b) = (numbers((3, 1), 1), numbers((1, 5), 2));
        // 2 x 3 tiles of 2: the rows 3 x 3 times, the columns 2 x 5 times
        assert_eq!(tiled_product(&a, &b, 2).1, 9 + 10);
    }
}
