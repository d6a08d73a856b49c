//! Parts that several drawings have in common.

use super::canvas::{
    Canvas, DARK, GRID, LINE, Point, Rect, SIZE, SMALL, Stroke, TEXT, number, rect, stroke,
};
use super::numbers::Grid;

/// A strong dark line: frames of windows, arrows that matter.
pub const STRONG: Stroke = Stroke { colour: DARK, width: 2.0, dashed: false };
/// A line that leads from one thing to another.
pub const LEAD: Stroke = Stroke { colour: LINE, width: 1.5, dashed: false };

/// Where cell (`i`, `j`) of a grid is that begins at `at`.
pub fn place((x, y): Point, cell: f64, (i, j): (usize, usize)) -> Rect {
    rect(x + cell * j as f64, y + cell * i as f64, cell, cell)
}

/// The frame of `rows` by `columns` cells from cell (`i`, `j`) on.
pub fn frame(
    canvas: &mut Canvas,
    at: Point,
    cell: f64,
    (i, j): (usize, usize),
    (rows, columns): (usize, usize),
) -> Rect {
    let Rect { x, y, .. } = place(at, cell, (i, j));
    let frame = rect(x, y, cell * columns as f64, cell * rows as f64);
    canvas.rectangle(frame, "none", Some(STRONG), 0.0);
    frame
}

/// Cells with the words and on the ground that `look` gives them. Gives the place of the whole.
pub fn cells(
    canvas: &mut Canvas,
    at: Point,
    cell: f64,
    (rows, columns): (usize, usize),
    look: impl Fn(usize, usize) -> (String, String),
) -> Rect {
    for i in 0..rows {
        for j in 0..columns {
            let (text, fill) = look(i, j);
            let size = if text.len() > 3 { 0.37 * cell } else { 0.42 * cell };
            canvas.cell(place(at, cell, (i, j)), &text, size.clamp(11.0, SIZE), &fill);
        }
    }
    rect(at.0, at.1, cell * columns as f64, cell * rows as f64)
}

/// An image with a frame around the window of 2 by 2 cells that begins at (`i`, `j`). Cell
/// (`k`, `l`) of the window stands on `ground(k, l)`; the other numbers are pale.
pub fn window_on(
    canvas: &mut Canvas,
    corner: Point,
    cell: f64,
    image: &Grid,
    (i, j): (usize, usize),
    ground: impl Fn(usize, usize) -> String,
) {
    for (a, row) in image.iter().enumerate() {
        for (b, &value) in row.iter().enumerate() {
            let inside = (i..i + 2).contains(&a) && (j..j + 2).contains(&b);
            let fill = if inside { ground(a - i, b - j) } else { "#FFFFFF".to_owned() };
            let at = place(corner, cell, (a, b));
            canvas.cell(at, "", SIZE, &fill);
            let colour = if inside { DARK } else { LINE };
            canvas.centred(at.middle(), &number(value), SIZE, colour);
        }
    }
    frame(canvas, corner, cell, (i, j), (2, 2));
}

/// A picture of squares without numbers, in a thin frame; white ones are left out.
pub fn pixels(
    canvas: &mut Canvas,
    at: Point,
    cell: f64,
    rows: &Grid,
    colour: impl Fn(f64) -> String,
) -> Rect {
    for (i, row) in rows.iter().enumerate() {
        for (j, &value) in row.iter().enumerate() {
            let fill = colour(value);
            if fill != "#FFFFFF" {
                // A little too large: no white lines between them where the picture is scaled.
                canvas.rectangle(place(at, cell, (i, j)).grown(0.2), &fill, None, 0.0);
            }
        }
    }
    let whole = rect(at.0, at.1, cell * rows[0].len() as f64, cell * rows.len() as f64);
    canvas.rectangle(whole, "none", Some(stroke(GRID, 1.0)), 0.0);
    whole
}

/// A name over the middle of something.
pub fn over(canvas: &mut Canvas, at: Rect, name: &str) {
    canvas.centred((at.middle().0, at.y - 13.0), name, SIZE, DARK);
}

/// A smaller word under the middle of something.
pub fn under(canvas: &mut Canvas, at: Rect, word: &str) {
    canvas.centred((at.middle().0, at.bottom() + 14.0), word, SMALL, TEXT);
}

/// A sign between two things: `×`, `+`, `=`.
pub fn sign(canvas: &mut Canvas, at: Point, sign: &str) {
    canvas.centred(at, sign, 18.0, TEXT);
}

/// The grey of ink: 0 is white, 1 nearly black.
pub fn ink(value: f64) -> String {
    let grey = (255.0 - 215.0 * value.clamp(0.0, 1.0)).round() as u8;
    format!("#{grey:02X}{grey:02X}{grey:02X}")
}

/// The largest size of all numbers, for the scale of their colours.
pub fn largest(rows: &Grid) -> f64 {
    rows.iter().flatten().fold(0.0, |most: f64, v| most.max(v.abs()))
}

/// `2·3 + 1·(−1) = 5`: products, and the `sum` that they make.
pub fn products(factors: &[(f64, f64)], sum: f64) -> String {
    let bracketed = |v: f64| if v < 0.0 { format!("({})", number(v)) } else { number(v) };
    let terms = factors.iter().map(|&(a, b)| format!("{}·{}", bracketed(a), bracketed(b)));
    format!("{} = {}", terms.collect::<Vec<_>>().join(" + "), number(sum))
}
