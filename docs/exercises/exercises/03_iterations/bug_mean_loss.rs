//! Find the bug: the loss of a whole data set, computed batch by batch. The last batch is
//! short, and the result depends on the batch size.
//!
//!     loss = (1 / N) sum over all N examples
//!
//! Page: docs/en/03-iterations.md

/// The mean of the `losses (N,)` of all examples, computed in batches of `size`.
fn mean_loss(losses: &[f64], size: usize) -> f64 {
    // TODO
    let batches = losses.chunks(size);
    let count = batches.len() as f64;
    let means = batches.map(|batch| batch.iter().sum::<f64>() / batch.len() as f64);
    means.sum::<f64>() / count
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_examples_in_batches_of_two() {
        let loss = mean_loss(&[1.0, 1.0, 1.0, 1.0, 6.0], 2);
        assert!((loss - 2.0).abs() < 1e-12, "{loss}");
    }

    #[test]
    fn the_batch_size_does_not_matter() {
        let losses: Vec<f64> = (0..101).map(|n| f64::from(n * n % 37)).collect();
        let at_once = mean_loss(&losses, losses.len());
        for size in [1, 7, 10, 100, 1_000] {
            let loss = mean_loss(&losses, size);
            assert!((loss - at_once).abs() < 1e-9, "in batches of {size}: {loss}, not {at_once}");
        }
    }
}
