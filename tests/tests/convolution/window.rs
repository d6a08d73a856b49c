//! The number of positions of a filter, and the sentences where it does not fit.

use cnn_naive::Window;

fn sentence(stride: usize, padding: usize, size: usize, filter: usize) -> String {
    Window { stride, padding }.outputs(size, filter).unwrap_err().to_string()
}

#[test]
fn positions_are_those_that_can_be_counted() {
    for stride in 1..5 {
        for padding in 0..4 {
            for size in 1..9 {
                for filter in 1..9 {
                    let padded = size + 2 * padding;
                    let counted = (0..padded).step_by(stride).filter(|at| at + filter <= padded);
                    let reached = counted.clone().next_back().map(|at| at + filter);
                    let outputs = Window { stride, padding }.outputs(size, filter);
                    match outputs {
                        Ok(outputs) => {
                            assert_eq!(outputs, counted.count());
                            assert_eq!(reached, Some(padded), "a pixel was left out");
                        }
                        Err(_) => assert_ne!(reached, Some(padded)),
                    }
                }
            }
        }
    }
}

#[test]
fn the_sentences_name_the_numbers_and_the_cure() {
    assert_eq!(Window::default().outputs(28, 5).unwrap(), 24);
    assert!(sentence(0, 0, 28, 5).contains("stride of 0"));
    assert!(sentence(1, 0, 0, 5).contains("image of 0"));
    assert!(sentence(1, 0, 28, 0).contains("filter of 0"));
    assert!(sentence(1, usize::MAX, 28, 5).contains("padding"));
    assert_eq!(
        sentence(1, 1, 3, 7),
        "a filter of 7 is larger than an image of 3 padded by 1 on each side; \
         use a filter of at most 5 or a padding of at least 2"
    );
    assert_eq!(
        sentence(3, 0, 28, 5),
        "a stride of 3 does not divide the span of 23 pixels over which a filter of 5 moves \
         on an image of 28 without padding; use a stride of 1 or 23, or a padding of 2"
    );
    // No padding makes an odd span even.
    assert!(sentence(2, 0, 28, 5).ends_with("use a stride of 1 or 23"));
}

#[test]
fn a_cure_cures() {
    for (stride, padding, size, filter) in [(3, 0, 28, 5), (3, 3, 11, 4), (5, 2, 10, 3)] {
        let sentence = sentence(stride, padding, size, filter);
        let better = sentence.rsplit(' ').next().unwrap().parse().unwrap();
        assert!(Window { stride, padding: better }.outputs(size, filter).is_ok(), "{sentence}");
    }
}
