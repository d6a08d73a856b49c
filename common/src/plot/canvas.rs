//! What plotters draws on: an SVG, or a bitmap that is drawn large and shrunk.

use std::cell::RefCell;
use std::convert::Infallible;
use std::rc::Rc;

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingErrorKind, rasterizer,
};

use super::font;
use super::palette::mix;
use crate::Result;

/// plotters counts in whole numbers: everything is drawn this many times as large.
const UNIT: f64 = 4.0;
/// plotters' SVG writes a font size divided by this number.
const SVG_TEXT: f64 = 1.24;
/// plotters' SVG lowers a text anchored at its top by this part of its size.
const TOP: f64 = 0.76;
/// The viewer takes the first of these that it has; the others are for Japanese.
const FONTS: &str = "Noto Sans, Noto Sans JP, Noto Sans CJK JP, Hiragino Sans, sans-serif";

pub(super) type Area<B> = DrawingArea<B, Shift>;
pub(super) type Drawn<B, T = ()> =
    std::result::Result<T, DrawingAreaErrorKind<<B as DrawingBackend>::ErrorType>>;

/// Something that can be drawn on any of plotters' backends.
pub(super) trait Picture {
    /// Width and height in pixels.
    fn size(&self) -> (usize, usize);
    /// What a screen reader reads out.
    fn title(&self) -> &str;
    fn draw<B: DrawingBackend>(&self, area: &Area<B>) -> Drawn<B>;
}

/// `pixels` in plotters' whole numbers.
pub(super) fn units(pixels: f64) -> i32 {
    (pixels * UNIT).round() as i32
}

pub(super) fn at((x, y): (f64, f64)) -> BackendCoord {
    (units(x), units(y))
}

/// A line `width` pixels wide.
pub(super) fn stroke(colour: RGBColor, width: f64) -> ShapeStyle {
    Color::stroke_width(&colour, units(width) as u32)
}

pub(super) fn text_style(size: f64, colour: RGBColor) -> TextStyle<'static> {
    (FONTS, size * UNIT * SVG_TEXT).into_font().color(&colour)
}

/// Writes `text` with its baseline at `place`.
pub(super) fn write<B: DrawingBackend>(
    area: &Area<B>,
    text: &str,
    place: (f64, f64),
    size: f64,
    anchor: HPos,
    colour: RGBColor,
) -> Drawn<B> {
    let style = text_style(size, colour).pos(Pos::new(anchor, VPos::Top));
    area.draw_text(text, &style, at((place.0, place.1 - size * TOP)))
}

/// `picture` as an SVG document.
pub(super) fn svg(picture: &impl Picture) -> Result<String> {
    let (width, height) = picture.size();
    let (large_width, large_height) = at((width as f64, height as f64));
    let mut body = String::new();
    {
        let size = (large_width as u32, large_height as u32);
        let area = SVGBackend::with_string(&mut body, size).into_drawing_area();
        area.fill(&WHITE)?;
        picture.draw(&area)?;
        area.present()?;
    }
    // plotters' opening tag has no other size than the view box, and no title.
    let marks = body.split_once(">\n").map_or("", |(_, marks)| marks);
    let title = font::clean(picture.title()).replace('&', "&amp;").replace('<', "&lt;");
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {large_width} {large_height}\" role=\"img\" stroke-linejoin=\"round\">\n\
         <title>{title}</title>\n{marks}"
    ))
}

/// `picture` in `density` pixels to a pixel of its size, 1 or 2.
pub(super) fn bitmap(picture: &impl Picture, density: usize) -> Result<Bitmap> {
    let (width, height) = at((picture.size().0 as f64, picture.size().1 as f64));
    let bitmap = Rc::new(RefCell::new(Bitmap::white(width as usize, height as usize)));
    picture.draw(&DrawingArea::from(&bitmap))?;
    let large = bitmap.borrow();
    Ok(large.shrunk(UNIT as usize / density))
}

/// `height` rows of `width` pixels, red, green and blue, the top row first.
pub(super) struct Bitmap {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) pixels: Vec<[u8; 3]>,
}

impl Bitmap {
    pub(super) fn white(width: usize, height: usize) -> Bitmap {
        Bitmap { width, height, pixels: vec![[255; 3]; width * height] }
    }

    /// Paints a rectangle, as far as it lies within the bitmap.
    pub(super) fn fill(
        &mut self,
        (x, y): (usize, usize),
        (width, height): (usize, usize),
        RGBColor(r, g, b): RGBColor,
    ) {
        let (left, right) = (x.min(self.width), (x + width).min(self.width));
        for row in y..(y + height).min(self.height) {
            self.pixels[row * self.width + left..row * self.width + right].fill([r, g, b]);
        }
    }

    /// Writes `text` with its baseline at `y`, `size` pixels an em.
    pub(super) fn write(
        &mut self,
        text: &str,
        (x, y): (f64, f64),
        size: f64,
        anchor: HPos,
        RGBColor(r, g, b): RGBColor,
    ) {
        let left = match anchor {
            HPos::Left => x,
            HPos::Center => x - font::width(text, size) / 2.0,
            HPos::Right => x - font::width(text, size),
        };
        for outline in font::outlines(text, size, (left.round(), y.round())) {
            let corner = outline.px_bounds().min;
            outline.draw(|dx, dy, coverage| {
                let place = (corner.x as i32 + dx as i32, corner.y as i32 + dy as i32);
                // Twelve shades look smooth, and leave a sheet's palette room.
                let alpha = f64::from((coverage * 12.0).round() / 12.0);
                self.blend(place, BackendColor { alpha, rgb: (r, g, b) });
            });
        }
    }

    fn blend(&mut self, (x, y): BackendCoord, color: BackendColor) {
        let (width, height) = (self.width as i32, self.height as i32);
        if (0..width).contains(&x) && (0..height).contains(&y) {
            let pixel = &mut self.pixels[(y * width + x) as usize];
            let (r, g, b) = color.rgb;
            if color.alpha >= 1.0 {
                *pixel = [r, g, b]; // nearly always, and quicker
                return;
            }
            let under = RGBColor(pixel[0], pixel[1], pixel[2]);
            let mixed = mix(under, RGBColor(r, g, b), color.alpha);
            *pixel = [mixed.0, mixed.1, mixed.2];
        }
    }

    /// Every pixel is the mean of `factor` by `factor`.
    fn shrunk(&self, factor: usize) -> Bitmap {
        let mut small = Bitmap::white(self.width / factor, self.height / factor);
        let count = (factor * factor) as u16;
        let mut sums = vec![0_u16; 3 * self.width];
        let rows = self.pixels.chunks(factor * self.width);
        for (pixels, rows) in small.pixels.chunks_mut(self.width / factor).zip(rows) {
            sums.fill(0);
            for row in rows.chunks(self.width) {
                let channels = sums.iter_mut().zip(row.as_flattened());
                channels.for_each(|(sum, &channel)| *sum += u16::from(channel));
            }
            for (pixel, block) in pixels.iter_mut().zip(sums.chunks(3 * factor)) {
                let sum = |c: usize| block[c..].iter().step_by(3).sum::<u16>();
                *pixel = std::array::from_fn(|c| ((sum(c) + count / 2) / count) as u8);
            }
        }
        small
    }
}

type Done = std::result::Result<(), DrawingErrorKind<Infallible>>;

/// plotters' own bitmap leaves holes at the joints of lines, and its letters
/// stand unevenly, for it drops their side bearings.
impl DrawingBackend for Bitmap {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        (self.width as u32, self.height as u32)
    }

    fn ensure_prepared(&mut self) -> Done {
        Ok(())
    }

    fn present(&mut self) -> Done {
        Ok(())
    }

    fn draw_pixel(&mut self, point: BackendCoord, color: BackendColor) -> Done {
        self.blend(point, color);
        Ok(())
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        from: BackendCoord,
        to: BackendCoord,
        style: &S,
        _fill: bool,
    ) -> Done {
        let corner = (from.0.max(0) as usize, from.1.max(0) as usize);
        let far = (to.0.max(0) as usize, to.1.max(0) as usize);
        let size = (far.0.saturating_sub(corner.0), far.1.saturating_sub(corner.1));
        let (r, g, b) = style.color().rgb;
        self.fill(corner, size, RGBColor(r, g, b));
        Ok(())
    }

    fn draw_line<S: BackendStyle>(
        &mut self,
        from: BackendCoord,
        to: BackendCoord,
        style: &S,
    ) -> Done {
        let width = style.stroke_width() as i32;
        let (dx, dy) = (i32::from(from.0 == to.0), i32::from(from.1 == to.1));
        if width == 1 || dx == dy {
            return rasterizer::draw_line(self, from, to, style);
        }
        // A rectangle has the exact width.
        let (dx, dy) = (dx * width / 2, dy * width / 2);
        let corner = (from.0.min(to.0) - dx, from.1.min(to.1) - dy);
        self.draw_rect(corner, (from.0.max(to.0) + dx, from.1.max(to.1) + dy), style, true)
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Done {
        let path: Vec<BackendCoord> = path.into_iter().collect();
        for pair in path.windows(2) {
            self.draw_line(pair[0], pair[1], style)?;
        }
        for &joint in path.iter().skip(1).take(path.len().saturating_sub(2)) {
            self.draw_circle(joint, style.stroke_width() / 2, style, true)?;
        }
        Ok(())
    }

    fn draw_text<S: BackendTextStyle>(
        &mut self,
        text: &str,
        style: &S,
        (x, y): BackendCoord,
    ) -> Done {
        let size = style.size() / SVG_TEXT;
        // As in an SVG: half the height of an x is about 0.27.
        let lower = match style.anchor().v_pos {
            VPos::Top => TOP,
            VPos::Center => 0.27,
            VPos::Bottom => -0.27,
        };
        let place = (f64::from(x), f64::from(y) + lower * size);
        let (r, g, b) = style.color().rgb;
        self.write(text, place, size, style.anchor().h_pos, RGBColor(r, g, b));
        Ok(())
    }
}
