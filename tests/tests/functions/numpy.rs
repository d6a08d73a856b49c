//! The same numbers as NumPy: `scripts/numpy_fixtures.py` made the fixtures.

use common::check::relative_error;
use common::params::Params;
use common::{article_loss, cross_entropy, cross_entropy_from_logits};
use common::{relu, seeded, sigmoid, softmax, update};
use ndarray::{Array2, Axis, s};
use referee::fixture;

fn scalar(params: &Params<f64>, name: &str) -> f64 {
    params.any_shape(name).unwrap().sum()
}

fn close(ours: f64, numpy: f64) {
    assert!((ours - numpy).abs() <= 1e-12 * numpy.abs(), "{ours} is not {numpy}");
}

#[test]
fn activations_and_losses_are_numpys() {
    let numpy = fixture("functions.npz");
    let (z, t) = (numpy.get("z", (6, 10)).unwrap(), numpy.get("t", (6, 10)).unwrap());
    let expect = |name: &str| numpy.get(name, (6, 10)).unwrap();
    assert!(relative_error(&sigmoid(&z), &expect("sigmoid")) < 1e-15);
    assert_eq!(relu(&z), expect("relu"));
    assert!(relative_error(&softmax(&z), &expect("softmax")) < 1e-15);
    let (tame, tame_t) = (softmax(&z.slice(s![..3, ..])), t.slice(s![..3, ..]));
    close(cross_entropy(&tame, &tame_t), scalar(&numpy, "tame_cross_entropy"));
    close(article_loss(&tame, &tame_t), scalar(&numpy, "tame_article_loss"));
    close(article_loss(&softmax(&z), &t), scalar(&numpy, "article_loss"));
    close(cross_entropy_from_logits(&z, &t), scalar(&numpy, "cross_entropy_from_logits"));
}

/// The ten batches of a fixture: `x (16, 20)` and `t (16, 10)` each.
fn batches(numpy: &Params<f64>) -> Vec<(Array2<f64>, Array2<f64>)> {
    let (x, t) = (numpy.get("x", (10, 16, 20)).unwrap(), numpy.get("t", (10, 16, 10)).unwrap());
    x.axis_iter(Axis(0))
        .zip(t.axis_iter(Axis(0)))
        .map(|(x, t)| (x.to_owned(), t.to_owned()))
        .collect()
}

#[test]
fn ten_steps_of_the_perceptron_are_numpys() {
    let numpy = fixture("perceptron.npz");
    let losses = numpy.get("losses", 10).unwrap();
    let entropies = numpy.get("entropies", 10).unwrap();
    let mut w = numpy.get("w0", (20, 10)).unwrap();
    let mut b = numpy.get("b0", (1, 10)).unwrap();
    for (k, (x, t)) in batches(&numpy).into_iter().enumerate() {
        let y = perceptron::forward(&x, &w, &b);
        close(article_loss(&y, &t), losses[k]);
        close(cross_entropy(&y, &t), entropies[k]);
        let (dw, db) = perceptron::backward(&x, &y, &t);
        update(&mut w, 0.01, &dw);
        update(&mut b, 0.01, &db);
    }
    assert!(relative_error(&w, &numpy.get("w", (20, 10)).unwrap()) < 1e-14);
    assert!(relative_error(&b, &numpy.get("b", (1, 10)).unwrap()) < 1e-14);
}

#[test]
fn ten_steps_of_the_hidden_layer_are_numpys() {
    let numpy = fixture("hidden_layer.npz");
    let losses = numpy.get("losses", 10).unwrap();
    let entropies = numpy.get("entropies", 10).unwrap();
    let mut wh = numpy.get("wh0", (20, 7)).unwrap();
    let mut bh = numpy.get("bh0", (1, 7)).unwrap();
    let mut wo = numpy.get("wo0", (7, 10)).unwrap();
    let mut bo = numpy.get("bo0", (1, 10)).unwrap();
    for (k, (x, t)) in batches(&numpy).into_iter().enumerate() {
        let (h, y) = hidden_layer::forward(&x, &wh, &bh, &wo, &bo);
        close(article_loss(&y, &t), losses[k]);
        close(cross_entropy(&y, &t), entropies[k]);
        let (dwh, dbh, dwo, dbo) = hidden_layer::backward(&x, &wo, &h, &y, &t);
        update(&mut wh, 0.01, &dwh);
        update(&mut bh, 0.01, &dbh);
        update(&mut wo, 0.01, &dwo);
        update(&mut bo, 0.01, &dbo);
    }
    let same = |ours: &Array2<f64>, name: &str| {
        relative_error(ours, &numpy.get(name, ours.dim()).unwrap()) < 1e-13
    };
    assert!(same(&wh, "wh") && same(&bh, "bh") && same(&wo, "wo") && same(&bo, "bo"));
}

#[test]
fn single_precision_stays_close_to_double() {
    let mut rng = seeded(5);
    let z: Array2<f64> = common::init::normal((100, 10), &mut rng) * 30.0;
    let single = z.mapv(|v| v as f32);
    let back = |a: Array2<f32>| a.mapv(f64::from);
    assert!(relative_error(&back(sigmoid(&single)), &sigmoid(&z)) < 2e-6);
    assert!(relative_error(&back(softmax(&single)), &softmax(&z)) < 2e-6);
}
