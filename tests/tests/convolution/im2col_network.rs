//! The article's network through im2col and in one go: chapter 04's, PyTorch's,
//! and the same bits on any number of threads.

use cnn_im2col::fast::one_filter;
use cnn_im2col::fast::train_step::TrainStep;
use cnn_im2col::network::{backward, forward, patches};
use cnn_naive::network::{self as naive, Gradients, init_params};
use common::check::{numerical_gradient, relative_error};
use common::{Real, accuracy, article_loss, cross_entropy, seeded, update};
use ndarray::Array2;
use referee::{fixture, numbers, probe};

/// Images and their targets, as in `scripts/torch_fixtures.py`: image `n` is a
/// 3 n + step, modulo 10.
fn images(n: usize, step: usize) -> (Array2<f64>, Array2<f64>) {
    let x = (numbers((n, 784), 1000 + step as u64, 1.0) + 1.0) / 2.0; // from 0 to 1
    let t = Array2::from_shape_fn((n, 10), |(n, k)| f64::from((3 * n + step) % 10 == k));
    (x, t)
}

type Parameters<F> = [Array2<F>; 4];

/// f, bc, wo and bo, with numbers of the fixture.
fn parameters() -> Parameters<f64> {
    let shapes = [(5, 5), (1, 576), (576, 10), (1, 10)];
    let mut salt = 499;
    shapes.map(|shape| {
        salt += 1;
        numbers(shape, salt, 1.0)
    })
}

/// One step as chapter 04 writes it; its loss and accuracy.
fn naive_step(
    p: &mut Parameters<f64>,
    (x, t): (&Array2<f64>, &Array2<f64>),
    rates: (f64, f64),
) -> (f64, f64) {
    let [f, bc, wo, bo] = p;
    let (_, _, h, y) = naive::forward(x, f, bc, wo, bo);
    let (df, dbc, dwo, dbo) = naive::backward(x, wo, &h, &y, t);
    update(f, rates.0, &df);
    update(bc, rates.0, &dbc);
    update(wo, rates.1, &dwo);
    update(bo, rates.1, &dbo);
    (article_loss(&y, t), accuracy(&y, t))
}

/// One step as chapter 05 writes it.
fn im2col_step(
    p: &mut Parameters<f64>,
    (x, t): (&Array2<f64>, &Array2<f64>),
    rates: (f64, f64),
) -> (f64, f64) {
    let [f, bc, wo, bo] = p;
    let (cols, h, y) = forward(x, f, bc, wo, bo);
    let (df, dbc, dwo, dbo) = backward(&cols, wo, &h, &y, t);
    update(f, rates.0, &df);
    update(bc, rates.0, &dbc);
    update(wo, rates.1, &dwo);
    update(bo, rates.1, &dbo);
    (article_loss(&y, t), accuracy(&y, t))
}

/// One step in one go.
fn fast_step<F: Real>(
    step: &mut TrainStep<F>,
    p: &mut Parameters<F>,
    (x, t): (&Array2<F>, &Array2<F>),
    rows: &[usize],
    rates: (F, F),
) -> (f64, f64) {
    let [f, bc, wo, bo] = p;
    step.run((x, t), rows, (f, bc, wo, bo), rates)
}

#[test]
fn five_steps_of_either_kind_are_pytorchs() {
    let torch = fixture("torch/article.npz");
    let rules =
        [("article", Gradients::Article), ("sum", Gradients::Sum), ("mean", Gradients::Mean)];
    for (name, rule) in rules {
        let theirs =
            |what: &str| torch.any_shape(&format!("{name}_{what}")).unwrap().flatten().to_vec();
        let rates = rule.rates(0.01, 4);
        let (mut by_im2col, mut in_one_go) = (parameters(), parameters());
        let mut fast = TrainStep::new(4);
        for step in 0..5 {
            let (x, t) = images(4, step);
            let (loss, _) = im2col_step(&mut by_im2col, (&x, &t), rates);
            close(loss, theirs("losses")[step]);
            let (loss, _) = fast_step(&mut fast, &mut in_one_go, (&x, &t), &[0, 1, 2, 3], rates);
            close(loss, theirs("losses")[step]);
        }
        for ours in [by_im2col, in_one_go] {
            for (what, ours) in ["f", "bc", "wo", "bo"].into_iter().zip(&ours) {
                for (ours, theirs) in probe(ours).into_iter().zip(theirs(what)) {
                    // Relative to 1, about the largest of the parameters
                    let apart = (ours - theirs).abs();
                    assert!(apart < 1e-12 * theirs.abs().max(1.0), "{name} {what}");
                }
            }
        }
    }
}

fn close(ours: f64, theirs: f64) {
    assert!((ours - theirs).abs() <= 1e-12 * theirs.abs(), "{ours} is not {theirs}");
}

/// Batches of one image, of a whole chunk, and of two chunks and a bit. At
/// this rate training does not amplify rounding.
#[test]
fn twenty_steps_of_either_kind_are_chapter_04_s() {
    let (x, t) = images(300, 0);
    for batch in [1, 25, 60] {
        let rates = Gradients::Article.rates(0.001, batch);
        let start: Parameters<f64> = init_params(&mut seeded(2)).into();
        let [mut judge, mut by_im2col, mut in_one_go] = [start.clone(), start.clone(), start];
        let mut fast = TrainStep::new(60);
        for step in 0..20 {
            let rows: Vec<usize> = (0..batch).map(|i| (i * 7 + step * 13) % 300).collect();
            let few = |a: &Array2<f64>| a.select(ndarray::Axis(0), &rows);
            let (few_x, few_t) = (few(&x), few(&t));
            let said = naive_step(&mut judge, (&few_x, &few_t), rates);
            let again = im2col_step(&mut by_im2col, (&few_x, &few_t), rates);
            let once_more = fast_step(&mut fast, &mut in_one_go, (&x, &t), &rows, rates);
            for ours in [again, once_more] {
                assert!((ours.0 / said.0 - 1.0).abs() < 1e-9, "batch {batch}, step {step}");
                assert!((ours.1 - said.1).abs() < 1e-9, "batch {batch}, step {step}");
            }
        }
        for ours in [by_im2col, in_one_go] {
            for (ours, theirs) in ours.iter().zip(&judge) {
                assert!(relative_error(ours, theirs) < 1e-9, "batch {batch}");
            }
        }
    }
}

#[test]
fn the_backward_through_im2col_matches_numerical_gradients() {
    let (x, t) = images(2, 0);
    let [f, bc, wo, bo] = parameters();
    let (cols, h, y) = forward(&x, &f, &bc, &wo, &bo);
    // Central differences mean nothing at the kink of ReLU.
    let (_, z, ..) = naive::forward(&x, &f, &bc, &wo, &bo);
    assert!(z.iter().all(|z| z.abs() > 1e-4), "choose other images");
    let loss = |f: &Array2<f64>, bc: &Array2<f64>| {
        2.0 * cross_entropy(&forward(&x, f, bc, &wo, &bo).2, &t) // a sum over the batch
    };
    let (df, dbc, ..) = backward(&cols, &wo, &h, &y, &t);
    assert!(relative_error(&df, &numerical_gradient(&f, |f| loss(f, &bc))) < 1e-7);
    assert!(relative_error(&dbc, &numerical_gradient(&bc, |bc| loss(&f, bc))) < 1e-7);
}

#[test]
fn the_loops_that_test_many_images_give_the_same_probabilities() {
    let (x, _) = images(234, 0);
    let [f, bc, wo, bo] = parameters();
    let (.., y) = forward(&x, &f, &bc, &wo, &bo);
    assert!(relative_error(&naive::probabilities(&x, &f, &bc, &wo, &bo), &y) < 1e-12);
}

#[test]
fn a_step_has_the_same_bits_on_any_number_of_threads() {
    let (x, t) = images(200, 0);
    let (x, t) = (x.mapv(|v| v as f32), t.mapv(|v| v as f32));
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let mut p: Parameters<f32> = init_params(&mut seeded(1)).into();
            let mut step = TrainStep::new(110);
            let rates = Gradients::Article.rates(0.01, 110);
            let losses: Vec<(f64, f64)> = (0..5)
                .map(|k| {
                    let rows: Vec<usize> = (0..110).map(|i| (i * 3 + k) % 200).collect();
                    fast_step(&mut step, &mut p, (&x, &t), &rows, rates)
                })
                .collect();
            (p, losses)
        })
    };
    let one = on(1);
    assert!(one == on(2) && one == on(3) && one == on(8));
}

/// Memory that is used again must not remember.
#[test]
fn a_small_batch_after_a_large_one_is_not_disturbed() {
    let (x, t) = images(100, 0);
    let rates = (0.001, 0.001);
    let all: Vec<usize> = (0..100).collect();
    let mut used = TrainStep::new(100);
    fast_step(&mut used, &mut parameters(), (&x, &t), &all, rates);
    let (mut ours, mut theirs) = (parameters(), parameters());
    fast_step(&mut used, &mut ours, (&x, &t), &all[..3], rates);
    fast_step(&mut TrainStep::new(3), &mut theirs, (&x, &t), &all[..3], rates);
    assert_eq!(ours, theirs);
}

#[test]
fn not_a_number_stays_not_a_number() {
    let mut x = [0.5f32; 784];
    x[300] = f32::NAN;
    let mut h = [0.0; 576];
    one_filter::forward(&x, &[1.0; 25], &[0.0; 576], &mut h);
    assert_eq!(h.iter().filter(|h| h.is_nan()).count(), 25, "every place that saw it");
}

#[test]
#[should_panic(expected = "images (2, 783) must be rows of 28 x 28 pixels")]
fn images_of_another_size_are_refused() {
    patches(&Array2::<f64>::zeros((2, 783)));
}

#[test]
#[should_panic(expected = "the filter (3, 3) must be (5, 5)")]
fn a_filter_of_another_shape_is_refused() {
    let [_, bc, wo, bo] = parameters();
    forward(&images(1, 0).0, &Array2::zeros((3, 3)), &bc, &wo, &bo);
}

#[test]
#[should_panic(expected = "26 rows do not fit")]
fn a_step_refuses_more_images_than_it_has_memory_for() {
    let (x, t) = images(26, 0);
    let rows: Vec<usize> = (0..26).collect();
    fast_step(&mut TrainStep::new(25), &mut parameters(), (&x, &t), &rows, (0.1, 0.1));
}
