//! What a checkpoint of lesson 13 holds: arrays in one file, everything else in another.

use common::plot::Colour;

use super::canvas::{Anchor, Canvas, DARK, GRID, MARGIN, Rect, SIZE, SMALL, TEXT, rect, stroke};
use super::network::convolutional::CHECKPOINTS;
use super::network::{Both, shape, thousands};
use crate::language::Language;

/// The fields of the manifest in its order, those inside each, and what they are for.
const FIELDS: [(&str, &str, Both); 10] = [
    ("format, version", "", ["which program can read it", "どのプログラムで読めるか"]),
    (
        "architecture, numbers",
        "",
        ["which network, f32 or f64", "どのネットワークか、f32 か f64 か"],
    ),
    ("step", "", ["steps taken so far", "ここまでのステップの数"]),
    (
        "settings",
        "seed, start, keep, batch_size, learning_rate, every, steps",
        ["the options of the training", "学習のオプション"],
    ),
    (
        "optimiser",
        "name, steps, beta1, beta2, epsilon",
        ["Adam's settings and number of steps", "Adam の設定とステップの数"],
    ),
    (
        "random",
        "generator, stream, word",
        ["random state, for the next masks", "乱数の状態（次のマスク）"],
    ),
    ("order", "epoch, batch", ["which images come next", "次に使う画像"]),
    ("data", "name, images, sha256", ["are the data the same?", "同じデータかどうか"]),
    ("log", "reports, steps, loss, right", ["sums since the last report", "前の報告からの合計"]),
    ("arrays", "bytes, sha256", ["are the arrays above intact?", "上の配列が壊れていないか"]),
];

struct Words {
    title: &'static str,
    arrays: &'static str,
    first: &'static str,
    columns: [&'static str; 4],
    total: &'static str,
    manifest: &'static str,
    purpose: &'static str,
    last: &'static str,
    check: &'static str,
}

const EN: Words = Words {
    title: "What a checkpoint of lesson 13 holds",
    arrays: "arrays; numpy.load opens them",
    first: "written first",
    columns: ["shape", "parameter", "Adam's mean v", "Adam's mean s"],
    total: "numbers of 4 bytes",
    manifest: "manifest: everything else, as text",
    purpose: "what it is for",
    last: "written last: completes the checkpoint",
    check: "is the manifest intact?",
};

const JA: Words = Words {
    title: "第13章のチェックポイントに入るもの",
    arrays: "配列（numpy.load で開ける）",
    first: "先に書く",
    columns: ["形状", "パラメータ", "Adam の平均 v", "Adam の平均 s"],
    total: "個の数（それぞれ 4 バイト）",
    manifest: "マニフェスト：残りすべて（テキスト）",
    purpose: "使い道",
    last: "最後に書く：これでチェックポイントが成立",
    check: "マニフェストが壊れていないか",
};

const WIDTH: f64 = 560.0;
/// The right edge of both files.
const RIGHT: f64 = 516.0;
/// Where the fields' purposes begin.
const PURPOSE: f64 = 270.0;

/// The drawing in `language`.
pub fn draw(language: &Language) -> Canvas {
    let words = language.choose(EN, JA);
    let mut canvas = Canvas::new(words.title, WIDTH, 904.0);
    let npz = rect(MARGIN, 50.0, RIGHT - MARGIN, 310.0);
    file(&mut canvas, npz, Colour::Orange, "step-0000500.npz", words.arrays, words.first);
    arrays(&mut canvas, npz, &words);

    let json = rect(MARGIN, 386.0, RIGHT - MARGIN, 502.0);
    file(&mut canvas, json, Colour::Blue, "step-0000500.json", words.manifest, words.last);
    canvas.text((PURPOSE, json.y + 45.0), words.purpose, SMALL, TEXT, Anchor::Start);
    let mut y = json.y + 64.0;
    for (name, inside, purpose) in FIELDS {
        canvas.text((32.0, y + 14.0), name, SIZE, DARK, Anchor::Start);
        let purpose = language.choose(purpose[0], purpose[1]);
        canvas.text((PURPOSE, y + 14.0), purpose, SMALL, TEXT, Anchor::Start);
        canvas.text((32.0, y + 31.0), inside, SMALL, TEXT, Anchor::Start);
        if name == "arrays" {
            // Its checksum is that of the other file.
            let blue = Colour::Blue.on_white(0.9);
            let ends = [(RIGHT, y + 12.0), (538.0, y + 12.0), (538.0, 200.0), (RIGHT, 200.0)];
            canvas.arrow(&ends, stroke(&blue, 1.75));
        }
        y += if inside.is_empty() { 30.0 } else { 45.0 };
        canvas.line(&[(32.0, y - 5.0), (RIGHT - 16.0, y - 5.0)], stroke(GRID, 1.0));
    }
    canvas.text((32.0, y + 14.0), "sha256_of_the_lines_above", SIZE, DARK, Anchor::Start);
    canvas.text((PURPOSE, y + 14.0), words.check, SMALL, TEXT, Anchor::Start);
    canvas
}

/// The frame of a file: its name, what it is, and when it is written.
fn file(canvas: &mut Canvas, at: Rect, colour: Colour, name: &str, words: &str, when: &str) {
    let edge = colour.on_white(0.8);
    canvas.rectangle(at, &colour.on_white(0.07), Some(stroke(&edge, 1.5)), 6.0);
    canvas.text((at.x + 16.0, at.y + 26.0), name, SIZE + 1.0, DARK, Anchor::Start);
    canvas.text((at.x + 16.0, at.y + 45.0), words, SMALL, TEXT, Anchor::Start);
    canvas.text((at.right() - 16.0, at.y + 26.0), when, SMALL, &edge, Anchor::End);
}

/// A row for every parameter: its shape, itself, and the two means of the same shape.
fn arrays(canvas: &mut Canvas, file: Rect, words: &Words) {
    let left = |k: usize| file.x + 16.0 + 120.0 * k as f64;
    let mut y = file.y + 74.0;
    for (k, name) in words.columns.into_iter().enumerate() {
        let x = if k == 0 { left(0) } else { left(k) + 54.0 };
        let anchor = if k == 0 { Anchor::Start } else { Anchor::Middle };
        canvas.text((x, y), name, SMALL, TEXT, anchor);
    }
    let mut count = 0;
    for (name, sizes) in CHECKPOINTS.into_iter().flatten() {
        y += 32.0;
        canvas.text((left(0), y), &shape(sizes), SMALL + 1.0, DARK, Anchor::Start);
        let names = [(*name).to_owned(), format!("{name}.v"), format!("{name}.s")];
        for (k, name) in names.iter().enumerate() {
            let colour = if k == 0 { Colour::Orange } else { Colour::Teal };
            canvas.block(rect(left(k + 1), y - 18.0, 108.0, 26.0), colour, &[name]);
        }
        count += sizes.iter().product::<usize>();
    }
    let total = format!("3 × {} = {} {}", thousands(count), thousands(3 * count), words.total);
    canvas.text((left(0), y + 28.0), &total, SMALL, TEXT, Anchor::Start);
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    /// The names of the fields of a struct of lesson 13, `a, b`.
    fn fields_of(file: &str, name: &str) -> String {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../chapters/13-checkpoints");
        let text = fs::read_to_string(folder.join("src").join(file)).unwrap();
        let body = text.split(&format!("struct {name} {{\n")).nth(1).unwrap();
        let body = body.split("\n}").next().unwrap();
        let code = body.lines().map(|line| line.split("//").next().unwrap().trim());
        let names = code.filter_map(|line| line.split_once(": "));
        let names = names.map(|(name, _)| name.trim_start_matches("pub "));
        names.collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn the_fields_are_those_that_lesson_13_writes() {
        let names = FIELDS.map(|(name, ..)| name).join(", ");
        assert_eq!(names, fields_of("manifest.rs", "Manifest"));
        for (field, file, name) in [
            ("settings", "training.rs", "Settings"),
            ("optimiser", "manifest.rs", "Adam"),
            ("random", "manifest.rs", "RandomState"),
            ("order", "sampler.rs", "Position"),
            ("data", "training.rs", "DataInfo"),
            ("log", "training.rs", "Log"),
            ("arrays", "manifest.rs", "ArrayFile"),
        ] {
            let (_, inside, _) = FIELDS.iter().find(|(name, ..)| *name == field).unwrap();
            assert_eq!(*inside, fields_of(file, name), "{field}");
        }
    }
}
