//! Curves that grow, as a GIF.

use std::path::Path;

use rayon::prelude::*;

use super::bitmap::Bitmap;
use super::chart::Chart;
use super::curve::Curve;
use super::line_plot::LinePlot;
use super::output::{self, Palette};
use crate::{Error, Result};

const MOST_FRAMES: usize = 60;
/// All frames together, and the pause on the last, in hundredths of a second.
const DURATION: u16 = 400;
const PAUSE: u16 = 250;
/// The index of pixels that stay as they were: they take hardly any room in the file.
const UNCHANGED: u8 = 255;

/// Draws `curves` as they grow from left to right, in `frames` steps (2 to 60), into
/// `stem`.gif, over and over. On a logarithmic x axis they grow evenly over the paper.
pub fn animation(stem: &Path, chart: &Chart, curves: &[Curve], frames: usize) -> Result {
    let frames = frames.clamp(2, MOST_FRAMES);
    let path = output::path(stem, "gif");
    let draw = |frame| {
        let part = (frame as f64) / frames as f64;
        LinePlot::new(chart, curves, 1.0, Some(part)).svg().map(|svg| Bitmap::of_svg(&svg, 1))
    };
    let bitmaps: Result<Vec<Bitmap>> = (1..=frames).into_par_iter().map(draw).collect();
    let bytes = bitmaps.and_then(|bitmaps| Ok(encode(&bitmaps)?));
    output::save(&path, &bytes.map_err(|fault| Error::at(&path, fault))?)
}

fn encode(bitmaps: &[Bitmap]) -> std::result::Result<Vec<u8>, gif::EncodingError> {
    let palette = Palette::of(bitmaps, UNCHANGED.into());
    let (width, height) = (bitmaps[0].width as u16, bitmaps[0].height as u16);
    let mut colours = palette.colours.as_flattened().to_vec();
    colours.resize(3 * 256, 0);
    let mut bytes = Vec::new();
    let mut encoder = gif::Encoder::new(&mut bytes, width, height, &colours)?;
    encoder.set_repeat(gif::Repeat::Infinite)?;
    let mut before: Option<Vec<u8>> = None;
    for k in 0..bitmaps.len() {
        let now = palette.indices(&bitmaps[k]);
        let mut buffer = now.clone();
        for (pixel, old) in buffer.iter_mut().zip(before.iter().flatten()) {
            if *pixel == *old {
                *pixel = UNCHANGED;
            }
        }
        encoder.write_frame(&gif::Frame {
            width,
            height,
            buffer: buffer.into(),
            delay: if k + 1 == bitmaps.len() { PAUSE } else { DURATION / bitmaps.len() as u16 },
            dispose: gif::DisposalMethod::Keep,
            transparent: before.is_some().then_some(UNCHANGED),
            ..gif::Frame::default()
        })?;
        before = Some(now);
    }
    drop(encoder);
    Ok(bytes)
}
