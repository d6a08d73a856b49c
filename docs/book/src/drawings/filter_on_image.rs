//! A filter on an image: 25 products and their sum.

use common::plot::signed;

use super::canvas::{Anchor, Canvas, DARK, SIZE, SMALL, TEXT, WIDTH, number, rect, shade};
use super::numbers::{Grid, convolve, grid};
use super::parts::{LEAD, STRONG, cells, frame, ink, largest, over, pixels, place, sign, under};
use crate::language::Language;

struct Words {
    title: &'static str,
    image: &'static str,
    map: &'static str,
    way: [&'static str; 5],
    window: &'static str,
    filter: &'static str,
    products: &'static str,
    sum: &'static str,
    colours: &'static str,
}

const EN: Words = Words {
    title: "A filter on an image: 25 products and their sum",
    image: "image x (28, 28)",
    map: "map (24, 24)",
    way: [
        "The filter is laid on 5 × 5 pixels. Each pixel",
        "is multiplied by the weight on it.",
        "The sum of the 25 products is one number",
        "of the map. Then the filter moves on by one",
        "pixel. It fits at 24 × 24 places.",
    ],
    window: "25 pixels under the filter",
    filter: "filter f (5, 5): 25 weights",
    products: "25 products",
    sum: "their sum",
    colours: "Numbers above 0 are red, numbers below 0 blue. This filter responds to strokes that rise to the right.",
};

const JA: Words = Words {
    title: "画像の上のフィルタ：25 個の積とその和",
    image: "画像 x (28, 28)",
    map: "map (24, 24)",
    way: [
        "フィルタを 5×5 個の画素に重ねます。",
        "画素のそれぞれに、重なった重みを掛けます。",
        "25 個の積の和が、map の数の一つです。",
        "それからフィルタを 1 画素動かします。",
        "置ける場所は 24×24 か所です。",
    ],
    window: "フィルタの下の 25 画素",
    filter: "フィルタ f (5, 5)：重み 25 個",
    products: "25 個の積",
    sum: "その和",
    colours: "正の数は赤、負の数は青です。このフィルタの値は、右上がりの線で大きくなります。",
};

/// Where the filter lies.
const AT: (usize, usize) = (12, 12);
/// A filter that finds strokes from the lower left to the upper right.
const F: [[f64; 5]; 5] = [
    [-1.0, -1.0, -1.0, 0.0, 2.0],
    [-1.0, -1.0, 0.0, 2.0, 0.0],
    [-1.0, 0.0, 2.0, 0.0, -1.0],
    [0.0, 2.0, 0.0, -1.0, -1.0],
    [2.0, 0.0, -1.0, -1.0, -1.0],
];

pub fn draw(language: &Language) -> Canvas {
    let words = language.choose(EN, JA);
    let mut canvas = Canvas::new(words.title, WIDTH, 574.0);
    let (x, f) = (seven(), F.map(Vec::from).to_vec());
    let map = convolve(&x, &f);

    let (pixel, corner) = (7.0, (16.0, 72.0));
    let image = pixels(&mut canvas, corner, pixel, &x, ink);
    over(&mut canvas, image, words.image);
    let window = frame(&mut canvas, corner, pixel, AT, (5, 5));
    let (most, corner) = (largest(&map), (536.0, 72.0));
    let result = pixels(&mut canvas, corner, pixel, &map, |v| signed(v / most));
    over(&mut canvas, result, words.map);
    let spot = place(corner, pixel, AT).grown(1.0);
    canvas.lines_of_text((231.0, 112.0), &words.way, SIZE, TEXT);
    canvas.arrow(&[(236.0, 214.0), (512.0, 214.0)], LEAD);

    let (cell, top) = (36.0, 318.0);
    let (i, j) = AT;
    let patch = grid(5, 5, |k, l| x[i + k][j + l]);
    let product = grid(5, 5, |k, l| patch[k][l] * f[k][l]);
    let seen = cells(&mut canvas, (16.0, top), cell, (5, 5), |k, l| {
        (number(patch[k][l]), ink(0.75 * patch[k][l]))
    });
    canvas.line(&[(window.x, window.bottom()), (seen.x, seen.y)], LEAD);
    canvas.line(&[(window.right(), window.bottom()), (seen.right(), seen.y)], LEAD);
    under(&mut canvas, seen, words.window);
    let middle = seen.middle().1;
    sign(&mut canvas, (213.0, middle), "×");
    let filter = canvas.grid((230.0, top), cell, &f, 2.0);
    under(&mut canvas, filter, words.filter);
    sign(&mut canvas, (427.0, middle), "=");
    let made = canvas.grid((444.0, top), cell, &product, 2.0);
    under(&mut canvas, made, words.products);

    let sum = map[i][j];
    let at = rect(648.0, middle - 22.0, 56.0, 44.0);
    canvas.arrow(&[(made.right() + 3.0, middle), (at.x - 2.0, middle)], LEAD);
    canvas.rectangle(at, &shade(sum, most), Some(STRONG), 0.0);
    canvas.centred(at.middle(), &number(sum), SIZE, DARK);
    under(&mut canvas, at, words.sum);
    let (x, y) = at.middle();
    let bend = result.bottom() + 34.0;
    let target = spot.middle().0;
    canvas.arrow(&[(x, y - 24.0), (x, bend), (target, bend), (target, spot.bottom())], STRONG);
    canvas.rectangle(spot, "none", Some(STRONG), 0.0);
    let name = format!("map[{i}, {j}]");
    canvas.centred((target - 42.0, bend), &name, SMALL, TEXT);
    canvas.text((16.0, 556.0), words.colours, 13.0, TEXT, Anchor::Start);
    canvas
}

/// A handwritten seven of 28 by 28 pixels, from 0 (paper) to 1 (ink), in tenths.
fn seven() -> Grid {
    let strokes = [((7.0, 7.0), (7.0, 20.0)), ((7.0, 20.0), (21.0, 9.0))];
    grid(28, 28, |i, j| {
        let nearest = strokes.map(|(a, b)| distance((i as f64, j as f64), a, b));
        (10.0 * (2.1 - nearest[0].min(nearest[1])).clamp(0.0, 1.0)).round() / 10.0
    })
}

/// From a point to the line between two others.
fn distance(p: (f64, f64), a: (f64, f64), b: (f64, f64)) -> f64 {
    let (along, from) = ((b.0 - a.0, b.1 - a.1), (p.0 - a.0, p.1 - a.1));
    let length = along.0.powi(2) + along.1.powi(2);
    let part = ((along.0 * from.0 + along.1 * from.1) / length).clamp(0.0, 1.0);
    (from.0 - part * along.0).hypot(from.1 - part * along.1)
}
