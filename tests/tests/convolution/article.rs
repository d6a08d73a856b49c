//! The article's own way of convolving agrees with the plain loops.

use cnn_naive::network::{self, init_params};
use cnn_naive::{Window, article, conv};
use common::check::relative_error;
use common::{article_loss, seeded, update};
use ndarray::Array2;
use referee::numbers;

#[test]
fn the_articles_own_way_agrees_with_the_loops() {
    for (x, w, stride, padding) in [
        ((3, 1, 12, 12), (1, 1, 5, 5), 1, 0),
        ((2, 3, 5, 7), (2, 3, 3, 2), 1, 0),
        ((1, 2, 7, 5), (3, 2, 3, 3), 2, 1),
        ((2, 2, 4, 3), (2, 2, 2, 3), 1, 3),
        ((1, 1, 7, 10), (2, 1, 1, 1), 3, 0),
        ((2, 1, 3, 2), (1, 1, 5, 4), 2, 3),
    ] {
        let window = Window { stride, padding };
        let (x, w) = (numbers(x, 1, 1.0), numbers(w, 2, 1.0));
        let out = conv::forward(&x, &w, window);
        assert!(relative_error(&article::forward(&x, &w, window), &out) < 1e-14);
        let dout = numbers(out.dim(), 3, 1.0);
        let (dx, dw) = conv::backward(&dout, &x, &w, window);
        let (their_dx, their_dw) = article::backward(&dout, &x, &w, window);
        assert!(relative_error(&their_dx, &dx) < 1e-13);
        assert!(relative_error(&their_dw, &dw) < 1e-13);
    }
}

#[test]
fn a_step_in_the_articles_way_is_the_lessons() {
    let (x, t) = (
        numbers((7, 784), 4, 1.0).mapv(f64::abs),
        Array2::from_shape_fn((7, 10), |(n, k)| f64::from(n == k)),
    );
    let (mut f, mut bc, mut wo, mut bo) = init_params::<f64>(&mut seeded(1));
    let (mut g, mut bd, mut wp, mut bp) = (f.clone(), bc.clone(), wo.clone(), bo.clone());
    for _ in 0..3 {
        let (_, _, h, y) = network::forward(&x, &f, &bc, &wo, &bo);
        let (df, dbc, dwo, dbo) = network::backward(&x, &wo, &h, &y, &t);
        update(&mut f, 1e-4, &df);
        update(&mut bc, 1e-4, &dbc);
        update(&mut wo, 1e-2, &dwo);
        update(&mut bo, 1e-2, &dbo);
        let parameters = (&mut g, &mut bd, &mut wp, &mut bp);
        let loss = article::step((&x, &t), parameters, (1e-4, 1e-2));
        assert!((loss - article_loss(&y, &t)).abs() < 1e-12 * loss);
    }
    for (theirs, ours) in [(&g, &f), (&bd, &bc), (&wp, &wo), (&bp, &bo)] {
        assert!(relative_error(theirs, ours) < 1e-12);
    }
}

#[test]
#[should_panic(expected = "3 channels and the filters 2")]
fn shapes_that_do_not_fit_are_refused() {
    article::forward(
        &numbers((1, 3, 5, 5), 1, 1.0),
        &numbers((1, 2, 3, 3), 2, 1.0),
        Window::default(),
    );
}
