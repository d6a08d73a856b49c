//! A white canvas for boxes, cells with numbers, arrows and words, written as SVG.
//!
//! Lengths are pixels; (0, 0) is at the top left. The canvas remembers where its words and
//! lines are, so that a test can see whether they are in each other's way.

use std::fmt::Write;

use common::plot::{Colour, signed, text_width};

/// The widest that a page has room for.
pub const WIDTH: f64 = 720.0;
/// What stays free at the edges.
pub const MARGIN: f64 = 16.0;
/// The sizes of words: the title, names and sentences, and the least important.
pub const TITLE: f64 = 17.0;
pub const SIZE: f64 = 14.0;
pub const SMALL: f64 = 12.0;
/// Colours of words, from strong to weak, and of thin lines: those of the charts.
pub const DARK: &str = "#222222";
pub const TEXT: &str = "#555555";
pub const LINE: &str = "#969696";
pub const GRID: &str = "#E4E4E4";

/// The height of a capital letter, as a part of the size.
const CAPITAL: f64 = 0.72;
/// The viewer takes the first of these that it has; the others are for Japanese.
const FONTS: &str = "Noto Sans, Noto Sans JP, Noto Sans CJK JP, Hiragino Sans, sans-serif";

/// A point, (x, y).
pub type Point = (f64, f64);

/// A rectangle: its corner at the top left, its width and height.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rect {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

/// A rectangle by its corner at the top left, its width and height.
pub fn rect(x: f64, y: f64, width: f64, height: f64) -> Rect {
    Rect { x, y, width, height }
}

impl Rect {
    pub fn right(self) -> f64 {
        self.x + self.width
    }
    pub fn bottom(self) -> f64 {
        self.y + self.height
    }
    pub fn middle(self) -> Point {
        (self.x + self.width / 2.0, self.y + self.height / 2.0)
    }
    /// `by` larger on every side; smaller where it is negative.
    pub fn grown(self, by: f64) -> Rect {
        rect(self.x - by, self.y - by, self.width + 2.0 * by, self.height + 2.0 * by)
    }
}

/// Which part of the words is at the given point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Anchor {
    Start,
    Middle,
    End,
}

/// How a rectangle or a line is drawn.
#[derive(Clone, Copy, Debug)]
pub struct Stroke<'a> {
    pub colour: &'a str,
    pub width: f64,
    pub dashed: bool,
}

/// A thin grey line.
pub const THIN: Stroke = Stroke { colour: LINE, width: 1.0, dashed: false };

/// A line `width` pixels wide.
pub fn stroke(colour: &str, width: f64) -> Stroke<'_> {
    Stroke { colour, width, dashed: false }
}

/// Words that stand on the canvas.
#[derive(Clone, Debug)]
pub struct Words {
    pub text: String,
    pub size: f64,
    pub place: Rect,
}

/// What has been drawn so far.
pub struct Canvas {
    title: String,
    pub width: f64,
    pub height: f64,
    marks: String,
    /// All words, and all lines that must not go through them.
    pub words: Vec<Words>,
    pub lines: Vec<(Point, Point)>,
}

impl Canvas {
    /// A white canvas with a title at its top left, which screen readers read out.
    pub fn new(title: &str, width: f64, height: f64) -> Canvas {
        let height = height.ceil();
        let (marks, words, lines) = (String::new(), Vec::new(), Vec::new());
        let mut canvas = Canvas { title: title.to_owned(), width, height, marks, words, lines };
        canvas.text((MARGIN, MARGIN + 14.0), title, TITLE, DARK, Anchor::Start);
        canvas
    }

    /// Writes `text`, its baseline at `place`.
    pub fn text(&mut self, place: Point, text: &str, size: f64, colour: &str, anchor: Anchor) {
        if text.is_empty() {
            return;
        }
        let (x, y) = place;
        let width = text_width(text, size);
        let (name, left) = match anchor {
            Anchor::Start => ("start", x),
            Anchor::Middle => ("middle", x - width / 2.0),
            Anchor::End => ("end", x - width),
        };
        let escaped = escape(text);
        self.mark(&format!(
            "<text x=\"{x:.1}\" y=\"{y:.1}\" font-size=\"{size}\" fill=\"{colour}\" \
             text-anchor=\"{name}\">{escaped}</text>"
        ));
        let place = rect(left, y - CAPITAL * size, width, CAPITAL * size);
        self.words.push(Words { text: text.to_owned(), size, place });
    }

    /// Writes `text` with its middle at `place`.
    pub fn centred(&mut self, (x, y): Point, text: &str, size: f64, colour: &str) {
        self.text((x, y + CAPITAL * size / 2.0), text, size, colour, Anchor::Middle);
    }

    /// Writes lines one below the other, the first with its baseline at `place`.
    pub fn lines_of_text(&mut self, (x, y): Point, lines: &[&str], size: f64, colour: &str) {
        for (k, line) in lines.iter().enumerate() {
            self.text((x, y + 1.4 * size * k as f64), line, size, colour, Anchor::Start);
        }
    }

    /// A rectangle with round corners that lies under what is drawn later. Its edge counts as
    /// lines, unless `stroke` is None.
    pub fn rectangle(&mut self, at: Rect, fill: &str, stroke: Option<Stroke>, radius: f64) {
        let Rect { x, y, width, height } = at;
        let edge = stroke.map_or_else(String::new, style);
        self.mark(&format!(
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" \
             rx=\"{radius}\" fill=\"{fill}\"{edge}/>"
        ));
        if stroke.is_some() {
            let corners = [(x, y), (at.right(), y), (at.right(), at.bottom()), (x, at.bottom())];
            self.lines.extend((0..4).map(|k| (corners[k], corners[(k + 1) % 4])));
        }
    }

    /// A box in a pale `colour` with `lines` of words in its middle; the first line is dark.
    pub fn block(&mut self, at: Rect, colour: Colour, lines: &[&str]) {
        let (fill, edge) = (colour.on_white(0.12), colour.on_white(0.7));
        self.rectangle(at, &fill, Some(stroke(&edge, 1.25)), 4.0);
        let (x, y) = at.middle();
        let step = 19.0;
        let first = y - step * (lines.len() as f64 - 1.0) / 2.0;
        for (k, line) in lines.iter().enumerate() {
            let (size, colour) = if k == 0 { (SIZE, DARK) } else { (SMALL, TEXT) };
            self.centred((x, first + step * k as f64), line, size, colour);
        }
    }

    /// A cell with a number or a word on `fill`; the words are white where `fill` is dark.
    pub fn cell(&mut self, at: Rect, text: &str, size: f64, fill: &str) {
        self.rectangle(at, fill, Some(THIN), 0.0);
        let colour = if is_dark(fill) { "#FFFFFF" } else { DARK };
        self.centred(at.middle(), text, size, colour);
    }

    /// Rows of cells, `cell` pixels wide and high, with the number of each in the colour of
    /// signed numbers; `largest` has the deepest colour. Gives the place of the whole.
    pub fn grid(&mut self, (x, y): Point, cell: f64, rows: &[Vec<f64>], largest: f64) -> Rect {
        for (i, row) in rows.iter().enumerate() {
            for (j, &value) in row.iter().enumerate() {
                let at = rect(x + cell * j as f64, y + cell * i as f64, cell, cell);
                self.cell(
                    at,
                    &number(value),
                    (0.4 * cell).clamp(11.0, SIZE),
                    &shade(value, largest),
                );
            }
        }
        let columns = rows.first().map_or(0, Vec::len);
        rect(x, y, cell * columns as f64, cell * rows.len() as f64)
    }

    /// A line through `points`.
    pub fn line(&mut self, points: &[Point], stroke: Stroke) {
        let path: Vec<String> = points.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
        let (path, style) = (path.join(" "), style(stroke));
        self.mark(&format!("<polyline points=\"{path}\" fill=\"none\"{style}/>"));
        self.lines.extend(points.windows(2).map(|ends| (ends[0], ends[1])));
    }

    /// A line through `points` with a head at the last one.
    pub fn arrow(&mut self, points: &[Point], stroke: Stroke) {
        let [.., from, to] = points else { return };
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let length = dx.hypot(dy).max(1e-9);
        let (dx, dy) = (dx / length, dy / length);
        let (long, half) = (5.0 + 2.0 * stroke.width, 2.5 + stroke.width);
        let neck = (to.0 - long * dx, to.1 - long * dy);
        let mut shaft = points.to_vec();
        shaft[points.len() - 1] = neck;
        self.line(&shaft, stroke);
        let (a, b) =
            ((neck.0 - half * dy, neck.1 + half * dx), (neck.0 + half * dy, neck.1 - half * dx));
        let head = [*to, a, b].map(|(x, y)| format!("{x:.1},{y:.1}")).join(" ");
        self.mark(&format!("<polygon points=\"{head}\" fill=\"{}\"/>", stroke.colour));
        self.lines.push((neck, *to));
    }

    /// A line drawn with a round pen, `d` as in SVG, from (0, 0) to (1, 1) over `at`.
    pub fn pen(&mut self, at: Rect, d: &str, colour: &str, width: f64) {
        let Rect { x, y, width: side, .. } = at;
        self.mark(&format!(
            "<path transform=\"translate({x:.1} {y:.1}) scale({side:.1})\" d=\"{d}\" fill=\"none\" \
             stroke=\"{colour}\" stroke-width=\"{width}\" stroke-linecap=\"round\"/>"
        ));
    }

    /// A circle with a word in it.
    pub fn circle(&mut self, (x, y): Point, radius: f64, text: &str, fill: &str, stroke: Stroke) {
        let style = style(stroke);
        self.mark(&format!(
            "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius}\" fill=\"{fill}\"{style}/>"
        ));
        let colour = if is_dark(fill) { "#FFFFFF" } else { DARK };
        self.centred((x, y), text, SIZE, colour);
    }

    /// The whole drawing as SVG.
    pub fn svg(&self) -> String {
        let Canvas { width, height, marks, .. } = self;
        let title = escape(&self.title);
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
             viewBox=\"0 0 {width} {height}\" role=\"img\" stroke-linejoin=\"round\" \
             font-family=\"{FONTS}\">\n<title>{title}</title>\n\
             <rect width=\"{width}\" height=\"{height}\" fill=\"#FFFFFF\"/>\n{marks}</svg>\n"
        )
    }

    fn mark(&mut self, mark: &str) {
        let _ = writeln!(self.marks, "{mark}");
    }
}

/// The colour of a signed number, as on all pictures: blue, white, red. Half as deep as there,
/// so that dark numbers can be read on it.
pub fn shade(value: f64, largest: f64) -> String {
    signed(0.5 * (value / largest.max(1e-9)).clamp(-1.0, 1.0))
}

/// A number with at most two decimals and a true minus.
pub fn number(value: f64) -> String {
    let text = format!("{value:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.replace('-', "\u{2212}") }
}

fn style(Stroke { colour, width, dashed }: Stroke) -> String {
    let dashes = if dashed { " stroke-dasharray=\"5 4\"" } else { "" };
    format!(" stroke=\"{colour}\" stroke-width=\"{width}\"{dashes}")
}

fn is_dark(fill: &str) -> bool {
    let channel = |at| u32::from_str_radix(fill.get(at).unwrap_or("FF"), 16).unwrap_or(255);
    2 * channel(1..3) + 5 * channel(3..5) + channel(5..7) < 8 * 130
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
