//! Which images each step takes, and how to continue from any step.
//!
//! Every epoch shuffles all images with random numbers of its own, stream `1 + epoch` of the
//! seed. So a checkpoint holds `seed`, `epoch` and `batch`, not the order of 60,000 images.

use common::batch::shuffled_batches;
use common::seeded;
use serde::{Deserialize, Serialize};

/// Batches of image indices, without end.
#[derive(Clone, Debug)]
pub struct Sampler {
    /// Where it stands.
    pub position: Position,
    images: usize,
    batch_size: usize,
    seed: u64,
    batches: Vec<Vec<usize>>, // of the current epoch, empty before it is shuffled
}

/// A position in the sequence of batches; the default is the beginning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Position {
    /// Complete epochs.
    pub epoch: usize,
    /// Batches of the current epoch that are done.
    pub batch: usize,
}

impl Sampler {
    /// Samples `0..images` in batches of `batch_size` from `position` on; panics if either
    /// number is 0.
    pub fn at(images: usize, batch_size: usize, seed: u64, position: Position) -> Sampler {
        assert!(
            images > 0 && batch_size > 0,
            "sampler: {images} images in batches of {batch_size}"
        );
        Sampler { position, images, batch_size, seed, batches: Vec::new() }
    }

    /// The indices of the next batch: `batch_size` of them, or the rest of the epoch.
    pub fn next_batch(&mut self) -> Vec<usize> {
        let is_over = self.position.batch >= self.images.div_ceil(self.batch_size);
        if is_over {
            self.position = Position { epoch: self.position.epoch + 1, batch: 0 };
        }
        if is_over || self.batches.is_empty() {
            self.shuffle();
        }
        self.position.batch += 1;
        self.batches[self.position.batch - 1].clone()
    }

    /// All batches of the current epoch.
    fn shuffle(&mut self) {
        let mut rng = seeded(self.seed);
        rng.set_stream(1 + self.position.epoch as u64); // stream 0 is for weights and dropout
        self.batches = shuffled_batches(self.images, self.batch_size, &mut rng);
    }
}
