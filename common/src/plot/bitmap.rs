//! A bitmap, and what plotters writes into an SVG drawn on it with smooth edges.

use std::f32::consts::TAU;

use ab_glyph::{Point, point};
use ab_glyph_rasterizer::Rasterizer;
use plotters::style::RGBColor;

use super::canvas::{TOP, UNIT};
use super::font;
use super::palette::mix;

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

    /// `svg` as `canvas` makes it, in `density` pixels to a pixel.
    pub(super) fn of_svg(svg: &str, density: usize) -> Bitmap {
        let size = |name: &str| attribute(svg, name).parse::<usize>().unwrap_or(0) * density;
        let mut bitmap = Bitmap::white(size("width"), size("height"));
        svg.split('<').for_each(|mark| bitmap.draw(mark, density as f32 / UNIT as f32));
        bitmap
    }

    /// Draws one tag of an SVG and, if it is a text, the words behind it.
    fn draw(&mut self, mark: &str, scale: f32) {
        let number = |name: &str| attribute(mark, name).parse().unwrap_or(0.0_f32) * scale;
        let at = |x: &str, y: &str| point(number(x), number(y));
        let path = || -> Vec<Point> {
            let numbers = attribute(mark, "points").split([',', ' ']);
            let numbers: Vec<f32> = numbers.filter_map(|number| number.parse().ok()).collect();
            numbers.as_chunks().0.iter().map(|&[x, y]| point(x * scale, y * scale)).collect()
        };
        let hex =
            |name: &str| u32::from_str_radix(attribute(mark, name).strip_prefix('#')?, 16).ok();
        let [_, r, g, b] = hex("fill").or_else(|| hex("stroke")).unwrap_or(0).to_be_bytes();
        let colour = RGBColor(r, g, b);
        let shapes = match mark.split(' ').next() {
            Some("rect") => {
                let (a, size) = (at("x", "y"), at("width", "height"));
                vec![vec![a, a + point(size.x, 0.0), a + size, a + point(0.0, size.y)]]
            }
            Some("line") => stroke(&[at("x1", "y1"), at("x2", "y2")], number("stroke-width")),
            Some("polyline") => stroke(&path(), number("stroke-width")),
            Some("polygon") => vec![path()],
            Some("circle") => vec![disc(at("cx", "cy"), number("r"))],
            Some("text") => {
                let text = mark.split_once('>').map_or("", |(_, text)| text.trim());
                let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
                let text = text.replace("&apos;", "'").replace("&amp;", "&");
                let anchors = [("start", 0.0), ("middle", 0.5), ("end", 1.0)];
                let anchor = anchors.iter().find(|a| a.0 == attribute(mark, "text-anchor"));
                // Half the height of an x is about 0.27 of the size.
                let lower = match attribute(mark, "dy") {
                    "0.5ex" => 0.27,
                    "-0.5ex" => -0.27,
                    _ => TOP,
                };
                let (x, y, size) = (number("x"), number("y"), f64::from(number("font-size")));
                let place = (f64::from(x), f64::from(y) + lower * size);
                return self.write(&text, place, size, anchor.map_or(0.0, |a| a.1), colour);
            }
            _ => return,
        };
        self.paint(&shapes, colour, attribute(mark, "opacity").parse().unwrap_or(1.0));
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

    /// Writes `text`, `size` pixels an em, so that `anchor` of its width is left of `x` and its
    /// baseline at `y`.
    pub(super) fn write(
        &mut self,
        text: &str,
        (x, y): (f64, f64),
        size: f64,
        anchor: f64,
        colour: RGBColor,
    ) {
        let left = x - anchor * font::width(text, size);
        for outline in font::outlines(text, size, (left.round(), y.round())) {
            let corner = outline.px_bounds().min;
            outline.draw(|x, y, part| self.blend(corner, (x, y), part, colour, 1.0));
        }
    }

    /// Paints the union of polygons that all turn the same way round.
    fn paint(&mut self, polygons: &[Vec<Point>], colour: RGBColor, opacity: f64) {
        let points = || polygons.iter().flatten();
        let Some(&first) = points().next() else { return };
        let low = points().fold(first, |a, b| point(a.x.min(b.x), a.y.min(b.y)));
        let high = points().fold(first, |a, b| point(a.x.max(b.x), a.y.max(b.y)));
        let corner = point(low.x.floor(), low.y.floor());
        let size = high - corner;
        let mut raster = Rasterizer::new(size.x as usize + 1, size.y as usize + 1);
        for polygon in polygons {
            for (&from, &to) in polygon.iter().zip(polygon.iter().cycle().skip(1)) {
                raster.draw_line(from - corner, to - corner);
            }
        }
        raster.for_each_pixel_2d(|x, y, part| self.blend(corner, (x, y), part, colour, opacity));
    }

    /// Paints the pixel at (`x`, `y`) from `corner`, a `part` of which is covered.
    fn blend(
        &mut self,
        corner: Point,
        (x, y): (u32, u32),
        part: f32,
        colour: RGBColor,
        opacity: f64,
    ) {
        let (x, y) = (corner.x as i32 + x as i32, corner.y as i32 + y as i32);
        let inside = x >= 0 && y >= 0 && x < self.width as i32 && y < self.height as i32;
        if inside && part > 0.04 {
            let pixel = &mut self.pixels[y as usize * self.width + x as usize];
            // Twelve shades look smooth and need few colours.
            let shade = f64::from((part.min(1.0) * 12.0).round() / 12.0) * opacity;
            let under = RGBColor(pixel[0], pixel[1], pixel[2]);
            let mixed = if shade < 1.0 { mix(under, colour, shade) } else { colour };
            *pixel = [mixed.0, mixed.1, mixed.2];
        }
    }
}

/// The value of an attribute of the first tag in `mark`.
fn attribute<'a>(mark: &'a str, name: &str) -> &'a str {
    let value =
        mark.split_once(&format!(" {name}=\"")).and_then(|(_, rest)| rest.split('"').next());
    value.unwrap_or("")
}

/// The outlines of a line: a rectangle for each part, and a disc at each joint.
fn stroke(path: &[Point], width: f32) -> Vec<Vec<Point>> {
    let mut shapes = Vec::new();
    for pair in path.windows(2).filter(|pair| pair[0] != pair[1]) {
        let along = pair[1] - pair[0];
        let half = width / 2.0 / along.x.hypot(along.y);
        let side = point(-along.y * half, along.x * half);
        shapes.push(vec![pair[0] + side, pair[1] + side, pair[1] - side, pair[0] - side]);
    }
    let joints = path.iter().skip(1).take(path.len().saturating_sub(2));
    shapes.extend(joints.map(|&joint| disc(joint, width / 2.0)));
    shapes
}

fn disc(centre: Point, radius: f32) -> Vec<Point> {
    let corner = |k: u8| {
        let (sin, cos) = (-TAU * f32::from(k) / 24.0).sin_cos();
        centre + point(radius * cos, radius * sin)
    };
    (0..24).map(corner).collect()
}
