//! A step of the article's network through the patches of one image at a time,
//! in memory that is there (rung 4).

use cnn_im2col::fast::product::{Matrix, Store, product};
use cnn_im2col::fast::{Conv, Scratch};
use cnn_naive::Window;
use cnn_naive::network::{CLASSES, FILTER, POSITIONS, SIDE};
use common::{Float, article_loss, softmax_in_place};
use ndarray::Array2;

use crate::layer::{numbers, numbers_mut};
use crate::network::Network;

/// The memory of a step with `N` images.
pub struct Patches {
    conv: Conv,
    scratch: Scratch<Float>,
    h: Vec<Float>,    // (N, 576)
    y: Array2<Float>, // (N, 10)
    dzo: Vec<Float>,  // (N, 10)
    dz: Vec<Float>,   // (N, 576)
    df: Vec<Float>,   // (5, 5)
    dbc: Vec<Float>,  // (1, 576)
    dwo: Vec<Float>,  // (576, 10)
    dbo: Vec<Float>,  // (1, 10)
}

impl Patches {
    /// For batches of `n` images.
    pub fn new(n: usize) -> Patches {
        let conv = Conv::new((1, SIDE, SIDE), (1, FILTER, FILTER), Window::default());
        let conv = conv.expect("a filter of 5 fits an image of 28").with_im2col();
        Patches {
            scratch: conv.scratch(),
            conv,
            h: vec![0.0; n * POSITIONS],
            y: Array2::zeros((n, CLASSES)),
            dzo: vec![0.0; n * CLASSES],
            dz: vec![0.0; n * POSITIONS],
            df: vec![0.0; FILTER * FILTER],
            dbc: vec![0.0; POSITIONS],
            dwo: vec![0.0; POSITIONS * CLASSES],
            dbo: vec![0.0; CLASSES],
        }
    }

    /// A step of `network` at its rates. Returns the article's loss.
    pub fn step(&mut self, network: &mut Network) -> f64 {
        let Network { x, t, f, bc, wo, bo, rates, .. } = network;
        let Patches { conv, scratch, h, y, dzo, dz, df, dbc, dwo, dbo } = self;
        let n = x.nrows();
        let (images, bc, wo) = (numbers(x), numbers_mut(bc), numbers_mut(wo));
        let (f, bo) = (numbers_mut(f), numbers_mut(bo));

        // h = max(c + bc, 0)
        for (x, h) in images.chunks(SIDE * SIDE).zip(h.chunks_mut(POSITIONS)) {
            conv.forward(x, f, h, scratch);
            h.iter_mut().zip(&*bc).for_each(|(h, &b)| {
                let z = *h + b;
                *h = if z < 0.0 { 0.0 } else { z };
            });
        }
        // y = softmax(h wo + bo)
        let (hm, wom) = (Matrix::new(h, POSITIONS), Matrix::new(wo, CLASSES));
        product((n, POSITIONS, CLASSES), hm, wom, Store::Overwrite, numbers_mut(y));
        for y in numbers_mut(y).chunks_mut(CLASSES) {
            y.iter_mut().zip(&*bo).for_each(|(y, &b)| *y += b);
        }
        softmax_in_place(y);
        let loss = article_loss(y, t);

        // dzo = y - t
        for ((dzo, &y), &t) in dzo.iter_mut().zip(&*y).zip(&*t) {
            *dzo = y - t;
        }
        let dzom = Matrix::new(dzo, CLASSES);
        // dwo = hT dzo
        product((POSITIONS, n, CLASSES), hm.t(), dzom, Store::Overwrite, dwo);
        // dz = dzo woT where h > 0, else 0
        product((n, CLASSES, POSITIONS), dzom, wom.t(), Store::Overwrite, dz);
        dz.iter_mut().zip(&*h).for_each(|(dz, &h)| *dz = if h > 0.0 { *dz } else { 0.0 });
        // df = the patches, seen through dz
        df.fill(0.0);
        for (x, dz) in images.chunks(SIDE * SIDE).zip(dz.chunks(POSITIONS)) {
            conv.add_dw(dz, x, df, scratch);
        }
        // dbo, dbc = the sums of dzo and dz over the batch
        sum_rows(dzo, dbo);
        sum_rows(dz, dbc);

        descend(f, rates.0, df);
        descend(bc, rates.0, dbc);
        descend(wo, rates.1, dwo);
        descend(bo, rates.1, dbo);
        loss
    }
}

/// The sum over the rows of `a (N, M)` into `sum (1, M)`.
fn sum_rows(a: &[Float], sum: &mut [Float]) {
    sum.fill(0.0);
    for row in a.chunks(sum.len()) {
        sum.iter_mut().zip(row).for_each(|(sum, &v)| *sum += v);
    }
}

/// `p = p - rate dp`.
fn descend(p: &mut [Float], rate: Float, dp: &[Float]) {
    p.iter_mut().zip(dp).for_each(|(p, &dp)| *p -= rate * dp);
}
