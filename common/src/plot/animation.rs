//! Curves that grow, as a GIF.

use std::path::Path;

use rayon::prelude::*;

use super::bitmap::Bitmap;
use super::chart::Chart;
use super::curve::Curve;
use super::line_plot;
use super::output;
use crate::{Error, Result};

const MOST_FRAMES: usize = 60;
/// All frames together, and the pause on the last, in hundredths of a second.
const DURATION: u16 = 400;
const PAUSE: u16 = 250;

/// Draws `curves` as they grow from left to right, in `frames` steps (2 to 60), into
/// `stem`.gif, over and over. On a logarithmic x axis they grow evenly over the paper.
pub fn animation(stem: &Path, chart: &Chart, curves: &[Curve], frames: usize) -> Result {
    let frames = frames.clamp(2, MOST_FRAMES);
    let path = output::path(stem, "gif");
    let draw = |frame| {
        let part = (frame as f64) / frames as f64;
        Ok(Bitmap::of_svg(&line_plot::svg(chart, curves, 1.0, Some(part))?, 1))
    };
    let bitmaps: Result<Vec<Bitmap>> = (1..=frames).into_par_iter().map(draw).collect();
    let bytes = bitmaps.and_then(|bitmaps| Ok(encode(&bitmaps)?));
    output::save(&path, &bytes.map_err(|fault| Error::at(&path, fault))?)
}

fn encode(bitmaps: &[Bitmap]) -> std::result::Result<Vec<u8>, gif::EncodingError> {
    let (width, height) = (bitmaps[0].width as u16, bitmaps[0].height as u16);
    let frame = |k: usize| {
        // Pixels that stay as they were are transparent: they need hardly any bytes.
        let mut before = k.checked_sub(1).map_or(&[][..], |k| &bitmaps[k].pixels).iter();
        let pixel = |pixel: &[u8; 3]| match before.next() == Some(pixel) {
            true => [0; 4],
            false => [pixel[0], pixel[1], pixel[2], 255],
        };
        let mut pixels: Vec<u8> = bitmaps[k].pixels.iter().flat_map(pixel).collect();
        let mut frame = gif::Frame::from_rgba_speed(width, height, &mut pixels, 10);
        frame.delay = if k + 1 == bitmaps.len() { PAUSE } else { DURATION / bitmaps.len() as u16 };
        frame
    };
    let frames: Vec<gif::Frame> = (0..bitmaps.len()).into_par_iter().map(frame).collect();
    let mut bytes = Vec::new();
    let mut encoder = gif::Encoder::new(&mut bytes, width, height, &[])?;
    encoder.set_repeat(gif::Repeat::Infinite)?;
    frames.iter().try_for_each(|frame| encoder.write_frame(frame))?;
    drop(encoder);
    Ok(bytes)
}
