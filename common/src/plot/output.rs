//! Pictures into files.

use std::collections::HashMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::bitmap::Bitmap;
use crate::{Error, Result, files};

/// `stem` with `extension` added: "rate-0.001" keeps its ".001"; a stem that already names a
/// picture file loses that ending first.
pub(super) fn path(stem: &Path, extension: &str) -> PathBuf {
    let mut name = match stem.extension().and_then(|e| e.to_str()) {
        Some("svg" | "png" | "gif") => stem.with_extension("").into_os_string(),
        _ => stem.as_os_str().to_owned(),
    };
    name.push(".");
    name.push(extension);
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
    let palette = Palette::of(std::slice::from_ref(bitmap), 256);
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, bitmap.width as u32, bitmap.height as u32);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_palette(palette.colours.as_flattened());
    encoder.set_compression(png::Compression::High);
    encoder.set_filter(png::Filter::NoFilter);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&palette.indices(bitmap))?;
    writer.finish()?;
    Ok(bytes)
}

/// The colours of bitmaps, for files with a byte a pixel.
pub(super) struct Palette {
    pub(super) colours: Vec<[u8; 3]>,
    index: HashMap<[u8; 3], u8>,
}

impl Palette {
    /// Every colour where `most` suffice, else the most frequent; others become the nearest.
    pub(super) fn of(bitmaps: &[Bitmap], most: usize) -> Palette {
        let mut counts: HashMap<[u8; 3], usize> = HashMap::new();
        for run in bitmaps.iter().flat_map(|bitmap| bitmap.pixels.chunk_by(|a, b| a == b)) {
            *counts.entry(run[0]).or_default() += run.len();
        }
        let mut counts: Vec<([u8; 3], usize)> = counts.into_iter().collect();
        // By colour where counts are equal: the order of a hash map is random.
        counts.sort_unstable_by_key(|&(colour, count)| (std::cmp::Reverse(count), colour));
        let colours: Vec<[u8; 3]> = counts.iter().take(most).map(|&(colour, _)| colour).collect();
        let nearest = |colour: [u8; 3]| {
            let distance = |&k: &usize| -> u32 {
                (0..3).map(|c| u32::from(colours[k][c].abs_diff(colour[c])).pow(2)).sum()
            };
            (0..colours.len()).min_by_key(distance).unwrap_or(0) as u8
        };
        let index = counts.iter().map(|&(colour, _)| (colour, nearest(colour))).collect();
        Palette { colours, index }
    }

    /// The number of each pixel's colour, row by row.
    pub(super) fn indices(&self, bitmap: &Bitmap) -> Vec<u8> {
        let runs = bitmap.pixels.chunk_by(|a, b| a == b);
        runs.flat_map(|run| std::iter::repeat_n(self.index[&run[0]], run.len())).collect()
    }
}
