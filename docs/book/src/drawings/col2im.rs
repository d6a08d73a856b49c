//! col2im: every number of a row is added to the pixel that im2col copied.

use common::plot::Colour;

use super::canvas::{Canvas, DARK, SIZE, SMALL, TEXT, WIDTH, number, rect};
use super::im2col::tint;
use super::image_gradient::{DZ, F};
use super::numbers::{col2im, grid};
use super::parts::{LEAD, cells, frame, over, sign, under};
use crate::language::Language;

struct Words {
    title: &'static str,
    dout: [&'static str; 2],
    filter: [&'static str; 2],
    dcols: [&'static str; 2],
    images: [&'static str; 2],
    gradient: &'static str,
    sum: &'static str,
    counts: [&'static str; 2],
    sentences: [&'static str; 2],
}

const EN: Words = Words {
    title: "col2im: every row is added to its patch of the image",
    dout: ["dout", "(4, 1)"],
    filter: ["w (1, 4)", "the filter as a row"],
    dcols: ["dcols (4, 4)", "one row for each place"],
    images: ["added to the", "patch it came from"],
    gradient: "dx (3, 3)",
    sum: "sum of the four",
    counts: ["patches that", "contain each pixel"],
    sentences: [
        "im2col copied a pixel into up to four rows. If the pixel grows, all its copies grow by the same, and",
        "the changes of the loss add up. So col2im adds (+=); with = only the last row's gradient would be left.",
    ],
};

const JA: Words = Words {
    title: "col2im：行を元の窓に足し戻す",
    dout: ["dout", "(4, 1)"],
    filter: ["w (1, 4)", "フィルタを行に"],
    dcols: ["dcols (4, 4)", "場所ごとに 1 行"],
    images: ["コピー元の窓に", "足す"],
    gradient: "dx (3, 3)",
    sum: "四つの和",
    counts: ["その画素を", "含む窓の数"],
    sentences: [
        "im2col は、一つの画素を最大四つの行にコピーしました。画素が増えると、コピーもすべて同じだけ増え、",
        "損失の変化はその和です。ですから col2im は足します（+=）。= では、最後の行の勾配だけが残ります。",
    ],
};

pub fn draw(language: &Language) -> Canvas {
    let words = language.choose(EN, JA);
    let mut canvas = Canvas::new(words.title, WIDTH, 528.0);
    let dcols = grid(4, 4, |p, t| DZ[p / 2][p % 2] * F[t / 2][t % 2]);
    let dx = col2im(&dcols, (3, 3), (2, 2));
    let counts = col2im(&grid(4, 4, |_, _| 1.0), (3, 3), (2, 2));
    let heads =
        [(38.0, words.dout), (150.0, words.filter), (322.0, words.dcols), (506.0, words.images)];
    for (middle, [name, what]) in heads {
        canvas.centred((middle, 64.0), name, SIZE, DARK);
        canvas.centred((middle, 82.0), what, SMALL, TEXT);
    }
    let (top, pitch, cell) = (104.0, 92.0, 40.0);
    let middle = top + 1.5 * pitch + 36.0;
    for (p, row) in dcols.iter().enumerate() {
        let (i, j) = (p / 2, p % 2);
        let corner = (470.0, top + pitch * p as f64);
        let y = corner.1 + 36.0;
        canvas.cell(rect(18.0, y - cell / 2.0, cell, cell), &number(DZ[i][j]), SIZE, "#F2F2F2");
        for (t, &v) in row.iter().enumerate() {
            let at = rect(242.0 + cell * t as f64, y - cell / 2.0, cell, cell);
            canvas.cell(at, &number(v), SIZE, &tint(t));
        }
        canvas.arrow(&[(408.0, y), (464.0, y)], LEAD);
        cells(&mut canvas, corner, 24.0, (3, 3), |a, b| {
            match (i..i + 2).contains(&a) && (j..j + 2).contains(&b) {
                true => (number(row[2 * (a - i) + b - j]), tint(2 * (a - i) + b - j)),
                false => (String::new(), "#FFFFFF".to_owned()),
            }
        });
        frame(&mut canvas, corner, 24.0, (i, j), (2, 2));
        if p < 3 {
            sign(&mut canvas, (506.0, corner.1 + 82.0), "+");
        }
        canvas.line(&[(546.0, y), (562.0, y)], LEAD);
    }
    sign(&mut canvas, (72.0, middle), "×");
    for t in 0..4 {
        let at = rect(86.0 + 32.0 * t as f64, middle - 16.0, 32.0, 32.0);
        canvas.cell(at, &number(F[t / 2][t % 2]), SIZE, &tint(t));
    }
    sign(&mut canvas, (228.0, middle), "=");
    let (first, last) = (top + 36.0, top + 3.0 * pitch + 36.0);
    canvas.line(&[(562.0, first), (562.0, last)], LEAD);
    let (result_y, side) = (middle - 100.0, 40.0);
    let result = cells(&mut canvas, (584.0, result_y), side, (3, 3), |i, j| {
        (number(dx[i][j]), "#F2F2F2".to_owned())
    });
    over(&mut canvas, result, words.gradient);
    under(&mut canvas, result, words.sum);
    canvas.arrow(&[(562.0, result.middle().1), (581.0, result.middle().1)], LEAD);
    let small = 30.0;
    let at = (599.0, result.bottom() + 70.0);
    cells(&mut canvas, at, small, (3, 3), |i, j| {
        (number(counts[i][j]), Colour::Orange.on_white(0.12 * counts[i][j]))
    });
    canvas.centred((644.0, at.1 - 28.0), words.counts[0], SMALL, TEXT);
    canvas.centred((644.0, at.1 - 12.0), words.counts[1], SMALL, TEXT);
    canvas.lines_of_text((16.0, 492.0), &words.sentences, 13.0, TEXT);
    canvas
}
