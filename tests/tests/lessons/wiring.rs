//! What only `main.rs` can get wrong: which parameters are updated, tested and saved.

use std::path::Path;

use common::params::Params;
use common::program::Summary;
use common::{Float, accuracy, batch, dot, init, seeded};
use datasets::{Dataset, mnist};
use ndarray::{Array2, Axis, Ix2};
use referee::lesson::{figure, run, write_digits};
use referee::program;

fn digits() -> Dataset<Float> {
    mnist(Some(Path::new("built-in"))).unwrap()
}

/// A lesson on the built-in digits: its summary, its output, and what it has saved.
fn trained(lesson: &str, flags: &[&str]) -> (Summary, String, Params<Float>) {
    let out = tempfile::tempdir().unwrap();
    let mut program = program(lesson);
    program.args(["--quick", "--data", "built-in", "--out"]).arg(out.path()).args(flags);
    let (summary, text, _) = run(&mut program);
    (summary, text, Params::load(&out.path().join("params.npz")).unwrap())
}

/// A saved array of two axes.
fn saved(params: &Params<Float>, name: &str) -> Array2<Float> {
    params.any_shape(name).unwrap().clone().into_dimensionality::<Ix2>().unwrap()
}

/// Another process, with nothing but the file, gets the printed accuracy.
#[test]
fn saved_parameters_give_the_printed_accuracy_to_the_last_digit() {
    let test = digits().test;
    let same = |lesson: &str, z: &Array2<Float>, printed: f64| {
        let reached = accuracy(z, &test.t);
        assert_eq!(format!("{reached:.2}"), format!("{printed:.2}"), "{lesson}");
    };
    let (summary, _, p) = trained("perceptron", &[]);
    let y = perceptron::forward(&test.x, &saved(&p, "w"), &saved(&p, "b"));
    same("perceptron", &y, figure(&summary, "test accuracy"));

    let (summary, _, p) = trained("hidden-layer", &["--hidden", "10"]);
    let [wh, bh, wo, bo] = ["wh", "bh", "wo", "bo"].map(|name| saved(&p, name));
    let (_, y) = hidden_layer::forward(&test.x, &wh, &bh, &wo, &bo);
    same("hidden-layer", &y, figure(&summary, "test accuracy"));

    for lesson in ["cnn-naive", "cnn-im2col"] {
        let (summary, _, p) = trained(lesson, &["--iterations", "100"]);
        let [f, bc, wo, bo] = ["f", "bc", "wo", "bo"].map(|name| saved(&p, name));
        let y = cnn_naive::network::probabilities(&test.x, &f, &bc, &wo, &bo);
        same(lesson, &y, figure(&summary, "test accuracy"));
    }

    let (summary, _, p) = trained("dropout-adam", &["--runs", "1", "--epochs", "1"]);
    let [w1, b1, w2, b2] = ["w1", "b1", "w2", "b2"].map(|name| saved(&p, name));
    let (_, z) = dropout_adam::network::forward(&test.x, [&w1, &b1, &w2, &b2], None);
    same("dropout-adam", &z, figure(&summary, "test accuracy"));
}

/// One step of a lesson's program is one step of gradient descent, written out here once
/// more from the equations of its page.
#[test]
fn the_first_step_of_the_first_lessons_is_the_one_on_the_page() {
    let train = digits().train;
    let close = |name: &str, ours: &Array2<Float>, theirs: &Array2<Float>| {
        assert_eq!(ours.dim(), theirs.dim(), "{name}");
        let apart = (ours - theirs).iter().fold(0.0, |most: Float, d| most.max(d.abs()));
        assert!(apart < 1e-5, "{name}: {apart}");
    };
    let column_sum = |dz: &Array2<Float>| dz.sum_axis(Axis(0)).insert_axis(Axis(0));
    let softmax = |z: &Array2<Float>| {
        let e = z.mapv(|z| f64::from(z).exp());
        (&e / &e.sum_axis(Axis(1)).insert_axis(Axis(1))).mapv(|y| y as Float)
    };
    let rate = 0.25;
    let flags = ["--iterations", "1", "--learning-rate", "0.25", "--seed", "7"];

    let (_, _, p) = trained("perceptron", &flags);
    let mut rng = seeded(7);
    let w: Array2<Float> = init::normal((784, 10), &mut rng);
    let b: Array2<Float> = init::normal((1, 10), &mut rng);
    let (x, t) = batch(&train.x, &train.t, 100, &mut rng);
    let dz = softmax(&(x.dot(&w) + &b)) - &t;
    close("w", &saved(&p, "w"), &(&w - &(x.t().dot(&dz) * rate)));
    close("b", &saved(&p, "b"), &(&b - &(column_sum(&dz) * rate)));

    let (_, _, p) = trained("hidden-layer", &[&flags[..], &["--hidden", "6"]].concat());
    let mut rng = seeded(7);
    let wh: Array2<Float> = init::normal((784, 6), &mut rng);
    let bh: Array2<Float> = init::normal((1, 6), &mut rng);
    let wo: Array2<Float> = init::normal((6, 10), &mut rng);
    let bo: Array2<Float> = init::normal((1, 10), &mut rng);
    let (x, t) = batch(&train.x, &train.t, 100, &mut rng);
    let h = (x.dot(&wh) + &bh).mapv(|z| 1.0 / (1.0 + (-z).exp()));
    let dzo = softmax(&(h.dot(&wo) + &bo)) - &t;
    let dzh = dzo.dot(&wo.t()) * h.mapv(|h| h * (1.0 - h));
    close("wo", &saved(&p, "wo"), &(&wo - &(h.t().dot(&dzo) * rate)));
    close("bo", &saved(&p, "bo"), &(&bo - &(column_sum(&dzo) * rate)));
    close("wh", &saved(&p, "wh"), &(&wh - &(dot(&x.t(), &dzh) * rate)));
    close("bh", &saved(&p, "bh"), &(&bh - &(column_sum(&dzh) * rate)));

    // The filter, with the loops of the page; its gradients are means, dwo and dbo sums.
    for lesson in ["cnn-naive", "cnn-im2col"] {
        let (_, _, p) = trained(lesson, &flags);
        let mut rng = seeded(7);
        let f: Array2<Float> = init::normal((5, 5), &mut rng);
        let bc: Array2<Float> = init::normal((1, 576), &mut rng);
        let wo: Array2<Float> = init::normal((576, 10), &mut rng);
        let bo: Array2<Float> = init::normal((1, 10), &mut rng);
        let (x, t) = batch(&train.x, &train.t, 100, &mut rng);
        let pixel = |n, at: usize, a: usize, b: usize| x[[n, (at / 24 + a) * 28 + at % 24 + b]];
        let h = Array2::from_shape_fn((100, 576), |(n, at)| {
            let taps = f.indexed_iter().map(|((a, b), &f)| f * pixel(n, at, a, b));
            (taps.sum::<Float>() + bc[[0, at]]).max(0.0)
        });
        let dzo = softmax(&(h.dot(&wo) + &bo)) - &t;
        let dz = dzo.dot(&wo.t()) * h.mapv(|h| if h > 0.0 { 1.0 } else { 0.0 });
        let df = Array2::from_shape_fn((5, 5), |(a, b)| {
            dz.indexed_iter().map(|((n, at), &dz)| dz * pixel(n, at, a, b)).sum::<Float>()
        });
        let mean = rate / 100.0;
        let apart = (saved(&p, "wo") - (&wo - &(h.t().dot(&dzo) * rate))).mapv(Float::abs);
        assert!(apart.iter().all(|&d| d < 1e-2), "wo, which moves by hundreds: {apart}");
        close("bo", &saved(&p, "bo"), &(&bo - &(column_sum(&dzo) * rate)));
        close("bc", &(saved(&p, "bc") / 1e2), &((&bc - &(column_sum(&dz) * mean)) / 1e2));
        close("f", &(saved(&p, "f") / 1e3), &((&f - &(df * mean)) / 1e3));
    }
}

/// Lesson 08 keeps the best of its epochs, tests that one and saves it, although it trains
/// on for a quarter of the epochs without a better one.
#[test]
fn what_deep_cnn_tests_and_saves_is_its_best_epoch_and_not_its_last() {
    let test = digits().test;
    let (mut trained_on, mut stopped) = (0, 0);
    for seed in ["1", "2", "3"] {
        let out = tempfile::tempdir().unwrap();
        let mut lesson = program("deep-cnn");
        lesson.args(["--quick", "--data", "built-in", "--layers", "pool4,20", "--epochs", "20"]);
        lesson.args(["--optimiser", "sgd", "--learning-rate", "6", "--seed", seed, "--out"]);
        let (summary, text, _) = run(lesson.arg(out.path()));
        let mut epochs = csv::Reader::from_path(out.path().join("epochs.csv")).unwrap();
        let epochs = epochs.deserialize().collect::<Result<Vec<[f64; 6]>, _>>().unwrap();
        let mut curve = csv::Reader::from_path(out.path().join("curve.csv")).unwrap();
        let curve = curve.deserialize().collect::<Result<Vec<[f64; 3]>, _>>().unwrap();
        for ([epoch, rate, loss, accuracy, ..], steps) in epochs.iter().zip(curve.chunks(100)) {
            assert_eq!(*rate, 6.0 * deep_cnn::schedule::steps((epoch - 1.0) / 20.0), "{epoch}");
            let mean = |k: usize| steps.iter().map(|step| step[k]).sum::<f64>() / 100.0;
            assert!((loss - mean(1)).abs() < 1e-9 && (accuracy - mean(2)).abs() < 1e-9, "{epoch}");
        }
        // The highest accuracy on images held back, then the lowest loss.
        let better = |a: &&[f64; 6], b: &&[f64; 6]| {
            a[5].total_cmp(&b[5]).then(b[4].total_cmp(&a[4])).then(b[0].total_cmp(&a[0]))
        };
        let best = epochs.iter().max_by(better).unwrap();
        let (count, number) = (epochs.len(), best[0]);
        let line = format!("the best of {count} epochs was number {number}\n");
        assert!(text.contains(&line), "{line}{text}");
        assert!(text.contains(&format!("{:.2} % of the ", best[5])), "{}: {text}", best[5]);
        trained_on += usize::from(number < count as f64);
        if count < 20 {
            stopped += 1;
            assert_eq!(count as f64 - number, 5.0);
        }

        let layers = "pool4,20".parse().unwrap();
        let mut network = deep_cnn::Network::<Float>::new(
            &layers,
            deep_cnn::layers::IMAGE,
            10,
            100,
            &mut seeded(0),
        )
        .unwrap();
        let file = out.path().join("params.npz");
        network.w = deep_cnn::parameters::load(&file, &network.named_parameters).unwrap();
        let (_, reached) = network.evaluate(&test.x, &test.t);
        assert_eq!(format!("{reached:.2}"), format!("{:.2}", figure(&summary, "test accuracy")));
        let right = common::program::thousands((reached * 100.0).round() as usize);
        assert!(text.contains(&format!("{right} of 10,000 right")), "{right}: {text}");
    }
    assert!(
        trained_on > 0 && stopped > 0,
        "{trained_on} went on after their best, {stopped} stopped"
    );
}

#[test]
fn both_networks_of_fashion_are_saved_as_they_were_tested() {
    let test = digits().test;
    let flags = ["--layers", "conv4x5,pool2,20", "--hidden", "30", "--naive-steps", "1"];
    let (summary, _, p) = trained("fashion", &flags);
    let [w1, b1, w2, b2] = ["w1", "b1", "w2", "b2"].map(|name| saved(&p, &format!("mlp_{name}")));
    let h = (dot(&test.x, &w1) + &b1).mapv(|z| z.max(0.0));
    let reached = accuracy(&(dot(&h, &w2) + &b2), &test.t);
    assert_eq!(format!("{reached:.2}"), format!("{:.2}", figure(&summary, "MLP accuracy")));

    let (image, layers) = (deep_cnn::layers::IMAGE, "conv4x5,pool2,20".parse().unwrap());
    let mut cnn = deep_cnn::Network::<Float>::new(&layers, image, 10, 100, &mut seeded(0)).unwrap();
    let arrays = cnn.named_parameters.iter();
    let arrays = arrays.map(|part| p.any_shape(&format!("cnn_{}", part.name)).unwrap());
    cnn.w = arrays.flatten().collect();
    let (_, reached) = cnn.evaluate(&test.x, &test.t);
    assert_eq!(format!("{reached:.2}"), format!("{:.2}", figure(&summary, "CNN accuracy")));
}

/// The same training images and another test set: the same parameters, another figure.
#[test]
fn the_test_set_chooses_nothing() {
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    for folder in &folders {
        write_digits(folder.path(), 1_500, 300);
    }
    for set in ["mnist", "fashion-mnist"] {
        let labels = folders[1].path().join(set).join("t10k-labels-idx1-ubyte");
        let other = datasets::idx::read::<u8>(&labels).unwrap().mapv(|label| (label + 1) % 10);
        datasets::idx::write(&labels, other.view()).unwrap();
    }
    let small_cnn = ["--layers", "pool4,20", "--epochs", "5", "--learning-rate", "3"];
    let lessons: [(&str, &[&str], &str); 8] = [
        ("perceptron", &["--iterations", "50"], "params.npz"),
        ("hidden-layer", &["--iterations", "50", "--hidden", "10"], "params.npz"),
        ("cnn-naive", &["--iterations", "10"], "params.npz"),
        ("cnn-im2col", &["--iterations", "50"], "params.npz"),
        ("deep-cnn", &small_cnn, "params.npz"),
        ("dropout-adam", &["--runs", "1", "--epochs", "1"], "params.npz"),
        ("fashion", &["--layers", "pool4,20", "--hidden", "10"], "params.npz"),
        ("checkpoints", &["--iterations", "20"], "models/step-0000020.npz"),
    ];
    for (lesson, flags, file) in lessons {
        let [first, second] = folders.each_ref().map(|folder| {
            let out = tempfile::tempdir().unwrap();
            let mut program = program(lesson);
            if lesson == "checkpoints" {
                program.arg("train");
            } else {
                program.arg("--quick");
            }
            program.arg("--data").arg(folder.path()).arg("--out").arg(out.path()).args(flags);
            let (summary, ..) = run(&mut program);
            let accuracies = summary.figures.iter().filter(|f| f.name.contains("accuracy"));
            let accuracies: Vec<f64> = accuracies.map(|figure| figure.value).collect();
            (accuracies, std::fs::read(out.path().join(file)).unwrap())
        });
        assert!(first.0 != second.0 && !first.0.is_empty(), "{lesson}: {:?}", first.0);
        assert!(first.1 == second.1, "{lesson}: the parameters depend on the test set");
    }
}

/// The table of lesson 03 holds what its networks reached: both accuracies grow together.
#[test]
fn a_study_writes_the_accuracies_that_its_networks_reach() {
    let out = tempfile::tempdir().unwrap();
    let mut lesson = program("iterations");
    lesson.args(["--quick", "--study", "iterations", "--iterations", "600"]);
    let (summary, _, err) = run(lesson.args(["--data", "built-in", "--out"]).arg(out.path()));
    assert!(!err.contains("stopping"), "nobody stopped it: {err}");
    let table = std::fs::read_to_string(out.path().join("curves.csv")).unwrap();
    let rows: Vec<Vec<f64>> = table
        .lines()
        .skip(1) // hidden, learning_rate, iteration, loss, train, validation, test
        .map(|line| line.split(',').map(|cell| cell.parse().unwrap()).collect())
        .collect();
    for (hidden, name) in [(0.0, "simple"), (100.0, "hidden")] {
        let points: Vec<_> = rows.iter().filter(|row| row[0] == hidden).collect();
        let (first, last) = (points[0], points[points.len() - 1]);
        let (train, test) = (last[4], last[6]);
        assert_eq!(test, figure(&summary, &format!("{name} after 600 iterations")));
        assert!((50.0..100.0).contains(&train) && (train - test).abs() < 8.0, "{last:?}");
        assert!((10.0..train).contains(&first[4]) && first[3] > last[3], "{first:?}, {last:?}");
    }
}
