//! The one font: Noto Sans Regular, carried in the program.

use std::sync::LazyLock;

use ab_glyph::{Font, FontRef, Glyph, GlyphId, PxScale, ScaleFont, point};

static NOTO_SANS: LazyLock<FontRef<'static>> = LazyLock::new(|| {
    FontRef::try_from_slice(ttf_noto_sans::REGULAR).expect("the embedded font is a valid font")
});

/// Noto Sans lacks the superscript minus of `10⁻³`: a raised small minus
/// stands for it.
const SUPERSCRIPT_MINUS: char = '\u{207b}';
const SMALL: f64 = 0.6;
const RAISED: f64 = 0.3;

/// Font units are scaled by the height of a line, sizes are given as an em.
fn scale_of(size: f64) -> PxScale {
    let units = f64::from(NOTO_SANS.units_per_em().unwrap_or(1000.0));
    PxScale::from((size * f64::from(NOTO_SANS.height_unscaled()) / units) as f32)
}

/// Lays out `text` from (0, 0) on its baseline, `size` pixels an em. Returns
/// the glyphs and the width.
fn lay_out(text: &str, size: f64) -> (Vec<Glyph>, f64) {
    let mut glyphs = Vec::new();
    let mut x = 0.0_f32;
    let mut previous: Option<GlyphId> = None;
    for letter in text.chars() {
        let raised = letter == SUPERSCRIPT_MINUS;
        let (id, size, lift) = if raised {
            (NOTO_SANS.glyph_id('\u{2212}'), size * SMALL, size * RAISED)
        } else {
            (NOTO_SANS.glyph_id(letter), size, 0.0)
        };
        let scale = scale_of(size);
        let font = NOTO_SANS.as_scaled(scale);
        if let Some(previous) = previous {
            x += font.kern(previous, id);
        }
        glyphs.push(id.with_scale_and_position(scale, point(x, -lift as f32)));
        x += font.h_advance(id);
        previous = Some(id);
    }
    (glyphs, f64::from(x))
}

/// The width of `text` in pixels at `size` pixels an em.
pub(super) fn width(text: &str, size: f64) -> f64 {
    lay_out(text, size).1
}

/// Calls `ink(x, y, coverage)` for the pixels of `text` whose baseline starts
/// at (`x`, `baseline`); coverage from 0 to 1.
pub(super) fn draw(
    text: &str,
    size: f64,
    x: f64,
    baseline: f64,
    mut ink: impl FnMut(i64, i64, f64),
) {
    for mut glyph in lay_out(text, size).0 {
        glyph.position.x += x as f32;
        glyph.position.y += baseline as f32;
        if let Some(outline) = NOTO_SANS.outline_glyph(glyph) {
            let bounds = outline.px_bounds();
            let (left, top) = (bounds.min.x as i64, bounds.min.y as i64);
            outline.draw(|dx, dy, coverage| {
                ink(left + i64::from(dx), top + i64::from(dy), f64::from(coverage));
            });
        }
    }
}

/// `text` without control characters, cut to `room` pixels with an ellipsis.
pub(super) fn fit(text: &str, size: f64, room: f64) -> String {
    let clean: String =
        text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    // No glyph is narrower than a tenth of an em: what is longer than this
    // cannot fit, and need not be measured whole.
    let most = (room / (size * 0.1)).max(0.0) as usize;
    let mut letters: Vec<char> = clean.chars().take(most + 1).collect();
    if letters.len() == clean.chars().count() && width(&clean, size) <= room {
        return clean;
    }
    while !letters.is_empty() {
        letters.pop();
        let cut: String = letters.iter().collect::<String>().trim_end().to_owned() + "…";
        if width(&cut, size) <= room {
            return cut;
        }
    }
    String::new()
}
