//! Images that are easy already. Their gradients are almost nothing, and take as long as those
//! of all others. A. H. Jiang and others, "Accelerating deep learning by focusing on the
//! biggest losers", 2019, choose at random, hard ones more often; here easy ones miss one epoch.

use common::{Float, Rng, batch::shuffled_batches};
use ndarray::ArrayRef2;

/// For each training image, the probability of its right class when it was shown last; 0
/// before that, and while it is left out.
pub struct Confidence(Vec<f64>);

impl Confidence {
    /// Of `n` images, all of them hard.
    pub fn new(n: usize) -> Confidence {
        Confidence(vec![0.0; n])
    }

    /// Remembers the probabilities `y (N, 10)` of the images `batch` and their targets
    /// `t (N, 10)`, in which the right class has the largest number; sets to 0 the rows of
    /// `dz (N, 10)` whose right class has at least the probability `skip_above`.
    /// Panics if an image does not exist.
    pub fn update(
        &mut self,
        batch: &[usize],
        (y, t): (&ArrayRef2<Float>, &ArrayRef2<Float>),
        dz: &mut ArrayRef2<Float>,
        skip_above: f64,
    ) {
        for (n, &k) in batch.iter().enumerate() {
            let classes = y.row(n).into_iter().zip(t.row(n));
            let right =
                classes.fold((0.0, 0.0), |best, (&y, &t)| if t > best.1 { (y, t) } else { best });
            self.0[k] = f64::from(right.0);
            if self.0[k] >= skip_above {
                dz.row_mut(n).fill(0.0);
            }
        }
    }

    /// The batches of the next epoch: all images in random order but those whose right class
    /// had at least the probability `leave_out_above`, which are shown again in the epoch after it.
    pub fn next_epoch(
        &mut self,
        leave_out_above: f64,
        size: usize,
        rng: &mut Rng,
    ) -> Vec<Vec<usize>> {
        let mut shown = Vec::with_capacity(self.0.len());
        for (k, confidence) in self.0.iter_mut().enumerate() {
            if *confidence < leave_out_above {
                shown.push(k);
            } else {
                *confidence = 0.0;
            }
        }
        let mut batches = shuffled_batches(shown.len(), size, rng);
        batches.iter_mut().flatten().for_each(|k| *k = shown[*k]);
        batches
    }
}
