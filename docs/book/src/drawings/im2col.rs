//! im2col: every patch of an image copied into a row, so that convolution is a product.

use common::plot::Colour;

use super::canvas::{Anchor, Canvas, DARK, SIZE, SMALL, TEXT, WIDTH, number, rect};
use super::numbers::{convolve, grid, im2col};
use super::parts::{LEAD, place, sign, window_on};
use crate::language::Language;

struct Words {
    title: &'static str,
    image: [&'static str; 2],
    place: &'static str,
    cols: [&'static str; 2],
    filter: [&'static str; 2],
    column: [&'static str; 2],
    map: [&'static str; 2],
    sentences: [&'static str; 2],
    copies: &'static str,
}

const EN: Words = Words {
    title: "im2col: every patch becomes a row, and convolution a matrix product",
    image: ["image x (3, 3)", "each patch framed"],
    place: "place",
    cols: ["cols (4, 4)", "one row for each place"],
    filter: ["f (4, 1)", "(2, 2) as a column"],
    column: ["(4, 1)", "cols f"],
    map: ["map (2, 2)", "the same numbers"],
    sentences: [
        "One colour is one tap: a weight of the filter, and the pixel that it multiplies at each place.",
        "A row of cols times the column f is the sum of the 4 products of pixel and weight at that place.",
    ],
    copies: "{in} pixels have become {out} numbers: the 5 in the middle is in all {most} patches.",
};

const JA: Words = Words {
    title: "im2col：窓を行に並べると、畳み込みは行列積になる",
    image: ["画像 x (3, 3)", "フィルタの下の窓"],
    place: "場所",
    cols: ["cols (4, 4)", "場所ごとに 1 行"],
    filter: ["f (4, 1)", "(2, 2) を列に"],
    column: ["(4, 1)", "cols f"],
    map: ["map (2, 2)", "数は同じ"],
    sentences: [
        "一つの色が一つのタップです。フィルタの重み一つと、場所ごとにそれを掛ける画素です。",
        "cols の 1 行と列 f の積は、その場所での、画素と重みの 4 個の積の和です。",
    ],
    copies: "{in} 個の画素が {out} 個の数になりました。中央の 5 は、{most} 個の窓すべてに入っています。",
};

/// A colour for each tap.
pub const TAPS: [Colour; 4] = [Colour::Teal, Colour::Orange, Colour::Magenta, Colour::Cyan];

/// The pale ground of tap `t`.
pub fn tint(t: usize) -> String {
    TAPS[t].on_white(0.28)
}

pub fn draw(language: &Language) -> Canvas {
    let words = language.choose(EN, JA);
    let mut canvas = Canvas::new(words.title, WIDTH, 518.0);
    let x = grid(3, 3, |i, j| (3 * i + j + 1) as f64);
    let f = grid(2, 2, |k, l| [[1.0, 0.0], [2.0, -1.0]][k][l]);
    let (cols, map) = (im2col(&x, (2, 2)), convolve(&x, &f));
    let heads = [
        (60.0, words.image),
        (278.0, words.cols),
        (441.0, words.filter),
        (535.0, words.column),
        (656.0, words.map),
    ];
    for (middle, [name, what]) in heads {
        canvas.centred((middle, 64.0), name, SIZE, DARK);
        canvas.centred((middle, 82.0), what, SMALL, TEXT);
    }
    let (top, pitch, cell) = (104.0, 84.0, 44.0);
    let middle = top + 1.5 * pitch + 36.0;
    for (p, row) in cols.iter().enumerate() {
        let (i, j) = (p / 2, p % 2);
        let corner = (24.0, top + pitch * p as f64);
        let y = corner.1 + 36.0;
        window_on(&mut canvas, corner, 24.0, &x, (i, j), |k, l| tint(2 * k + l));
        canvas.centred((143.0, y - 12.0), &format!("{} ({i}, {j})", words.place), SMALL, TEXT);
        canvas.arrow(&[(102.0, y), (184.0, y)], LEAD);
        for (t, &v) in row.iter().enumerate() {
            let at = rect(190.0 + cell * t as f64, y - cell / 2.0, cell, cell);
            canvas.cell(at, &number(v), SIZE, &tint(t));
        }
        let sum = rect(513.0, y - cell / 2.0, cell, cell);
        canvas.cell(sum, &number(map[i][j]), SIZE, "#F2F2F2");
    }
    sign(&mut canvas, (392.0, middle), "×");
    for t in 0..4 {
        let at = rect(419.0, middle - cell * (2.0 - t as f64), cell, cell);
        canvas.cell(at, &number(f[t / 2][t % 2]), SIZE, &tint(t));
    }
    sign(&mut canvas, (488.0, middle), "=");
    canvas.arrow(&[(566.0, middle), (606.0, middle)], LEAD);
    for p in 0..4 {
        let at = place((612.0, middle - cell), cell, (p / 2, p % 2));
        canvas.cell(at, &number(map[p / 2][p % 2]), SIZE, "#F2F2F2");
    }
    canvas.lines_of_text((16.0, 462.0), &words.sentences, 13.0, TEXT);
    let numbers = cols.iter().flatten();
    let most = numbers.clone().filter(|&&v| v == x[1][1]).count();
    let copies = words.copies.replace("{in}", "9").replace("{out}", &numbers.count().to_string());
    let copies = copies.replace("{most}", &most.to_string());
    canvas.text((16.0, 500.0), &copies, 13.0, TEXT, Anchor::Start);
    canvas
}
