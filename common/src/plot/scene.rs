//! Lines, areas, dots and words, drawn once and painted twice: as SVG and as
//! pixels.

use std::fmt::Display;

use plotters::prelude::{
    BitMapBackend, Color, DrawingBackend, IntoFont, RGBColor, SVGBackend, ShapeStyle, TextStyle,
};
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::ink::{Ink, WHITE};
use super::raster::{Anchor, Raster};

pub(super) type Point = (f64, f64);

/// One thing to draw. Lengths are in pixels of the final picture, y downwards.
#[derive(Clone, Debug)]
pub(super) enum Mark {
    Line {
        points: Vec<Point>,
        width: f64,
        ink: Ink,
    },
    Area {
        points: Vec<Point>,
        ink: Ink,
        opacity: f64,
    },
    Block {
        corner: Point,
        size: Point,
        ink: Ink,
    },
    Dot {
        at: Point,
        radius: f64,
        ink: Ink,
    },
    /// `at` is on the baseline.
    Words {
        text: String,
        at: Point,
        size: f64,
        anchor: Anchor,
        ink: Ink,
    },
}

/// Marks on white paper; later ones lie on earlier ones, words on everything.
#[derive(Clone, Debug)]
pub(super) struct Scene {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) title: String,
    pub(super) marks: Vec<Mark>,
}

/// plotters counts in whole pixels: an SVG is drawn this much larger, and its
/// view box brings it back.
const SVG_UNIT: usize = 4;
/// Its bitmap lines are jagged: pixels are drawn this much larger and halved.
const OVERSAMPLING: usize = 2;
/// plotters' SVG writes 1/1.24 of the size it is given.
const SVG_TEXT: f64 = 1.24;
/// plotters' SVG lowers a text anchored at its top by this much of an em.
const SVG_BASELINE: f64 = 0.76;

impl Scene {
    pub(super) fn line(&mut self, points: Vec<Point>, width: f64, ink: Ink) {
        self.marks.push(Mark::Line { points, width, ink });
    }

    pub(super) fn block(&mut self, corner: Point, size: Point, ink: Ink) {
        self.marks.push(Mark::Block { corner, size, ink });
    }

    pub(super) fn dot(&mut self, at: Point, radius: f64, ink: Ink) {
        self.marks.push(Mark::Dot { at, radius, ink });
    }

    pub(super) fn words(
        &mut self,
        text: impl Into<String>,
        at: Point,
        size: f64,
        anchor: Anchor,
        ink: Ink,
    ) {
        self.marks.push(Mark::Words { text: text.into(), at, size, anchor, ink });
    }

    /// The scene as an SVG document.
    pub(super) fn svg(&self) -> std::result::Result<String, String> {
        let size = ((self.width * SVG_UNIT) as u32, (self.height * SVG_UNIT) as u32);
        let mut body = String::new();
        {
            let mut backend = SVGBackend::with_string(&mut body, size);
            self.paint(&mut backend, SVG_UNIT as f64, true)?;
            told(backend.present())?;
        }
        // plotters' opening tag knows one size only: ours has the view box,
        // the title that screen readers say, and round corners for lines.
        let marks = body.split_once(">\n").map_or("", |(_, marks)| marks);
        Ok(format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}\" height=\"{}\" \
             viewBox=\"0 0 {} {}\" role=\"img\" stroke-linejoin=\"round\">\n<title>{}</title>\n{marks}",
            self.width,
            self.height,
            size.0,
            size.1,
            escape(&self.title),
        ))
    }

    /// The scene as pixels, `density` to a unit of length each way.
    pub(super) fn raster(&self, density: usize) -> std::result::Result<Raster, String> {
        let unit = density * OVERSAMPLING;
        let mut large = Raster::white(self.width * unit, self.height * unit);
        let size = (large.width as u32, large.height as u32);
        {
            let buffer = large.pixels.as_flattened_mut();
            let mut backend = BitMapBackend::with_buffer(buffer, size);
            self.paint(&mut backend, unit as f64, false)?;
        }
        let mut picture = large.halved();
        let density = density as f64;
        for mark in &self.marks {
            if let Mark::Words { text, at, size, anchor, ink } = mark {
                let at = (at.0 * density, at.1 * density);
                picture.write(text, at, size * density, *anchor, *ink);
            }
        }
        Ok(picture)
    }

    /// `vector`: lines in one piece, and words. Pixels get lines segment by
    /// segment, for plotters' own joints leave holes, and words afterwards.
    fn paint<B: DrawingBackend>(
        &self,
        backend: &mut B,
        unit: f64,
        vector: bool,
    ) -> std::result::Result<(), String> {
        let whole = |p: &Point| ((p.0 * unit).round() as i32, (p.1 * unit).round() as i32);
        let paper = (self.width as f64, self.height as f64);
        told(backend.draw_rect((0, 0), whole(&paper), &filled(WHITE, 1.0), true))?;
        for mark in &self.marks {
            match mark {
                Mark::Line { points, width, ink } => {
                    let style = filled(*ink, 1.0).stroke_width((width * unit).round() as u32);
                    let points: Vec<_> = points.iter().map(whole).collect();
                    if vector {
                        told(backend.draw_path(points, &style))?;
                    } else {
                        round_line(backend, &points, &style)?;
                    }
                }
                Mark::Area { points, ink, opacity } => {
                    let points: Vec<_> = points.iter().map(whole).collect();
                    told(backend.fill_polygon(points, &filled(*ink, *opacity)))?;
                }
                Mark::Block { corner, size, ink } => {
                    let far = (corner.0 + size.0, corner.1 + size.1);
                    told(backend.draw_rect(whole(corner), whole(&far), &filled(*ink, 1.0), true))?;
                }
                Mark::Dot { at, radius, ink } => {
                    let radius = (radius * unit).round() as u32;
                    told(backend.draw_circle(whole(at), radius, &filled(*ink, 1.0), true))?;
                }
                Mark::Words { text, at, size, anchor, ink } if vector => {
                    let horizontal = match anchor {
                        Anchor::Start => HPos::Left,
                        Anchor::Middle => HPos::Center,
                        Anchor::End => HPos::Right,
                    };
                    let style: TextStyle = ("sans-serif", size * unit * SVG_TEXT)
                        .into_font()
                        .color(&colour(*ink))
                        .pos(Pos::new(horizontal, VPos::Top));
                    let top = (at.0, at.1 - size * SVG_BASELINE);
                    told(backend.draw_text(text, &style, whole(&top)))?;
                }
                Mark::Words { .. } => {}
            }
        }
        Ok(())
    }
}

fn colour(ink: Ink) -> RGBColor {
    RGBColor(ink[0], ink[1], ink[2])
}

fn filled(ink: Ink, opacity: f64) -> ShapeStyle {
    ShapeStyle { color: colour(ink).mix(opacity), filled: true, stroke_width: 1 }
}

/// Segments with round joints; joints of a straight level line need none.
fn round_line<B: DrawingBackend>(
    backend: &mut B,
    points: &[(i32, i32)],
    style: &ShapeStyle,
) -> std::result::Result<(), String> {
    for pair in points.windows(2) {
        let (a, b) = (pair[0], pair[1]);
        if a.0 == b.0 || a.1 == b.1 {
            // Rectangles have the exact width, and are by far the quickest.
            let half = (style.stroke_width / 2) as i32;
            let rest = style.stroke_width as i32 - half;
            let (low, high) = ((a.0.min(b.0), a.1.min(b.1)), (a.0.max(b.0), a.1.max(b.1)));
            let (corner, far) = if a.1 == b.1 {
                ((low.0, low.1 - half), (high.0, high.1 + rest))
            } else {
                ((low.0 - half, low.1), (high.0 + rest, high.1))
            };
            told(backend.draw_rect(corner, far, style, true))?;
        } else {
            told(backend.draw_line(a, b, style))?;
        }
    }
    let inner = points.len().saturating_sub(1);
    for &joint in points.iter().take(inner).skip(1) {
        told(backend.draw_circle(joint, style.stroke_width / 2, style, true))?;
    }
    Ok(())
}

/// Every backend has its own error; only what it says matters.
fn told<E: Display>(outcome: std::result::Result<(), E>) -> std::result::Result<(), String> {
    outcome.map_err(|fault| fault.to_string())
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
