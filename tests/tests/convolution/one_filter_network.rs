//! The article's convolutional network: its gradients, its agreement with the
//! general loops, and PyTorch's first steps.

use cnn_naive::network::{Gradients, POSITIONS, backward, forward, init_params, probabilities};
use cnn_naive::{Window, conv};
use common::check::{numerical_gradient, relative_error};
use common::{article_loss, cross_entropy, seeded, update};
use ndarray::{Array2, Axis};
use referee::{fixture, numbers, probe};

/// Images of a step and their targets, as in `scripts/torch_fixtures.py`: image
/// `n` is a 3 n + step, modulo 10.
fn images(n: usize, step: usize) -> (Array2<f64>, Array2<f64>) {
    let x = (numbers((n, 784), 1000 + step as u64, 1.0) + 1.0) / 2.0; // from 0 to 1
    let t = Array2::from_shape_fn((n, 10), |(n, k)| f64::from((3 * n + step) % 10 == k));
    (x, t)
}

/// f, bc, wo and bo, with numbers of the fixture.
fn parameters() -> [Array2<f64>; 4] {
    let shapes = [(5, 5), (1, 576), (576, 10), (1, 10)];
    let mut salt = 499;
    shapes.map(|shape| {
        salt += 1;
        numbers(shape, salt, 1.0)
    })
}

#[test]
fn five_steps_by_each_rule_are_pytorchs() {
    let torch = fixture("torch/article.npz");
    let rules =
        [("article", Gradients::Article), ("sum", Gradients::Sum), ("mean", Gradients::Mean)];
    for (name, rule) in rules {
        let theirs =
            |what: &str| torch.any_shape(&format!("{name}_{what}")).unwrap().flatten().to_vec();
        let [mut f, mut bc, mut wo, mut bo] = parameters();
        let (rate_f, rate_o) = rule.rates(0.01, 4);
        for step in 0..5 {
            let (x, t) = images(4, step);
            let (_, _, h, y) = forward(&x, &f, &bc, &wo, &bo);
            close(article_loss(&y, &t), theirs("losses")[step]);
            close(cross_entropy(&y, &t), theirs("entropies")[step]);
            let (df, dbc, dwo, dbo) = backward(&x, &wo, &h, &y, &t);
            update(&mut f, rate_f, &df);
            update(&mut bc, rate_f, &dbc);
            update(&mut wo, rate_o, &dwo);
            update(&mut bo, rate_o, &dbo);
        }
        for (what, ours) in [("f", &f), ("bc", &bc), ("wo", &wo), ("bo", &bo)] {
            let (ours, theirs) = (probe(ours), theirs(what));
            assert_eq!(ours.len(), theirs.len(), "{name} {what}");
            for (ours, theirs) in ours.into_iter().zip(theirs) {
                // Relative to 1, about the largest of the parameters
                assert!((ours - theirs).abs() < 1e-12 * theirs.abs().max(1.0), "{name} {what}");
            }
        }
    }
}

fn close(ours: f64, theirs: f64) {
    assert!((ours - theirs).abs() <= 1e-12 * theirs.abs(), "{ours} is not {theirs}");
}

#[test]
fn backward_matches_numerical_gradients() {
    let (x, t) = images(3, 0);
    let [f, bc, wo, bo] = parameters();
    let (_, z, h, y) = forward(&x, &f, &bc, &wo, &bo);
    // Central differences mean nothing at the kink of ReLU.
    assert!(z.iter().all(|z| z.abs() > 1e-4), "choose other images");
    let loss = |f: &Array2<f64>, bc: &Array2<f64>, wo: &Array2<f64>, bo: &Array2<f64>| {
        3.0 * cross_entropy(&forward(&x, f, bc, wo, bo).3, &t) // a sum over the batch
    };
    let (df, dbc, dwo, dbo) = backward(&x, &wo, &h, &y, &t);
    let slope = numerical_gradient(&f, |f| loss(f, &bc, &wo, &bo));
    assert!(relative_error(&df, &slope) < 1e-7);
    let slope = numerical_gradient(&bc, |bc| loss(&f, bc, &wo, &bo));
    assert!(relative_error(&dbc, &slope) < 1e-7);
    let slope = numerical_gradient(&wo, |wo| loss(&f, &bc, wo, &bo));
    assert!(relative_error(&dwo, &slope) < 1e-7);
    let slope = numerical_gradient(&bo, |bo| loss(&f, &bc, &wo, bo));
    assert!(relative_error(&dbo, &slope) < 1e-7);
}

#[test]
fn the_networks_loops_are_the_general_ones() {
    let (x, t) = images(3, 1);
    let [f, bc, wo, bo] = parameters();
    let (map, z, h, y) = forward(&x, &f, &bc, &wo, &bo);
    let (df, ..) = backward(&x, &wo, &h, &y, &t);
    let images = x.to_shape((3, 1, 28, 28)).unwrap();
    let filters = f.to_shape((1, 1, 5, 5)).unwrap();
    let out = conv::forward(&images, &filters, Window::default()); // (3, 1, 24, 24)
    assert_eq!(map, out.to_shape((3, POSITIONS)).unwrap());
    let dh = (&y - &t).dot(&wo.t()); // (3, 576)
    let dz = ndarray::Zip::from(&dh).and(&z).map_collect(|&dh, &z| if z > 0.0 { dh } else { 0.0 });
    let dout = dz.to_shape((3, 1, 24, 24)).unwrap();
    let (_, dw) = conv::backward(&dout, &images, &filters, Window::default());
    assert!(relative_error(&df, &dw.to_shape((5, 5)).unwrap()) < 1e-14);
}

#[test]
fn many_images_in_pieces_give_what_they_give_at_once() {
    let (f, bc, wo, bo) = init_params::<f32>(&mut seeded(1));
    let (x, _) = images(2345, 0);
    let x = x.mapv(|v| v as f32);
    let all = probabilities(&x, &f, &bc, &wo, &bo);
    for (i, x) in x.axis_iter(Axis(0)).enumerate().step_by(67) {
        let (.., y) = forward(&x.insert_axis(Axis(0)), &f, &bc, &wo, &bo);
        let apart = (&y.row(0) - &all.row(i)).mapv(f32::abs).fold(0.0, |m: f32, &v| m.max(v));
        assert!(apart < 1e-5, "image {i}: {apart}");
    }
}

#[test]
fn both_precisions_start_from_the_same_place_and_draw_in_the_articles_order() {
    let (f, bc, wo, bo) = init_params::<f64>(&mut seeded(3));
    let (f32s, ..) = init_params::<f32>(&mut seeded(3));
    assert_eq!(f.mapv(|v| v as f32), f32s);
    assert_eq!((f.dim(), bc.dim(), wo.dim(), bo.dim()), ((5, 5), (1, 576), (576, 10), (1, 10)));
    assert_eq!(f.len() + bc.len() + wo.len() + bo.len(), 6_371);
    let mut rng = seeded(3);
    assert_eq!(f, common::init::normal::<f64>((5, 5), &mut rng));
    assert_eq!(bc, common::init::normal::<f64>((1, 576), &mut rng));
    assert_eq!(wo, common::init::normal::<f64>((576, 10), &mut rng));
    assert_eq!(bo, common::init::normal::<f64>((1, 10), &mut rng));
}

#[test]
#[should_panic(expected = "f (5, 4) and bc (1, 576) must be (5, 5) and (1, 576)")]
fn a_filter_of_another_shape_is_refused() {
    let [_, bc, wo, bo] = parameters();
    forward(&images(1, 0).0, &numbers((5, 4), 1, 1.0), &bc, &wo, &bo);
}
