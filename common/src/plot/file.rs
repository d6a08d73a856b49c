//! Pictures into files.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::palette::Palette;
use super::raster::Raster;
use crate::{Error, Result, files};

/// `stem` with `extension` added: "rate-0.001" keeps its ".001", and a stem
/// that already names a picture file loses that ending first.
pub(super) fn path(stem: &Path, extension: &str) -> PathBuf {
    let bare = match stem.extension().and_then(|e| e.to_str()) {
        Some("svg" | "png" | "gif") => stem.with_extension(""),
        _ => stem.to_owned(),
    };
    let mut name = bare.into_os_string();
    name.push(".");
    name.push(extension);
    PathBuf::from(name)
}

pub(super) fn png(stem: &Path, picture: &Raster) -> Result<()> {
    let path = path(stem, "png");
    let bytes = encode_png(picture).map_err(|fault| Error::at(&path, fault))?;
    save(&path, &bytes)
}

fn encode_png(picture: &Raster) -> std::result::Result<Vec<u8>, png::EncodingError> {
    let palette = Palette::of([picture], 256);
    let mut bytes = Vec::new();
    let (width, height) = (picture.width as u32, picture.height as u32);
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_palette(palette.bytes());
    encoder.set_compression(png::Compression::High);
    encoder.set_filter(png::Filter::NoFilter);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&palette.numbers(picture))?;
    writer.finish()?;
    Ok(bytes)
}

pub(super) fn save(path: &Path, bytes: &[u8]) -> Result<()> {
    files::write(path, |file| file.write_all(bytes).map_err(|fault| files::io_error(path, &fault)))
}
