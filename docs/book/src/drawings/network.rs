//! The networks of the lessons, from top to bottom: arrays with their shapes, and on every
//! arrow what is computed there, with the shapes of its parameters.

pub mod convolutional;
pub mod dense;
pub mod gpu;

use common::plot::{Colour, text_width};

use super::canvas::{Anchor, Canvas, DARK, LINE, MARGIN, Rect, SIZE, SMALL, TEXT, rect, stroke};
use crate::language::Language;

/// Words in English and in Japanese.
pub type Both = [&'static str; 2];

/// Names and shapes of parameters.
pub type Parameters = &'static [(&'static str, &'static [usize])];

const WIDTH: f64 = 540.0;
/// The middle of the arrays' pictures, where their names begin, and where words begin.
const AXIS: f64 = 68.0;
const NAMES: f64 = 132.0;
const NOTES: f64 = 304.0;
/// The length of an arrow, and what stays free above and below it.
const ARROW: f64 = 42.0;
const GAP: f64 = 5.0;
/// Where the first network begins, the room of a heading, and that under a network.
const TOP: f64 = 50.0;
const HEADING: f64 = 34.0;
const FOOTER: f64 = 46.0;

/// How an array is drawn.
#[derive(Clone, Copy)]
pub enum Picture {
    /// So many images or feature maps of so many pixels a side.
    Maps(usize, usize),
    /// So many numbers an example.
    Units(usize),
    /// A column of rows, one for each place of the filter.
    Patches,
}

/// An array, `x (N, 784)`, and what it is.
pub struct Array {
    pub picture: Picture,
    pub name: &'static str,
    pub words: Both,
}

/// What is computed on the way from one array to the next.
pub struct Step {
    /// The formula, and how it is called.
    pub formula: &'static str,
    pub words: Both,
    pub parameters: Parameters,
    /// What else goes into it.
    pub also: Both,
    /// Whether the lesson is about it.
    pub is_new: bool,
}

/// A network: its first array, and every step with the array that comes out.
pub struct Network {
    pub heading: Both,
    pub first: Array,
    pub steps: Vec<(Step, Array)>,
}

/// An array.
pub fn array(picture: Picture, name: &'static str, words: Both) -> Array {
    Array { picture, name, words }
}

/// A step.
pub fn step(formula: &'static str, words: Both, parameters: Parameters) -> Step {
    Step { formula, words, parameters, also: ["", ""], is_new: false }
}

impl Step {
    /// The same, with something else that goes into it.
    pub fn also(self, also: Both) -> Step {
        Step { also, ..self }
    }

    /// The same, marked as what the lesson is about.
    pub fn new(self) -> Step {
        Step { is_new: true, ..self }
    }

    fn count(&self) -> usize {
        self.parameters.iter().map(|(_, shape)| shape.iter().product::<usize>()).sum()
    }
}

impl Network {
    fn height(&self) -> f64 {
        let arrays = [&self.first].into_iter().chain(self.steps.iter().map(|(_, array)| array));
        let arrays: f64 = arrays.map(|array| array.picture.height()).sum();
        let heading = if self.heading[0].is_empty() { 0.0 } else { HEADING };
        heading + arrays + (ARROW + 2.0 * GAP) * self.steps.len() as f64 + FOOTER
    }

    /// The number of parameters as a sum, `784 × 10 + 10 = 7,850`.
    fn sum(&self) -> String {
        let shapes = self.steps.iter().flat_map(|(step, _)| step.parameters);
        let product = |shape: &[usize]| {
            let factors = shape.iter().filter(|&&size| size != 1);
            let factors: Vec<String> = factors.map(ToString::to_string).collect();
            if factors.is_empty() { "1".to_owned() } else { factors.join(" × ") }
        };
        let parts: Vec<String> = shapes.map(|(_, shape)| product(shape)).collect();
        let total: usize = self.steps.iter().map(|(step, _)| step.count()).sum();
        format!("{} = {}", parts.join(" + "), thousands(total))
    }
}

/// Draws `networks` one below the other under `title`.
pub fn draw(title: Both, networks: &[Network], language: &Language) -> Canvas {
    let choose = |both: Both| language.choose(both[0], both[1]);
    let heights: f64 = networks.iter().map(Network::height).sum();
    let mut canvas = Canvas::new(choose(title), WIDTH, TOP + heights);
    let mut y = TOP;
    for network in networks {
        if !network.heading[0].is_empty() {
            let heading = choose(network.heading);
            canvas.text((MARGIN, y + 14.0), heading, SIZE + 1.0, DARK, Anchor::Start);
            y += HEADING;
        }
        y = draw_array(&mut canvas, y, &network.first, language);
        for (step, array) in &network.steps {
            y = draw_step(&mut canvas, y, step, language);
            y = draw_array(&mut canvas, y, array, language);
        }
        let orange = Colour::Orange;
        let sample = rect(MARGIN, y + 18.0, 12.0, 12.0);
        let edge = orange.on_white(0.75);
        canvas.rectangle(sample, &orange.on_white(0.1), Some(stroke(&edge, 1.25)), 2.0);
        let words = language.choose("learnt: ", "学習するパラメータ：");
        let text = format!("{words}{}", network.sum());
        canvas.text((MARGIN + 20.0, y + 28.0), &text, SMALL, TEXT, Anchor::Start);
        if network.steps.iter().any(|(step, _)| step.is_new) {
            let words = language.choose("new in this lesson", "この章で新しいところ");
            let right = WIDTH - MARGIN;
            canvas.text((right, y + 28.0), words, SMALL, TEXT, Anchor::End);
            let left = right - text_width(words, SMALL) - 20.0;
            let sample = rect(left, y + 18.0, 12.0, 12.0);
            canvas.rectangle(sample, &Colour::Blue.on_white(0.09), None, 2.0);
        }
        y += FOOTER;
    }
    canvas
}

fn draw_array(canvas: &mut Canvas, y: f64, array: &Array, language: &Language) -> f64 {
    let height = array.picture.height();
    array.picture.draw(canvas, y);
    let baseline = y + height / 2.0 + 5.0;
    canvas.text((NAMES, baseline), array.name, SIZE + 1.0, DARK, Anchor::Start);
    let words = language.choose(array.words[0], array.words[1]);
    canvas.text((NOTES, baseline), words, SMALL, TEXT, Anchor::Start);
    y + height
}

fn draw_step(canvas: &mut Canvas, y: f64, step: &Step, language: &Language) -> f64 {
    let (top, bottom) = (y + GAP, y + GAP + ARROW);
    let middle = f64::midpoint(top, bottom);
    if step.is_new {
        let band = rect(NAMES - 12.0, top + 1.0, WIDTH - MARGIN - NAMES + 12.0, ARROW - 2.0);
        canvas.rectangle(band, &Colour::Blue.on_white(0.09), None, 6.0);
    }
    let blue = Colour::Blue.on_white(1.0);
    canvas.arrow(&[(AXIS, top), (AXIS, bottom)], stroke(&blue, 2.0));
    let words = language.choose(step.words[0], step.words[1]);
    let also = language.choose(step.also[0], step.also[1]);
    let first = if words.is_empty() { middle + 5.0 } else { middle - 4.0 };
    canvas.text((NAMES, first), step.formula, SIZE, &blue, Anchor::Start);
    canvas.text((NAMES, middle + 14.0), words, SMALL, &blue, Anchor::Start);
    let names = step.parameters.iter().map(|(name, sizes)| format!("{name} {}", shape(sizes)));
    feed(canvas, middle, &names.collect::<Vec<_>>(), Colour::Orange);
    if !also.is_empty() {
        feed(canvas, middle, &[also.to_owned()], Colour::Grey);
    }
    bottom + GAP
}

/// A shape as NumPy writes it.
pub fn shape(sizes: &[usize]) -> String {
    match sizes {
        [one] => format!("({one},)"),
        _ => format!("({})", sizes.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")),
    }
}

/// Boxes with what goes into a step besides the array above it.
fn feed(canvas: &mut Canvas, middle: f64, names: &[String], colour: Colour) {
    let (fill, edge, size) = (colour.on_white(0.1), colour.on_white(0.75), 13.0);
    let mut x = NOTES;
    for (k, name) in names.iter().enumerate() {
        match k {
            0 => canvas.arrow(&[(x, middle), (x - 16.0, middle)], stroke(&edge, 1.5)),
            _ => canvas.line(&[(x, middle), (x - 6.0, middle)], stroke(&edge, 1.5)),
        }
        let at = rect(x, middle - 14.0, text_width(name, size) + 18.0, 28.0);
        canvas.rectangle(at, &fill, Some(stroke(&edge, 1.25)), 4.0);
        canvas.centred(at.middle(), name, size, DARK);
        x = at.right() + 6.0;
    }
}

impl Picture {
    fn side(pixels: usize) -> f64 {
        14.0 + 1.3 * pixels as f64
    }

    fn height(self) -> f64 {
        match self {
            Picture::Maps(count, pixels) => {
                Picture::side(pixels) + 4.0 * (count.min(4) as f64 - 1.0)
            }
            Picture::Units(_) => 24.0,
            Picture::Patches => 64.0,
        }
    }

    fn draw(self, canvas: &mut Canvas, y: f64) {
        let colour = Colour::Teal;
        let (fill, edge) = (colour.on_white(0.15), colour.on_white(0.8));
        let edge = stroke(&edge, 1.25);
        let cells = |canvas: &mut Canvas, left: f64, y: f64, columns: usize, side: f64| {
            for k in 0..columns {
                let at = rect(left + side * k as f64, y, side, side);
                canvas.rectangle(at, &fill, Some(edge), 0.0);
            }
        };
        match self {
            Picture::Maps(count, pixels) => {
                let (side, shown) = (Picture::side(pixels), count.min(4));
                let offset = 2.0 * (shown as f64 - 1.0);
                // The map in front is at the lower left.
                for k in (0..shown).rev() {
                    let shift = 4.0 * k as f64;
                    let x = AXIS - side / 2.0 - offset + shift;
                    let at = rect(x, y + 2.0 * offset - shift, side, side);
                    canvas.rectangle(at, &fill, Some(edge), 1.0);
                }
            }
            Picture::Units(count) if count <= 10 => {
                let side = 10.0;
                cells(canvas, AXIS - side * count as f64 / 2.0, y + 7.0, count, side);
            }
            Picture::Units(_) => {
                cells(canvas, AXIS - 52.0, y + 7.0, 4, 10.0);
                cells(canvas, AXIS + 12.0, y + 7.0, 4, 10.0);
                for k in [-1.0, 0.0, 1.0] {
                    let dot =
                        Rect { x: AXIS + 6.0 * k - 1.0, y: y + 11.0, width: 2.0, height: 2.0 };
                    canvas.rectangle(dot, LINE, None, 1.0);
                }
            }
            Picture::Patches => {
                for k in 0..3 {
                    cells(canvas, AXIS - 30.0, y + 10.0 * f64::from(k), 6, 10.0);
                }
                for k in [-1.0, 0.0, 1.0] {
                    let dot =
                        Rect { x: AXIS - 1.0, y: y + 41.0 + 5.0 * k, width: 2.0, height: 2.0 };
                    canvas.rectangle(dot, LINE, None, 1.0);
                }
                cells(canvas, AXIS - 30.0, y + 52.0, 6, 10.0);
            }
        }
    }
}

/// A whole number with commas between thousands, as the pages have it.
pub fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (k, digit) in digits.chars().enumerate() {
        if k > 0 && (digits.len() - k).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
