//! A user's own picture, read from a PNG or a photograph.

use std::io::Cursor;
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;

use common::program::thousands;
use common::{Error, Result};
use exif::{In, Tag};
use ndarray::{Array3, Axis, s};
use png::{Decoder, Transformations};
use zune_core::{bytestream::ZCursor, colorspace::ColorSpace, options::DecoderOptions};
use zune_jpeg::JpegDecoder;

use crate::checkpoint::read;

const MOST_PIXELS: usize = 50_000_000; // four bytes each are 200 MB; a telephone's photo has 12 or 50
const LONGEST: usize = 240; // pixels of a side; a digit becomes 20 pixels high in the end

/// Reads a PNG or a JPEG of any kind as red, green, blue and opacity `(H, W, 4)`, from 0 to 1,
/// shrunk to at most 240 x 240. Fails if there is no such file, or it is another kind of
/// file, damaged, or very large.
pub fn read_picture(path: &Path) -> Result<Array3<f64>> {
    let file = read(path)?;
    let decode = match file.get(..3) {
        Some(b"\x89PN") => read_png,
        Some(b"\xff\xd8\xff") => read_jpeg,
        _ => return Err(Error::at(path, "is neither a PNG nor a JPEG; save it as one of them")),
    };
    // Decoders panic at some damaged files; nobody needs to read of it.
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let pixels = panic::catch_unwind(AssertUnwindSafe(|| decode(&file)));
    panic::set_hook(hook);
    let pixels = pixels.unwrap_or_else(|panic| Err(damaged(panic)));
    let pixels = pixels.map_err(|fault| Error::at(path, fault))?; // (H, W, 2 or 4)
    let (h, w, samples) = pixels.dim();
    let k = h.max(w).div_ceil(LONGEST); // each new pixel is the mean of a square of k x k
    Ok(Array3::from_shape_fn((h.div_ceil(k), w.div_ceil(k), 4), |(i, j, c)| {
        let sample = if samples == 4 { c } else { c / 3 };
        let square = s![k * i..h.min(k * i + k), k * j..w.min(k * j + k), sample];
        pixels.slice(square).mapv(f64::from).mean().unwrap_or(0.0) / 255.0
    }))
}

/// Grey and opacity `(H, W, 2)`, or colour and opacity `(H, W, 4)`.
fn read_png(file: &[u8]) -> Result<Array3<u8>> {
    let mut decoder = Decoder::new(Cursor::new(file));
    decoder.set_transformations(Transformations::normalize_to_color8() | Transformations::ALPHA);
    let mut reader = decoder.read_info().map_err(damaged)?;
    let (w, h) = (reader.info().width as usize, reader.info().height as usize);
    check_size(h, w)?;
    let mut bytes = vec![0; reader.output_buffer_size().ok_or_else(|| damaged(()))?];
    let samples = reader.next_frame(&mut bytes).map_err(damaged)?.color_type.samples();
    Array3::from_shape_vec((h, w, samples), bytes).map_err(damaged)
}

/// Colour and opacity `(H, W, 4)`, upright.
fn read_jpeg(file: &[u8]) -> Result<Array3<u8>> {
    let options = DecoderOptions::new_safe().set_strict_mode(true); // half a file is damaged
    let options = options.set_max_width(usize::MAX).set_max_height(usize::MAX);
    let options = options.jpeg_set_out_colorspace(ColorSpace::RGBA);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(file), options);
    decoder.decode_headers().map_err(damaged)?;
    let (w, h) = decoder.dimensions().ok_or_else(|| damaged(()))?;
    check_size(h, w)?;
    let bytes = decoder.decode().map_err(damaged)?;
    let mut pixels = Array3::from_shape_vec((h, w, 4), bytes).map_err(damaged)?;
    // How the camera was held: 1 to 8, where 1 is upright.
    let exif = decoder.exif().and_then(|exif| exif::Reader::new().read_raw(exif.clone()).ok());
    let turned = exif.and_then(|e| e.get_field(Tag::Orientation, In::PRIMARY)?.value.get_uint(0));
    if turned >= Some(5) {
        pixels.swap_axes(0, 1);
    }
    for (axis, when) in [(1, [2, 3, 6, 7]), (0, [3, 4, 7, 8])] {
        if turned.is_some_and(|turned| when.contains(&turned)) {
            pixels.invert_axis(Axis(axis));
        }
    }
    Ok(pixels)
}

fn check_size(h: usize, w: usize) -> Result {
    let most = thousands(MOST_PIXELS);
    match h.saturating_mul(w) {
        0..=MOST_PIXELS => Ok(()),
        _ => Err(Error::new(format!("has {w} x {h} pixels; make it smaller, at most {most}"))),
    }
}

fn damaged<E>(_: E) -> Error {
    Error::new("is not a whole PNG or JPEG; save it anew")
}
