//! Colours that a colour-blind reader can tell apart.

use plotters::style::RGBColor;

/// Titles.
pub(super) const DARK: RGBColor = RGBColor(34, 34, 34);
/// Labels of axes.
pub(super) const TEXT: RGBColor = RGBColor(85, 85, 85);
/// The x axis, and arrows.
pub(super) const LINE: RGBColor = RGBColor(150, 150, 150);
/// Grid lines with a label, and frames of pictures.
pub(super) const GRID: RGBColor = RGBColor(228, 228, 228);
/// Grid lines without a label, on logarithmic axes.
pub(super) const FINE_GRID: RGBColor = RGBColor(242, 242, 242);

const NOT_A_NUMBER: RGBColor = RGBColor(187, 187, 187);

/// The colour of a curve: Paul Tol's "vibrant" scheme
/// (<https://sronpersonalpages.nl/~pault/>).
///
/// Curves without a colour take them in this order, so that the first is red and the second
/// blue, as in the article; grey is for reference lines.
#[allow(missing_docs)] // a colour's name says which it is
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    Red,
    Blue,
    Teal,
    Orange,
    Magenta,
    Cyan,
    Grey,
}

impl Colour {
    pub(super) const IN_ORDER: [Colour; 6] =
        [Colour::Red, Colour::Blue, Colour::Teal, Colour::Orange, Colour::Magenta, Colour::Cyan];

    pub(super) const fn rgb(self) -> RGBColor {
        match self {
            Colour::Red => RGBColor(204, 51, 17),
            Colour::Blue => RGBColor(0, 119, 187),
            Colour::Teal => RGBColor(0, 153, 136),
            Colour::Orange => RGBColor(238, 119, 51),
            Colour::Magenta => RGBColor(238, 51, 119),
            Colour::Cyan => RGBColor(51, 187, 238),
            Colour::Grey => RGBColor(110, 110, 110),
        }
    }

    /// As an SVG writes it, `#CC3311`; `part` of it on white, from 0 to 1.
    #[must_use]
    pub fn on_white(self, part: f64) -> String {
        hex(pale(self.rgb(), part))
    }
}

/// The colour of a signed number between -1 and 1, as an SVG writes it: blue below zero, white
/// at zero, red above.
#[must_use]
pub fn signed(value: f64) -> String {
    hex(diverging(value))
}

fn hex(RGBColor(red, green, blue): RGBColor) -> String {
    format!("#{red:02X}{green:02X}{blue:02X}")
}

/// `part` of `over` on `under`, from 0 to 1.
pub(super) fn mix(under: RGBColor, over: RGBColor, part: f64) -> RGBColor {
    if part.is_nan() {
        return NOT_A_NUMBER;
    }
    let channel = |u: u8, o: u8| {
        (f64::from(u) + (f64::from(o) - f64::from(u)) * part.clamp(0.0, 1.0)).round() as u8
    };
    RGBColor(channel(under.0, over.0), channel(under.1, over.1), channel(under.2, over.2))
}

/// `colour` made paler: `part` of it on white.
pub(super) fn pale(colour: RGBColor, part: f64) -> RGBColor {
    mix(RGBColor(255, 255, 255), colour, part)
}

/// 0 is white, 1 is black.
pub(super) fn grey(value: f64) -> RGBColor {
    pale(RGBColor(0, 0, 0), value)
}

/// -1 is blue, 0 is white, 1 is red; the outer quarters darken.
pub(super) fn diverging(value: f64) -> RGBColor {
    let (middle, end) = match value < 0.0 {
        true => (Colour::Blue.rgb(), RGBColor(0, 40, 85)),
        false => (Colour::Red.rgb(), RGBColor(92, 8, 8)),
    };
    match value.abs() {
        size if size <= 0.75 => pale(middle, size / 0.75),
        size => mix(middle, end, (size - 0.75) / 0.25),
    }
}
