//! Which images each step looks at, so that it can be found again.
//!
//! Every epoch shuffles all images anew, with random numbers of its own: the
//! stream `1 + epoch` of the generator that `seed` starts. So an order is three
//! numbers, `seed`, `epoch` and `batch`, and a checkpoint need not hold 60,000.

use common::batch::shuffled_batches;
use common::seeded;

/// A place in the order of the images.
#[derive(Clone, Debug)]
pub struct Order {
    /// Epochs that are over.
    pub epoch: usize,
    /// Batches of this epoch that are over.
    pub batch: usize,
    images: usize,
    size: usize,
    seed: u64,
    batches: Vec<Vec<usize>>,
}

impl Order {
    /// The order of so many images in batches of `size`, from a place on; the
    /// beginning is epoch 0, batch 0.
    ///
    /// # Panics
    /// If `images` or `size` is 0.
    pub fn at(images: usize, size: usize, seed: u64, (epoch, batch): (usize, usize)) -> Order {
        assert!(images > 0 && size > 0, "an order of {images} images in batches of {size}");
        let batches = epoch_of(images, size, seed, epoch);
        Order { epoch, batch, images, size, seed, batches }
    }

    /// The numbers of the next images: `size` of them, fewer at the end of an
    /// epoch if `size` does not divide it.
    pub fn next_batch(&mut self) -> Vec<usize> {
        if self.batch >= self.batches.len() {
            self.epoch += 1;
            self.batch = 0;
            self.batches = epoch_of(self.images, self.size, self.seed, self.epoch);
        }
        self.batch += 1;
        self.batches[self.batch - 1].clone()
    }
}

/// All batches of an epoch.
fn epoch_of(images: usize, size: usize, seed: u64, epoch: usize) -> Vec<Vec<usize>> {
    let mut rng = seeded(seed);
    rng.set_stream(1 + epoch as u64); // stream 0 is for weights and dropout
    shuffled_batches(images, size, &mut rng)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_epoch_shows_every_image_once_in_another_order() {
        let mut order = Order::at(10, 4, 7, (0, 0));
        let epochs: Vec<Vec<usize>> =
            (0..2).map(|_| (0..3).flat_map(|_| order.next_batch()).collect()).collect();
        assert_ne!(epochs[0], epochs[1]);
        for mut epoch in epochs {
            epoch.sort_unstable();
            assert_eq!(epoch, (0..10).collect::<Vec<_>>());
        }
    }

    #[test]
    fn an_order_goes_on_from_any_place() {
        let mut whole = Order::at(10, 4, 7, (0, 0));
        for _ in 0..8 {
            let mut rest = Order::at(10, 4, 7, (whole.epoch, whole.batch));
            assert_eq!(rest.next_batch(), whole.clone().next_batch());
            whole.next_batch();
        }
        assert_ne!(
            Order::at(10, 10, 8, (0, 0)).next_batch(),
            Order::at(10, 10, 7, (0, 0)).next_batch()
        );
    }
}
