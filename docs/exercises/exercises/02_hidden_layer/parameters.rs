//! How many numbers does a network learn?
//!
//!     784 pixels -> hidden units -> ... -> 10 classes
//!
//! Each layer has a weight for each pair of an input and an output, and a bias for each
//! output.
//!
//! Page: docs/en/02-hidden-layer.md, exercise 1

/// The number of parameters of a network of affine layers with `widths[0]` inputs,
/// `widths[1]` units in the first layer and so on.
fn parameters(widths: &[usize]) -> usize {
    // TODO: weights and biases of each layer.
    0
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_layer() {
        assert_eq!(parameters(&[784, 10]), 7_850);
    }

    #[test]
    fn a_hidden_layer_of_ten_has_hardly_more_parameters_than_none() {
        assert_eq!(parameters(&[784, 10, 10]), 7_960);
        assert_eq!(parameters(&[784, 100, 10]), 79_510);
    }

    #[test]
    fn any_number_of_layers() {
        // 3 x 4 + 4, 4 x 1 + 1, 1 x 2 + 2
        assert_eq!(parameters(&[3, 4, 1, 2]), 16 + 5 + 4);
        assert_eq!(parameters(&[784]), 0);
    }
}
