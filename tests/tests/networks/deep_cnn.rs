//! The deep network: in plain loops against central differences and PyTorch's
//! first steps, and the fast one against the plain loops.

use cnn_naive::Window;
use common::check::{numerical_gradient, relative_error};
use common::{Float, cross_entropy, cross_entropy_from_logits, relu, seeded, softmax};
use deep_cnn::early_stopping::EarlyStopping;
use deep_cnn::network::{self, Parameters};
use deep_cnn::optimiser::adam;
use deep_cnn::{Layers, Network, parameters, pool};
use fashion::naive::Naive;
use ndarray::{Array1, Array2, ArrayD, IxDyn};
use referee::{fixture, numbers, probe};

/// Layers of every kind, on images of two channels that are not square.
const SMALL: [&str; 6] = [
    "conv3x3,pool2,conv4x2,5",
    "conv2x3p1,avgpool3s1,6,4",
    "conv3x4s2p1,conv2x2,pool2s1",
    "avgpool2,conv3x2p1",
    "pool3s1,7",
    "conv3x1,conv2x3,conv2x4p2s2,avgpool2s1,5",
];
const IMAGE: (usize, usize, usize) = (2, 8, 10);
const CLASSES: usize = 4;

fn layers(line: &str) -> Layers {
    line.parse().unwrap_or_else(|error| panic!("{error}"))
}

/// Images of a step and their targets, as in `scripts/torch_fixtures.py`.
fn images(n: usize, step: usize) -> (Array2<f64>, Array2<f64>) {
    let x = (numbers((n, 784), 1000 + step as u64, 1.0) + 1.0) / 2.0; // from 0 to 1
    let t = Array2::from_shape_fn((n, 10), |(n, k)| f64::from((3 * n + step) % 10 == k));
    (x, t)
}

/// The network that a fixture trains: its layers, its parameters one behind the
/// other with their names and lengths.
fn fixture_network(line: &str, shapes: &[&[usize]]) -> (Layers, Vec<f64>, Vec<(String, usize)>) {
    let (mut w, mut pieces) = (Vec::new(), Vec::new());
    for (k, shape) in shapes.iter().enumerate() {
        let inputs: usize = if shape.len() == 4 { shape[1..].iter().product() } else { shape[0] };
        let weights = k % 2 == 0; // w1, b1, w2, b2, ...
        let scale = if weights { (3.0 / inputs as f64).sqrt() } else { 0.1 };
        let length = shape.iter().product();
        w.extend(numbers(length, 600 + k as u64, scale));
        pieces.push((format!("{}{}", if weights { "w" } else { "b" }, k / 2 + 1), length));
    }
    (layers(line), w, pieces)
}

/// Both fixtures of networks: file, layers, shapes of w1, b1, w2, ...
fn fixture_networks() -> [(&'static str, &'static str, Vec<&'static [usize]>); 2] {
    [
        (
            "torch/one_conv.npz",
            "conv30x5,pool2,100",
            vec![&[30, 1, 5, 5], &[30], &[4320, 100], &[100], &[100, 10], &[10]],
        ),
        (
            "torch/two_conv.npz",
            "conv20x5,pool2,conv50x5,pool2,500",
            vec![
                &[20, 1, 5, 5],
                &[20],
                &[50, 20, 5, 5],
                &[50],
                &[800, 500],
                &[500],
                &[500, 10],
                &[10],
            ],
        ),
    ]
}

/// Five steps of Adam on `gradients(w, x, t)`, which returns loss and gradient:
/// losses, gradients of the first step and parameters against the fixture.
fn five_steps_are_pytorchs(
    file: &str,
    mut w: Vec<f64>,
    pieces: &[(String, usize)],
    mut gradients: impl FnMut(&[f64], &Array2<f64>, &Array2<f64>) -> (f64, Vec<f64>),
) {
    let torch = fixture(file);
    let losses = torch.get("losses", 5).unwrap();
    let close = |values: &[f64], prefix: &str| {
        let mut at = 0;
        for (name, length) in pieces {
            let ours = probe(&Array1::from(values[at..at + length].to_vec()));
            let theirs = torch.any_shape(&format!("{prefix}{name}")).unwrap();
            assert_eq!(ours.len(), theirs.len(), "{prefix}{name}");
            let scale = theirs.iter().skip(2).fold(0.0f64, |m, v| m.max(v.abs()));
            for (k, (ours, theirs)) in ours.iter().zip(theirs).enumerate() {
                // The two sums are of many more terms.
                let scale = if k < 2 { theirs.abs().max(scale * *length as f64) } else { scale };
                let error = (ours - theirs).abs() / scale;
                assert!(error < 1e-9, "{file} {prefix}{name}: off by {error:e}");
            }
            at += length;
        }
        assert_eq!(at, values.len());
    };
    let (mut v, mut s) = (vec![0.0; w.len()], vec![0.0; w.len()]);
    for step in 0..5 {
        let (x, t) = images(4, step);
        let (loss, dw) = gradients(&w, &x, &t);
        assert!((loss - losses[step]).abs() < 1e-11 * losses[step], "{loss} {}", losses[step]);
        if step == 0 {
            close(&dw, "d");
        }
        adam(&mut w, &dw, &mut v, &mut s, step + 1, 1e-3);
    }
    close(&w, "");
}

#[test]
fn five_steps_in_plain_loops_are_pytorchs() {
    for (file, line, shapes) in fixture_networks() {
        let (layers, w, pieces) = fixture_network(line, &shapes);
        let naive = Naive::new(&layers, (1, 28, 28), 10).unwrap();
        assert_eq!(naive.parameters(), w.len());
        five_steps_are_pytorchs(file, w, &pieces, |w, x, t| {
            let values = naive.forward(w, x);
            let z = values.last().unwrap();
            let dz = (softmax(z) - t) / x.nrows() as f64;
            (cross_entropy_from_logits(z, t), naive.backward(w, &values, &dz))
        });
    }
}

/// All parameters, one after the other, as the lesson's network has them: `shapes`
/// are those of w1, b1, w2, ...
fn lessons_parameters(w: &[f64], shapes: &[&[usize]]) -> Parameters<f64> {
    let mut rest = w;
    let mut next = shapes.iter().map(|shape| {
        let (own, behind) = rest.split_at(shape.iter().product());
        rest = behind;
        ArrayD::from_shape_vec(IxDyn(shape), own.to_vec()).unwrap()
    });
    let mut next = || next.next().unwrap();
    let row = |b: ArrayD<f64>| Array2::from_shape_vec((1, b.len()), b.into_iter().collect());
    Parameters {
        w1: next().into_dimensionality().unwrap(),
        b1: next().into_dimensionality().unwrap(),
        w2: next().into_dimensionality().unwrap(),
        b2: next().into_dimensionality().unwrap(),
        w3: next().into_dimensionality().unwrap(),
        b3: row(next()).unwrap(),
        w4: next().into_dimensionality().unwrap(),
        b4: row(next()).unwrap(),
    }
}

/// The same in one vector.
fn in_one(p: &Parameters<f64>) -> Vec<f64> {
    let first = p.w1.iter().chain(&p.b1).chain(&p.w2).chain(&p.b2);
    first.chain(&p.w3).chain(&p.b3).chain(&p.w4).chain(&p.b4).copied().collect()
}

/// Loss and gradients of the lesson's equations.
fn lessons_gradients(p: &Parameters<f64>, x: &Array2<f64>, t: &Array2<f64>) -> (f64, Vec<f64>) {
    let side = x.ncols().isqrt();
    let x = x.to_shape((x.nrows(), 1, side, side)).unwrap();
    let cache = network::forward(&x, p);
    let dz = (softmax(&cache.z) - t) / t.nrows() as f64;
    let loss = cross_entropy_from_logits(&cache.z, t);
    (loss, in_one(&network::backward(&dz, &x, p, &cache)))
}

#[test]
fn five_steps_of_the_lessons_equations_are_pytorchs() {
    let (file, line, shapes) = fixture_networks()[1].clone();
    let (_, w, pieces) = fixture_network(line, &shapes);
    five_steps_are_pytorchs(file, w, &pieces, |w, x, t| {
        lessons_gradients(&lessons_parameters(w, &shapes), x, t)
    });
}

#[test]
fn the_lessons_equations_match_numerical_gradients_and_any_line_of_layers() {
    // Two filters, a pool, three filters, a pool, five units, on images of 16 x 16.
    let shapes: [&[usize]; 8] =
        [&[2, 1, 5, 5], &[2], &[3, 2, 3, 3], &[3], &[12, 5], &[5], &[5, 4], &[4]];
    let length: usize = shapes.iter().map(|shape| shape.iter().product::<usize>()).sum();
    let w = numbers(length, 8, 0.5);
    let x = numbers((3, 256), 9, 1.0);
    let t = Array2::from_shape_fn((3, 4), |(n, k)| f64::from((n + 1) % 4 == k));
    let gradients = |w: &Array1<f64>| {
        lessons_gradients(&lessons_parameters(w.as_slice().unwrap(), &shapes), &x, &t)
    };
    let dw = Array1::from(gradients(&w).1);
    let error = relative_error(&dw, &numerical_gradient(&w, |w| gradients(w).0));
    assert!(error < 1e-7, "{error:e}");

    let layers = layers("conv2x5,pool2,conv3x3,pool2,5");
    let naive = Naive::new(&layers, (1, 16, 16), 4).unwrap();
    let values = naive.forward(w.as_slice().unwrap(), &x);
    let dz = (softmax(values.last().unwrap()) - &t) / 3.0;
    let same = naive.backward(w.as_slice().unwrap(), &values, &dz);
    assert!(relative_error(&dw, &Array1::from(same)) < 1e-13);
    let mut network = Network::new(&layers, (1, 16, 16), 4, 3, &mut seeded(1)).unwrap();
    let (loss, fast) = fast_gradients(&mut network, w.as_slice().unwrap(), &x, &t);
    assert!((loss - gradients(&w).0).abs() < 1e-12);
    assert!(relative_error(&dw, &Array1::from(fast)) < 1e-11);
}

#[test]
fn backward_in_plain_loops_matches_numerical_gradients() {
    for line in SMALL {
        let naive = Naive::new(&layers(line), IMAGE, CLASSES).unwrap();
        let w = numbers(naive.parameters(), 1, 0.5);
        let x = numbers((3, 160), 2, 1.0);
        let t = Array2::from_shape_fn((3, CLASSES), |(n, k)| f64::from((n + 1) % CLASSES == k));
        let loss = |w: &Array1<f64>| {
            let values = naive.forward(w.as_slice().unwrap(), &x);
            cross_entropy_from_logits(values.last().unwrap(), &t)
        };
        let values = naive.forward(w.as_slice().unwrap(), &x);
        let dz = (softmax(values.last().unwrap()) - &t) / 3.0;
        let dw = Array1::from(naive.backward(w.as_slice().unwrap(), &values, &dz));
        let error = relative_error(&dw, &numerical_gradient(&w, loss));
        assert!(error < 1e-7, "{line}: {error:e}");
    }
}

#[test]
fn a_network_of_two_layers_is_what_it_looks_like() {
    // One filter and a pool, written out with the functions of other chapters.
    let naive = Naive::new(&layers("conv1x5,pool2"), (1, 28, 28), 10).unwrap();
    let w = numbers(naive.parameters(), 5, 0.3);
    let (x, t) = images(3, 0);
    let values = naive.forward(w.as_slice().unwrap(), &x);
    let f = w.slice(ndarray::s![..25]).into_shape_with_order((1, 1, 5, 5)).unwrap();
    let images = x.to_shape((3, 1, 28, 28)).unwrap();
    let z = cnn_naive::conv::forward(&images, &f, Window::default()) + w[25]; // (3, 1, 24, 24)
    let h = relu(&z.into_shape_with_order((3, 576)).unwrap());
    let maps = h.to_shape((3, 1, 24, 24)).unwrap();
    let a = pool::forward(pool::Pooling::Max, &maps, 2, 2); // (3, 1, 12, 12)
    let a = a.into_shape_with_order((3, 144)).unwrap();
    let wo = w.slice(ndarray::s![26..1466]).into_shape_with_order((144, 10)).unwrap();
    let z = a.dot(&wo) + w.slice(ndarray::s![1466..]);
    assert_eq!(naive.parameters(), 1476);
    assert!(relative_error(&z, values.last().unwrap()) < 1e-13);
    let losses = (cross_entropy(&softmax(&z), &t), cross_entropy_from_logits(&z, &t));
    assert!((losses.0 - losses.1).abs() < 1e-12);
}

/// Loss and gradients of the fast network with parameters `w`.
fn fast_gradients(
    network: &mut Network<f64>,
    w: &[f64],
    x: &Array2<f64>,
    t: &Array2<f64>,
) -> (f64, Vec<f64>) {
    network.w.copy_from_slice(w);
    let z = network.forward(x);
    let loss = cross_entropy_from_logits(&z, t);
    let dz = (softmax(&z) - t) / x.nrows() as f64;
    network.backward(x, &dz);
    (loss, network.dw.clone())
}

#[test]
fn five_fast_steps_are_pytorchs() {
    for (file, line, shapes) in fixture_networks() {
        let (layers, w, pieces) = fixture_network(line, &shapes);
        let mut network = Network::new(&layers, (1, 28, 28), 10, 4, &mut seeded(1)).unwrap();
        let shapes: Vec<Vec<usize>> = shapes.iter().map(|shape| shape.to_vec()).collect();
        for ((piece, shape), (name, _)) in network.named_parameters.iter().zip(shapes).zip(&pieces)
        {
            assert_eq!((&piece.name, piece.range.len()), (name, shape.iter().product()));
        }
        five_steps_are_pytorchs(file, w, &pieces, |w, x, t| fast_gradients(&mut network, w, x, t));
    }
}

#[test]
fn the_fast_network_equals_the_plain_loops() {
    // Beyond the small ones: filters wider than a vector, with and without a pool
    // behind them; pools that overlap or leave gaps; layers of few and of many
    // units; no convolution; nothing but the output layer's inputs.
    let more = [
        "conv2x9p4,pool2,5",
        "conv2x9p4,conv3x3p1,pool2",
        "conv3x3p1,pool4s2,120",
        "conv7x2,pool1s2,7,230",
        "conv2x1,pool8s2",
        "pool2,avgpool3s1,12,9",
        "300,8,3",
    ];
    for line in SMALL.into_iter().chain(more) {
        let layers = layers(line);
        let naive = Naive::new(&layers, IMAGE, CLASSES).unwrap();
        let mut network = Network::new(&layers, IMAGE, CLASSES, 30, &mut seeded(1)).unwrap();
        assert_eq!(network.w.len(), naive.parameters());
        let w = numbers(naive.parameters(), 3, 0.5);
        let w = w.as_slice().unwrap();
        // Whole chunks and rests, and fewer images after more.
        for n in [30, 1, 23] {
            let x = numbers((n, 160), n as u64, 1.0);
            let t = Array2::from_shape_fn((n, CLASSES), |(n, k)| f64::from((n + 1) % CLASSES == k));
            let values = naive.forward(w, &x);
            let z = values.last().unwrap();
            let dz = (softmax(z) - &t) / n as f64;
            let dw = Array1::from(naive.backward(w, &values, &dz));
            let (loss, fast) = fast_gradients(&mut network, w, &x, &t);
            assert!((loss - cross_entropy_from_logits(z, &t)).abs() < 1e-12, "{line}, {n} images");
            let error = relative_error(&Array1::from(fast), &dw);
            assert!(error < 1e-11, "{line}, {n} images: off by {error:e}");
        }
    }
}

#[test]
fn ties_and_dead_units_go_the_same_way_in_both() {
    // Images in steps of a half have windows with several largest values; large
    // negative biases kill whole maps.
    let layers = layers("conv4x3p1,pool2,conv3x2,pool3s1,6");
    let naive = Naive::new(&layers, IMAGE, CLASSES).unwrap();
    let mut network = Network::new(&layers, IMAGE, CLASSES, 12, &mut seeded(1)).unwrap();
    let mut w = numbers(naive.parameters(), 3, 1.0).mapv(|v| (2.0 * v).round() / 2.0);
    w.as_slice_mut().unwrap()[network.named_parameters[1].range.clone()][1] = -50.0;
    let x = numbers((12, 160), 4, 1.0).mapv(|v| (2.0 * v).round() / 2.0);
    let dz = numbers((12, CLASSES), 5, 1.0);
    let w = w.as_slice().unwrap();
    let values = naive.forward(w, &x);
    let dw = Array1::from(naive.backward(w, &values, &dz));
    network.w.copy_from_slice(w);
    let z = network.forward(&x).to_owned();
    assert!(relative_error(&z, values.last().unwrap()) < 1e-12);
    network.backward(&x, &dz);
    assert!(relative_error(&Array1::from(network.dw.clone()), &dw) < 1e-12);
}

#[test]
fn the_fast_network_has_the_same_bits_on_any_number_of_threads() {
    let layers = layers("conv6x5,pool2,conv9x3,avgpool2,40");
    let mut bits = [1, 2, 3, 7].map(|threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let mut network: Network<f32> =
                Network::new(&layers, (1, 28, 28), 10, 64, &mut seeded(1)).unwrap();
            let x = numbers((64, 784), 6, 1.0).mapv(|v| v as f32);
            let dz = numbers((64, 10), 7, 1.0).mapv(|v| v as f32);
            let z = network.forward(&x).to_owned();
            network.backward(&x, &dz);
            let all = z.iter().chain(&network.dw);
            all.map(|v| v.to_bits()).collect::<Vec<u32>>()
        })
    });
    let first = std::mem::take(&mut bits[0]);
    assert!(bits[1..].iter().all(|bits| *bits == first));
}

#[test]
fn a_number_that_is_none_is_not_lost_on_the_way() {
    let layers = layers("conv4x5,pool2,20");
    let mut network: Network<f32> =
        Network::new(&layers, (1, 28, 28), 10, 2, &mut seeded(1)).unwrap();
    let mut x = numbers((2, 784), 6, 1.0).mapv(|v| v as f32);
    x[[1, 400]] = f32::NAN;
    let z = network.forward(&x);
    assert!(z.row(0).iter().all(|z| z.is_finite()) && z.row(1).iter().any(|z| z.is_nan()));
}

#[test]
fn training_stops_when_nothing_gets_better_and_keeps_the_best() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("params.npz");
    let network: Network<Float> =
        Network::new(&layers("5"), (1, 28, 28), 10, 2, &mut seeded(1)).unwrap();
    let with = |value: Float| vec![value; network.w.len()];
    let mut stopping = EarlyStopping::new(file.clone(), 2, &network);
    let diverged = stopping.check(1, f64::NAN, &network.w).unwrap_err().to_string();
    assert!(diverged.contains("iteration 1;") && diverged.contains("of iteration 0"), "{diverged}");
    stopping.check(1, 2.3, &with(1.0)).unwrap();
    assert!(!stopping.update(1, 0.5, 90.0, &with(1.0)).unwrap());
    // As many right with a lower loss is better; fewer right is worse.
    assert!(!stopping.update(2, 0.4, 90.0, &with(2.0)).unwrap());
    assert!(!stopping.update(3, 0.1, 89.9, &with(3.0)).unwrap());
    assert!(stopping.update(4, 0.4, 90.0, &with(4.0)).unwrap());
    assert_eq!((stopping.epoch, stopping.accuracy), (2, 90.0));
    let saved = parameters::load(&file, &network.named_parameters).unwrap();
    assert!(saved == with(2.0) && stopping.best == saved);
    let diverged = stopping.update(5, f64::INFINITY, 10.0, &with(5.0)).unwrap_err().to_string();
    assert!(diverged.contains("of epoch 2, the best so far"), "{diverged}");
}

/// A NaN in an image is one in its logits, and one in any weight is found by
/// `is_finite`, whether a loss shows it or not.
#[test]
fn no_layer_hides_a_nan_of_an_image_and_no_step_one_of_a_weight() {
    for line in [
        "30",
        "conv4x5,pool2,20",
        "pool2,30",
        "conv4x4s3,pool3s2,20",
        "avgpool2,20",
        "conv6x5,pool2,conv8x5,pool2,30",
        "conv8x5,pool2,pool3s1,10",
        "conv3x3p1,conv4x3,10",
    ] {
        let layers: Layers = line.parse().unwrap();
        let mut network = Network::<f32>::new(&layers, (1, 28, 28), 10, 3, &mut seeded(1)).unwrap();
        let mut x = ndarray::Array2::<f32>::from_elem((3, 784), 0.5);
        for pixel in [14 * 28 + 14, 10 * 28 + 11, 13 * 28 + 12] {
            x[[1, pixel]] = f32::NAN;
            let z = network.forward(&x);
            assert!(z.row(1).iter().all(|z| z.is_nan()), "{line}: {z}");
            assert!(z.row(0).iter().chain(z.row(2)).all(|z| z.is_finite()), "{line}: {z}");
            x[[1, pixel]] = 0.5;
        }
        for k in (0..network.w.len()).step_by(network.w.len() / 50 + 1) {
            let kept = std::mem::replace(&mut network.w[k], f32::NAN);
            assert!(!deep_cnn::parameters::is_finite(&network.w), "{line}, {k}");
            let is_first = k < network.named_parameters[0].range.end;
            let z = network.forward(&x); // of positive pixels
            assert!(!is_first || z.iter().any(|z| z.is_nan()), "{line}, {k}: {z}");
            network.w[k] = kept;
        }
    }
}
