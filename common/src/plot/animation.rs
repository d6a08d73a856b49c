//! Curves that grow, as a GIF.

use std::path::Path;

use super::chart::Chart;
use super::curve::Curve;
use super::file;
use super::layout::Layout;
use super::palette::Palette;
use super::raster::Raster;
use crate::{Error, Result};

const MOST_FRAMES: usize = 60;
/// All frames together, in hundredths of a second.
const DURATION: u16 = 400;
/// The number of no colour: what shows through is the frame before. Pixels
/// that stay as they are are all the same then, and take hardly any room.
const CLEAR: u8 = 255;
/// How long the finished picture stays.
const PAUSE: u16 = 250;

/// Draws `curves` as they grow from left to right, in `frames` steps (2 to 60),
/// into `stem`.gif, over and over. The axes are those of the finished curves;
/// on a logarithmic x axis the ends move evenly over the paper.
///
/// # Errors
/// If the file cannot be written; the message names it.
pub fn animation(stem: &Path, chart: &Chart, curves: &[Curve], frames: usize) -> Result {
    let frames = frames.clamp(2, MOST_FRAMES);
    let path = file::path(stem, "gif");
    let layout = Layout::of(chart, curves, true);
    let pictures = (1..=frames)
        .map(|k| layout.scene(Some(k as f64 / frames as f64)).raster(1))
        .collect::<std::result::Result<Vec<Raster>, String>>()
        .map_err(|fault| Error::at(&path, fault))?;
    let bytes = encode(&pictures).map_err(|fault| Error::at(&path, fault))?;
    file::save(&path, &bytes)
}

fn encode(pictures: &[Raster]) -> std::result::Result<Vec<u8>, gif::EncodingError> {
    let palette = Palette::of(pictures, CLEAR.into());
    let numbered: Vec<Vec<u8>> = pictures.iter().map(|p| palette.numbers(p)).collect();
    let (width, height) = pictures.first().map_or((0, 0), |p| (p.width, p.height));
    let mut colours = palette.bytes().to_vec();
    colours.resize(3 * 256, 0);
    let mut bytes = Vec::new();
    let mut encoder = gif::Encoder::new(&mut bytes, width as u16, height as u16, &colours)?;
    encoder.set_repeat(gif::Repeat::Infinite)?;
    for (k, pixels) in numbered.iter().enumerate() {
        let last = k + 1 == numbered.len();
        let before = k.checked_sub(1).map(|k| numbered[k].as_slice());
        let (left, top, right, bottom) = changed(before, pixels, width, height);
        let part: Vec<u8> = (top..bottom)
            .flat_map(|row| row * width + left..row * width + right)
            .map(|at| match before {
                Some(before) if before[at] == pixels[at] => CLEAR,
                _ => pixels[at],
            })
            .collect();
        encoder.write_frame(&gif::Frame {
            left: left as u16,
            top: top as u16,
            width: (right - left) as u16,
            height: (bottom - top) as u16,
            buffer: part.into(),
            delay: if last { PAUSE } else { DURATION / numbered.len() as u16 },
            dispose: gif::DisposalMethod::Keep,
            transparent: before.map(|_| CLEAR),
            ..gif::Frame::default()
        })?;
    }
    drop(encoder);
    Ok(bytes)
}

/// The rectangle where `now` differs from `before`: left, top, right, bottom.
/// One pixel where nothing does, for a frame cannot be empty.
fn changed(
    before: Option<&[u8]>,
    now: &[u8],
    width: usize,
    height: usize,
) -> (usize, usize, usize, usize) {
    let Some(before) = before else {
        return (0, 0, width, height);
    };
    let (mut left, mut top, mut right, mut bottom) = (width, height, 0, 0);
    for (y, (old, new)) in before.chunks(width).zip(now.chunks(width)).enumerate() {
        let differs = |x: &usize| old[*x] != new[*x];
        if let (Some(first), Some(last)) = ((0..width).find(differs), (0..width).rfind(differs)) {
            (left, right) = (left.min(first), right.max(last + 1));
            (top, bottom) = (top.min(y), y + 1);
        }
    }
    if right == 0 {
        return (0, 0, 1, 1);
    }
    (left, top, right, bottom)
}
