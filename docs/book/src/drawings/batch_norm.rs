//! Batch norm as a graph of operations: forward from top to bottom, backward from bottom to
//! top.

use common::plot::Colour;

use super::canvas::{Anchor, Canvas, DARK, Rect, SIZE, SMALL, TEXT, THIN, WIDTH, number, rect};
use super::numbers::batch_norm;
use super::parts::{LEAD, STRONG};
use crate::language::Language;

struct Words {
    title: &'static str,
    example: &'static str,
    forward: &'static str,
    back: &'static str,
    rows: &'static str,
    row: [&'static str; 2],
    twice: [&'static str; 2],
}

const EN: Words = Words {
    title: "Batch norm as a graph of operations",
    example: "The numbers are the example on this page: one unit (M = 1), a batch of N = 4.",
    forward: "forward: from top to bottom",
    back: "backward: from bottom to top",
    rows: "(N, M): a number for each example",
    row: [
        "(1, M): one number for the whole batch. Where all",
        "examples use it, its gradient is a sum over them.",
    ],
    twice: [
        "x and centred are used twice: two arrows leave them,",
        "and their two gradients are added.",
    ],
};

const JA: Words = Words {
    title: "計算グラフで見るバッチ正規化",
    example: "数は、このページの例のものです。ニューロン一つ（M = 1）、バッチサイズ N = 4。",
    forward: "順伝播：上から下へ",
    back: "逆伝播：下から上へ",
    rows: "(N, M)：データごとに一つの数",
    row: [
        "(1, M)：バッチ全体で一つの数。すべてのデータが",
        "使うところでは、その勾配はデータについての和です。",
    ],
    twice: [
        "x と centred は 2 回使われ、矢印が 2 本出ます。",
        "それぞれの二つの勾配は足し合わせます。",
    ],
};

/// What every row computes, forward and backward; gamma and beta are learnt.
const FORMULAS: [[&str; 2]; 12] = [
    ["x", "dx = dcentred + dmean / N"],
    ["mean = sum(x) / N", "dmean = −sum(dcentred)"],
    ["centred = x − mean", "dcentred = dx_hat over + 2 centred dsquare"],
    ["square = centred²", "dsquare = dvar / N"],
    ["var = sum(square) / N", "dvar = dstd / (2 std)"],
    ["std = sqrt(var + epsilon)", "dstd = −dover / std²"],
    ["over = 1 / std", "dover = sum(dx_hat centred)"],
    ["x_hat = centred over", "dx_hat = dscaled gamma"],
    ["gamma", "dgamma = sum(dscaled x_hat)"],
    ["scaled = gamma x_hat", "dscaled = dout"],
    ["beta", "dbeta = sum(dout)"],
    ["out = scaled + beta", "dout"],
];
const CENTRED: usize = 2;
const X_HAT: usize = 7;
const GAMMA: usize = 8;
const BETA: usize = 10;
const OUT: usize = 11;

const LEFT: f64 = 52.0;
const RIGHT: f64 = 386.0;
const BOX: f64 = 282.0;
const HEIGHT: f64 = 42.0;
const PITCH: f64 = 57.0;
/// What the boxes of gamma and beta leave free for the arrow beside them.
const INDENT: f64 = 84.0;

pub fn draw(language: &Language) -> Canvas {
    let words = language.choose(EN, JA);
    let mut canvas = Canvas::new(words.title, WIDTH, 850.0);
    canvas.text((16.0, 54.0), words.example, 13.0, TEXT, Anchor::Start);
    for (x, head) in [(LEFT, words.forward), (RIGHT, words.back)] {
        canvas.text((x + BOX / 2.0, 84.0), head, SIZE, DARK, Anchor::Middle);
    }
    let values = batch_norm(&[7.0, 1.0, 9.0, 7.0], 2.0, 1.0, &[1.0, -1.0, 2.0, 0.0]);
    for (row, formulas) in FORMULAS.iter().enumerate() {
        for side in 0..2 {
            let numbers = &values[row][side];
            step(&mut canvas, place(row, side), formulas[side], numbers);
        }
    }
    arrows(&mut canvas);

    let y = 800.0;
    let square = |y: f64| rect(16.0, y - 11.0, 14.0, 14.0);
    canvas.rectangle(square(y), &ground(4), Some(THIN), 2.0);
    canvas.text((38.0, y), words.rows, SMALL, TEXT, Anchor::Start);
    canvas.rectangle(square(y + 20.0), &ground(1), Some(THIN), 2.0);
    canvas.lines_of_text((38.0, y + 20.0), &words.row, SMALL, TEXT);
    canvas.lines_of_text((RIGHT, y), &words.twice, SMALL, TEXT);
    canvas
}

/// A box with a formula and its numbers.
fn step(canvas: &mut Canvas, at: Rect, formula: &str, numbers: &[f64]) {
    canvas.rectangle(at, &ground(numbers.len()), Some(THIN), 4.0);
    let (x, y) = at.middle();
    canvas.centred((x, y - 8.5), formula, 13.0, DARK);
    let numbers: Vec<String> = numbers.iter().map(|&v| number(v)).collect();
    canvas.centred((x, y + 10.0), &numbers.join(",  "), SMALL, TEXT);
}

/// The ground of a box with so many numbers.
fn ground(numbers: usize) -> String {
    if numbers > 1 { Colour::Teal.on_white(0.12) } else { Colour::Orange.on_white(0.18) }
}

/// Where the box of a row is, forward (0) or backward (1).
fn place(row: usize, side: usize) -> Rect {
    let indent = if row == GAMMA || row == BETA { INDENT } else { 0.0 };
    let left = if side == 0 { LEFT } else { RIGHT };
    rect(left + indent, 98.0 + PITCH * row as f64, BOX - indent, HEIGHT)
}

fn arrows(canvas: &mut Canvas) {
    // From each row to the next, and back; past gamma and beta.
    for row in 0..OUT {
        let (above, below) = (place(row, 0), place(row + 1, 0));
        let learnt = |row| row == GAMMA || row == BETA;
        let (from, to, past) = match (learnt(row), learnt(row + 1)) {
            (false, true) => (above.bottom(), place(row + 2, 0).y, true),
            _ => (above.bottom(), below.y, false),
        };
        let middle = if learnt(row) { (BOX + INDENT) / 2.0 } else { BOX / 2.0 };
        let x = if past { INDENT / 2.0 } else { middle };
        canvas.arrow(&[(LEFT + x, from + 1.0), (LEFT + x, to - 1.0)], LEAD);
        canvas.arrow(&[(RIGHT + x, to - 1.0), (RIGHT + x, from + 1.0)], LEAD);
    }
    // What is used a second time, past the rows between.
    for (from, to, out) in [(0, CENTRED, 14.0), (CENTRED, X_HAT, 22.0)] {
        let (upper, lower) = (place(from, 0).middle().1 + 6.0, place(to, 0).middle().1 - 6.0);
        let (edge, turn) = (LEFT - 1.0, LEFT - out);
        canvas.arrow(&[(edge, upper), (turn, upper), (turn, lower), (edge, lower)], STRONG);
        let (edge, turn) = (RIGHT + BOX + 1.0, RIGHT + BOX + out);
        canvas.arrow(&[(edge, lower), (turn, lower), (turn, upper), (edge, upper)], STRONG);
    }
}
