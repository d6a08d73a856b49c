//! Max pool with windows that overlap, forward and backward.

use common::plot::Colour;

use super::canvas::{Anchor, Canvas, DARK, SIZE, TEXT, WIDTH, number};
use super::numbers::{Grid, grid, max_pool, max_pool_backward};
use super::parts::{LEAD, cells, frame, over, sign, window_on};
use crate::language::Language;

struct Words {
    title: &'static str,
    forward: &'static str,
    back: &'static str,
    window: &'static str,
    sentences: [&'static str; 3],
}

const EN: Words = Words {
    title: "Max pool with windows that overlap: 2 × 2 pixels, one pixel apart",
    forward: "Forward: the output of each window is its largest number.",
    back: "Backward: each gradient is added at the pixel that was the largest; the other pixels get 0.",
    window: "window",
    sentences: [
        "The output of a window is its largest pixel. If that pixel grows, the output grows by as much: slope 1.",
        "If another pixel of the window grows a little, the output stays the same: slope 0.",
        "The 8 is the largest of two windows, so its gradient is the sum of both:",
    ],
};

const JA: Words = Words {
    title: "窓の重なる最大プーリング：2×2 画素の窓を 1 画素ずつ動かす",
    forward: "順伝播：窓の出力は、その最大の値です。",
    back: "逆伝播：勾配を、最大だった画素に足します。ほかの画素は 0 です。",
    window: "窓",
    sentences: [
        "窓の出力は、最大の画素の値です。その画素が増えれば、出力も同じだけ増えます（傾き 1）。",
        "窓の中のほかの画素が少し増えても、出力は変わりません（傾き 0）。",
        "8 は二つの窓で最大なので、その勾配は両方の和です。",
    ],
};

const X: [[f64; 3]; 3] = [[1.0, 5.0, 2.0], [0.0, 3.0, 8.0], [4.0, -1.0, 6.0]];
const DP: [[f64; 2]; 2] = [[1.0, 10.0], [100.0, 1000.0]];
/// The cells of whole arrays, and of the four windows.
const LARGE: f64 = 40.0;
const SMALL_CELL: f64 = 30.0;

pub fn draw(language: &Language) -> Canvas {
    let words = language.choose(EN, JA);
    let mut canvas = Canvas::new(words.title, WIDTH, 522.0);
    let (x, dp) = (X.map(Vec::from).to_vec(), DP.map(Vec::from).to_vec());
    let (p, dx) = (max_pool(&x, 2), max_pool_backward(&dp, &x, 2));
    let (upper, lower) = (166.0, 364.0); // the middles of both rows

    canvas.text((16.0, 66.0), words.forward, SIZE, DARK, Anchor::Start);
    whole(&mut canvas, (16.0, upper - 60.0), "x (3, 3)", &x);
    canvas.arrow(&[(140.0, upper), (162.0, upper)], LEAD);
    canvas.text((16.0, 264.0), words.back, SIZE, DARK, Anchor::Start);
    whole(&mut canvas, (16.0, lower - 60.0), "dx (3, 3)", &dx);
    sign(&mut canvas, (151.0, lower), "=");
    for window in 0..4 {
        let (i, j) = (window / 2, window % 2);
        let corner = (170.0 + 110.0 * window as f64, upper - 45.0);
        // The way of a gradient of 1 says which pixel was the largest.
        let one = grid(2, 2, |a, b| f64::from((a, b) == (i, j)));
        let peak = max_pool_backward(&one, &x, 2);
        let ground = |k: usize, l: usize| {
            Colour::Orange.on_white(if peak[i + k][j + l] == 1.0 { 0.6 } else { 0.12 })
        };
        window_on(&mut canvas, corner, SMALL_CELL, &x, (i, j), ground);
        canvas.centred(
            (corner.0 + 45.0, corner.1 - 13.0),
            &format!("{} ({i}, {j})", words.window),
            12.0,
            TEXT,
        );
        let corner = (corner.0, lower - 45.0);
        cells(&mut canvas, corner, SMALL_CELL, (3, 3), |a, b| {
            match (i..i + 2).contains(&a) && (j..j + 2).contains(&b) {
                true => (number(dp[i][j] * peak[a][b]), ground(a - i, b - j)),
                false => (String::new(), "#FFFFFF".to_owned()),
            }
        });
        frame(&mut canvas, corner, SMALL_CELL, (i, j), (2, 2));
        if window < 3 {
            sign(&mut canvas, (corner.0 + 100.0, lower), "+");
        }
    }
    canvas.arrow(&[(596.0, upper), (616.0, upper)], LEAD);
    whole(&mut canvas, (622.0, upper - 40.0), "p (2, 2)", &p);
    canvas.arrow(&[(616.0, lower), (596.0, lower)], LEAD);
    whole(&mut canvas, (622.0, lower - 40.0), "dp (2, 2)", &dp);

    canvas.lines_of_text((16.0, 458.0), &words.sentences[..2], 13.0, TEXT);
    let sum = format!("{} + {} = {}", number(dp[0][1]), number(dp[1][1]), number(dx[1][2]));
    let last = format!("{} {sum}", words.sentences[2]);
    canvas.text((16.0, 504.0), &last, 13.0, DARK, Anchor::Start);
    canvas
}

/// A whole array under its name.
fn whole(canvas: &mut Canvas, at: (f64, f64), name: &str, rows: &Grid) {
    let shape = (rows.len(), rows[0].len());
    let whole = cells(canvas, at, LARGE, shape, |i, j| (number(rows[i][j]), "#F2F2F2".to_owned()));
    over(canvas, whole, name);
}
