//! The SVG that plotters draws on.

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::font;
use super::palette::DARK;
use crate::Result;

pub(super) const WIDTH: f64 = 720.0;
pub(super) const MARGIN: f64 = 16.0;
/// The right end of titles and legends.
pub(super) const RIGHT: f64 = WIDTH - MARGIN;
/// The baseline of the title.
pub(super) const TITLE: f64 = MARGIN + 14.0;
const TITLE_SIZE: f64 = 17.0;
/// The sizes of names, and of the words and numbers at axes.
pub(super) const SIZE: f64 = 13.0;
pub(super) const SMALL: f64 = 12.0;

/// plotters counts in whole numbers: quarters of pixels.
pub(super) const UNIT: f64 = 4.0;
/// plotters' SVG lowers a text anchored at its top by this part of its size.
pub(super) const TOP: f64 = 0.76;
/// The viewer takes the first of these that it has; the others are for Japanese.
const FONTS: &str = "Noto Sans, Noto Sans JP, Noto Sans CJK JP, Hiragino Sans, sans-serif";

pub(super) type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
pub(super) type Drawn<T = ()> = std::result::Result<T, DrawingAreaErrorKind<std::io::Error>>;

/// `pixels` in plotters' whole numbers.
pub(super) fn units(pixels: f64) -> i32 {
    (pixels * UNIT).round() as i32
}

pub(super) fn at((x, y): (f64, f64)) -> (i32, i32) {
    (units(x), units(y))
}

/// A line `width` pixels wide.
pub(super) fn stroke(colour: RGBColor, width: f64) -> ShapeStyle {
    Color::stroke_width(&colour, units(width) as u32)
}

pub(super) fn rectangle(a: (f64, f64), b: (f64, f64), colour: RGBColor) -> Rectangle<(i32, i32)> {
    Rectangle::new([at(a), at(b)], colour.filled())
}

pub(super) fn text_style(size: f64, colour: RGBColor) -> TextStyle<'static> {
    // plotters' SVG writes a font size divided by 1.24.
    (FONTS, size * UNIT * 1.24).into_font().color(&colour)
}

/// Writes `text` with its baseline at `place`.
pub(super) fn write(
    area: &Area,
    text: &str,
    place: (f64, f64),
    size: f64,
    anchor: HPos,
    colour: RGBColor,
) -> Drawn {
    let style = text_style(size, colour).pos(Pos::new(anchor, VPos::Top));
    area.draw_text(text, &style, at((place.0, place.1 - size * TOP)))
}

/// An SVG of `width` by `height` pixels under its title, which screen readers read out.
pub(super) fn svg(
    (width, height): (f64, f64),
    title: &str,
    draw: impl FnOnce(&Area) -> Drawn,
) -> Result<String> {
    let (right, bottom) = at((width, height));
    let mut body = String::new();
    {
        let area = SVGBackend::with_string(&mut body, (right as u32, bottom as u32));
        let area = area.into_drawing_area();
        area.fill(&WHITE)?;
        let title = font::fit(title, TITLE_SIZE, width - 2.0 * MARGIN);
        write(&area, &title, (MARGIN, TITLE), TITLE_SIZE, HPos::Left, DARK)?;
        draw(&area)?;
        area.present()?;
    }
    // plotters' opening tag has no other size than the view box, and no title.
    let marks = body.split_once(">\n").map_or("", |(_, marks)| marks);
    let title = font::clean(title).replace('&', "&amp;").replace('<', "&lt;");
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {right} {bottom}\" role=\"img\" stroke-linejoin=\"round\">\n\
         <title>{title}</title>\n{marks}"
    ))
}
