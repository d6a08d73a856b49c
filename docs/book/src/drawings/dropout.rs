//! Dropout: a new mask at every training step, none at a test.

use common::plot::Colour;
use common::{sample_rows, seeded};

use super::canvas::{
    Anchor, Canvas, DARK, LINE, MARGIN, Point, SIZE, SMALL, Stroke, TEXT, number, rect, shade,
    stroke,
};
use crate::language::Language;

/// Outputs of the hidden units for one image.
const H: [f64; 6] = [0.5, 1.5, 2.0, 0.25, 1.0, 0.75];
/// Masks whose mean is taken, and their seed: the first two drop three units each.
const MASKS: usize = 10_000;
const SEED: u64 = 42;
/// The side of a cell, and where the first one and the sum are.
const CELL: f64 = 44.0;
const LEFT: f64 = 82.0;
const SUM: f64 = 452.0;

struct Words {
    title: &'static str,
    mask: &'static str,
    steps: [&'static str; 2],
    next: [&'static str; 2],
    back: &'static str,
    mean: &'static str,
    test: &'static str,
}

const EN: Words = Words {
    title: "Dropout with p = 0.5",
    mask: "each number of the mask m is 0 with probability p, else 1 / (1 − p) = 2",
    steps: ["training, one step", "training, the next step: another mask"],
    next: ["the sum, into", "the next layer"],
    back: "backward, with the same mask: dh = m dh'",
    mean: "mean of the sums for 10,000 masks: ",
    test: "test: no mask, all units",
};

const JA: Words = Words {
    title: "ドロップアウト（p = 0.5）",
    mask: "マスク m の要素は、確率 p で 0、そうでなければ 1 / (1 − p) = 2",
    steps: ["学習のステップ", "学習の次のステップ：別のマスク"],
    next: ["次の層に", "入る和"],
    back: "逆伝播でも同じマスク：dh = m dh'",
    mean: "10,000 個のマスクでの、和の平均：",
    test: "テスト：マスクなし、すべてのニューロン",
};

/// The drawing in `language`.
pub fn draw(language: &Language) -> Canvas {
    let words = language.choose(EN, JA);
    let mut canvas = Canvas::new(words.title, 540.0, 590.0);
    canvas.text((MARGIN, 56.0), words.mask, SMALL, TEXT, Anchor::Start);
    let masks = masks();
    let mut y = 76.0;
    for (heading, mask) in words.steps.into_iter().zip(&masks) {
        canvas.text((MARGIN, y + 14.0), heading, SIZE, DARK, Anchor::Start);
        training(&mut canvas, y + 26.0, mask);
        y += 26.0 + 3.0 * CELL + 12.0;
        if mask == &masks[0] {
            canvas.text((LEFT, y + 10.0), words.back, SMALL, TEXT, Anchor::Start);
            for (k, word) in words.next.into_iter().enumerate() {
                let place = (SUM, y - 84.0 + 15.0 * k as f64);
                canvas.text(place, word, SMALL, TEXT, Anchor::Middle);
            }
            y += 34.0;
        } else {
            let mean = masks.iter().map(|mask| sum(&product(mask))).sum::<f64>() / MASKS as f64;
            let text = format!("{}{mean:.2}", words.mean);
            canvas.text((LEFT, y + 10.0), &text, SIZE, DARK, Anchor::Start);
            y += 46.0;
        }
    }
    canvas.text((MARGIN, y + 14.0), words.test, SIZE, DARK, Anchor::Start);
    row(&mut canvas, (LEFT, y + 26.0), "h", &H, &[1.0; 6]);
    add(&mut canvas, y + 26.0, &H);
    canvas
}

/// The rows h, m and their product, and its sum.
fn training(canvas: &mut Canvas, y: f64, mask: &[f64; 6]) {
    row(canvas, (LEFT, y), "h", &H, mask);
    canvas.text((LEFT - 12.0, y + 1.5 * CELL + 5.0), "× m", SIZE, DARK, Anchor::End);
    for (k, &value) in mask.iter().enumerate() {
        let at = rect(LEFT + CELL * k as f64, y + CELL, CELL, CELL).grown(-6.0);
        let fill = if value == 0.0 { "#DDDDDD" } else { "#FFFFFF" };
        let colour = if value == 0.0 { TEXT } else { DARK };
        canvas.rectangle(at, fill, Some(stroke(LINE, 1.0)), 16.0);
        canvas.centred(at.middle(), &number(value), SIZE, colour);
    }
    row(canvas, (LEFT, y + 2.0 * CELL), "= h'", &product(mask), mask);
    add(canvas, y + 2.0 * CELL, &product(mask));
}

/// A row of cells with its name; those that the mask drops are crossed out.
fn row(canvas: &mut Canvas, (x, y): Point, name: &str, values: &[f64; 6], mask: &[f64; 6]) {
    canvas.text((x - 12.0, y + CELL / 2.0 + 5.0), name, SIZE, DARK, Anchor::End);
    for (k, (&value, &m)) in values.iter().zip(mask).enumerate() {
        let at = rect(x + CELL * k as f64, y, CELL, CELL).grown(-2.0);
        let edge = Stroke { dashed: m == 0.0, ..stroke(LINE, 1.25) };
        let fill = if m == 0.0 { "#FFFFFF".to_owned() } else { shade(value, 4.0) };
        canvas.rectangle(at, &fill, Some(edge), 3.0);
        let colour = if m == 0.0 { LINE } else { DARK };
        canvas.centred(at.middle(), &number(value), SIZE, colour);
    }
}

/// An arrow from a row to the sum of its values.
fn add(canvas: &mut Canvas, y: f64, values: &[f64; 6]) {
    let (y, colour) = (y + CELL / 2.0, Colour::Blue.on_white(1.0));
    let end = LEFT + CELL * 6.0;
    canvas.arrow(&[(end + 6.0, y), (SUM - 32.0, y)], stroke(&colour, 2.0));
    let fill = Colour::Blue.on_white(0.12);
    canvas.circle((SUM, y), 26.0, &number(sum(values)), &fill, stroke(&colour, 1.5));
}

fn product(mask: &[f64; 6]) -> [f64; 6] {
    std::array::from_fn(|k| H[k] * mask[k])
}

fn sum(values: &[f64; 6]) -> f64 {
    values.iter().sum()
}

/// The masks of so many steps: 0, or 1 / (1 - 0.5), with equal probability.
fn masks() -> Vec<[f64; 6]> {
    let drawn = sample_rows(2, MASKS * H.len(), &mut seeded(SEED));
    drawn.as_chunks().0.iter().map(|mask| mask.map(|drawn| [0.0, 2.0][drawn])).collect()
}
