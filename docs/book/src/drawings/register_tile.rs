//! The tile of outputs that lesson 05's fast convolution keeps in registers.

use cnn_im2col::fast::{TILE_FILTERS as FILTERS, TILE_VECTORS as VECTORS};
use common::fast::vector::LANES;
use common::plot::Colour;

use super::canvas::{Anchor, Canvas, DARK, GRID, SIZE, SMALL, TEXT, THIN, WIDTH, rect, stroke};
use super::parts::{LEAD, STRONG, place, under};
use crate::language::Language;

struct Words {
    title: &'static str,
    tap: [&'static str; 2],
    image: &'static str,
    pixels: &'static str,
    weights: &'static str,
    sums: &'static str,
    each_tap: &'static str,
    loads: &'static str,
    multiply_adds: &'static str,
    stores: &'static str,
    end: &'static str,
    plain: [&'static str; 2],
    registers: [&'static str; 3],
    sentences: [&'static str; 3],
}

const EN: Words = Words {
    title: "A tile in registers: 6 filters, 16 neighbouring places",
    tap: [
        "At 16 neighbouring places in row i of the map, tap (2, 1) is on 16 neighbouring pixels:",
        "tap (2, 1)",
    ],
    image: "rows i to i + 4 of the image",
    pixels: ": 8 pixels",
    weights: "weights",
    sums: "12 sums of 8 places each: one row for each filter",
    each_tap: "for each tap",
    loads: "loads",
    multiply_adds: "multiply-adds",
    stores: "stores",
    end: "after the last tap",
    plain: ["without a tile,", "for each tap"],
    registers: ["registers", "in use", "of a core"],
    sentences: [
        "The sums stay in their registers from the first of the 25 taps to the last. The other registers hold",
        "2 vectors of pixels, each used for 6 filters, and one weight, eight times the same, used for 2 vectors.",
        "Without a tile, each multiply-add loads a vector of sums and one of pixels, and stores the sums again.",
    ],
};

const JA: Words = Words {
    title: "レジスタに置くタイル：6 個のフィルタ、隣り合う 16 か所",
    tap: [
        "map の行 i の隣り合う 16 か所で、タップ (2, 1) の下には、隣り合う 16 画素があります。",
        "タップ (2, 1)",
    ],
    image: "画像の行 i から行 i + 4",
    pixels: "：8 画素",
    weights: "重み",
    sums: "8 か所ずつの和が 12 個：フィルタごとに 1 行",
    each_tap: "タップごとに",
    loads: "読み込み",
    multiply_adds: "積和演算",
    stores: "書き込み",
    end: "最後のタップのあと",
    plain: ["タイルなしなら、", "タップごとに"],
    registers: ["レジスタ", "使う数", "コアにある数"],
    sentences: [
        "和は、25 個のタップの最初から最後まで、レジスタに置いたままです。ほかのレジスタには、6 個のフィルタに",
        "使う画素のベクトル二つと、二つのベクトルに使う重み一つ（同じものを 8 個）があります。",
        "タイルがなければ、積和演算のたびに、和のベクトルと画素のベクトルを読み、和をまた書きます。",
    ],
};

/// The words give the sizes of the tile as numbers.
const _: () = assert!(FILTERS == 6 && VECTORS == 2 && LANES == 8);
/// The vector registers of a core with AVX2.
const REGISTERS: usize = 16;
/// The tap that is drawn.
const TAP: (usize, usize) = (2, 1);
const VECTOR: [Colour; VECTORS] = [Colour::Teal, Colour::Cyan];

pub fn draw(language: &Language) -> Canvas {
    let words = language.choose(EN, JA);
    let mut canvas = Canvas::new(words.title, WIDTH, 624.0);
    canvas.text((16.0, 56.0), words.tap[0], 13.0, TEXT, Anchor::Start);
    canvas.text((77.5, 86.0), words.tap[1], SMALL, TEXT, Anchor::Middle);
    canvas.text((130.0, 86.0), words.image, SMALL, TEXT, Anchor::Start);

    // Five rows of the image; the pixels under the tap are in colour.
    let (corner, cell) = ((130.0, 96.0), 15.0);
    let ((k, l), lanes) = (TAP, LANES);
    for i in 0..5 {
        for j in 0..28_usize {
            let fill = match j.checked_sub(l) {
                Some(at) if i == k && at < VECTORS * lanes => VECTOR[at / lanes].on_white(0.4),
                _ => "#FFFFFF".to_owned(),
            };
            canvas.rectangle(place(corner, cell, (i, j)), &fill, Some(stroke(GRID, 1.0)), 0.0);
        }
    }
    // One filter of the six, with its tap.
    let filter = (40.0, 96.0);
    for t in 0..25 {
        let fill =
            if (t / 5, t % 5) == TAP { Colour::Orange.on_white(0.5) } else { "#FFFFFF".to_owned() };
        canvas.rectangle(place(filter, cell, (t / 5, t % 5)), &fill, Some(stroke(GRID, 1.0)), 0.0);
    }

    // The registers.
    let (left, top, height, pitch) = (130.0, 222.0, 32.0, 40.0);
    let width = 24.0 * lanes as f64;
    let column = |s: usize| left + (width + 12.0) * s as f64;
    for (s, colour) in VECTOR.iter().enumerate() {
        let x = column(s);
        for lane in 0..lanes {
            let at = rect(x + 24.0 * lane as f64, top, 24.0, 24.0);
            canvas.rectangle(at, &colour.on_white(0.4), Some(THIN), 0.0);
        }
        let from = rect(
            corner.0 + cell * (l + lanes * s) as f64,
            corner.1 + cell * k as f64,
            cell * lanes as f64,
            cell,
        );
        canvas.rectangle(from, "none", Some(STRONG), 0.0);
        canvas.arrow(&[(from.middle().0, from.bottom() + 1.0), (x + width / 2.0, top - 3.0)], LEAD);
        canvas.centred((x + width / 2.0, top + 37.0), &format!("v{s}{}", words.pixels), SIZE, DARK);
    }
    let first = top + 54.0;
    for m in 0..FILTERS {
        let y = first + pitch * m as f64;
        let weight = rect(57.0, y, 46.0, height);
        canvas.cell(weight, &format!("w{m}"), SIZE, &Colour::Orange.on_white(0.5));
        canvas.line(&[(105.0, y + height / 2.0), (left - 2.0, y + height / 2.0)], LEAD);
        for s in 0..VECTORS {
            let at = rect(column(s), y, width, height);
            canvas.rectangle(at, "#F2F2F2", Some(THIN), 3.0);
            canvas.centred(at.middle(), &format!("s{m}{s} += w{m} v{s}"), SIZE, DARK);
        }
    }
    let tile = rect(left, first, 2.0 * width + 12.0, pitch * FILTERS as f64 - 8.0);
    canvas.rectangle(tile.grown(5.0), "none", Some(STRONG), 5.0);
    under(&mut canvas, tile.grown(5.0), words.sums);
    canvas.centred((80.0, first - 16.0), words.weights, SMALL, TEXT);
    tally(&mut canvas, &words, (552.0, top + 4.0));
    canvas.lines_of_text((16.0, 572.0), &words.sentences, 13.0, TEXT);
    canvas
}

/// What a tap costs, and how many registers are in use.
fn tally(canvas: &mut Canvas, words: &Words, (x, y): (f64, f64)) {
    let sums = FILTERS * VECTORS;
    let lines = [
        (words.each_tap, None),
        (words.loads, Some(format!("{VECTORS} + {FILTERS} = {}", VECTORS + FILTERS))),
        (words.multiply_adds, Some(format!("{FILTERS} × {VECTORS} = {sums}"))),
        (words.stores, Some("0".to_owned())),
        ("", None),
        (words.end, None),
        (words.stores, Some(sums.to_string())),
        ("", None),
        (words.plain[0], None),
        (words.plain[1], None),
        (words.loads, Some(format!("2 × {sums} = {}", 2 * sums))),
        (words.multiply_adds, Some(sums.to_string())),
        (words.stores, Some(sums.to_string())),
        ("", None),
        (words.registers[0], None),
        (words.registers[1], Some(format!("{sums} + {VECTORS} + 1 = {}", sums + VECTORS + 1))),
        (words.registers[2], Some(REGISTERS.to_string())),
    ];
    for (k, (name, value)) in lines.iter().enumerate() {
        let y = y + 19.0 * k as f64;
        let colour = if value.is_some() { TEXT } else { DARK };
        canvas.text((x, y), name, SMALL, colour, Anchor::Start);
        if let Some(value) = value {
            canvas.text((704.0, y), value, SMALL, DARK, Anchor::End);
        }
    }
}
