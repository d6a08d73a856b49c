//! Lesson 06: a training step of lesson 04's network on the GPU, with what lies where and
//! which kernel reads and writes it.

use common::plot::Colour;

use crate::drawings::canvas::{Anchor, Canvas, DARK, Rect, SIZE, SMALL, TEXT, WIDTH, rect, stroke};
use crate::language::Language;

/// Steps that the processor submits at once: `MAX_STEPS` of the lesson.
const STEPS: usize = 250;
/// Places of the filter, and how many of them a workgroup of the update has.
const PLACES: usize = 24 * 24;
const PLACES_OF_A_GROUP: usize = 16;

struct Words {
    title: &'static str,
    upload: &'static str,
    once: &'static str,
    every: String,
    memory: &'static str,
    data: [&'static str; 4],
    rows: [&'static str; 3],
    images: [&'static str; 3],
    parameters: [&'static str; 2],
    losses: [&'static str; 3],
    first: [&'static str; 2],
    /// What a workgroup of the first kernel computes, with shapes.
    formulas: [[&'static str; 2]; 6],
    inside: &'static str,
    second: &'static str,
    sums: [&'static str; 2],
    groups: [String; 2],
    update: &'static str,
    initial: &'static str,
    read: String,
}

fn words(language: &Language) -> Words {
    let groups = PLACES / PLACES_OF_A_GROUP;
    let en = Words {
        title: "The network of lesson 06: a training step on the GPU",
        upload: "the processor writes",
        once: "once",
        every: format!("every {STEPS} steps"),
        memory: "the GPU's memory",
        data: ["data", "(60,000, 197) words:", "4 pixels a word,", "the label in the last"],
        rows: ["rows", "(250, N)", "row numbers"],
        images: ["for each image", "h, dzo, df, loss,", "right or wrong"],
        parameters: ["parameters", "stay on the GPU"],
        losses: ["losses, accuracies", "(250) and (250),", "one a step"],
        first: ["1. forward and backward", "N workgroups, one for each image"],
        formulas: [
            ["x = bytes / 255", "(28, 28)"],
            ["h = max(conv(x, f) + bc, 0)", "(24, 24)"],
            ["y = softmax(h wo + bo)", "(10)"],
            ["dzo = y − t", "(10)"],
            ["dz = dzo woT where h > 0, else 0", "(24, 24)"],
            ["df = conv(x, dz)", "(5, 5)"],
        ],
        inside: "in workgroup memory",
        second: "2. sums over the batch, update",
        sums: ["dwo (576, 10), dbc (1, 576)", "df (5, 5), dbo (1, 10), loss"],
        groups: [
            format!("{groups} workgroups, {PLACES_OF_A_GROUP} places each"),
            "1 workgroup".to_owned(),
        ],
        update: "p = p − rate dp, for each parameter p",
        initial: "initial values, once",
        read: format!("the processor reads losses, accuracies and parameters every {STEPS} steps"),
    };
    let ja = Words {
        title: "第06章のネットワーク：GPU での 1 ステップ",
        upload: "プロセッサが書く",
        once: "最初に 1 回",
        every: format!("{STEPS} ステップごと"),
        memory: "GPU のメモリー",
        data: ["data", "(60,000, 197) ワード", "1 ワードに 4 画素", "最後にラベル"],
        rows: ["rows", "(250, N)", "行番号"],
        images: ["画像ごとに", "h, dzo, df, 損失,", "正解かどうか"],
        parameters: ["パラメータ", "GPU に置いたまま"],
        losses: ["損失と正解率", "(250) と (250)", "1 ステップに一つ"],
        first: ["1. 順伝播と逆伝播", "ワークグループ N 個、画像 1 枚に 1 個"],
        formulas: [
            ["x = バイト / 255", "(28, 28)"],
            ["h = max(conv(x, f) + bc, 0)", "(24, 24)"],
            ["y = softmax(h wo + bo)", "(10)"],
            ["dzo = y − t", "(10)"],
            ["dz = dzo woT（h > 0、ほかは 0）", "(24, 24)"],
            ["df = conv(x, dz)", "(5, 5)"],
        ],
        inside: "ワークグループメモリーの中で",
        second: "2. バッチの和と更新",
        sums: ["dwo (576, 10), dbc (1, 576)", "df (5, 5), dbo (1, 10), 損失"],
        groups: [
            format!("ワークグループ {groups} 個、{PLACES_OF_A_GROUP} か所ずつ"),
            "ワークグループ 1 個".to_owned(),
        ],
        update: "p = p − rate dp（パラメータ p ごとに）",
        initial: "最初に 1 回、初期値",
        read: format!("プロセッサが損失、正解率、パラメータを読む（{STEPS} ステップごと）"),
    };
    language.choose(en, ja)
}

/// The drawing in `language`.
pub fn gpu(language: &Language) -> Canvas {
    let words = words(language);
    let mut canvas = Canvas::new(words.title, WIDTH, 726.0);
    let (blue, orange, grey) =
        (Colour::Blue.on_white(0.9), Colour::Orange.on_white(0.9), Colour::Grey.on_white(0.9));
    let (blue, orange, grey) = (stroke(&blue, 2.0), stroke(&orange, 2.0), stroke(&grey, 2.0));

    let memory = rect(16.0, 112.0, 688.0, 534.0);
    canvas.rectangle(memory, "#F5F5F5", None, 8.0);
    canvas.text((218.0, 134.0), words.memory, SMALL, TEXT, Anchor::Start);
    let above = rect(16.0, 48.0, 688.0, 30.0);
    canvas.block(above, Colour::Grey, &[words.upload]);
    let below = rect(216.0, 680.0, 488.0, 30.0);
    canvas.block(below, Colour::Grey, &[&words.read]);

    let data = rect(44.0, 142.0, 134.0, 88.0);
    let rows = rect(52.0, 248.0, 118.0, 72.0);
    let images = rect(30.0, 418.0, 140.0, 72.0);
    let losses = rect(552.0, 548.0, 138.0, 72.0);
    for (at, lines) in [(rows, words.rows), (images, words.images), (losses, words.losses)] {
        canvas.block(at, Colour::Teal, &lines);
    }
    canvas.block(data, Colour::Teal, &words.data);
    let parameters = rect(572.0, 232.0, 118.0, 150.0);
    let [name, place] = words.parameters;
    let shapes = ["f (5, 5)", "bc (1, 576)", "wo (576, 10)", "bo (1, 10)"];
    let lines: Vec<&str> = [&[name][..], &shapes, &[place]].concat();
    canvas.block(parameters, Colour::Orange, &lines);

    let first = rect(218.0, 154.0, 294.0, 272.0);
    for shift in [8.0, 4.0] {
        let behind = Rect { x: first.x + shift, y: first.y - shift, ..first };
        canvas.rectangle(behind, "#FFFFFF", Some(stroke(blue.colour, 1.0)), 6.0);
    }
    kernel(&mut canvas, first, words.first[0]);
    canvas.text((first.x + 14.0, first.y + 42.0), words.first[1], SMALL, TEXT, Anchor::Start);
    canvas.text((first.x + 14.0, first.bottom() - 10.0), words.inside, SMALL, TEXT, Anchor::Start);
    for (k, [formula, shape]) in words.formulas.into_iter().enumerate() {
        let y = first.y + 54.0 + 33.0 * k as f64;
        let at = rect(first.x + 14.0, y, 266.0, 24.0);
        row(&mut canvas, at, formula, shape);
        if k > 0 {
            canvas.arrow(
                &[(first.middle().0, y - 9.0), (first.middle().0, y)],
                stroke(blue.colour, 1.0),
            );
        }
    }

    let second = rect(218.0, 468.0, 294.0, 164.0);
    kernel(&mut canvas, second, words.second);
    for (k, (sums, groups)) in words.sums.into_iter().zip(&words.groups).enumerate() {
        let y = second.y + 32.0 + 48.0 * k as f64;
        let at = rect(second.x + 14.0, y, 266.0, 42.0);
        canvas.rectangle(at, &Colour::Blue.on_white(0.08), None, 3.0);
        canvas.text((at.x + 10.0, at.y + 17.0), sums, 13.0, DARK, Anchor::Start);
        canvas.text((at.x + 10.0, at.y + 34.0), groups, SMALL, TEXT, Anchor::Start);
    }
    let update = (second.x + 14.0, second.bottom() - 14.0);
    canvas.text(update, words.update, 13.0, blue.colour, Anchor::Start);

    // Who writes what, and who reads it.
    let side = rows.middle().1;
    canvas.arrow(&[(34.0, 78.0), (34.0, side), (rows.x, side)], grey);
    canvas.text((42.0, 100.0), &words.every, SMALL, TEXT, Anchor::Start);
    canvas.arrow(&[(148.0, 78.0), (148.0, data.y)], grey);
    canvas.text((156.0, 100.0), words.once, SMALL, TEXT, Anchor::Start);
    canvas.arrow(&[(data.right(), 190.0), (first.x, 190.0)], blue);
    canvas.arrow(&[(rows.right(), 296.0), (first.x, 296.0)], blue);
    canvas.arrow(&[(first.x, 400.0), (96.0, 400.0), (96.0, images.y)], blue);
    canvas.arrow(&[(96.0, images.bottom()), (96.0, 540.0), (second.x, 540.0)], blue);
    canvas.arrow(&[(parameters.x, 270.0), (first.right() + 9.0, 270.0)], orange);
    canvas.arrow(&[(second.right(), 500.0), (631.0, 500.0), (631.0, parameters.bottom())], orange);
    canvas.arrow(
        &[(parameters.x, 356.0), (542.0, 356.0), (542.0, 486.0), (second.right(), 486.0)],
        orange,
    );
    canvas.arrow(&[(second.right(), 584.0), (losses.x, 584.0)], blue);
    canvas.arrow(&[(631.0, losses.bottom()), (631.0, below.y)], grey);
    canvas.arrow(&[(631.0, 78.0), (631.0, parameters.y)], grey);
    canvas.text((623.0, 100.0), words.initial, SMALL, TEXT, Anchor::End);
    let right = parameters.right();
    canvas.arrow(&[(right, 340.0), (698.0, 340.0), (698.0, below.y)], grey);
    canvas
}

/// The frame of a kernel, with its name.
fn kernel(canvas: &mut Canvas, at: Rect, name: &str) {
    let blue = Colour::Blue.on_white(0.9);
    canvas.rectangle(at, "#FFFFFF", Some(stroke(&blue, 1.5)), 6.0);
    canvas.text((at.x + 14.0, at.y + 23.0), name, SIZE, &blue, Anchor::Start);
}

/// A formula, and the shape of what comes out.
fn row(canvas: &mut Canvas, at: Rect, formula: &str, shape: &str) {
    canvas.rectangle(at, &Colour::Blue.on_white(0.08), None, 3.0);
    canvas.text((at.x + 10.0, at.y + 17.0), formula, 13.0, DARK, Anchor::Start);
    canvas.text((at.right() - 10.0, at.y + 17.0), shape, SMALL, TEXT, Anchor::End);
}
