//! Pictures into files.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::bitmap::Bitmap;
use crate::{Error, Result, files};

/// `stem` with `extension` added: "rate-0.001" keeps its ".001"; a stem that already names a
/// picture file loses that ending first.
pub(super) fn path(stem: &Path, extension: &str) -> PathBuf {
    let stem = match stem.extension().and_then(|ending| ending.to_str()) {
        Some("svg" | "png" | "gif") => stem.with_extension(""),
        _ => stem.to_owned(),
    };
    let mut name = stem.into_os_string();
    name.push(format!(".{extension}"));
    PathBuf::from(name)
}

pub(super) fn save(path: &Path, bytes: &[u8]) -> Result {
    files::write(path, |file| file.write_all(bytes).map_err(|fault| files::io_error(path, &fault)))
}

/// `svg` as `stem`.svg and, twice the size for dense screens, as `stem`.png.
pub(super) fn svg_and_png(stem: &Path, svg: Result<String>) -> Result {
    let path = path(stem, "svg");
    let svg = svg.map_err(|fault| Error::at(&path, fault))?;
    save(&path, svg.as_bytes())?;
    png(stem, &Bitmap::of_svg(&svg, 2))
}

pub(super) fn png(stem: &Path, bitmap: &Bitmap) -> Result {
    let path = path(stem, "png");
    let bytes = encode_png(bitmap).map_err(|fault| Error::at(&path, fault))?;
    save(&path, &bytes)
}

fn encode_png(bitmap: &Bitmap) -> std::result::Result<Vec<u8>, png::EncodingError> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, bitmap.width as u32, bitmap.height as u32);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_compression(png::Compression::High);
    encoder.set_filter(png::Filter::Up);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(bitmap.pixels.as_flattened())?;
    writer.finish()?;
    Ok(bytes)
}
