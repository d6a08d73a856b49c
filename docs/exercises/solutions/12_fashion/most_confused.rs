//! Which two classes should share a name, to save the most mistakes?
//!
//!     mistakes(a, b) = counts[a, b] + counts[b, a],   a < b
//!
//! Page: docs/en/12-fashion.md, exercise 4

use ndarray::prelude::*;

/// The two classes, smaller first, whose shared name would make most mistakes disappear, and
/// how many, from `counts (M, M)` with at least two classes; of equals the first.
fn most_confused(counts: &Array2<usize>) -> (usize, usize, usize) {
    let mut most = (0, 1, 0);
    for a in 0..counts.nrows() {
        for b in a + 1..counts.ncols() {
            let mistakes = counts[[a, b]] + counts[[b, a]];
            if mistakes > most.2 {
                most = (a, b, mistakes);
            }
        }
    }
    most
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_directions_count() {
        // 4 + 4 between 1 and 2; 7 in one direction between 0 and 1
        let counts = array![[90, 7, 0], [0, 80, 4], [1, 4, 70]];
        assert_eq!(most_confused(&counts), (1, 2, 8));
    }

    #[test]
    fn the_smaller_class_comes_first() {
        assert_eq!(most_confused(&array![[0, 0, 0], [0, 0, 0], [5, 0, 0]]), (0, 2, 5));
    }

    #[test]
    fn of_equals_it_is_the_first() {
        assert_eq!(most_confused(&array![[9, 1, 0], [1, 9, 2], [0, 0, 9]]), (0, 1, 2));
    }

    #[test]
    fn without_mistakes_there_is_nothing_to_save() {
        assert_eq!(most_confused(&array![[3, 0], [0, 4]]), (0, 1, 0));
    }
}
