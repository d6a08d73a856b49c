//! Is it what it was? The published files are known; of others, what is odd is named.

use std::iter::zip;

use common::Real;
use ndarray::{ArrayView1, s};

use super::dataset::Split;
use super::info::DatasetInfo;

impl DatasetInfo {
    /// Whether the training and the test split are those that were published, or drawn,
    /// by their [`Split::checksum`].
    pub fn is_published<F: Real>(&self, train: &Split<F>, test: &Split<F>) -> [bool; 2] {
        [train.checksum() == self.checksums[0], test.checksum() == self.checksums[1]]
    }

    /// What to know before `train` and `test` are taken for this data set: nothing, if they are.
    pub(super) fn oddities<F: Real>(&self, train: &Split<F>, test: &Split<F>) -> Vec<String> {
        let (published, name, mut odd) = (self.is_published(train, test), self.name, Vec::new());
        let splits = zip([("training", train), ("test", test)], published);
        for ((which, split), _) in splits.filter(|(_, published)| !published) {
            odd.push(format!(
                "the {which} images or labels are not {name}'s as published, so figures will differ"
            ));
            let is_blank = |image: &ArrayView1<F>| image.iter().all(|&v| v == F::of(0.0));
            let blank = split.x.rows().into_iter().rev().take_while(is_blank).count();
            if blank > 0 {
                let (first, n) = (split.len() - blank + 1, split.len());
                odd.push(format!(
                    "the {which} images from number {first} to the last, {n}, are blank"
                ));
            }
            let first = split.labels[0];
            if split.labels.iter().all(|&label| label == first) {
                odd.push(format!("all {which} labels are {first}"));
            }
        }
        let n = test.len();
        if n <= train.len() && published != [true; 2] && train.x.slice(s![..n, ..]) == test.x {
            odd.push(format!("the test images are the first {n} training images"));
        }
        odd
    }
}
