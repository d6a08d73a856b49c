//! A workgroup of the GPU and its tile of a product, as in lesson 06's `tile.wgsl`.

use common::plot::Colour;

use super::canvas::{
    Anchor, Canvas, DARK, Point, Rect, SIZE, SMALL, TEXT, THIN, WIDTH, rect, stroke,
};
use super::parts::{LEAD, STRONG, place};
use crate::language::Language;

struct Words {
    title: &'static str,
    convolution: &'static str,
    matrices: [&'static str; 2],
    tile: &'static str,
    memory: &'static str,
    threads: &'static str,
    thread: &'static str,
    steps: [&'static str; 8],
    counts: [&'static str; 3],
}

const EN: Words = Words {
    title: "A workgroup and its tile: out = left · right",
    convolution: "In a convolution, ROWS are the filters, COLUMNS the places of all images, DEPTH the taps of a filter.",
    matrices: ["in the GPU's", "large memory"],
    tile: "64 × 64",
    memory: "in workgroup memory: right_tile (16, 64)",
    threads: "16 × 16 threads",
    thread: "one thread: 4 × 4 sums in registers, each += a b",
    steps: [
        "1 The 256 threads copy 64 × 16 numbers of left and 16 × 64",
        " of right into workgroup memory, 4 and 4 for each thread.",
        "2 workgroupBarrier(): wait until both tiles are complete.",
        "3 16 times, each thread reads 4 numbers of left and 4 of right",
        " and adds their 16 products to its 16 sums.",
        "4 workgroupBarrier(): wait until all threads have read them.",
        "5 Repeat with the next 16 of DEPTH, to the end.",
        "6 Each thread stores its 16 sums in out.",
    ],
    counts: [
        "one round fetches {numbers} numbers, {bytes} bytes, and computes {operations} operations",
        "with the tile: {with} operations for each byte; each number fetched is used {uses} times",
        "one thread for each number of out, without caches: 2 operations for 8 bytes, {without} for each byte",
    ],
};

const JA: Words = Words {
    title: "ワークグループとタイル：out = left · right",
    convolution: "畳み込みでは、ROWS がフィルタ、COLUMNS がすべての画像の場所、DEPTH がフィルタのタップです。",
    matrices: ["GPU の大きな", "メモリーの中"],
    tile: "64×64",
    memory: "ワークグループメモリーの中：right_tile (16, 64)",
    threads: "16×16 スレッド",
    thread: "スレッド一つ：レジスタに 4×4 個の和、どれも += a b",
    steps: [
        "1 256 個のスレッドで、left の 64×16 個と right の 16×64 個の数を",
        " ワークグループメモリーにコピーします。一つのスレッドが 4 個ずつ。",
        "2 workgroupBarrier()：二つのタイルがそろうまで待ちます。",
        "3 16 回、どのスレッドも left の 4 個と right の 4 個を読み、",
        " 16 個の積を、自分の 16 個の和に足します。",
        "4 workgroupBarrier()：全スレッドが読み終わるまで待ちます。",
        "5 DEPTH の次の 16 で同じことを、終わりまで繰り返します。",
        "6 どのスレッドも、16 個の和を out に書きます。",
    ],
    counts: [
        "1 回に取ってくる数：{numbers} 個、{bytes} バイト。計算：{operations} 回の演算",
        "タイルを使うと：1 バイトにつき {with} 回の演算。取ってきた数を、どれも {uses} 回使う",
        "out の数一つにスレッド一つで、キャッシュがなければ：8 バイトにつき 2 回、1 バイトにつき {without} 回",
    ],
};

/// Rows and columns of a tile, what is fetched of DEPTH at a time, and the rows and columns of
/// one thread: a test compares them with `tile.wgsl`.
const SIDE: usize = 64;
const DEPTH: usize = 16;
const OWN: usize = 4;
const ROWS: Colour = Colour::Teal;
const COLUMNS: Colour = Colour::Orange;

pub fn draw(language: &Language) -> Canvas {
    let words = language.choose(EN, JA);
    let mut canvas = Canvas::new(words.title, WIDTH, 640.0);
    canvas.text((16.0, 54.0), words.convolution, 13.0, TEXT, Anchor::Start);
    let tile = matrices(&mut canvas, &words);
    let zoomed = workgroup(&mut canvas, &words);
    canvas.line(&[(tile.right(), tile.y), (zoomed.x, zoomed.y)], LEAD);
    canvas.line(&[(tile.right(), tile.bottom()), (zoomed.x, zoomed.bottom())], LEAD);
    for (k, step) in words.steps.iter().enumerate() {
        let (number, text) = step.split_at(1);
        let y = 408.0 + 19.0 * k as f64;
        canvas.text((16.0, y), number.trim(), 13.0, DARK, Anchor::Start);
        canvas.text((32.0, y), text.trim(), 13.0, TEXT, Anchor::Start);
    }

    let numbers = 2 * SIDE * DEPTH;
    let (bytes, operations) = (4 * numbers, 2 * SIDE * SIDE * DEPTH);
    for (k, line) in words.counts.iter().enumerate() {
        let line = line
            .replace("{numbers}", &thousands(numbers))
            .replace("{bytes}", &thousands(bytes))
            .replace("{operations}", &thousands(operations))
            .replace("{with}", &(operations / bytes).to_string())
            .replace("{uses}", &SIDE.to_string())
            .replace("{without}", &(2.0 / 8.0).to_string());
        canvas.text((16.0, 584.0 + 20.0 * k as f64), &line, 13.0, DARK, Anchor::Start);
    }
    canvas
}

/// The three matrices in the large memory. Gives the place of the tile in `out`.
fn matrices(canvas: &mut Canvas, words: &Words) -> Rect {
    let out = rect(140.0, 186.0, 180.0, 150.0);
    let left = rect(24.0, out.y, 96.0, out.height);
    let right = rect(out.x, 80.0, out.width, 86.0);
    let side = 48.0; // a tile of 64, so that 16 are 12
    let tile = rect(out.x + side, out.y + side, side, side);
    let at = 36.0; // where in DEPTH the round is
    for whole in [out, left, right] {
        canvas.rectangle(whole, "#FFFFFF", Some(THIN), 0.0);
    }
    canvas.rectangle(rect(left.x, tile.y, left.width, side), &ROWS.on_white(0.18), Some(THIN), 0.0);
    canvas.rectangle(
        rect(tile.x, right.y, side, right.height),
        &COLUMNS.on_white(0.18),
        Some(THIN),
        0.0,
    );
    canvas.rectangle(rect(left.x + at, tile.y, 12.0, side), &ROWS.on_white(0.7), Some(THIN), 0.0);
    canvas.rectangle(
        rect(tile.x, right.y + at, side, 12.0),
        &COLUMNS.on_white(0.7),
        Some(THIN),
        0.0,
    );
    canvas.rectangle(tile, "#E4E4E4", Some(STRONG), 0.0);
    canvas.arrow(&[(left.right() + 2.0, tile.middle().1), (tile.x - 2.0, tile.middle().1)], LEAD);
    canvas.arrow(&[(tile.middle().0, right.bottom() + 2.0), (tile.middle().0, tile.y - 2.0)], LEAD);
    let names = [
        ("left (ROWS, DEPTH)", (16.0, out.bottom() + 18.0), Anchor::Start),
        ("out (ROWS, COLUMNS)", (out.right(), out.bottom() + 18.0), Anchor::End),
        ("right (DEPTH, COLUMNS)", (out.right(), right.y - 8.0), Anchor::End),
        (words.matrices[0], (16.0, right.y + 16.0), Anchor::Start),
        (words.matrices[1], (16.0, right.y + 33.0), Anchor::Start),
    ];
    for (name, at, anchor) in names {
        canvas.text(at, name, SMALL, TEXT, anchor);
    }
    canvas.centred((tile.middle().0, tile.middle().1), words.tile, 11.0, DARK);
    tile
}

/// The tile of the workgroup with its threads, and one of them. Gives the place of the tile.
fn workgroup(canvas: &mut Canvas, words: &Words) -> Rect {
    let (cell, threads) = (14.0, SIDE / OWN);
    let side = cell * threads as f64;
    let corner: Point = (480.0, 128.0);
    let tile = rect(corner.0, corner.1, side, side);
    canvas.rectangle(tile, "#F2F2F2", Some(THIN), 0.0);
    for k in 1..threads {
        let along = cell * k as f64;
        canvas.line(
            &[(tile.x + along, tile.y), (tile.x + along, tile.bottom())],
            stroke("#D0D0D0", 0.75),
        );
        canvas.line(
            &[(tile.x, tile.y + along), (tile.right(), tile.y + along)],
            stroke("#D0D0D0", 0.75),
        );
    }
    let thin = DEPTH as f64 * cell / OWN as f64 / 2.0;
    let rows = rect(tile.x - thin - 8.0, tile.y, thin, side);
    let columns = rect(tile.x, tile.y - thin - 8.0, side, thin);
    canvas.rectangle(rows, &ROWS.on_white(0.4), Some(THIN), 0.0);
    canvas.rectangle(columns, &COLUMNS.on_white(0.4), Some(THIN), 0.0);
    let (i, j) = (9, 5);
    let own = place(corner, cell, (i, j));
    canvas.rectangle(rect(rows.x, own.y, thin, cell), &ROWS.on_white(0.9), Some(STRONG), 0.0);
    canvas.rectangle(rect(own.x, columns.y, cell, thin), &COLUMNS.on_white(0.9), Some(STRONG), 0.0);
    canvas.rectangle(own, &Colour::Magenta.on_white(0.5), Some(STRONG), 0.0);
    canvas.text((704.0, columns.y - 8.0), words.memory, SMALL, TEXT, Anchor::End);
    canvas.text((rows.x - 4.0, tile.y - 10.0), "left_tile (64, 16)", SMALL, TEXT, Anchor::End);
    canvas.text((530.0, tile.bottom() + 19.0), words.threads, SMALL, TEXT, Anchor::End);
    one_thread(canvas, words, own);
    tile
}

/// The sums of one thread, with the numbers that it reads for them.
fn one_thread(canvas: &mut Canvas, words: &Words, own: Rect) {
    let (cell, corner) = (26.0, (534.0, 436.0));
    for k in 0..OWN {
        let along = cell * k as f64;
        let left = rect(corner.0 - cell - 6.0, corner.1 + along, cell, cell);
        let right = rect(corner.0 + along, corner.1 - cell - 6.0, cell, cell);
        canvas.cell(left, &format!("a{k}"), SMALL, &ROWS.on_white(0.6));
        canvas.cell(right, &format!("b{k}"), SMALL, &COLUMNS.on_white(0.6));
    }
    for i in 0..OWN {
        for j in 0..OWN {
            canvas.cell(place(corner, cell, (i, j)), "", SIZE, &Colour::Magenta.on_white(0.25));
        }
    }
    let top = corner.1 - cell - 6.0;
    canvas.line(&[(own.x, own.bottom()), (corner.0, top)], LEAD);
    canvas.line(&[(own.right(), own.bottom()), (corner.0 + 4.0 * cell, top)], LEAD);
    canvas.text((704.0, corner.1 + 4.0 * cell + 18.0), words.thread, SMALL, TEXT, Anchor::End);
}

/// `131,072`
fn thousands(number: usize) -> String {
    if number < 1000 {
        number.to_string()
    } else {
        format!("{},{:03}", thousands(number / 1000), number % 1000)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    #[test]
    fn the_tile_is_that_of_lesson_06() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../chapters/06-cnn-gpu");
        let kernel = fs::read_to_string(folder.join("src/kernels/tile.wgsl")).unwrap();
        let threads = SIDE / OWN;
        for part in [
            format!("let first_row = {SIDE}u * group.y;"),
            format!("d += {DEPTH}u)"),
            format!("right_tile: array<array<vec{OWN}<f32>, {threads}>, {DEPTH}>;"),
            format!("let high = thread / {threads}u;"),
        ] {
            assert!(kernel.contains(&part), "{part}");
        }
    }
}
