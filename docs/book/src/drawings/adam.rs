//! Adam: two means of the gradients, their correction, and the quotient that is the step.

use common::plot::Colour;

use super::canvas::{
    Anchor, Canvas, DARK, GRID, LINE, MARGIN, Point, Rect, SIZE, SMALL, TEXT, rect, shade, stroke,
};
use crate::language::Language;

const BETA1: f64 = 0.9;
const BETA2: f64 = 0.999;
/// The steps whose numbers are shown.
const STEPS: [usize; 3] = [1, 2, 100];
/// Steps back whose weights are shown, as bars.
const BARS: usize = 60;
const WIDTH: f64 = 560.0;
/// The middles of the two columns, and how wide their boxes are.
const COLUMNS: [f64; 2] = [146.0, 414.0];
const BOX: f64 = 250.0;

struct Words {
    title: &'static str,
    gradient: &'static str,
    square: &'static str,
    means: [[&'static str; 2]; 2],
    weights: &'static str,
    now: &'static str,
    correct: [[&'static str; 2]; 2],
    step: [&'static str; 2],
    numbers: [&'static str; 3],
}

const EN: Words = Words {
    title: "Adam: step i of one parameter w",
    gradient: "dw, the gradient of this batch",
    square: "squared",
    means: [
        ["v = 0.9 v + 0.1 dw", "fading mean of the gradients"],
        ["s = 0.999 s + 0.001 dw²", "fading mean of their squares"],
    ],
    weights: "weight of each of the last 60 gradients",
    now: "now",
    correct: [
        ["v̂ = v / (1 − 0.9ⁱ)", "corrected, since v starts at 0"],
        ["ŝ = s / (1 − 0.999ⁱ)", "corrected, since s starts at 0"],
    ],
    step: ["w = w − r v̂ / (sqrt(ŝ) + eps)", "changes w by about r at most, however large dw is"],
    numbers: [
        "gradients of one sign",
        "small gradients of one sign",
        "gradients of alternating sign",
    ],
};

const JA: Words = Words {
    title: "Adam：パラメータ w の i 回目の更新",
    gradient: "dw、このバッチの勾配",
    square: "2 乗",
    means: [
        ["v = 0.9 v + 0.1 dw", "勾配の平均（古いものほど薄れる）"],
        ["s = 0.999 s + 0.001 dw²", "勾配の 2 乗の平均（古いものほど薄れる）"],
    ],
    weights: "最近の 60 個の勾配それぞれの重み",
    now: "今",
    correct: [
        ["v̂ = v / (1 − 0.9ⁱ)", "v は 0 から始まるので補正する"],
        ["ŝ = s / (1 − 0.999ⁱ)", "s は 0 から始まるので補正する"],
    ],
    step: ["w = w − r v̂ / (sqrt(ŝ) + eps)", "dw がどれだけ大きくても、更新の幅はおよそ r まで"],
    numbers: ["符号が変わらない勾配", "符号が変わらない小さな勾配", "符号が交互に変わる勾配"],
};

/// The drawing in `language`.
pub fn draw(language: &Language) -> Canvas {
    let words = language.choose(EN, JA);
    let mut canvas = Canvas::new(words.title, WIDTH, 756.0);
    let blue = Colour::Blue.on_white(1.0);
    let blue = stroke(&blue, 2.0);

    let gradient = rect(155.0, 50.0, 250.0, 34.0);
    canvas.block(gradient, Colour::Teal, &[words.gradient]);
    for (k, x) in COLUMNS.into_iter().enumerate() {
        let mean = rect(x - BOX / 2.0, 120.0, BOX, 50.0);
        let start = gradient.middle().0 + if k == 0 { -60.0 } else { 60.0 };
        canvas.arrow(&[(start, gradient.bottom()), (start, 102.0), (x, 102.0), (x, mean.y)], blue);
        canvas.block(mean, Colour::Blue, &words.means[k]);
        bars(&mut canvas, rect(mean.x, 178.0, BOX, 56.0), [BETA1, BETA2][k], &words);
        canvas.arrow(&[(x, 256.0), (x, 284.0)], blue);
        let correct = rect(mean.x, 284.0, BOX, 50.0);
        canvas.block(correct, Colour::Blue, &words.correct[k]);
        canvas.arrow(&[(x, correct.bottom()), (x, 366.0)], blue);
    }
    canvas.text((COLUMNS[1] + 10.0, 115.0), words.square, SMALL, blue.colour, Anchor::Start);
    let step = rect(COLUMNS[0] - BOX / 2.0, 366.0, COLUMNS[1] - COLUMNS[0] + BOX, 50.0);
    canvas.block(step, Colour::Orange, &words.step);

    let head = ["i", "dw", "v", "v̂", "s", "ŝ", "v̂ / sqrt(ŝ)"];
    line(&mut canvas, 446.0, &head.map(str::to_owned), TEXT);
    let kinds: [fn(usize) -> f64; 3] =
        [|_| 4.0, |_| 0.1, |i| if i.is_multiple_of(2) { -4.0 } else { 4.0 }];
    for (k, kind) in kinds.into_iter().enumerate() {
        let y = 474.0 + 94.0 * k as f64;
        canvas.text((MARGIN, y), words.numbers[k], SMALL, TEXT, Anchor::Start);
        for (row, numbers) in means(kind).into_iter().enumerate() {
            let y = y + 22.0 * (row as f64 + 1.0);
            let quotient = numbers[6];
            let at = rect(column(6) - 34.0, y - 15.0, 68.0, 20.0);
            canvas.rectangle(at, &shade(quotient, 2.0), None, 3.0);
            line(&mut canvas, y, &numbers.map(figure), DARK);
        }
        let y = y + 76.0;
        canvas.line(&[(MARGIN, y), (WIDTH - MARGIN, y)], stroke(GRID, 1.0));
    }
    canvas
}

/// i, dw, v, v̂, s, ŝ and the quotient at each of [`STEPS`], for the gradients `of(1)`,
/// `of(2)`, ...
fn means(of: fn(usize) -> f64) -> [[f64; 7]; 3] {
    let (mut v, mut s) = (0.0, 0.0);
    let mut rows = Vec::new();
    for i in 1..=STEPS[2] {
        let dw = of(i);
        v = BETA1 * v + (1.0 - BETA1) * dw;
        s = BETA2 * s + (1.0 - BETA2) * dw * dw;
        let v_hat = v / (1.0 - BETA1.powf(i as f64));
        let s_hat = s / (1.0 - BETA2.powf(i as f64));
        rows.push([i as f64, dw, v, v_hat, s, s_hat, v_hat / s_hat.sqrt()]);
    }
    STEPS.map(|i| rows[i - 1])
}

/// The weight of each of the last gradients in a mean that fades by `beta` a step.
fn bars(canvas: &mut Canvas, at: Rect, beta: f64, words: &Words) {
    let floor = at.bottom();
    let step = at.width / BARS as f64;
    for k in 0..BARS {
        let height = (at.height - 4.0) * beta.powf(k as f64);
        let x = at.right() - step * (k as f64 + 1.0);
        let bar = rect(x + 0.5, floor - height, step - 1.0, height);
        canvas.rectangle(bar, &Colour::Blue.on_white(0.45), None, 0.0);
    }
    canvas.line(&[(at.x, floor), (at.right(), floor)], stroke(LINE, 1.0));
    canvas.text((at.x, floor + 15.0), words.weights, SMALL, TEXT, Anchor::Start);
    canvas.text((at.right(), floor + 15.0), words.now, SMALL, TEXT, Anchor::End);
}

/// The middle of a column of the table.
fn column(k: usize) -> f64 {
    40.0 + 78.0 * k as f64
}

fn line(canvas: &mut Canvas, y: f64, texts: &[String; 7], colour: &str) {
    for (k, text) in texts.iter().enumerate() {
        let place: Point = (column(k), y);
        canvas.text(place, text, if colour == DARK { 13.0 } else { SIZE }, colour, Anchor::Middle);
    }
}

/// A number with three digits that count.
fn figure(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let decimals = (2 - value.abs().log10().floor() as i32).max(0) as usize;
    let text = format!("{value:.decimals$}");
    let text =
        if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    text.replace('-', "\u{2212}")
}
