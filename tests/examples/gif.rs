//! Joins pictures to an animation, of which only what changes is stored:
//!
//!     cargo run --release -p referee --example gif -- OUT.gif FRAME.png HUNDREDTHS ...

use std::fs::File;
use std::io::BufReader;

use gif::{DisposalMethod, Encoder, Frame, Repeat};
use png::{Decoder, Transformations};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (out, frames) = arguments.split_first().expect("the name of the animation");
    let (mut before, mut encoder) = (Vec::new(), None);
    for pair in frames.chunks(2) {
        let (pixels, width, height) = read(&pair[0]);
        let encoder = encoder.get_or_insert_with(|| {
            let file = File::create(out).unwrap_or_else(|error| panic!("{out}: {error}"));
            let mut encoder = Encoder::new(file, width, height, &[]).unwrap();
            encoder.set_repeat(Repeat::Infinite).unwrap();
            encoder
        });
        let mut changed = pixels.clone();
        for (new, old) in changed.chunks_mut(4).zip(before.chunks(4)) {
            if new == old {
                new.fill(0); // transparent
            }
        }
        let mut frame = Frame::from_rgba_speed(width, height, &mut changed, 1);
        frame.delay = pair[1].parse().expect("hundredths of a second");
        frame.dispose = DisposalMethod::Keep;
        encoder.write_frame(&frame).unwrap();
        before = pixels;
    }
}

/// The pixels of a PNG as red, green, blue and opacity, and its width and height.
fn read(path: &str) -> (Vec<u8>, u16, u16) {
    let file = File::open(path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let mut decoder = Decoder::new(BufReader::new(file));
    decoder.set_transformations(Transformations::normalize_to_color8() | Transformations::ALPHA);
    let mut reader = decoder.read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    (pixels, info.width as u16, info.height as u16)
}
