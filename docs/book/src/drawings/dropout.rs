//! Dropout: a new mask at every training step, none at a test.

use super::canvas::{Anchor, Canvas, DARK, Point, SIZE, SMALL, TEXT, WIDTH};
use crate::language::Language;

struct Words {
    title: &'static str,
    training: &'static str,
    test: &'static str,
}

const EN: Words =
    Words { title: "Dropout with p = 0.5", training: "training", test: "test: no mask" };

const JA: Words =
    Words {
        title: "ドロップアウト（p = 0.5）", training: "学習", test: "テスト：マスクなし"
    };

/// The drawing in `language`.
pub fn draw(language: &Language) -> Canvas {
    let words = language.choose(EN, JA);
    let mut canvas = Canvas::new(words.title, WIDTH, 250.0);
    let h = [0.5, 1.5, 0.0, 2.0, 1.0, 0.5];
    let m = [2.0, 0.0, 0.0, 2.0, 2.0, 0.0];
    let product: Vec<f64> = h.iter().zip(m).map(|(h, m)| h * m).collect();
    canvas.text((16.0, 62.0), words.training, SIZE, DARK, Anchor::Start);
    row(&mut canvas, (60.0, 76.0), "h", &h);
    row(&mut canvas, (60.0, 116.0), "m", &m);
    row(&mut canvas, (400.0, 76.0), "h m", &product);
    canvas.text((16.0, 186.0), words.test, SIZE, DARK, Anchor::Start);
    row(&mut canvas, (60.0, 200.0), "h", &h);
    canvas
}

fn row(canvas: &mut Canvas, (x, y): Point, name: &str, values: &[f64]) {
    canvas.text((x - 10.0, y + 20.0), name, SMALL, TEXT, Anchor::End);
    canvas.grid((x, y), 32.0, &[values.to_vec()], 2.0);
}
