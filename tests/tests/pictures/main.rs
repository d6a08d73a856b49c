//! The pictures: what is in the files, how large they are, and that no numbers, however odd,
//! stop a lesson.

mod charts;
mod odd;
mod sheets;
mod ticks;

use std::fs;
use std::path::Path;

use tempfile::TempDir;

pub(crate) type Rgb = [u8; 3];

pub(crate) const WHITE: Rgb = [255, 255, 255];
pub(crate) const BLACK: Rgb = [0, 0, 0];
pub(crate) const RED: Rgb = [204, 51, 17];
pub(crate) const BLUE: Rgb = [0, 119, 187];

pub(crate) struct Picture {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) pixels: Vec<Rgb>,
}

impl Picture {
    pub(crate) fn at(&self, x: usize, y: usize) -> Rgb {
        self.pixels[y * self.width + x]
    }

    pub(crate) fn count(&self, colour: Rgb) -> usize {
        self.pixels.iter().filter(|&&pixel| pixel == colour).count()
    }
}

pub(crate) fn read_png(path: &Path) -> Picture {
    let mut decoder = png::Decoder::new(std::io::BufReader::new(fs::File::open(path).unwrap()));
    decoder.set_transformations(png::Transformations::EXPAND);
    let mut reader = decoder.read_info().unwrap();
    let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut bytes).unwrap();
    assert_eq!(info.color_type, png::ColorType::Rgb);
    Picture {
        width: info.width as usize,
        height: info.height as usize,
        pixels: bytes.as_chunks().0.to_vec(),
    }
}

/// The picture after each frame, and how long each stays, in 1/100 s.
pub(crate) fn read_gif(path: &Path) -> Vec<(Picture, u16)> {
    let mut options = gif::DecodeOptions::new();
    options.set_color_output(gif::ColorOutput::RGBA);
    let mut decoder = options.read_info(fs::File::open(path).unwrap()).unwrap();
    assert_eq!(decoder.repeat(), gif::Repeat::Infinite);
    let (width, height) = (decoder.width() as usize, decoder.height() as usize);
    let mut canvas = vec![WHITE; width * height];
    let mut frames = Vec::new();
    while let Some(frame) = decoder.read_next_frame().unwrap() {
        for (k, pixel) in frame.buffer.as_chunks::<4>().0.iter().enumerate() {
            let x = frame.left as usize + k % frame.width as usize;
            let y = frame.top as usize + k / frame.width as usize;
            if pixel[3] > 0 {
                canvas[y * width + x] = [pixel[0], pixel[1], pixel[2]];
            }
        }
        let pixels = canvas.clone();
        let picture = Picture { width, height, pixels };
        frames.push((picture, frame.delay));
    }
    frames
}

/// The texts of an SVG, after checking that its tags are balanced.
pub(crate) fn texts(path: &Path) -> Vec<String> {
    let svg = fs::read_to_string(path).unwrap();
    let (mut open, mut texts) = (Vec::new(), Vec::new());
    for piece in svg.split('<').skip(1) {
        let (tag, text) = piece.split_once('>').unwrap();
        assert_eq!(tag.matches('"').count() % 2, 0, "{tag}");
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "{path:?}");
        } else if !tag.ends_with('/') {
            open.push(tag.split_whitespace().next().unwrap());
        }
        if !text.trim().is_empty() {
            texts.push(text.trim().to_owned());
        }
    }
    assert!(open.is_empty(), "{path:?}: {open:?} not closed");
    texts
}

pub(crate) fn says(path: &Path, wanted: &str) {
    let texts = texts(path);
    assert!(texts.iter().any(|text| text == wanted), "{wanted:?} is not in {texts:?}");
}

pub(crate) fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

pub(crate) fn rising(count: usize) -> Vec<(f64, f64)> {
    let height = |k: usize| 92.0 - 80.0 / (1.0 + k as f64 / 100.0);
    (0..count).map(|k| (k as f64, height(k))).collect()
}

/// A curve that jumps between two heights.
pub(crate) fn noisy(count: usize) -> Vec<(f64, f64)> {
    (0..count).map(|k| (k as f64, 40.0 + 20.0 * (k % 2) as f64)).collect()
}

/// The value of an attribute of a tag.
pub(crate) fn number(tag: &str, name: &str) -> i32 {
    let (_, rest) = tag.split_once(&format!(" {name}=\"")).unwrap();
    rest.split('"').next().unwrap().parse().unwrap()
}

/// The points of all lines of a colour within the chart, in quarters of pixels.
pub(crate) fn lines_of(path: &Path, colour: &str) -> Vec<Vec<(i32, i32)>> {
    let svg = fs::read_to_string(path).unwrap();
    let point = |point: &str| {
        let (x, y) = point.split_once(',').unwrap();
        (x.parse().unwrap(), y.parse().unwrap())
    };
    svg.lines()
        .filter(|line| {
            line.starts_with("<polyline") && line.contains(&format!("stroke=\"{colour}"))
        })
        .map(|line| line.split("points=\"").nth(1).unwrap().split('"').next().unwrap())
        .map(|points| points.split_whitespace().map(point).collect())
        .collect()
}

/// Top and bottom of the frame: those of the y axis.
pub(crate) fn axis_of(path: &Path) -> (i32, i32) {
    let mesh = lines_of(path, "#E4E4E4");
    let long = |line: &&Vec<(i32, i32)>| line[0].1.abs_diff(line[1].1) > 500;
    let ys = || mesh.iter().filter(long).flatten().map(|point| point.1);
    (ys().min().unwrap(), ys().max().unwrap())
}
