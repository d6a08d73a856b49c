//! The gradient of the image: each place adds the filter times its delta.

use common::plot::Colour;

use super::canvas::{Anchor, Canvas, DARK, SIZE, TEXT, WIDTH, number, shade};
use super::numbers::{Grid, col2im, convolve_backward, grid};
use super::parts::{cells, frame, largest, over, products, sign, under};
use crate::language::Language;

struct Words {
    title: &'static str,
    why: [&'static str; 2],
    delta: &'static str,
    filter: &'static str,
    counts: &'static str,
    place: &'static str,
    gradient: &'static str,
    middle: [&'static str; 3],
}

const EN: Words = Words {
    title: "The gradient of the image: the filter times each dz[i,j], added up",
    why: [
        "In the forward pass, the pixel x[i+k,j+l] is multiplied by the weight f[k,l] at place (i, j).",
        "In the backward pass, each place adds dz[i,j] f[k,l] to the gradient of that pixel.",
    ],
    delta: "dz (2, 2)",
    filter: "f (2, 2)",
    counts: "places that use each pixel",
    place: "place",
    gradient: "dx (3, 3)",
    middle: [
        "The pixel in the middle is used at all four places, so its gradient is a sum of four products:",
        "dx[1,1]  =  ",
        "Its weight at place (i, j) is f[1−i,1−j]: the indices of dz and f run against each other.",
    ],
};

const JA: Words = Words {
    title: "画像の勾配：フィルタの dz[i,j] 倍を足し合わせる",
    why: [
        "順伝播では、場所 (i, j) で、画素 x[i+k,j+l] に重み f[k,l] を掛けます。",
        "逆伝播では、場所ごとに、その画素の勾配に dz[i,j] f[k,l] を足します。",
    ],
    delta: "dz (2, 2)",
    filter: "f (2, 2)",
    counts: "画素を使う場所の数",
    place: "場所",
    gradient: "dx (3, 3)",
    middle: [
        "中央の画素は四つの場所すべてで使われるので、その勾配は四つの積の和です。",
        "dx[1,1]  =  ",
        "場所 (i, j) で掛ける重みは f[1−i,1−j] です。dz と f の添え字は、互いに逆向きに進みます。",
    ],
};

/// The gradient of the map, and the filter; drawing `col2im` has the same.
pub const DZ: [[f64; 2]; 2] = [[2.0, -1.0], [1.0, 3.0]];
pub const F: [[f64; 2]; 2] = [[1.0, 2.0], [3.0, -2.0]];

pub fn draw(language: &Language) -> Canvas {
    let words = language.choose(EN, JA);
    let mut canvas = Canvas::new(words.title, WIDTH, 498.0);
    let (dz, f) = (DZ.map(Vec::from).to_vec(), F.map(Vec::from).to_vec());
    let (dx, _) = convolve_backward(&dz, &grid(3, 3, |_, _| 0.0), &f);
    canvas.lines_of_text((16.0, 54.0), &words.why, 13.0, TEXT);

    let delta = canvas.grid((96.0, 120.0), 38.0, &dz, largest(&dz));
    over(&mut canvas, delta, words.delta);
    let filter = canvas.grid((284.0, 120.0), 38.0, &f, largest(&f));
    over(&mut canvas, filter, words.filter);
    let counts = col2im(&grid(4, 4, |_, _| 1.0), (3, 3), (2, 2));
    let counted = cells(&mut canvas, (508.0, 112.0), 30.0, (3, 3), |i, j| {
        let tint = Colour::Orange.on_white(0.12 * counts[i][j]);
        (number(counts[i][j]), tint)
    });
    over(&mut canvas, counted, words.counts);

    let (top, cell) = (264.0, 36.0);
    let middle = top + 1.5 * cell;
    let most = largest(&dx);
    for (panel, (i, j)) in [(0, 0), (0, 1), (1, 0), (1, 1)].into_iter().enumerate() {
        let at = (16.0 + 142.0 * panel as f64, top);
        let share: Grid = grid(2, 2, |k, l| dz[i][j] * f[k][l]);
        let inside = |a: usize, b: usize| (i..i + 2).contains(&a) && (j..j + 2).contains(&b);
        let patch = cells(&mut canvas, at, cell, (3, 3), |a, b| match inside(a, b) {
            true => (number(share[a - i][b - j]), shade(share[a - i][b - j], most)),
            false => (String::new(), "#FFFFFF".to_owned()),
        });
        frame(&mut canvas, at, cell, (i, j), (2, 2));
        over(&mut canvas, patch, &format!("{} ({i}, {j})", words.place));
        let factor = number(dz[i][j]);
        under(&mut canvas, patch, &format!("{factor} · f"));
        sign(&mut canvas, (patch.right() + 17.0, middle), if panel < 3 { "+" } else { "=" });
    }
    let result = canvas.grid((584.0, middle - 60.0), 40.0, &dx, most);
    over(&mut canvas, result, words.gradient);

    canvas.text((16.0, 428.0), words.middle[0], 13.0, TEXT, Anchor::Start);
    let factors: Vec<_> = (0..4).map(|p| (dz[p / 2][p % 2], f[1 - p / 2][1 - p % 2])).collect();
    let sum = format!("{}{}", words.middle[1], products(&factors, dx[1][1]));
    canvas.text((360.0, 454.0), &sum, SIZE, DARK, Anchor::Middle);
    canvas.text((16.0, 480.0), words.middle[2], 13.0, TEXT, Anchor::Start);
    canvas
}
