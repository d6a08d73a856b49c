//! The training step of the article's network on rungs 0 to 5, by the programs of lessons
//! 04 and 05. None computes `dx`: the filter is the first layer.

use cnn_im2col::fast::product::{Matrix, Store, product};
use cnn_im2col::fast::rows::{self, slice, slice_mut};
use cnn_im2col::fast::train_step::{Parameters, TrainStep};
use cnn_im2col::fast::{Conv, Scratch};
use cnn_im2col::network as network_by_im2col;
use cnn_naive::article;
use cnn_naive::network::{self, CLASSES, FILTER, POSITIONS, SIDE};
use common::{Float, article_loss, softmax_in_place, update};
use ndarray::Array2;

use crate::network::{Batch, Network};
use crate::shape::Shape;
use crate::tiles;

/// Rung 0.
pub fn by_article(a: &mut Network) {
    a.article_step(|batch, parameters, rates, _| _ = article::step(batch, parameters, rates));
}

/// Rung 1.
pub fn by_loops(a: &mut Network) {
    a.article_step(|(x, t), (f, bc, wo, bo), rates, _| {
        let (_, _, h, y) = network::forward(x, f, bc, wo, bo);
        article_loss(&y, t);
        let (df, dbc, dwo, dbo) = network::backward(x, wo, &h, &y, t);
        update_all((f, bc, wo, bo), rates, (&df, &dbc, &dwo, &dbo));
    });
}

/// Rung 2.
pub fn by_rows(a: &mut Network) {
    a.step(
        |a| a.out = rows::forward(&a.x, &a.w, a.shape.window),
        |a| a.dw = rows::filter_gradient(&a.dout, &a.x, a.w.dim(), a.shape.window),
    );
}

/// Rung 3.
pub fn by_im2col(a: &mut Network) {
    a.article_step(|(x, t), (f, bc, wo, bo), rates, _| {
        let (cols, h, y) = network_by_im2col::forward(x, f, bc, wo, bo);
        article_loss(&y, t);
        let (df, dbc, dwo, dbo) = network_by_im2col::backward(&cols, wo, &h, &y, t);
        update_all((f, bc, wo, bo), rates, (&df, &dbc, &dwo, &dbo));
    });
}

/// Rung 4.
pub fn by_tiles(a: &mut Network) {
    a.article_step(|batch, parameters, rates, workspace| {
        workspace.get(|| TiledStep::new(batch.0.nrows())).train(batch, parameters, rates);
    });
}

/// Rung 5.
pub fn fused(a: &mut Network) {
    a.article_step(|batch, parameters, rates, workspace| {
        let n = batch.0.nrows();
        let new = || (TrainStep::new(n), (0..n).collect());
        let (step, rows): &mut (TrainStep<Float>, Vec<usize>) = workspace.get(new);
        step.run(batch, rows, parameters, rates);
    });
}

/// `p = p - rate dp` for all parameters.
fn update_all(
    (f, bc, wo, bo): Parameters<Float>,
    (rate, output_rate): (Float, Float),
    (df, dbc, dwo, dbo): (&Array2<Float>, &Array2<Float>, &Array2<Float>, &Array2<Float>),
) {
    update(f, rate, df);
    update(bc, rate, dbc);
    update(wo, output_rate, dwo);
    update(bo, output_rate, dbo);
}

/// The memory of rung 4 for a batch of `N` images.
struct TiledStep {
    conv: Conv,
    scratch: Scratch<Float>,
    h: Array2<Float>,              // (N, 576)
    y: Array2<Float>,              // (N, 10), then dzo
    dz: Array2<Float>,             // (N, 576)
    gradients: [Array2<Float>; 4], // df (5, 5), dbc (1, 576), dwo (576, 10), dbo (1, 10)
}

impl TiledStep {
    fn new(n: usize) -> TiledStep {
        let conv = tiles::conv(&Shape::article(n, 1)).with_im2col();
        let shapes = [(FILTER, FILTER), (1, POSITIONS), (POSITIONS, CLASSES), (1, CLASSES)];
        TiledStep {
            scratch: conv.scratch(),
            conv,
            h: Array2::zeros((n, POSITIONS)),
            y: Array2::zeros((n, CLASSES)),
            dz: Array2::zeros((n, POSITIONS)),
            gradients: shapes.map(Array2::zeros),
        }
    }

    /// im2col and a product for one image at a time. Nothing is allocated.
    fn train(&mut self, (x, t): Batch, parameters: Parameters<Float>, rates: (Float, Float)) {
        let TiledStep { conv, scratch, h, y, dz, gradients: [df, dbc, dwo, dbo] } = self;
        let (f, bc, wo, bo) = parameters;
        let (n, images) = (x.nrows(), slice(x).chunks(SIDE * SIDE));

        // h = max(conv(x, f) + bc, 0)
        for (x, h) in images.clone().zip(slice_mut(h).chunks_mut(POSITIONS)) {
            conv.forward(x, slice(f), h, scratch);
            h.iter_mut().zip(&*bc).for_each(|(h, &b)| {
                let z = *h + b;
                *h = if z < 0.0 { 0.0 } else { z };
            });
        }
        // y = softmax(h wo + bo)
        let (hm, wom) = (Matrix::new(slice(h), POSITIONS), Matrix::new(slice(wo), CLASSES));
        product((n, POSITIONS, CLASSES), hm, wom, Store::Overwrite, slice_mut(y));
        *y += &*bo;
        softmax_in_place(y);
        article_loss(y, t);

        // dzo = y - t, in the memory of y
        *y -= &t.view();
        let dzo = Matrix::new(slice(y), CLASSES);
        // dwo = hT dzo
        product((POSITIONS, n, CLASSES), hm.t(), dzo, Store::Overwrite, slice_mut(dwo));
        // dz = dzo woT where h > 0, else 0
        product((n, CLASSES, POSITIONS), dzo, wom.t(), Store::Overwrite, slice_mut(dz));
        dz.zip_mut_with(h, |dz, &h| *dz = if h > 0.0 { *dz } else { 0.0 });
        // df[k,l] = sum over n,i,j of x[n,i+k,j+l] dz[n,i,j]
        df.fill(0.0);
        for (x, dz) in images.zip(slice(dz).chunks(POSITIONS)) {
            conv.add_dw(dz, x, slice_mut(df), scratch);
        }
        // dbo, dbc = sums of dzo, dz over the batch
        for (sum, a) in [(&mut *dbo, y), (&mut *dbc, dz)] {
            sum.fill(0.0);
            a.rows().into_iter().for_each(|row| *sum += &row);
        }
        update_all((f, bc, wo, bo), rates, (df, dbc, dwo, dbo));
    }
}
