//! The line that describes a network: what it means, and what is said of one
//! that means nothing.

use cnn_naive::Window;
use deep_cnn::pictures::mosaic;
use deep_cnn::study::SETTINGS;
use deep_cnn::{Layer, Layers, Pooling};
use ndarray::Array3;

const DIGIT: (usize, usize, usize) = (1, 28, 28);

fn layers(line: &str) -> Layers {
    line.parse().unwrap_or_else(|error| panic!("{error}"))
}

/// The sentence, and what the mark stands under.
fn refused(line: &str) -> (String, String) {
    let error = match line.parse::<Layers>() {
        Err(error) => error,
        Ok(layers) => layers.shapes(DIGIT).expect_err("nothing is wrong with it"),
    };
    let text = error.to_string();
    let [sentence, shown, marks] = text.lines().collect::<Vec<_>>()[..] else {
        panic!("three lines, not: {text}");
    };
    assert!(shown.starts_with("    ") && !sentence.ends_with('.'), "{text}");
    let pairs = shown.chars().chain([' ']).zip(marks.chars());
    let marked = pairs.filter(|(_, mark)| *mark == '^').map(|(shown, _)| shown).collect();
    (sentence.to_owned(), marked)
}

#[test]
fn every_kind_of_layer_is_read() {
    let conv = |filters, size, stride, padding| Layer::Conv {
        filters,
        size,
        window: Window { stride, padding },
    };
    let pool = |kind, size, stride| Layer::Pool { kind, size, stride };
    assert_eq!(
        layers(
            "conv20x5, conv8x3s2 ,conv9x4p1,conv7x2p3s4,pool2,pool3s2,avgpool4,avgpool3s1,500,7"
        )
        .0,
        [
            conv(20, 5, 1, 0),
            conv(8, 3, 2, 0),
            conv(9, 4, 1, 1),
            conv(7, 2, 4, 3),
            pool(Pooling::Max, 2, 2),
            pool(Pooling::Max, 3, 2),
            pool(Pooling::Average, 4, 4),
            pool(Pooling::Average, 3, 1),
            Layer::Affine { units: 500 },
            Layer::Affine { units: 7 },
        ]
    );
}

#[test]
fn what_is_written_reads_back_the_same() {
    for line in [
        "conv20x5,pool2,conv50x5,pool2,500",
        "conv32x3p1,conv8x5s2,avgpool3s1,pool4s2",
        "conv10x4s3,pool3s2",
        "1,2,3",
    ] {
        assert_eq!(layers(line).to_string(), line);
    }
    assert_eq!(layers(" conv7x2p3s4 , pool2s2").to_string(), "conv7x2s4p3,pool2");
}

#[test]
fn shapes_and_parameters_are_those_counted_by_hand() {
    let network = layers("conv20x5,pool2,conv50x5,pool2,500");
    let shapes = network.shapes(DIGIT).unwrap();
    assert_eq!(shapes, [(20, 24, 24), (20, 12, 12), (50, 8, 8), (50, 4, 4), (500, 1, 1)]);
    let seen = [DIGIT].into_iter().chain(shapes);
    let counts: Vec<usize> =
        network.0.iter().zip(seen).map(|(layer, seen)| layer.parameters(seen)).collect();
    assert_eq!(counts, [20 * 26, 0, 50 * 501, 0, 500 * 801]);
    // The one of the TensorFlow article.
    assert_eq!(layers("conv10x4s3,pool3s2").shapes(DIGIT).unwrap(), [(10, 9, 9), (10, 4, 4)]);
    // Padding keeps the size; the image need not be a square.
    let padded = layers("conv8x3p1,avgpool3s1").shapes((3, 6, 9)).unwrap();
    assert_eq!(padded, [(8, 6, 9), (8, 4, 7)]);
}

#[test]
fn the_mark_stands_under_what_is_wrong() {
    for (line, marked, named) in [
        ("conv20x5,pol2,500", "pol2", "`pol2` is no layer; write conv20x5"),
        ("Conv20x5", "Conv20x5", "is no layer"),
        ("conv20x5,größe,500", "größe", "is no layer"),
        ("conv20x5,,500", ",", "a layer is missing here"),
        ("", " ", "a layer is missing here"),
        ("500,", " ", "a layer is missing here"),
        ("convx5", "x5", "here should be how many filters"),
        ("conv20", " ", "here should be the size of the filters"),
        ("conv20y5", "y5", "here should be the size of the filters"),
        ("conv20x", " ", "here should be the size of the filters"),
        ("pool", " ", "here should be the size of the windows"),
        ("conv20x5s", " ", "here should be the stride"),
        ("conv20x5p,500", ",", "here should be the padding"),
        ("conv0x5", "0", "0 is not possible here; use 1 or more"),
        ("conv20x0", "0", "0 is not possible"),
        ("conv20x5s0", "0", "0 is not possible"),
        ("pool0", "0", "0 is not possible"),
        ("pool2s0", "0", "0 is not possible"),
        ("conv20x5,00", "00", "0 is not possible"),
        ("conv20x5s2s3", "s3", "a stride is written s2"),
        ("pool2p1", "p1", "a pool has no padding"),
        ("50 0", " 0", "an affine layer is a number"),
        ("500x5", "x5", "an affine layer is a number"),
        ("-5", "-5", "is no layer"),
        ("conv20x5,100001", "100001", "use at most 100,000"),
        ("99999999999999999999999", "99999999999999999999999", "use at most 100,000"),
        ("500,conv20x5", "conv20x5", "after the affine layer 500 there are no rows"),
        ("conv20x5,500, pool2", "pool2", "put convolutions and pools before it"),
    ] {
        let (sentence, place) = refused(line);
        assert!(sentence.contains(named), "{line}: {sentence}");
        assert_eq!(place, marked, "{line}: {sentence}");
    }
}

#[test]
fn a_layer_that_does_not_fit_is_named_and_cured() {
    for (line, marked, named) in [
        ("conv20x5s3", "conv20x5s3", "a stride of 3 does not divide the span of 23 pixels"),
        ("conv20x29", "conv20x29", "a filter of 29 is larger than an image of 28"),
        ("conv20x31p1", "conv20x31p1", "use a filter of at most 30 or a padding of at least 2"),
        ("pool2,pool15", "pool15", "a pool of 15 is larger than the 14 pixels that are left"),
        (
            "conv20x5,pool2,pool5,500",
            "pool5",
            "a stride of 5 does not divide the span of 7 pixels over which a pool of 5 moves on \
             12; use a stride of 1 or 7, or windows of 7 with that stride",
        ),
        ("conv8x3p1,pool3s2", "pool3s2", "use a stride of 1, 5 or 25, or windows of 4"),
    ] {
        let (sentence, place) = refused(line);
        assert!(sentence.contains(named), "{line}: {sentence}");
        assert_eq!(place, marked, "{line}: {sentence}");
    }
}

#[test]
fn a_network_beyond_all_memory_is_refused_before_any_is_asked_for() {
    for (line, marked, named) in [
        ("conv20x5,100000", "100000", "20,000,000 would ask for more memory"),
        ("100,100000,100000", "100000", "parameters"),
        ("conv100000x1", "conv100000x1", "values for each image"),
        ("conv1x1p100000", "conv1x1p100000", "values for each image"),
        ("conv2000x5,conv2000x5", "conv2000x5", "values for each image"),
    ] {
        let (sentence, place) = refused(line);
        assert!(sentence.contains(named), "{line}: {sentence}");
        assert_eq!(place, marked, "{line}: {sentence}");
    }
    let many = vec!["1"; 51].join(",");
    assert!(refused(&many).0.contains("more than 50 layers"));
}

#[test]
fn every_setting_of_the_study_fits_a_digit_and_differs_from_the_first_in_one_thing() {
    for (changed, line, batch_size) in SETTINGS {
        let layers = layers(line);
        layers.shapes(DIGIT).unwrap_or_else(|error| panic!("{error}"));
        let first = (layers.to_string() == SETTINGS[0].1, batch_size == SETTINGS[0].2);
        let batch = changed == "batch size";
        assert_eq!(first, (batch || changed == "the first", !batch));
    }
}

#[test]
fn a_mosaic_holds_every_map_where_a_reader_looks_for_it() {
    let maps = Array3::from_shape_fn((5, 2, 3), |(c, i, j)| (100 * c + 10 * i + j + 1) as f64);
    let block = mosaic(&maps.view());
    assert_eq!(block.dim(), (2 * 3 - 1, 3 * 4 - 1));
    for ((c, i, j), &v) in maps.indexed_iter() {
        assert_eq!(block[[c / 3 * 3 + i, c % 3 * 4 + j]], v);
    }
    assert_eq!(block.sum(), maps.sum(), "and nothing else");
    for (c, columns) in [(1, 1), (2, 2), (4, 2), (9, 3), (10, 4), (20, 5)] {
        let maps = Array3::<f64>::zeros((c, 1, 1));
        assert_eq!(mosaic(&maps.view()).ncols(), 2 * columns - 1, "{c} maps");
    }
}
