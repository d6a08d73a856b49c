//! The one font of the bitmaps, Noto Sans Regular, and how wide a text is.

use std::sync::LazyLock;

use ab_glyph::{Font, FontRef, Glyph, OutlinedGlyph, PxScale, ScaleFont, point};

static NOTO_SANS: LazyLock<FontRef<'static>> = LazyLock::new(|| {
    FontRef::try_from_slice(ttf_noto_sans::REGULAR).expect("the embedded font is a valid font")
});

/// The glyphs of `text` from (0, 0) on the baseline, at `size` pixels an em, and the width.
/// A letter that the font lacks has a width of one em, for an SVG shows it, and no glyph.
fn lay_out(text: &str, size: f64) -> (Vec<Glyph>, f64) {
    // ab_glyph scales by the height of a line.
    let em = NOTO_SANS.height_unscaled() / NOTO_SANS.units_per_em().unwrap_or(1000.0);
    let (mut glyphs, mut x): (Vec<Glyph>, f32) = (Vec::new(), 0.0);
    for letter in text.chars() {
        // Noto Sans has no superscript minus: a small and raised one stands for it.
        let (letter, size, lift) = match letter {
            '⁻' => ('−', 0.6 * size as f32, 0.3 * size as f32),
            _ => (letter, size as f32, 0.0),
        };
        let font = NOTO_SANS.as_scaled(PxScale::from(size * em));
        let id = font.glyph_id(letter);
        if id.0 == 0 {
            x += size;
            continue;
        }
        x += glyphs.last().map_or(0.0, |last: &Glyph| font.kern(last.id, id));
        glyphs.push(id.with_scale_and_position(size * em, point(x, -lift)));
        x += font.h_advance(id);
    }
    (glyphs, f64::from(x))
}

/// The width of `text` in pixels at `size` pixels an em.
#[must_use]
pub fn width(text: &str, size: f64) -> f64 {
    lay_out(text, size).1
}

/// The outlines of `text` from (`x`, `y`) on the baseline.
pub(super) fn outlines(text: &str, size: f64, (x, y): (f64, f64)) -> Vec<OutlinedGlyph> {
    let outline = |mut glyph: Glyph| {
        glyph.position += point(x as f32, y as f32);
        NOTO_SANS.outline_glyph(glyph)
    };
    lay_out(text, size).0.into_iter().filter_map(outline).collect()
}

/// `text` with spaces for control characters, cut to `room` pixels with an ellipsis.
pub(super) fn fit(text: &str, size: f64, room: f64) -> String {
    // No row has room for more letters than this.
    let mut text: String = clean(text).chars().take(250).collect();
    if width(&text, size) <= room {
        return text;
    }
    while text.pop().is_some() && width(&format!("{}…", text.trim_end()), size) > room {}
    format!("{}…", text.trim_end())
}

/// `text` without what no XML file may contain.
pub(super) fn clean(text: &str) -> String {
    let allowed =
        |letter: char| !letter.is_control() && !('\u{fffe}'..='\u{ffff}').contains(&letter);
    text.chars().map(|letter| if allowed(letter) { letter } else { ' ' }).collect()
}
