//! The networks of the lessons, from top to bottom: arrays with their shapes, and on every
//! arrow what is computed there, with the shapes of its parameters.

pub mod convolutional;
pub mod dense;
pub mod gpu;
pub mod picture;

use common::plot::{Colour, text_width};

use super::canvas::{Anchor, Canvas, DARK, MARGIN, Point, SIZE, SMALL, TEXT, rect, stroke};
use crate::language::Language;
use picture::Picture;

/// Words in English and in Japanese.
pub type Both = [&'static str; 2];

/// Names and shapes of parameters.
pub type Parameters = &'static [(&'static str, &'static [usize])];

const WIDTH: f64 = 540.0;
/// The middle of the arrays' pictures, where their names begin, and where words begin.
const AXIS: f64 = 68.0;
const NAMES: f64 = 132.0;
const NOTES: f64 = 310.0;
/// The length of an arrow, and what stays free above and below it.
const ARROW: f64 = 42.0;
const GAP: f64 = 5.0;
/// Where the first network begins, the room of a heading, and that under a network.
const TOP: f64 = 50.0;
const HEADING: f64 = 34.0;
const FOOTER: f64 = 46.0;

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
    pub fn emphasised(self) -> Step {
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

    /// The number of parameters as a sum, `784 × 10 + 10 = 7,850`, or of those of the layers
    /// where there are many.
    fn sum(&self) -> String {
        let counts = self.steps.iter().map(|(step, _)| step.count()).filter(|&count| count > 0);
        let total = thousands(counts.clone().sum());
        let parts: Vec<String> = if counts.clone().count() > 3 {
            counts.map(thousands).collect()
        } else {
            self.steps.iter().flat_map(|(step, _)| step.parameters).map(product).collect()
        };
        format!("{} = {total}", parts.join(" + "))
    }
}

/// The sizes of a parameter that are not 1, multiplied: `784 × 10`.
fn product((_, sizes): &(&str, &[usize])) -> String {
    let factors = sizes.iter().filter(|&&size| size != 1).map(ToString::to_string);
    let factors: Vec<String> = factors.collect();
    if factors.is_empty() { "1".to_owned() } else { factors.join(" × ") }
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
        let words = language.choose("learnt: ", "パラメータ：");
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
    array.picture.draw(canvas, (AXIS, y));
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
    let end = NAMES + text_width(step.formula, SIZE).max(text_width(words, SMALL)) + 8.0;
    let end = end.min(NOTES - 16.0);
    feed(canvas, (end, middle), &names.collect::<Vec<_>>(), Colour::Orange);
    if !also.is_empty() {
        feed(canvas, (end, middle), &[also.to_owned()], Colour::Grey);
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

/// Boxes with what goes into a step besides the array above it, and an arrow to its words,
/// which end at `end`.
fn feed(canvas: &mut Canvas, (end, middle): Point, names: &[String], colour: Colour) {
    let (fill, edge, size) = (colour.on_white(0.1), colour.on_white(0.75), 13.0);
    let mut x = NOTES;
    for (k, name) in names.iter().enumerate() {
        match k {
            0 => canvas.arrow(&[(x, middle), (end, middle)], stroke(&edge, 1.5)),
            _ => canvas.line(&[(x, middle), (x - 6.0, middle)], stroke(&edge, 1.5)),
        }
        let at = rect(x, middle - 14.0, text_width(name, size) + 18.0, 28.0);
        canvas.rectangle(at, &fill, Some(stroke(&edge, 1.25)), 4.0);
        canvas.centred(at.middle(), name, size, DARK);
        x = at.right() + 6.0;
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
